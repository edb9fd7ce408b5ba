"""What the pages promise of a preview, on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.engines import OfflineEngine
from tests.support.scenario import API_KEY, github

from .test_changed_settings import configure, set_environment

if TYPE_CHECKING:
    from tests.support.scenario import ScenarioRunner

DEPLOYMENT = "pulumi-python:dynamic/langsmith:Deployment"
FLAG = "source_config.build_on_push value {<nil>} has a problem: should be a valid boolean"
FORM = "must be lower-case letters, digits and dashes, begin with a letter and not end with a dash"


def test_all_problems_of_a_deployment_are_shown(runner: ScenarioRunner) -> None:
    """Pulumi stops at the first resource with a problem; the offline engine goes on."""
    runner.write(
        {
            name: github(name=f"{name}!", source_config__build_on_push="maybe")
            for name in ("one", "two")
        }
    )
    refused = runner.engine.preview()
    assert not refused.ok
    shown = [name for name in ("one", "two") if f"resource '{name}'" in "".join(refused.errors)]
    assert len(shown) == (2 if isinstance(runner.engine, OfflineEngine) else 1)
    assert len(refused.errors) == 2 * len(shown)
    for name in shown:
        start = f"{DEPLOYMENT} resource '{name}': property"
        for problem in (f"name value {{{name}!}} has a problem: {FORM}", FLAG):
            assert any(f"{start} {problem}" in error for error in refused.errors), refused.errors
    assert runner.simulator.requests == []


def test_a_field_that_is_no_longer_managed_is_named(runner: ScenarioRunner) -> None:
    """The plan itself shows it as removed, which it is not."""
    runner.write({"agent": github(display_name="Support")})
    assert runner.engine.up().ok
    runner.write({"agent": github(source_config__build_on_push=None)})
    preview = runner.engine.preview()
    assert preview.ops == {"Deployment agent": "update"}
    left = "no longer managed, stays as it is: display_name, source_config.build_on_push"
    assert left in preview.text


def test_a_preview_tries_the_key_if_it_is_told_to(runner: ScenarioRunner) -> None:
    """Otherwise it asks for nothing, and a wrong key is found by ``up``."""
    good, wrong = {"LANGSMITH_API_KEY": API_KEY}, {"LANGSMITH_API_KEY": "wrong"}
    runner.write({"agent": github()})
    set_environment(runner, **wrong)
    assert runner.engine.preview().ok
    assert runner.simulator.requests == []

    configure(runner, "langsmith:checkCredentials", "true")
    refused = runner.engine.preview()
    assert not refused.ok
    assert "While checking deployment 'agent': GET /v2/deployments was answered 403" in refused.text

    set_environment(runner, **good)
    runner.simulator.clear_requests()
    runner.write({"agent": github(), "other": github()})
    assert runner.engine.preview().ok
    assert [(one.method, one.path) for one in runner.simulator.requests] == [
        ("GET", "/v2/deployments")
    ]


@pytest.mark.parametrize("make_runner", ["offline"], indirect=True)
def test_a_switch_is_true_or_false(runner: ScenarioRunner) -> None:
    """Another word is refused, and not taken for one of them."""
    runner.write({"agent": github()})
    configure(runner, "langsmith:checkCredentials", "yes")
    assert "is 'yes', but should be true or false" in runner.engine.preview().text
