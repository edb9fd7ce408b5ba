"""Simulator, transport and engine that share one clock, which only sleeping advances."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from langsmith_pulumi.control_plane.agent_transport import AgentTransport
from langsmith_pulumi.control_plane.client import ControlPlaneClient
from langsmith_pulumi.control_plane.errors import ControlPlaneError
from langsmith_pulumi.control_plane.settings import Settings
from langsmith_pulumi.operations import rollback
from langsmith_pulumi.operations.connection import OperationError
from langsmith_pulumi.provider.session import Session
from langsmith_pulumi.testing.simulator import Simulator
from tests.control_plane.fake_server import EPOCH, FakeClock, FakeServer
from tests.faults.engine import NAME, InProcessEngine, State
from tests.faults.faulty_transport import FaultyTransport
from tests.support.scenario import API_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langsmith_pulumi.testing.simulator.records import Records


@dataclass(frozen=True)
class SavedState:
    """A copy of everything that a test can change, to return to."""

    records: Records
    state: State
    now: float


class Harness:
    """Simulator, transport and engine for one test after the other."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.transport = FaultyTransport(self.clock)
        self.other_host = FakeServer(self.clock)
        """Another host, which must never receive a request."""
        self.engine = InProcessEngine(self.session)
        self.simulator = Simulator(api_key=API_KEY, clock=lambda: EPOCH + self.clock.now)
        self.simulator.start()
        self.row_messages: list[str] = []
        """The permanent messages on the resource's row."""
        self._initial = self.save()

    def stop(self) -> None:
        self.simulator.stop()
        self.transport.close_connections()
        self.other_host.stop()

    def session(self) -> Session:
        """Return a new session, as a plugin process has at its start."""
        return Session(lambda _: None, self.connect())

    def connect(self) -> ControlPlaneClient:
        settings = Settings(API_KEY, self.simulator.url)
        return ControlPlaneClient(
            settings, transport=self.transport, sleep=self.clock.sleep, clock=self.clock.monotonic
        )

    def connect_to_agent(self, url: str, headers: Mapping[str, str]) -> AgentTransport:
        """Return a connection to an agent that meets the same faults."""
        agent = AgentTransport(url, headers)
        agent._http = httpx.Client(headers=headers, transport=self.transport)
        return agent

    def connect_to_store(self, _url: str) -> httpx.Client:
        """Return a connection to the host of uploads that meets the same faults."""
        return httpx.Client(transport=self.transport)

    def roll_back(self) -> str:
        """Redeploy the first revision, as `langsmith-pulumi rollback` does; return the error."""
        client, first = self.connect(), self.simulator.revisions(NAME)[-1]["id"]
        try:
            plan = rollback.plan_rollback(client, NAME, first)
            rollback.roll_back(
                client,
                plan,
                timeout=20.0,
                on_progress=lambda *_: None,
                on_poll_failure=lambda _: None,
            )
        except (ControlPlaneError, OperationError) as error:
            # The command line that a user reads above it names the deployment.
            return f"rollback '{NAME}': {error}"
        return ""

    @property
    def id(self) -> str:
        """The id of the live deployment, or an unknown id."""
        live = self.simulator.deployments().get(NAME)
        return str(live["id"]) if live else "00000000-0000-4000-8000-000000000000"

    @property
    def live(self) -> dict[str, Any]:
        return self.simulator.deployment(NAME)

    def clear_faults(self) -> None:
        """Remove all faults from transport and simulator."""
        self.transport.faults.clear()
        self.simulator.clear_faults()

    def save(self) -> SavedState:
        """Return a copy of the current state."""
        return SavedState(
            deepcopy(self.simulator._workspace.records), deepcopy(self.engine.state), self.clock.now
        )

    def restore(self, to: SavedState | None = None) -> None:
        """Restore a saved state, by default the initial one."""
        to = to or self._initial
        self.clear_faults()
        self.simulator._workspace.records = deepcopy(to.records)
        self.simulator._service.outcomes.clear()
        self.simulator._service.revision_overrides.clear()
        self.simulator.clear_requests()
        self.simulator.deletion_seconds = None
        self.simulator.revision_seconds = 0.0
        self.simulator.serve_agents = False
        self.simulator.fixed_repo_url = False
        self.simulator.interrupt_routes = ("interrupt", "interruption")
        self.engine.state = deepcopy(to.state)
        self.engine.session = self.session
        self.clock.now = to.now
        self.clock.sleeps.clear()
        self.row_messages.clear()
        self.transport.request_count = 0
