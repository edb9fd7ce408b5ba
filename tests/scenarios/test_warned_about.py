"""What a reader of a plan is warned about, and what then happens."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.review import review
from tests.support.scenario import docker, github

if TYPE_CHECKING:
    from tests.support.engines import OperationResult
    from tests.support.scenario import Program, ScenarioRunner

PREVIEWS = "Deployments that the service made for its pull requests go with it."
MUTABLE = "neither a digest nor a tag with a version"
IMAGES = {
    "latest": ("registry.example.com/agent:latest", True),
    "no-tag": ("registry.example.com/team/agent", True),
    "port-alone": ("registry:5000/agent", True),
    "port-and-word": ("registry:5000/team/agent:stable", True),
    "version": ("registry.example.com/agent:v1", False),
    "port-and-version": ("registry:5000/agent:1.2.3-slim", False),
    "digest": (f"registry.example.com/agent@sha256:{'0a' * 32}", False),
    "tag-and-digest": (f"registry.example.com/agent:latest@sha256:{'0a' * 32}", False),
}


def report(preview: OperationResult) -> dict[str, Any]:
    plan, _ = json.JSONDecoder().raw_decode(preview.text)
    (stack,) = json.loads(review([("plan.json", plan)], format="json").text)["stacks"]
    return dict(stack)


def test_an_image_that_may_be_pushed_again_is_warned_about(runner: ScenarioRunner) -> None:
    """At preview, and nothing is sent for it."""
    runner.write(
        {name: docker(source_revision_config__image_uri=uri) for name, (uri, _) in IMAGES.items()}
    )
    preview = runner.engine.preview()
    assert preview.ok, preview.errors
    warned = [one for one in report(preview)["diagnostics"] if MUTABLE in one["message"]]
    found = {name for one in warned for name in one["resources"]}
    assert found == {name for name, (_, is_mutable) in IMAGES.items() if is_mutable}
    assert runner.simulator.requests == []


@pytest.mark.parametrize(
    ("change", "kind"),
    [({"source_config__deployment_type": "prod"}, "replaced"), (None, "deleted")],
    ids=["a replacement", "a deletion"],
)
def test_previews_go_with_their_parent(
    runner: ScenarioRunner, change: dict[str, Any] | None, kind: str
) -> None:
    """As the report says before; one that is made from an image has none."""
    base = {"delete_tracing_project": True}
    tool = docker(**base)
    runner.write({"agent": github(**base), "tool": tool})
    assert runner.engine.up().ok
    runner.simulator.add_preview("agent", 7)
    left: Program = {} if change is None else {"agent": github(**base, **change)}
    runner.write(left)
    preview = runner.engine.preview()
    found = {one["name"]: one for one in report(preview)["deployments"]}
    assert {name: one["kind"] for name, one in found.items()} == {"agent": kind, "tool": "deleted"}
    assert {name for name, one in found.items() if PREVIEWS in one["notes"]} == {"agent"}
    assert runner.engine.up().ok
    assert [*runner.simulator.deployments()] == [*left]
