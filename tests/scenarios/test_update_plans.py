"""Pulumi's update plans (`preview --save-plan`, `up --plan`), which the offline engine lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.engines import PulumiEngine
from tests.support.scenario import github, leaks

if TYPE_CHECKING:
    from tests.support.scenario import ScenarioRunner

REPLACEABLE = {"delete_tracing_project": True}


@pytest.mark.parametrize(
    "change",
    [{}, {"source_config__deployment_type": "prod"}, {"secrets__LOG_LEVEL": "debug"}],
    ids=["create", "replace", "revision"],
)
def test_up_does_what_a_saved_plan_says(runner: ScenarioRunner, change: dict[str, Any]) -> None:
    """The salt of the fingerprints is the same in the preview and in `up`."""
    engine = runner.engine
    if not isinstance(engine, PulumiEngine):
        pytest.skip("the offline engine has no update plans")
    if change:
        runner.write({"agent": github(**REPLACEABLE)})
        assert engine.up().ok
    runner.write({"agent": github(**REPLACEABLE, **change)})
    plan = str(engine.home / "plan.json")
    preview = engine.preview("--save-plan", plan)
    assert preview.ok, preview.errors
    outcome = engine.up("--plan", plan)
    assert outcome.ok, outcome.errors
    assert leaks(outcome.text) == []
    assert engine.preview().ops == {}
