"""The command: `make bench`, or `python -m tests.bench`; options may be variables of make."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from . import results
from .comparison import Comparison
from .matrix import MATRICES, OPERATIONS, PULUMI, ROUTES, Matrix, Run
from .measure import CommandFailedError, adopt_orphans
from .runs import measured
from .table import lines


@click.command()
@click.option(
    "--matrix",
    type=click.Choice(list(MATRICES)),
    default="quick",
    show_default=True,
    envvar="MATRIX",
    help="Which runs; the options below replace parts of it.",
)
@click.option("--sizes", type=int, multiple=True, envvar="SIZES", help="Deployments.")
@click.option("--revisions", type=float, multiple=True, envvar="REVISIONS", help="Seconds.")
@click.option("--latencies", type=float, multiple=True, envvar="LATENCIES", help="Seconds.")
@click.option("--deletions", "deletion_seconds", type=float, envvar="DELETIONS", help="Seconds.")
@click.option("--routes", type=click.Choice(list(ROUTES)), multiple=True, envvar="ROUTES")
@click.option("--engines", type=click.Choice(["offline", PULUMI]), multiple=True, envvar="ENGINES")
@click.option(
    "--limit",
    type=float,
    envvar="LIMIT",
    help="Leave the provider that waits in create out of runs in which it waits longer.",
)
@click.option(
    "--operations", type=click.Choice(OPERATIONS), multiple=True, help="Only these; create first."
)
@click.option("--repeats", default=1, show_default=True, envvar="REPEATS")
@click.option(
    "--data",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path(".bench/data.json"),
    show_default=True,
    envvar="DATA",
    help="The file for the results.",
)
@click.option("--keep/--new", default=False, envvar="KEEP", help="Skip runs that DATA has.")
def main(
    matrix: str,
    operations: tuple[str, ...],
    repeats: int,
    data: Path,
    *,
    keep: bool,
    **given: Any,
) -> None:
    """Measure this package beside other routes to the same deployments, and print the ratios."""
    adopt_orphans()
    found = results.Data(results.this_machine())
    if keep and data.exists():
        found.rows = results.read(data).rows
    chosen = replace(
        MATRICES[matrix],
        **{name: value for name, value in given.items() if value not in (None, ())},
    )
    runs = [run for run in _possible(chosen) if run not in found.runs()]
    for number, run in enumerate(runs * repeats, 1):
        click.echo(f"[{number}/{len(runs) * repeats}] {_title(run)}", err=True)
        _measure(run, operations or OPERATIONS, found, data)
    click.echo("\n".join(lines(Comparison(found))))
    click.echo(f"\nThe data is in {data}; `python -m tests.bench.page {data}` makes the page.")


def _measure(run: Run, operations: tuple[str, ...], found: results.Data, data: Path) -> None:
    """Add the rows of a run, all or none; a failure ends this run only."""
    rows = []
    try:
        for row in measured(run, operations):
            click.echo(f"  {row.operation:16} {row.seconds:8.2f} s {row.sent:6} requests", err=True)
            rows.append(row)
    except CommandFailedError as failed:
        click.echo(f"  failed: {failed}", err=True)
        return
    found.rows += rows
    found.write(data)


def _possible(matrix: Matrix) -> list[Run]:
    """Return the runs of a matrix, without Pulumi where there is none."""
    has_pulumi = shutil.which("pulumi") is not None
    if PULUMI in matrix.engines and not has_pulumi:
        click.echo("pulumi is not on PATH: the offline engine only.", err=True)
    return [run for run in matrix.runs() if run.engine != PULUMI or has_pulumi]


def _title(run: Run) -> str:
    stuck = f", {run.stuck} stuck" if run.stuck else ""
    return (
        f"{run.route} on {run.engine}: {run.count}{stuck}, revisions {run.revision_seconds:g} s, "
        f"deletions {run.deletion_seconds:g} s, latency {run.latency_seconds:g} s"
    )


if __name__ == "__main__":
    main()
