"""Write docs/performance.md, its plots, and the measured part of docs/growth.md from the data.

`python -m tests.bench.page [DATA]`, part of `make docs`; nothing in the page is written by hand.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import results
from .bounds import bounds
from .comparison import COMPARED, ENGINE_TITLES, Comparison, Setting, ratio, slope
from .matrix import FLOOR, OPERATIONS, OURS, ROUTES, SCRIPT, WAITING
from .plots import draw

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DOCS = Path(__file__).parents[2] / "docs"
DATA = DOCS / "performance.json"
MAIN = (5.0, 0.0)
"""The duration of a revision and the latency that the page shows in full."""

_HEAD = """\
# Performance

What an operation takes with this package, beside three other routes to the same deployments. Made
by `make performance` from [its data](performance.json); do not edit this page. `make bench`
measures a smaller part on your machine.

- **langsmith-pulumi**: a `Deployment` and its `Rollout`, as in the README.
- **waits in create**: a plain dynamic provider, one resource a deployment, which polls once a
  second inside `create`, `update` and `delete`, of which four run at once. Left out where its
  waits take more than 150 s.
- **floor + wait**: as many resources with as many properties, whose providers do nothing, which is
  the time of the engine. The longest revision or deletion is added, for nobody can be faster.
- **script**: asyncio and httpx without an engine. It has no plan, no state and no recovery.

The control plane is the simulator, in a process of its own on the same machine. Seconds are wall
time of the whole command, start of Python included; processor time and memory are those of all its
processes, and memory counts pages that they share for each. The load is the number of processes
that wanted a core before the first measurement; near 0, the machine did nothing else.
"""


def page(data: results.Data, plots: Iterable[str]) -> str:
    """Return the page as Markdown."""
    comparison = Comparison(data)
    parts = [_HEAD, *_machine(data), *_bounds(comparison, data)]
    parts += [f"![{name}]({name})\n" for name in plots]
    for setting in comparison.settings():
        is_main = (setting.revision_seconds, setting.latency_seconds) == MAIN
        parts += _full_table(comparison, setting) if is_main else []
    parts += [*_other_durations(comparison), *_stuck(comparison)]
    return "\n".join(parts)


def _machine(data: results.Data) -> Iterator[str]:
    yield "## Machine\n"
    yield from _table(["", ""], [[name, value] for name, value in data.machine.items()])


def _bounds(comparison: Comparison, data: results.Data) -> Iterator[str]:
    found = list(bounds(comparison, cores_of(data)))
    if found:
        yield "## Bounds\n"
        rows = [
            [
                one.text,
                _number(one.limit, 1, one.unit),
                _number(one.measured, 1, one.unit),
                "yes" if one.holds else "no",
            ]
            for one in found
        ]
        yield from _table(
            ["with revisions and deletions of 5 s", "bound", "measured", "kept"], rows
        )


def cores_of(data: results.Data) -> int:
    """Return the number of cores of the machine."""
    return int(data.machine["machine"].split()[0])


def _full_table(comparison: Comparison, setting: Setting) -> Iterator[str]:
    yield f"## {setting.title}, on {ENGINE_TITLES[setting.engine]}\n"
    headings = ["seconds", "langsmith-pulumi", "waits in create", "floor + wait", "script"]
    headings += ["to the floor", "requests", "requests (waits)", "requests (script)"]
    yield from _table(
        [*headings, "CPU s", "MiB"],
        [_cells(comparison, setting, operation) for operation in OPERATIONS],
    )


def _cells(comparison: Comparison, setting: Setting, operation: str) -> list[str]:
    seconds = {route: comparison.seconds(setting, route, operation) for route in COMPARED}
    figures = {one: comparison.figures(setting.run(one), operation) for one in COMPARED}
    ours = figures[OURS]
    to_floor = ratio(seconds[OURS], seconds[FLOOR])
    return [
        operation,
        *(_number(seconds[route], 1) for route in COMPARED),
        _number(to_floor, 2),
        *(
            _number(one.sent if one else None, 0)
            for one in map(figures.get, (OURS, WAITING, SCRIPT))
        ),
        _number(ours.cpu_seconds if ours else None, 1),
        _number(ours.peak_mib if ours else None, 0),
    ]


def _other_durations(comparison: Comparison) -> Iterator[str]:
    """Show other revisions and latencies for the operations that wait or send much."""
    others = [
        setting
        for setting in comparison.settings()
        if (setting.revision_seconds, setting.latency_seconds) != MAIN and setting.count > 1
    ]
    if not others:
        return
    yield "## Other revisions and latencies\n"
    yield "Seconds of langsmith-pulumi, in brackets its requests; then the floor with the wait.\n"
    shown = ("create", "revision of all", "in place, all", "refresh", "destroy")
    yield from _table(
        ["engine", "deployments", "revision s", "latency ms", *shown],
        [[*_names(one), *(_pair(comparison, one, name) for name in shown)] for one in others],
    )


def _names(setting: Setting) -> list[str]:
    durations = (setting.revision_seconds, 1000 * setting.latency_seconds)
    return [setting.engine, str(setting.count), *(f"{duration:g}" for duration in durations)]


def _pair(comparison: Comparison, setting: Setting, operation: str) -> str:
    ours = comparison.figures(setting.run(OURS), operation)
    floor = comparison.seconds(setting, FLOOR, operation)
    return f"{ours.seconds:.1f} ({ours.sent}); {_number(floor, 1)}" if ours else ""


def _stuck(comparison: Comparison) -> Iterator[str]:
    rows = [
        [
            run.engine,
            ROUTES[run.route],
            f"{run.stuck} of {run.count}",
            _number(healthy, 1),
            _number(whole, 1),
        ]
        for run, whole, healthy in comparison.stuck()
    ]
    if rows:
        yield "## Stuck among others\n"
        yield (
            "Some revisions of a create never end, the others take 5 s; `rollout_timeout` is 20 s."
            " When the last healthy deployment is reported, and when the command ends, in "
            'seconds. "-": not reported before the end.\n'
        )
        yield from _table(["engine", "route", "stuck", "healthy", "end"], rows)


def growth(data: results.Data) -> str:
    """Return the measured part of docs/growth.md: slopes, and the largest run."""
    comparison = Comparison(data)
    settings = [
        one for one in comparison.settings() if (one.revision_seconds, one.latency_seconds) == MAIN
    ]
    lines = []
    for engine, title in ENGINE_TITLES.items():
        found = [one for one in settings if one.engine == engine]
        if len(found) > 1:
            lines += [
                f"On {title}, from {found[0].count} to {found[-1].count} deployments:\n",
                *_table(_GROWTH_HEADINGS, [_growth(comparison, found, one) for one in OPERATIONS]),
            ]
    return "\n".join(lines)


_GROWTH_HEADINGS = [
    "each further deployment costs",
    "ms",
    "ms of the floor",
    "ms of CPU",
    "KiB of memory",
    "requests",
    "KiB of state",
    "largest run: s",
]


def _growth(comparison: Comparison, settings: list[Setting], operation: str) -> list[str]:
    def per_deployment(route: str, field: str, factor: float = 1.0) -> str:
        found = [(one.count, comparison.figures(one.run(route), operation)) for one in settings]
        points = [(count, getattr(figures, field)) for count, figures in found if figures]
        return f"{factor * slope(points):.1f}" if len(points) > 1 else ""

    return [
        operation,
        per_deployment(OURS, "seconds", 1000),
        per_deployment(FLOOR, "seconds", 1000),
        per_deployment(OURS, "cpu_seconds", 1000),
        per_deployment(OURS, "peak_mib", 1024),
        per_deployment(OURS, "sent"),
        per_deployment(OURS, "state_bytes", 1 / 1024),
        _number(comparison.seconds(settings[-1], OURS, operation), 1),
    ]


def with_growth(text: str, measured: str) -> str:
    """Return docs/growth.md with its measured part replaced."""
    return re.sub(
        r"(<!-- measured[^>]*-->\n).*?(<!-- end -->)",
        lambda match: f"{match[1]}\n{measured}\n{match[2]}",
        text,
        flags=re.DOTALL,
    )


def _table(headings: list[str], rows: list[list[str]]) -> Iterator[str]:
    for cells in (headings, ["---"] * len(headings), *rows):
        yield f"| {' | '.join(cells)} |"
    yield ""


def _number(value: float | None, digits: int, unit: str = "") -> str:
    return "-" if value is None else f"{value:.{digits if unit or digits else 0}f} {unit}".strip()


def main(file: Path = DATA, docs: Path = DOCS) -> None:
    """Write the page, its plots, and the measured part of the page on growth."""
    data = results.read(file)
    comparison = Comparison(data)
    main_settings = [
        one
        for one in comparison.settings()
        if (one.revision_seconds, one.latency_seconds) == MAIN and one.count <= 500
    ]
    plots = draw(comparison, main_settings, docs)
    text = page(data, [plot.name for plot in plots])
    (docs / "performance.md").write_text(text, encoding="utf-8")
    about_growth = docs / "growth.md"
    if about_growth.exists():
        text = with_growth(about_growth.read_text(encoding="utf-8"), growth(data))
        about_growth.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
