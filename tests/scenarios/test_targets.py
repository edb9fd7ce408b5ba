"""`--target` on a deployment alone: who is told that nobody waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.engines import PulumiEngine
from support.scenario import github

if TYPE_CHECKING:
    from support.scenario import Stage

WARNING = "nobody waits for it"


def pulumi_of(stage: Stage) -> PulumiEngine:
    if not isinstance(stage.engine, PulumiEngine):
        pytest.skip("the offline engine has no targets")
    return stage.engine


def urn(stage: Stage, kind: str) -> str:
    return next(str(one["urn"]) for one in stage.engine.state() if one["type"].endswith(kind))


def test_a_revision_without_its_rollout_is_warned_about(stage: Stage) -> None:
    """In the preview and in `up`; the next `up` waits, and then nothing is left."""
    engine = pulumi_of(stage)
    stage.write({"agent": github()})
    first = engine.up()
    assert first.ok
    assert WARNING not in first.text
    stage.write({"agent": github(source_revision_config__repo_ref="other")})
    both = engine.preview()
    assert WARNING not in both.text
    target = ("--target", urn(stage, "Deployment"))
    planned = engine.preview(*target)
    assert planned.ops == {"Deployment agent": "update"}
    assert WARNING in planned.text
    done = engine.up(*target)
    assert done.ok, done.errors
    assert WARNING in done.text
    left = engine.preview()
    assert left.ops == {"Rollout agent": "update"}
    assert engine.up().ok
    assert engine.preview().ops == {}


def test_a_setting_alone_is_not_warned_about(stage: Stage) -> None:
    """What makes no revision needs nobody to wait."""
    engine = pulumi_of(stage)
    stage.write({"agent": github()})
    assert engine.up().ok
    stage.write({"agent": github(display_name="Support")})
    target = ("--target", urn(stage, "Deployment"))
    assert WARNING not in engine.preview(*target).text
    done = engine.up(*target)
    assert done.ok
    assert WARNING not in done.text
    assert engine.preview().ops == {}
