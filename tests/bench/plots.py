"""The plots of the page, as SVG: time and requests against the number of deployments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure

from .comparison import ENGINE_TITLES, Comparison, Setting
from .matrix import CREATE, DESTROY, FLOOR, NOTHING, OURS, REFRESH, REVISION, SCRIPT, WAITING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from matplotlib.axes import Axes

STYLES = {
    OURS: ("langsmith-pulumi", "tab:blue", "o-"),
    WAITING: ("waits in create", "tab:red", "s-"),
    FLOOR: ("floor + longest wait", "tab:gray", "--"),
    SCRIPT: ("asyncio script", "tab:green", "^:"),
}
OPERATIONS = (CREATE, REVISION, DESTROY, NOTHING, REFRESH)
_SETTINGS: Any = {"svg.fonttype": "none", "svg.hashsalt": "langsmith-pulumi", "font.size": 9}
"""Text stays text, and the same data makes the same file."""


def draw(comparison: Comparison, settings: list[Setting], folder: Path) -> list[Path]:
    """Write the plots of each engine that has several sizes, and return the files."""
    files = []
    for engine in ENGINE_TITLES:
        found = [setting for setting in settings if setting.engine == engine]
        if len(found) > 1:
            files.append(folder / f"performance-{engine}-seconds.svg")
            _draw(found, files[-1], "seconds", comparison.seconds)
            files.append(folder / f"performance-{engine}-requests.svg")
            _draw(found, files[-1], "requests", lambda *what: _sent(comparison, *what))
    return files


def _sent(comparison: Comparison, setting: Setting, route: str, operation: str) -> float | None:
    figures = comparison.figures(setting.run(route), operation)
    return None if figures is None or route == FLOOR else figures.sent


def _draw(
    settings: list[Setting],
    file: Path,
    unit: str,
    value: Callable[[Setting, str, str], float | None],
) -> None:
    with mpl.rc_context(_SETTINGS):
        figure = Figure(figsize=(11, 2.9), layout="constrained")
        plots: list[Axes] = list(figure.subplots(1, len(OPERATIONS)))
        for operation, plot in zip(OPERATIONS, plots, strict=True):
            plot.set_title(operation)
            plot.set_xlabel("deployments")
            for route, (label, colour, style) in STYLES.items():
                points = [(one.count, value(one, route, operation)) for one in settings]
                known = [(x, y) for x, y in points if y is not None]
                if known:
                    plot.plot(*zip(*known, strict=True), style, color=colour, label=label, ms=3)
            plot.set_ylim(bottom=0)
        plots[0].set_ylabel(unit)
        plots[0].legend(fontsize=7)
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
