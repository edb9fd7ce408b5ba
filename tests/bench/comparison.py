"""The routes side by side: medians, floors and ratios, taken from the data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

from .matrix import (
    CREATE,
    DESTROY,
    FLOOR,
    NO_ENGINE,
    OFFLINE,
    OURS,
    PULUMI,
    REVISION,
    SCRIPT,
    WAITING,
    Run,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .results import Data, Row


@dataclass(frozen=True)
class Setting:
    """What the routes of one comparison share."""

    engine: str
    count: int
    revision_seconds: float
    deletion_seconds: float
    latency_seconds: float

    def run(self, route: str) -> Run:
        """Return the run of a route."""
        run = Run(
            NO_ENGINE if route == SCRIPT else self.engine,
            route,
            self.count,
            self.revision_seconds,
            self.deletion_seconds,
            self.latency_seconds,
        )
        if route == FLOOR:
            return replace(run, revision_seconds=0.0, deletion_seconds=0.0, latency_seconds=0.0)
        return run

    def longest_wait(self, operation: str) -> float:
        """Return the seconds for which an operation has to wait whatever the client does."""
        waits = {
            CREATE: self.revision_seconds,
            REVISION: self.revision_seconds,
            DESTROY: self.deletion_seconds,
        }
        return waits.get(operation, 0.0)

    @property
    def title(self) -> str:
        """Return it for a heading."""
        latency = f", latency {1000 * self.latency_seconds:g} ms" if self.latency_seconds else ""
        return (
            f"{self.count} deployments, revisions of {self.revision_seconds:g} s, deletions of "
            f"{self.deletion_seconds:g} s{latency}"
        )


@dataclass(frozen=True)
class Figures:
    """What one route took for one operation: medians of its repetitions."""

    seconds: float
    cpu_seconds: float
    peak_mib: float
    sent: int
    state_bytes: int


class Comparison:
    """The rows of the data, by run and operation."""

    def __init__(self, data: Data) -> None:
        self._rows: dict[tuple[Run, str], list[Row]] = {}
        for row in data.rows:
            self._rows.setdefault((row.run, row.operation), []).append(row)

    def settings(self) -> list[Setting]:
        """Return the settings in which this package was measured, without stuck ones."""
        found = {run: None for run, _ in self._rows if run.route == OURS and not run.stuck}
        ordered = sorted(found, key=lambda run: (run.engine, run.count, run.revision_seconds))
        return [
            Setting(
                run.engine,
                run.count,
                run.revision_seconds,
                run.deletion_seconds,
                run.latency_seconds,
            )
            for run in ordered
        ]

    def figures(self, run: Run, operation: str) -> Figures | None:
        """Return what a run took for an operation, or None if it was not measured."""
        rows = self._rows.get((run, operation))
        if not rows:
            return None
        return Figures(
            median(row.seconds for row in rows),
            median(row.cpu_seconds for row in rows),
            median(row.peak_mib for row in rows),
            round(median(row.sent for row in rows)),
            rows[-1].state_bytes,
        )

    def seconds(self, setting: Setting, route: str, operation: str) -> float | None:
        """Return the time of a route; that of the floor with the longest wait."""
        found = self.figures(setting.run(route), operation)
        if found is None:
            return None
        wait = setting.longest_wait(operation) if route == FLOOR else 0.0
        return found.seconds + wait

    def stuck(self) -> Iterable[tuple[Run, float, float | None]]:
        """Yield the runs with stuck deployments: whole time, and until the healthy ones."""
        for (run, _), rows in sorted(self._rows.items(), key=lambda item: repr(item[0])):
            if run.stuck:
                healthy = [row.healthy_seconds for row in rows if row.healthy_seconds is not None]
                whole = median(row.seconds for row in rows)
                yield run, whole, median(healthy) if healthy else None


def ratio(first: float | None, second: float | None) -> float | None:
    """Return how many times the second the first is."""
    return first / second if first is not None and second else None


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return the slope of the straight line through the points, by least squares."""
    count = len(points)
    mean_x = sum(x for x, _ in points) / count
    mean_y = sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread


COMPARED = (OURS, WAITING, FLOOR, SCRIPT)
ENGINE_TITLES = {OFFLINE: "the offline engine", PULUMI: "Pulumi"}
