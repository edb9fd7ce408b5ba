"""A workspace on the simulator, and an engine that asks for what is in it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from langsmith_pulumi.testing.simulator import Integration, Listener, Simulator
from tests.support.engines import ENGINES, PASSPHRASE
from tests.support.scenario import API_KEY, CANARY, github

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.engines import Engine

NEEDS_PULUMI = pytest.mark.skipif(not shutil.which("pulumi"), reason="pulumi is not on PATH")
WORKSPACE = "44444444-4444-4444-8444-444444444444"
ACME = Integration(
    "Acme",
    ("https://github.com/acme/agents",),
    id="6f6c7b7e-0d5d-4a8c-9a52-6f5b7e9a1c11",
    installation_id=7,
)
EU = Listener("eu-cluster", ("agents", "staging"), id="33333333-3333-4333-8333-000000000001")
US = Listener("us-cluster", id="33333333-3333-4333-8333-000000000002")


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(
        api_key=API_KEY, workspace_id=WORKSPACE, listeners=[US, EU], integrations=[ACME]
    ) as running:
        yield running


def create(simulator: Simulator, *names: str, body: dict[str, Any] | None = None) -> str:
    """Make deployments as somebody else would, with a secret; return the id of the last."""
    secrets = [{"name": "TOKEN", "value": CANARY}]
    headers = {"X-Api-Key": simulator.api_key, "X-Tenant-Id": WORKSPACE}
    made = ""
    with httpx.Client(base_url=simulator.url, headers=headers) as client:
        for name in names:
            sent = {**(body or github()), "name": name, "secrets": secrets}
            made = client.post("/v2/deployments", json=sent).raise_for_status().json()["id"]
    return made


class Asking:
    """An engine with the program of look-ups."""

    def __init__(self, engine: Engine, lookups: Path) -> None:
        self.engine = engine
        self._lookups = lookups

    def write(
        self,
        lookups: dict[str, tuple[str, dict[str, Any]]],
        *,
        declared: dict[str, Any] | None = None,
        caught: bool = False,
    ) -> None:
        """Write the program: functions with their arguments, by the name of the export."""
        asked = {"lookups": lookups, "declared": declared or {}, "caught": caught}
        self._lookups.write_text(json.dumps(asked))


@pytest.fixture(params=["offline", pytest.param("pulumi", marks=NEEDS_PULUMI)])
def asking(request: pytest.FixtureRequest, simulator: Simulator, tmp_path: Path) -> Asking:
    home = tmp_path / "engine"
    home.mkdir()
    environ = {
        **os.environ,
        **simulator.env,
        "LANGSMITH_WORKSPACE_ID": WORKSPACE,
        "LANGSMITH_PULUMI_POLL_SECONDS": "0",
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "LOOKUPS": str(tmp_path / "lookups.json"),
    }
    make: Callable[..., Engine] = ENGINES[request.param]
    return Asking(make(home, environ, Path(__file__).parent / "program"), tmp_path / "lookups.json")
