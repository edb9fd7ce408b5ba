"""The crash matrix: `kill -9` of engine, program and plugin at each point of each operation.

Afterwards one `up` (or `destroy`, if that was killed) settles everything, with one deployment for
each that is declared, known to the state. Only the instant between the answer to a POST and its
being written down cannot be healed without asking: then the refusal names the deployment and the
line that adopts it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.processes import kill_plugin, kill_tree, wait_until
from tests.support.scenario import Program, docker, github

if TYPE_CHECKING:
    from collections.abc import Callable
    from subprocess import Popen

    from langsmith_pulumi.testing.simulator import Simulator
    from tests.support.scenario import Stage

DEPLOYMENT = "/v2/deployments/????????-*"
NEVER = 3600.0
"""Seconds that an answer is held back: longer than any test."""


@dataclass(frozen=True)
class Crash:
    """An operation, the point at which everything is killed, and how the next `up` ends."""

    name: str
    program: Program
    held: dict[str, Any]
    """The request that gets no answer."""
    when: Callable[[Simulator], bool] = lambda _simulator: True
    """The state of the control plane at the kill; the request has come in by then."""
    before: Program = field(default_factory=dict)
    operation: str = "up"
    adopt: bool = False
    """Whether the next `up` can but tell how to adopt."""
    deployments: tuple[str, ...] = ("agent",)
    takes_over: bool = False
    """Whether the program adopts the deployment that is there, by ``import_``."""


def held(method: str, path: str = DEPLOYMENT, **options: Any) -> dict[str, Any]:
    return {"method": method, "path": path, "seconds": NEVER, **options}


def answer_lost(method: str, path: str = DEPLOYMENT) -> dict[str, Any]:
    """The request is carried out, and the answer does not come."""
    return held(method, path, after=True)


def has(path: str, value: Any) -> Callable[[Simulator], bool]:
    def holds(simulator: Simulator) -> bool:
        found: Any = simulator.deployments().get("agent", {})
        for key in path.split("."):
            found = found.get(key, {})
        return bool(found == value)

    return holds


def is_made(simulator: Simulator) -> bool:
    return "agent" in simulator.deployments()


def is_leaving(simulator: Simulator) -> bool:
    return "agent" not in simulator.deployments()


AGENT = {"agent": github(delete_tracing_project=True)}
NAMED = {"agent": github(delete_tracing_project=True, display_name="Support")}
OTHER_REF = {"agent": github(delete_tracing_project=True, source_revision_config__repo_ref="v2")}
PROD = {"agent": github(delete_tracing_project=True, source_config__deployment_type="prod")}
RENAMED = {"agent": github(delete_tracing_project=True, name="agent-two")}
IMAGE = {"agent": docker(delete_tracing_project=True)}
SCALED = {"agent": docker(delete_tracing_project=True, source_config__resource_spec__max_scale=9)}
FOREIGN = {"old": github(name="agent", delete_tracing_project=True)}
"""Managed under another resource name, which the program drops."""
THEIRS = {
    "agent": github(
        name="agent", delete_tracing_project=True, source_revision_config__repo_ref="v2"
    )
}
REVISION = "/v2/deployments/*/revisions/*"
COLLECTION = "/v2/deployments"

CRASHES = [
    Crash("create: before the POST is carried out", AGENT, held("POST", COLLECTION)),
    Crash(
        "create: the answer to the POST is lost",
        AGENT,
        answer_lost("POST", COLLECTION),
        is_made,
        adopt=True,
    ),
    Crash("create: before it is given its display name", NAMED, held("PATCH"), is_made, adopt=True),
    Crash("create: the wait has not begun", AGENT, held("GET"), is_made),
    Crash("create: in the wait", AGENT, held("GET", REVISION), is_made),
    Crash("in place: before the PATCH is carried out", NAMED, held("PATCH"), before=AGENT),
    Crash(
        "in place: the answer to the PATCH is lost",
        NAMED,
        answer_lost("PATCH"),
        has("display_name", "Support"),
        before=AGENT,
    ),
    Crash("revision: before the PATCH is carried out", OTHER_REF, held("PATCH"), before=AGENT),
    Crash(
        "revision: the answer to the PATCH is lost",
        OTHER_REF,
        answer_lost("PATCH"),
        has("source_revision_config.repo_ref", "v2"),
        before=AGENT,
    ),
    Crash("revision: in the wait", OTHER_REF, held("GET", REVISION), before=AGENT),
    Crash("resources: before they are read", SCALED, held("GET"), before=IMAGE),
    Crash("resources: before they are written", SCALED, held("PATCH"), before=IMAGE),
    Crash("replace, delete first: before the DELETE", PROD, held("DELETE"), before=AGENT),
    Crash(
        "replace, delete first: the answer to the DELETE is lost",
        PROD,
        answer_lost("DELETE"),
        is_leaving,
        before=AGENT,
    ),
    Crash("replace, delete first: until it is gone", PROD, held("GET"), is_leaving, before=AGENT),
    Crash("replace, delete first: before the POST", PROD, held("POST", COLLECTION), before=AGENT),
    Crash(
        "replace, delete first: the answer to the POST is lost",
        PROD,
        answer_lost("POST", COLLECTION),
        has("source_config.deployment_type", "prod"),
        before=AGENT,
        adopt=True,
    ),
    Crash("replace, delete first: in the wait", PROD, held("GET", REVISION), before=AGENT),
    Crash(
        "replace, create first: before the POST",
        RENAMED,
        held("POST", COLLECTION),
        before=AGENT,
        deployments=("agent-two",),
    ),
    Crash(
        "replace, create first: in the wait",
        RENAMED,
        held("GET", REVISION),
        before=AGENT,
        deployments=("agent-two",),
    ),
    Crash(
        "replace, create first: before the DELETE",
        RENAMED,
        held("DELETE"),
        before=AGENT,
        deployments=("agent-two",),
    ),
    Crash("destroy: before the DELETE", AGENT, held("DELETE"), before=AGENT, operation="destroy"),
    Crash(
        "destroy: the answer to the DELETE is lost",
        AGENT,
        answer_lost("DELETE"),
        is_leaving,
        before=AGENT,
        operation="destroy",
    ),
    Crash(
        "destroy: until it is gone",
        AGENT,
        held("GET"),
        is_leaving,
        before=AGENT,
        operation="destroy",
    ),
    Crash("adopt: before it is read", THEIRS, held("GET"), before=FOREIGN, takes_over=True),
    Crash(
        "adopt: before the PATCH is carried out",
        THEIRS,
        held("PATCH"),
        before=FOREIGN,
        takes_over=True,
    ),
    Crash(
        "adopt: the answer to the PATCH is lost",
        THEIRS,
        answer_lost("PATCH"),
        has("source_revision_config.repo_ref", "v2"),
        before=FOREIGN,
        takes_over=True,
    ),
    Crash("adopt: in the wait", THEIRS, held("GET", REVISION), before=FOREIGN, takes_over=True),
    Crash("refresh: in the read", AGENT, held("GET"), before=AGENT, operation="refresh"),
]


EVERY_POINT = pytest.mark.parametrize("crash", CRASHES, ids=lambda crash: crash.name)
SUITE_AND_GRID = pytest.mark.parametrize(
    "crash",
    [
        pytest.param(
            crash, id=crash.name, marks=[pytest.mark.grid] if " before " in crash.name else []
        )
        for crash in CRASHES
    ],
)
"""A crash before a request is played by `make grid`: one after it leaves more to settle."""


@SUITE_AND_GRID
def test_a_crash_is_settled_by_the_next_up(crash: Crash, stage: Stage) -> None:
    """One deployment for each that is declared, in the state and up, whatever was killed when."""
    kill_at(crash, stage, kill_tree)
    up_settles(crash, stage)


@pytest.mark.grid
@EVERY_POINT
def test_a_refresh_in_between_does_no_harm(crash: Crash, stage: Stage) -> None:
    """Whoever looks first, as many do after a crash, comes to the same."""
    kill_at(crash, stage, kill_tree)
    assert stage.engine.refresh().ok
    up_settles(crash, stage)


@pytest.mark.grid
@EVERY_POINT
def test_a_crashed_stack_can_be_destroyed(crash: Crash, stage: Stage) -> None:
    """Nothing is left but what no state could know of, and of that the engine warns."""
    kill_at(crash, stage, kill_tree)
    outcome = stage.engine.destroy()
    assert outcome.ok, outcome.errors
    unknown = {"agent"} if crash.adopt else set()
    assert stage.simulator.deployments().keys() == unknown
    assert stage.engine.state() == []
    assert not unknown or "interrupted" in outcome.text


@pytest.mark.grid
@EVERY_POINT
def test_a_killed_plugin_is_settled_by_the_next_up(crash: Crash, stage: Stage) -> None:
    """The engine lives on and writes down that the call has failed."""
    kill_at(crash, stage, kill_plugin)
    up_settles(crash, stage)


def kill_at(crash: Crash, stage: Stage, kill: Callable[[Popen[str]], object]) -> None:
    """Run the operation until the request hangs, and kill."""
    simulator = stage.simulator
    if crash.before:
        stage.write(crash.before)
        assert stage.engine.up().ok
    stage.write(declared(crash, stage))
    simulator.clear_requests()
    simulator.fail(kind="delay", **crash.held)
    running = stage.engine.begin(crash.operation)
    hit = [crash.held["method"], crash.held["path"]]

    def has_come_in() -> bool:
        return any(stage.matches(request, *hit) for request in simulator.requests)

    wait_until(lambda: has_come_in() and crash.when(simulator), running)
    kill(running)
    stage.engine.unlock()
    simulator.clear_faults()


def declared(crash: Crash, stage: Stage) -> Program:
    """The program, with the id of what it takes over."""
    if not crash.takes_over:
        return crash.program
    opts = {"import_": stage.simulator.deployment("agent")["id"]}
    return {name: {**arguments, "opts": opts} for name, arguments in crash.program.items()}


def up_settles(crash: Crash, stage: Stage) -> None:
    """One `up` (or `destroy`, if that was killed) does the rest."""
    if crash.operation == "destroy":
        assert stage.engine.destroy().ok
        assert (stage.engine.state(), stage.simulator.deployments()) == ([], {})
        return
    again = stage.engine.up()
    if crash.adopt:
        again = adopted(crash, stage, again)
    assert again.ok, again.errors
    settled(crash, stage)


def adopted(crash: Crash, stage: Stage, refused: Any) -> Any:
    """The refusal names the deployment's id and the line that adopts it; do what it says."""
    assert not refused.ok
    found = stage.simulator.deployment("agent")["id"]
    told = " ".join(refused.errors)
    assert f'import_="{found}"' in told, refused.errors
    program = {
        name: {**arguments, "opts": {"import_": found}} for name, arguments in crash.program.items()
    }
    stage.write(program)
    return stage.engine.up()


def settled(crash: Crash, stage: Stage) -> None:
    live = stage.simulator.deployments()
    assert sorted(live) == sorted(crash.deployments)
    known = {
        entry["id"]
        for entry in stage.engine.state()
        if entry["type"].endswith("langsmith:Deployment") and not entry.get("delete")
    }
    assert known == {deployment["id"] for deployment in live.values()}
    assert stage.engine.preview().ops == {}
    for name, deployment in live.items():
        assert deployment["active_revision_id"] == deployment["latest_revision_id"], name
    stage.write({})
    assert stage.engine.up().ok
    assert stage.simulator.deployments() == {}
