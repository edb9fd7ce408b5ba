"""Random histories: ``up`` does what the preview lists, whatever has happened before.

A step is one deployment in one cycle (preview, ``up``, preview) that is edited or affected by
drift, a failed build, an override or a lost response. Several deployments are edited in each cycle,
and some use the URL of another one.

The suite runs a few dozen steps, always the same ones. To run more, and others each time::

    HISTORIES=2000 pytest tests/histories

The summary names the seed, and so does a failure; ``HISTORIES_SEED`` repeats the same histories. If
``pulumi`` is on PATH, it runs a tenth of the steps.
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

from .history import histories
from .history_runner import HistoryRunner
from .live_state import Clock
from .strategies import LISTENERS, NAMESPACES

if TYPE_CHECKING:
    from collections.abc import Callable

    from .history import History

STEPS = int(os.environ.get("HISTORIES", "20"))
"""The minimum number of steps."""
CYCLES = 4
"""Cycles in a history."""
BATCH = 4
"""Histories drawn from one seed."""
SHARES = {"offline": 1.0, "pulumi": 0.1}
pytestmark = pytest.mark.timeout(300 + 30 * STEPS)
NEEDS_PULUMI = pytest.mark.skipif(not shutil.which("pulumi"), reason="pulumi is not on PATH")

SETTINGS = settings(
    max_examples=BATCH,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)
"""No shrinking: a history takes seconds and is readable as it is."""


@pytest.mark.parametrize("engine", ["offline", pytest.param("pulumi", marks=NEEDS_PULUMI)])
def test_up_does_what_the_preview_lists(
    engine: str, record_property: Callable[[str, object], None]
) -> None:
    """Operations, revisions, writes and live values match the preview, and nothing is left."""
    first = _first_seed()
    steps, batch = 0, first
    while steps < STEPS * SHARES[engine]:
        steps += _run_batch(batch, engine)
        batch += 1
    record_property("histories", f"{steps} steps on {engine} from HISTORIES_SEED={first}")


def _first_seed() -> int:
    """Return the chosen seed, a random one if many histories were asked for, or 1."""
    chosen = os.environ.get("HISTORIES_SEED")
    if chosen:
        return int(chosen)
    return secrets.randbelow(1_000_000) if "HISTORIES" in os.environ else 1


def _run_batch(number: int, engine: str) -> int:
    steps = 0

    @seed(number)
    @SETTINGS
    @given(histories(length=CYCLES))
    def play(history: History) -> None:
        nonlocal steps
        note(f"repeat with HISTORIES=1 HISTORIES_SEED={number}")
        steps += _run_history(history, engine)

    play()
    return steps


def _run_history(history: History, engine: str) -> int:
    clock = Clock()
    listeners = [Listener(f"cluster-{id_[0]}", NAMESPACES, id_) for id_ in LISTENERS]
    simulator = Simulator(
        api_key=API_KEY,
        clock=clock,
        listeners=listeners if history.listeners else (),
        unknown_archives="build",
        serve_agents=True,
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
        stack = HistoryRunner(ENGINES[engine](home, environ), simulator, clock, program)
        for number, cycle in enumerate(history.cycles):
            note(f"cycle {number}")
            stack.cycle(cycle)
    return stack.steps
