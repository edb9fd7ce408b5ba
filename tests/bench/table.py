"""What the command prints: each operation of each route, and the ratios."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .comparison import COMPARED, ENGINE_TITLES, Comparison, Setting, ratio
from .matrix import FLOOR, OPERATIONS, OURS, WAITING

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADINGS = (
    "seconds",
    "ours",
    "waiting",
    "floor+wait",
    "script",
    "ours/floor",
    "waiting/ours",
    "requests",
    "cpu s",
    "MiB",
)


def cells(comparison: Comparison, setting: Setting, operation: str) -> list[str]:
    """Return the cells of an operation, in the order of the headings."""
    seconds = {route: comparison.seconds(setting, route, operation) for route in COMPARED}
    ours = comparison.figures(setting.run(OURS), operation)
    return [
        operation,
        *(_number(seconds[route], 1) for route in COMPARED),
        _number(ratio(seconds[OURS], seconds[FLOOR]), 2),
        _number(ratio(seconds[WAITING], seconds[OURS]), 1),
        f"{ours.sent if ours else ''}",
        _number(ours.cpu_seconds if ours else None, 1),
        _number(ours.peak_mib if ours else None, 0),
    ]


def lines(comparison: Comparison) -> Iterator[str]:
    """Yield the lines of all settings."""
    for setting in comparison.settings():
        yield f"\nOn {ENGINE_TITLES[setting.engine]}: {setting.title}"
        yield _aligned(list(HEADINGS))
        yield from (_aligned(cells(comparison, setting, one)) for one in OPERATIONS)
    for run, whole, healthy in comparison.stuck():
        yield (
            f"\n{run.engine}, {run.route}: {run.stuck} of {run.count} stuck: the others reported "
            f"after {_number(healthy, 1)} s, end after {whole:.1f} s"
        )


def _aligned(found: list[str]) -> str:
    return f"{found[0]:16}" + "".join(f"{text:>13}" for text in found[1:])


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
