"""`--target` on a deployment alone: who is told that nobody waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.scenario import github

if TYPE_CHECKING:
    from tests.support.scenario import ScenarioRunner

WARNING = "nobody waits for it"


def urn(runner: ScenarioRunner, kind: str) -> str:
    return next(str(one["urn"]) for one in runner.engine.state() if one["type"].endswith(kind))


def test_a_revision_without_its_rollout_is_warned_about(runner: ScenarioRunner) -> None:
    """In the preview and in `up`; the next `up` waits, and then nothing is left."""
    engine = runner.engine
    runner.write({"agent": github()})
    first = engine.up()
    assert first.ok
    assert WARNING not in first.text
    runner.write({"agent": github(source_revision_config__repo_ref="other")})
    both = engine.preview()
    assert WARNING not in both.text
    target = (urn(runner, "Deployment"),)
    planned = engine.preview(target=target)
    assert planned.ops == {"Deployment agent": "update"}
    assert WARNING in planned.text
    done = engine.up(target=target)
    assert done.ok, done.errors
    assert WARNING in done.text
    left = engine.preview()
    assert left.ops == {"Rollout agent": "update"}
    assert engine.up().ok
    assert engine.preview().ops == {}


def test_a_setting_alone_is_not_warned_about(runner: ScenarioRunner) -> None:
    """What makes no revision needs nobody to wait."""
    engine = runner.engine
    runner.write({"agent": github()})
    assert engine.up().ok
    runner.write({"agent": github(display_name="Support")})
    target = (urn(runner, "Deployment"),)
    assert WARNING not in engine.preview(target=target).text
    done = engine.up(target=target)
    assert done.ok
    assert WARNING not in done.text
    assert engine.preview().ops == {}


def test_a_new_deployment_without_its_rollout_is_waited_for_later(runner: ScenarioRunner) -> None:
    """A target that is made; its rollout is made by the next `up`."""
    engine = runner.engine
    runner.write({"first": github()})
    assert engine.up().ok
    own = urn(runner, "Deployment").rpartition("::")[0] + "::agent"
    runner.write({"first": github(), "agent": github()})
    done = engine.up(target=(own,))
    assert done.ok, done.errors
    assert done.ops == {"Deployment agent": "create"}
    assert engine.preview().ops == {"Rollout agent": "create"}
    assert engine.up().ok
    assert engine.preview().ops == {}


def test_what_is_excluded_stays_as_it_is(runner: ScenarioRunner) -> None:
    """With its rollout, for that needs it; the rest is changed."""
    engine = runner.engine
    runner.write({"one": github(), "two": github()})
    assert engine.up().ok
    excluded = tuple(
        str(entry["urn"])
        for entry in engine.state()
        if entry["urn"].endswith("::one") and "langsmith" in entry["type"]
    )
    changed = github(source_revision_config__repo_ref="other")
    runner.write({"one": changed, "two": changed})
    done = engine.up(exclude=excluded)
    assert done.ok, done.errors
    assert done.ops == {"Deployment two": "update", "Rollout two": "update"}
    assert engine.preview().ops == {"Deployment one": "update", "Rollout one": "update"}
