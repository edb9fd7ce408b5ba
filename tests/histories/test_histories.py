"""Random histories: what a preview promises, ``up`` does, whatever has happened before.

A step is one deployment in one cycle (preview, ``up``, preview) to which something happens: an
edit, drift, a failed build, an override, an answer that is lost. Several deployments are edited in
each cycle, and some use the URL of another one.

The suite plays a few dozen steps, the same ones every time. More, and others each time::

    HISTORIES=2000 pytest tests/histories

plays at least as many steps. The summary tells the seed, and so does a failure, after the history
that failed; ``HISTORIES_SEED`` plays the same ones again. Where ``pulumi`` is on PATH, it plays a
tenth of the steps.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, note, seed, settings

from langsmith_pulumi.testing.simulator import Listener, Simulator
from tests.support.engines import ENGINES, PASSPHRASE
from tests.support.scenario import API_KEY

from .arguments import LISTENERS, NAMESPACES
from .history import histories
from .play import Play
from .world import Clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from .history import History

STEPS = int(os.environ.get("HISTORIES", "20"))
"""How many steps to play at least."""
CYCLES = 4
"""The length of a history."""
BATCH = 4
"""How many histories are drawn from one seed."""
SHARES = {"offline": 1.0, "pulumi": 0.1}
NEEDS_PULUMI = pytest.mark.skipif(not shutil.which("pulumi"), reason="pulumi is not on PATH")

SETTINGS = settings(
    max_examples=BATCH,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)
"""No shrinking: a history takes seconds, and is readable as it is."""


@pytest.mark.parametrize("engine", ["offline", pytest.param("pulumi", marks=NEEDS_PULUMI)])
def test_up_does_what_the_preview_promised(
    engine: str, record_property: Callable[[str, object], None]
) -> None:
    """Operations, revisions, writes and live values are those of the plan, and nothing is left."""
    first = _first_seed()
    steps, batch = 0, first
    while steps < STEPS * SHARES[engine]:
        steps += _play_batch(batch, engine)
        batch += 1
    record_property("histories", f"{steps} steps on {engine} from HISTORIES_SEED={first}")


def _first_seed() -> int:
    """Always the same, unless many histories are asked for."""
    chosen = os.environ.get("HISTORIES_SEED")
    if chosen:
        return int(chosen)
    return secrets.randbelow(1_000_000) if "HISTORIES" in os.environ else 1


def _play_batch(number: int, engine: str) -> int:
    steps = 0

    @seed(number)
    @SETTINGS
    @given(histories(length=CYCLES))
    def play(history: History) -> None:
        nonlocal steps
        note(f"repeat with HISTORIES=1 HISTORIES_SEED={number}")
        steps += _play(history, engine)

    play()
    return steps


def _play(history: History, engine: str) -> int:
    clock = Clock()
    listeners = [Listener(f"cluster-{id_[0]}", NAMESPACES, id_) for id_ in LISTENERS]
    simulator = Simulator(
        api_key=API_KEY,
        clock=clock,
        listeners=listeners if history.listeners else (),
        **history.service,
    )
    with tempfile.TemporaryDirectory() as folder, simulator:
        program, home = Path(folder) / "program.json", Path(folder) / "engine"
        home.mkdir()
        environ = {
            **os.environ,
            **simulator.env,
            "LANGSMITH_PULUMI_POLL_SECONDS": "0",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "SCENARIO": str(program),
        }
        stack = Play(ENGINES[engine](home, environ), simulator, clock, program)
        for number, cycle in enumerate(history.cycles):
            note(f"cycle {number}")
            stack.cycle(cycle)
    return stack.steps
