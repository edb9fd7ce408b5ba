"""Text that somebody changed outside may hold a token: it is seen, and kept out of the state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.scenario import CANARY, CREATE, NOTHING, REVISION, Step, docker, github

if TYPE_CHECKING:
    from tests.support.scenario import ScenarioRunner

LEAKING = f"install --token {CANARY}"
SPEC = "source_config__resource_spec"
SCALES = {"min_scale": 1, "max_scale": 3}
SIDECAR = {"name": "proxy", "image": "acme/proxy:1", "args": ["--quiet"]}
PROGRAMS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a command": (
        github(source_config__install_command="npm ci"),
        {"source_config": {"install_command": LEAKING}},
    ),
    "an argument of a sidecar": (
        docker(**{f"{SPEC}__sidecars": [SIDECAR]}),
        {
            "source_config": {
                "resource_spec": {**SCALES, "sidecars": [{**SIDECAR, "args": [LEAKING]}]}
            }
        },
    ),
    "an annotation": (
        docker(**{f"{SPEC}__annotations": {"note": "ours"}}),
        {"source_config": {"resource_spec": {**SCALES, "annotations": {"note": LEAKING}}}},
    ),
    "an image with credentials": (
        docker(),
        {"source_revision_config": {"image_uri": f"me:{CANARY}@registry.example.com/agent:v1"}},
    ),
}
IGNORED: dict[str, tuple[str, dict[str, Any]]] = {
    "a command": ("source_config.install_command", {"source_revision_config__repo_ref": "v2"}),
    "an argument of a sidecar": ("source_config.resource_spec.sidecars", {f"{SPEC}__max_scale": 7}),
    "an annotation": ("source_config.resource_spec.annotations", {f"{SPEC}__max_scale": 7}),
}


def changed(program: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    make = github if program["source"] == "github" else docker
    base = make(**changes)
    for part in ("source_config", "source_revision_config"):
        base[part] = _merged(program[part], base[part])
    return base


def _merged(mine: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    both = {**mine, **other}
    if "resource_spec" in mine:
        both["resource_spec"] = {**mine["resource_spec"], **other["resource_spec"]}
    return both


@pytest.mark.parametrize("what", PROGRAMS)
def test_changed_free_text_is_seen_put_back_and_never_recorded(
    runner: ScenarioRunner, what: str
) -> None:
    """The state and the plan hold a marker; the next up sends what the program says."""
    program, theirs = PROGRAMS[what]
    path, mine = _leaves(theirs, program)[-1]

    runner.run(Step({"agent": program}, CREATE, ["POST"]))
    runner.run(
        Step(
            {"agent": program},
            REVISION,
            ["PATCH"],
            before=lambda simulator: simulator.drift("agent", **theirs),
            refresh=True,
            live={path: mine},
        )
    )


def _leaves(theirs: dict[str, Any], program: dict[str, Any], path: str = "") -> list[Any]:
    found = []
    for key, value in theirs.items():
        mine = program[key]
        if isinstance(value, dict):
            found += _leaves(value, mine, f"{path}{key}.")
        else:
            found.append((f"{path}{key}", mine))
    return found


@pytest.mark.parametrize("what", PROGRAMS)
def test_what_is_put_back_outside_needs_nothing(runner: ScenarioRunner, what: str) -> None:
    """The marker tells that the live text is the program's again."""
    program, theirs = PROGRAMS[what]
    back = {part: {key: program[part][key] for key in fields} for part, fields in theirs.items()}

    runner.run(Step({"agent": program}, CREATE, ["POST"]))
    runner.simulator.drift("agent", **theirs)
    assert runner.engine.refresh().ok
    runner.run(
        Step(
            {"agent": program},
            NOTHING,
            before=lambda simulator: simulator.drift("agent", **back),
            refresh=True,
        )
    )


@pytest.mark.parametrize("what", IGNORED)
def test_an_ignored_text_stays_as_it_is_live(runner: ScenarioRunner, what: str) -> None:
    """A PATCH of something else carries the live text along, never the marker."""
    program, theirs = PROGRAMS[what]
    ignored, changes = IGNORED[what]
    opts = {"ignore_changes": [ignored]}
    path, _ = _leaves(theirs, program)[-1]
    live = theirs
    for key in path.split("."):
        live = live[key]

    runner.run(Step({"agent": program}, CREATE, ["POST"]))
    runner.run(
        Step(
            {"agent": {**program, "opts": opts}},
            NOTHING,
            before=lambda simulator: simulator.drift("agent", **theirs),
            refresh=True,
        )
    )
    other = {**changed(program, changes), "opts": opts}
    runner.run(Step({"agent": other}, REVISION, ["PATCH"], live={path: live}))


def test_an_ignored_text_that_is_not_known_makes_no_deployment(runner: ScenarioRunner) -> None:
    """A replacement would have to send the marker: the preview refuses it."""
    program, theirs = PROGRAMS["a command"]
    opts = {"ignore_changes": ["source_config.install_command"]}
    other = github(source_config__deployment_type="prod", source_config__install_command="npm ci")

    runner.run(Step({"agent": program}, CREATE, ["POST"]))
    runner.simulator.drift("agent", **theirs)
    assert runner.engine.refresh().ok
    step = Step(
        {"agent": {**other, "delete_tracing_project": True, "opts": opts}},
        NOTHING,
        preview_error="was changed outside of the program, and ignore_changes keeps a value",
    )
    runner.run(step)
