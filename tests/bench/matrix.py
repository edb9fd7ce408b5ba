"""Which runs there are: the routes, the engines, and the matrices of sizes and durations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OURS, WAITING, FLOOR, SCRIPT = "ours", "waiting", "floor", "script"
ROUTES = {
    OURS: "langsmith-pulumi",
    WAITING: "a provider that waits in create",
    FLOOR: "floor: the same resources, providers that do nothing",
    SCRIPT: "asyncio script, no engine",
}
OFFLINE, PULUMI, NO_ENGINE = "offline", "pulumi", "none"

CREATE, NOTHING, PREVIEW, ONE_IN_PLACE, ALL_IN_PLACE, REVISION, REFRESH, DESTROY = OPERATIONS = (
    "create",
    "no-op up",
    "no-op preview",
    "in place, one",
    "in place, all",
    "revision of all",
    "refresh",
    "destroy",
)

SDK_WORKERS = 4
"""Calls that the plugin process of a dynamic provider serves at once."""


@dataclass(frozen=True)
class Run:
    """One stack from its creation to its end."""

    engine: str
    route: str
    count: int
    """Deployments."""
    revision_seconds: float
    deletion_seconds: float
    latency_seconds: float
    stuck: int = 0
    """Deployments whose revision never ends."""

    @property
    def waiting_in_turn(self) -> float:
        """Return the seconds that the longest operation takes if four wait at once."""
        longest = max(self.revision_seconds, self.deletion_seconds)
        return -(-self.count // SDK_WORKERS) * longest


@dataclass(frozen=True)
class Matrix:
    """The runs that an option or the command line names."""

    sizes: Sequence[int]
    revisions: Sequence[float] = (5.0,)
    latencies: Sequence[float] = (0.0,)
    routes: Sequence[str] = tuple(ROUTES)
    engines: Sequence[str] = (OFFLINE, PULUMI)
    deletion_seconds: float = 5.0
    stuck: Sequence[tuple[int, int]] = ()
    """Sizes with the number of them that are stuck."""
    limit: float = 60.0
    """The provider that waits in create is left out where waiting in turn takes longer."""

    def runs(self) -> Iterator[Run]:
        """Yield the runs, small ones first."""
        for count, (revision, latency) in product(self.sizes, self._durations()):
            for engine, route in self._pairs():
                run = Run(engine, route, count, revision, self.deletion_seconds, latency)
                if route == FLOOR:
                    if (revision, latency) != next(self._durations()):
                        continue
                    run = replace(run, revision_seconds=0, deletion_seconds=0, latency_seconds=0)
                if route != WAITING or run.waiting_in_turn <= self.limit:
                    yield run
        yield from self._stuck_runs()

    def _durations(self) -> Iterator[tuple[float, float]]:
        """Yield all revisions at one latency, and all latencies at one duration of a revision."""
        revision = 5.0 if 5.0 in self.revisions else self.revisions[0]
        latency = 0.0 if 0.0 in self.latencies else self.latencies[0]
        yield revision, latency
        for pair in product(self.revisions, self.latencies):
            if pair != (revision, latency) and (pair[0] == revision or pair[1] == latency):
                yield pair

    def _pairs(self) -> Iterator[tuple[str, str]]:
        for engine, route in product(self.engines, self.routes):
            if route != SCRIPT:
                yield engine, route
        if SCRIPT in self.routes:
            yield NO_ENGINE, SCRIPT

    def _stuck_runs(self) -> Iterator[Run]:
        for (count, stuck), engine, route in product(self.stuck, self.engines, (OURS, WAITING)):
            if route in self.routes:
                yield Run(engine, route, count, 5.0, self.deletion_seconds, 0.0, stuck)


MATRICES = {
    "quick": Matrix(sizes=(1, 10, 40), engines=(OFFLINE,), limit=20.0),
    "full": Matrix(
        sizes=(1, 10, 40, 50, 200),
        revisions=(5.0, 0.0, 30.0),
        latencies=(0.0, 0.1),
        stuck=((8, 4), (40, 4)),
        limit=150.0,
    ),
    "soak": Matrix(sizes=(1000,), routes=(OURS, FLOOR), engines=(OFFLINE,)),
}
"""`quick` is the default; `full` and `soak` make docs/performance.md."""
