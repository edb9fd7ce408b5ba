"""Random histories: what a preview promises, ``up`` does, whatever has happened before.

A step is one deployment in one cycle of preview and ``up``. ``HISTORIES=2000`` plays that many,
from the seed ``HISTORIES_SEED`` on; both are fixed in the suite, so that it is the same each time.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from support.engines import ENGINES, PASSPHRASE
from support.scenario import API_KEY

from langsmith_pulumi.testing.simulator import Listener, Simulator

from .arguments import LISTENERS, NAMESPACES
from .history import History, histories
from .play import Play
from .world import Clock

CYCLES = 3
"""Cycles of preview and ``up`` in a history."""


def play(history: History, engine: str) -> int:
    clock = Clock()
    listeners = [Listener(f"cluster-{id_[0]}", NAMESPACES, id_) for id_ in LISTENERS]
    simulator = Simulator(
        api_key=API_KEY,
        clock=clock,
        listeners=listeners if history.listeners else (),
        **history.service,
    )
    with tempfile.TemporaryDirectory() as folder, simulator:
        program = Path(folder) / "program.json"
        home = Path(folder) / "engine"
        home.mkdir()
        environ = {
            **os.environ,
            **simulator.env,
            "LANGSMITH_PULUMI_POLL_SECONDS": "0",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "SCENARIO": str(program),
        }
        stack = Play(ENGINES[engine](home, environ), simulator, clock, program)
        for cycle in history.cycles:
            stack.cycle(cycle)
    return stack.steps


def play_some(number: int, engine: str) -> int:
    """Play the histories of one seed; returns how many steps they had."""
    played: list[int] = []

    @seed(number)
    @settings(
        max_examples=2,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(histories(length=CYCLES))
    def one(history: History) -> None:
        played.append(play(history, engine))

    one()
    return sum(played)


def test_a_plan_keeps_its_promise_whatever_has_happened() -> None:
    """Plans and deeds agree, nothing is left to do, nothing is lost, and no secret shows."""
    number = int(os.environ.get("HISTORIES_SEED", "1"))
    wanted, played = int(os.environ.get("HISTORIES", "30")), 0
    while played < wanted:
        played += play_some(number, "offline")
        number += 1


@pytest.mark.skipif(not shutil.which("pulumi"), reason="pulumi is not on PATH")
def test_pulumi_keeps_the_same_promises() -> None:
    """A few rounds on the real engine."""
    assert play_some(1, "pulumi")
