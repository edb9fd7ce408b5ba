"""Ctrl-C, and runners that are told to stop: whatever was waited for goes on with the next `up`."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.engines import OfflineEngine
from tests.support.processes import TIMEOUT_SECONDS, kill_tree, wait_until
from tests.support.scenario import github

if TYPE_CHECKING:
    from tests.support.scenario import ScenarioRunner

REVISION = "/v2/deployments/*/revisions/*"
AGENT = {"agent": github()}
PAUSE = 0.5
"""Seconds between two Ctrl-C: an engine may take two that come at once for one."""


def interrupt_until_it_ends(
    running: subprocess.Popen[str], number: signal.Signals, pause: float
) -> int:
    """Press Ctrl-C, as a terminal sends it: to the whole group; again while it goes on."""
    for pressed in range(1, 60):
        os.killpg(running.pid, number)
        try:
            running.wait(pause)
        except subprocess.TimeoutExpired:
            continue
        return pressed
    raise AssertionError("it did not end")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_an_interrupted_wait_is_taken_up_again(
    number: signal.Signals, runner: ScenarioRunner
) -> None:
    """It ends with a failure, loses nothing, writes no traceback, and the next `up` goes on."""
    simulator = runner.simulator
    runner.write(AGENT)
    simulator.fail("GET", REVISION, "delay", seconds=3600, times=-1)
    running = runner.engine.start("up")
    wait_until(lambda: any("/revisions/" in one.path for one in simulator.requests), running)
    one_is_enough = isinstance(runner.engine, OfflineEngine)
    pressed = interrupt_until_it_ends(running, number, TIMEOUT_SECONDS if one_is_enough else PAUSE)
    output = running.communicate()[0]
    kill_tree(running)
    simulator.clear_faults()
    assert running.returncode != 0
    assert "Traceback" not in output
    assert pressed == 1 or not one_is_enough
    runner.engine.unlock()
    simulator.clear_requests()
    assert runner.engine.up().ok
    assert [one.method for one in simulator.requests if one.method != "GET"] == []
    assert len(simulator.deployments()) == 1
    assert runner.engine.preview().ops == {}
