"""What is promised of speed and requests, against the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .comparison import ENGINE_TITLES, Comparison, Setting
from .matrix import ALL_IN_PLACE, CREATE, DESTROY, FLOOR, NOTHING, OFFLINE, OURS, PULUMI, REFRESH

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLS_PER_CORE = 4
"""Steps that Pulumi runs at once for each core, unless `--parallel` says otherwise."""


@dataclass(frozen=True)
class Bound:
    """A promise, with what was measured for it."""

    text: str
    limit: float
    measured: float
    unit: str

    @property
    def holds(self) -> bool:
        """Return True if it is kept."""
        return self.measured <= self.limit


@dataclass(frozen=True)
class _Time:
    """A time that may be at most ``factor`` times that of the floor with the longest wait."""

    operation: str
    count: int
    engine: str
    factor: float


_TIMES = (
    _Time(CREATE, 40, OFFLINE, 1.10),
    _Time(CREATE, 40, PULUMI, 1.10),
    _Time(DESTROY, 40, OFFLINE, 1.5),
    _Time(NOTHING, 200, OFFLINE, 1.15),
    _Time(NOTHING, 200, PULUMI, 1.15),
)
_REQUESTS = ((REFRESH, 200, 10), (NOTHING, 200, 0), (ALL_IN_PLACE, 200, 200))


def bounds(comparison: Comparison, cores: int) -> Iterator[Bound]:
    """Yield the promises for which there is data, with revisions and deletions of 5 s."""
    for time in _TIMES:
        setting = _setting(time.engine, time.count)
        text = f"{time.operation} of {time.count} on {ENGINE_TITLES[time.engine]}: "
        text += f"at most {time.factor:g} x (longest wait + floor)"
        floor = comparison.seconds(setting, FLOOR, time.operation)
        ours = comparison.seconds(setting, OURS, time.operation)
        if floor is not None and ours is not None:
            yield Bound(text, time.factor * floor, ours, "s")
    yield from _pulumi_destroy(comparison, cores)
    yield from _requests(comparison)


def _pulumi_destroy(comparison: Comparison, cores: int) -> Iterator[Bound]:
    setting, at_once = _setting(PULUMI, 40), CALLS_PER_CORE * cores
    seconds = 1.2 * setting.deletion_seconds * -(-setting.count // at_once)
    measured = comparison.seconds(setting, OURS, DESTROY)
    if measured is not None:
        text = f"destroy of 40 on Pulumi: at most 1.2 x the deletions, {at_once} at a time"
        yield Bound(text, seconds, measured, "s")


def _requests(comparison: Comparison) -> Iterator[Bound]:
    for operation, count, limit in _REQUESTS:
        for engine, title in ENGINE_TITLES.items():
            figures = comparison.figures(_setting(engine, count).run(OURS), operation)
            if figures:
                text = f"{operation} of {count} on {title}: requests"
                yield Bound(text, limit, figures.sent, "")


def _setting(engine: str, count: int) -> Setting:
    return Setting(engine, count, 5.0, 5.0, 0.0)
