"""A control plane, a network and an engine that share one clock, which only waiting moves."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane.client import ControlPlaneClient
from langsmith_pulumi.control_plane.settings import Settings
from langsmith_pulumi.provider.session import Session
from langsmith_pulumi.testing.simulator import Simulator
from tests.control_plane.scripted import EPOCH, Scripted, Time
from tests.faults.engine import NAME, Engine, State
from tests.faults.network import Network
from tests.support.scenario import API_KEY

if TYPE_CHECKING:
    from langsmith_pulumi.testing.simulator.records import Records


@dataclass(frozen=True)
class Kept:
    """Everything there is at some moment, to go on from more than once."""

    records: Records
    state: State
    now: float


class World:
    """The stage of one cell after the other."""

    def __init__(self) -> None:
        self.time = Time()
        self.network = Network(self.time)
        self.elsewhere = Scripted(self.time)
        """Another host, to which nothing may ever go."""
        self.engine = Engine(self.session)
        self.simulator = Simulator(api_key=API_KEY, clock=lambda: EPOCH + self.time.now)
        self.simulator.start()
        self.told: list[str] = []
        """What was shown on the resource's row to stay."""
        self._new = self.keep()

    def stop(self) -> None:
        self.simulator.stop()
        self.network.shut()
        self.elsewhere.stop()

    def session(self) -> Session:
        """What a plugin process knows when it begins."""
        return Session(lambda _: None, self.connect())

    def connect(self) -> ControlPlaneClient:
        settings = Settings(API_KEY, self.simulator.url)
        return ControlPlaneClient(
            settings, transport=self.network, sleep=self.time.sleep, clock=self.time.clock
        )

    @property
    def id(self) -> str:
        """The id of the deployment; that of nobody where there is none."""
        live = self.simulator.deployments().get(NAME)
        return str(live["id"]) if live else "00000000-0000-4000-8000-000000000000"

    @property
    def live(self) -> dict[str, Any]:
        return self.simulator.deployment(NAME)

    def calm(self) -> None:
        """Let nothing go wrong any more."""
        self.network.disturbances.clear()
        self.simulator.clear_faults()

    def keep(self) -> Kept:
        return Kept(
            deepcopy(self.simulator._workspace.records), deepcopy(self.engine.state), self.time.now
        )

    def go_back(self, to: Kept | None = None) -> None:
        """Be as at that moment, or as in the beginning."""
        to = to or self._new
        self.calm()
        self.simulator._workspace.records = deepcopy(to.records)
        self.simulator._service.outcomes.clear()
        self.simulator._service.revision_overrides.clear()
        self.simulator.clear_requests()
        self.simulator.deletion_seconds = None
        self.simulator.revision_seconds = 0.0
        self.engine.state = deepcopy(to.state)
        self.engine.session = self.session
        self.time.now = to.now
        self.time.slept.clear()
        self.told.clear()
        self.network.sent = 0
