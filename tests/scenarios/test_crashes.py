"""The crash matrix: `kill -9` of engine, program and plugin at each point of each operation.

Afterwards one `up` (or `destroy`, if that was killed) settles everything, with one deployment for
each that is declared, known to the state. Only the instant between the answer to a POST and its
being written down cannot be healed without asking: then the refusal names the deployment and the
line that adopts it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.scenarios.crashes import CRASHES
from tests.support.processes import kill_plugin, kill_tree, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from subprocess import Popen

    from tests.scenarios.crashes import Crash
    from tests.support.scenario import Program, ScenarioRunner

EACH_CRASH = pytest.mark.parametrize("crash", CRASHES, ids=lambda crash: crash.name)
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
def test_a_crash_is_settled_by_the_next_up(crash: Crash, runner: ScenarioRunner) -> None:
    """One deployment for each that is declared, in the state and up, whatever was killed when."""
    kill_during(crash, runner, kill_tree)
    assert_next_up_recovers(crash, runner)


@pytest.mark.grid
@EACH_CRASH
def test_a_refresh_in_between_does_no_harm(crash: Crash, runner: ScenarioRunner) -> None:
    """Whoever looks first, as many do after a crash, comes to the same."""
    kill_during(crash, runner, kill_tree)
    assert runner.engine.refresh().ok
    assert_next_up_recovers(crash, runner)


@pytest.mark.grid
@EACH_CRASH
def test_a_crashed_stack_can_be_destroyed(crash: Crash, runner: ScenarioRunner) -> None:
    """Nothing is left but what no state could know of, and of that the engine warns."""
    kill_during(crash, runner, kill_tree)
    outcome = runner.engine.destroy()
    assert outcome.ok, outcome.errors
    unknown = {"agent"} if crash.needs_adoption else set()
    assert runner.simulator.deployments().keys() == unknown
    assert runner.engine.state() == []
    assert not unknown or "interrupted" in outcome.text


@pytest.mark.grid
@EACH_CRASH
def test_a_killed_plugin_is_settled_by_the_next_up(crash: Crash, runner: ScenarioRunner) -> None:
    """The engine lives on and writes down that the call has failed."""
    kill_during(crash, runner, kill_plugin)
    assert_next_up_recovers(crash, runner)


def kill_during(crash: Crash, runner: ScenarioRunner, kill: Callable[[Popen[str]], object]) -> None:
    """Run the operation until the request hangs, and kill."""
    simulator = runner.simulator
    if crash.before:
        runner.write(crash.before)
        assert runner.engine.up().ok
    runner.write(program_for(crash, runner))
    simulator.clear_requests()
    simulator.serve_agents = True
    simulator.fail(kind="delay", **crash.held_request)
    running = runner.engine.start(crash.operation)
    held = [crash.held_request["method"], crash.held_request["path"]]

    def was_received() -> bool:
        received = [*simulator.requests, *simulator.external_requests]
        matching = [request for request in received if runner.matches(request, *held)]
        return len(matching) > int(crash.held_request.get("skip", 0))

    wait_until(lambda: was_received() and crash.when(simulator), running)
    kill(running)
    runner.engine.unlock()
    simulator.clear_faults()


def program_for(crash: Crash, runner: ScenarioRunner) -> Program:
    """Return the program with the id of the deployment that it adopts."""
    if not crash.adopts:
        return crash.program
    opts = {"import_": runner.simulator.deployment("agent")["id"]}
    return {name: {**arguments, "opts": opts} for name, arguments in crash.program.items()}


def assert_next_up_recovers(crash: Crash, runner: ScenarioRunner) -> None:
    """One `up` (or `destroy`, if that was killed) does the rest."""
    if crash.operation == "destroy":
        assert runner.engine.destroy().ok
        assert (runner.engine.state(), runner.simulator.deployments()) == ([], {})
        return
    runner.simulator.clear_requests()
    result = runner.engine.up()
    if crash.needs_adoption:
        result = adopt(crash, runner, result)
    assert result.ok, result.errors
    is_checked = any("health_check" in arguments for arguments in crash.program.values())
    asked = [one for one in runner.simulator.external_requests if one.method == "GET"]
    assert bool(asked) is is_checked
    assert_consistent(crash, runner)


def adopt(crash: Crash, runner: ScenarioRunner, failed: Any) -> Any:
    """Adopt the deployment with the line that the error gives."""
    assert not failed.ok
    found = runner.simulator.deployment("agent")["id"]
    errors = " ".join(failed.errors)
    assert f'import_="{found}"' in errors, failed.errors
    program = {
        name: {**arguments, "opts": {"import_": found}} for name, arguments in crash.program.items()
    }
    runner.write(program)
    return runner.engine.up()


def assert_consistent(crash: Crash, runner: ScenarioRunner) -> None:
    live = runner.simulator.deployments()
    assert sorted(live) == sorted(crash.deployments)
    known = {
        entry["id"]
        for entry in runner.engine.state()
        if entry["type"].endswith("langsmith:Deployment") and not entry.get("delete")
    }
    assert known == {deployment["id"] for deployment in live.values()}
    assert runner.engine.preview().ops == {}
    for name, deployment in live.items():
        assert deployment["active_revision_id"] == deployment["latest_revision_id"], name
    runner.write({})
    assert runner.engine.up().ok
    assert runner.simulator.deployments() == {}
