"""A control plane and an engine for each scenario."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from langsmith_pulumi.testing.simulator import Simulator
from tests.support.engines import ENGINES, PASSPHRASE
from tests.support.processes import kill_tree
from tests.support.scenario import API_KEY, ScenarioRunner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.engines import Engine

NEEDS_PULUMI = pytest.mark.skipif(not shutil.which("pulumi"), reason="pulumi is not on PATH")


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(api_key=API_KEY) as running:
        yield running


@pytest.fixture(params=["offline", pytest.param("pulumi", marks=NEEDS_PULUMI)])
def make_runner(
    request: pytest.FixtureRequest, simulator: Simulator, tmp_path: Path
) -> Iterator[Callable[[str], ScenarioRunner]]:
    """Return a factory of stacks, each with its own project and engine, on one control plane.

    What a failed test has left running is killed: it would poll without a pause for ever.
    """
    engines: list[Engine] = []

    def make(name: str) -> ScenarioRunner:
        home = tmp_path / name
        home.mkdir()
        program = tmp_path / f"{name}.json"
        program.write_text("{}")
        environ = {
            **os.environ,
            **simulator.env,
            "LANGSMITH_PULUMI_POLL_SECONDS": "0",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "SCENARIO": str(program),
        }
        engines.append(ENGINES[request.param](home, environ))
        return ScenarioRunner(engines[-1], simulator, program)

    yield make
    for process in (process for engine in engines for process in engine.processes):
        if process.poll() is None:
            kill_tree(process)


@pytest.fixture
def runner(make_runner: Callable[[str], ScenarioRunner]) -> ScenarioRunner:
    return make_runner("engine")
