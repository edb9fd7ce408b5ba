"""The benchmark runs, and the page is made from its data. No time is asserted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from . import page, results
from .matrix import CREATE, DESTROY, FLOOR, MATRICES, OURS, ROUTES, SCRIPT, WAITING, Run

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


def bench(data: Path, *options: str) -> list[dict[str, Any]]:
    """Measure one deployment without waits, and return the rows."""
    fast = ["--sizes", "1", "--revisions", "0", "--deletions", "0", "--engines", "offline"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", *fast, *options, "--data", str(data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    assert "failed" not in done.stderr, done.stderr
    rows: list[dict[str, Any]] = json.loads(data.read_text(encoding="utf-8"))["rows"]
    return rows


def test_it_measures_and_counts(tmp_path: Path) -> None:
    """Requests are counted by kind, for this package and beside it."""
    only = ["--operations", CREATE, "--routes", OURS, "--routes", SCRIPT]
    rows = bench(tmp_path / "data.json", *only)
    counted = {row["run"]["route"]: row["requests"] for row in rows}
    assert counted.keys() == {OURS, SCRIPT}
    assert all(requests["POST"] == 1 for requests in counted.values())
    assert all(row["seconds"] > 0 and row["peak_mib"] > 0 for row in rows)


@pytest.mark.grid
def test_all_routes(tmp_path: Path) -> None:
    """Each route does each operation that it has."""
    rows = bench(tmp_path / "data.json")
    assert {row["run"]["route"] for row in rows} == {*ROUTES}
    assert len(rows) == 3 * 8 + 6


def test_the_page_is_made_from_its_data() -> None:
    """docs/performance.md has the numbers of docs/performance.json; `make docs` rewrites it."""
    data = results.read(page.DATA)
    text = (page.DOCS / "performance.md").read_text(encoding="utf-8")
    plots = [part.partition("]")[0] for part in text.split("![")[1:]]
    assert text == page.page(data, plots)
    assert all((page.DOCS / plot).is_file() for plot in plots)
    about_growth = (page.DOCS / "growth.md").read_text(encoding="utf-8")
    assert about_growth == page.with_growth(about_growth, page.growth(data))


def test_the_plots_show_each_route(tmp_path: Path) -> None:
    """Every route of several sizes has a line, in a file that is the same for the same data."""
    rows = [
        results.Row(run, name, 1.0 + run.count, 0.5, 100.0, {"POST": run.count})
        for run in _runs()
        for name in (CREATE, DESTROY)
    ]
    file, first, second = tmp_path / "data.json", tmp_path / "first", tmp_path / "second"
    results.Data({"machine": "2 cores"}, rows).write(file)
    for folder in (first, second):
        folder.mkdir()
        page.main(file, folder)
    names = sorted(plot.name for plot in first.glob("*.svg"))
    assert names == ["performance-offline-requests.svg", "performance-offline-seconds.svg"]
    assert [(first / name).read_bytes() for name in names] == [
        (second / name).read_bytes() for name in names
    ]
    assert "asyncio script" in (first / names[1]).read_text(encoding="utf-8")


def _runs() -> Iterator[Run]:
    """Yield the runs of the quick matrix."""
    yield from MATRICES["quick"].runs()


def test_the_matrix_leaves_out_what_waits_too_long() -> None:
    """The floor is measured once a size, and a provider that waits in create not for hours."""
    runs = list(MATRICES["full"].runs())
    assert len(runs) == len(set(runs))
    assert all(run.waiting_in_turn <= 150 for run in runs if run.route == WAITING)
    floors = [(run.engine, run.count) for run in runs if run.route == FLOOR]
    assert len(floors) == len(set(floors)) == 10
