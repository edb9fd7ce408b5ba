"""The display of an operation: a live table on a terminal, plain lines elsewhere, a summary."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from .events import ERROR, WARNING, Diagnostic, Event, Listener, Status, StepBegan, StepEnded
from .formatting import (
    format_changes,
    format_duration,
    format_outputs,
    format_summary,
    format_title,
    op_labels,
    short_type,
    strip_durations,
)
from .steps import Op, Step, is_displayed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.console import Console

    from .results import Result
    from .values import Properties

_COLUMNS = 6
_BAR_WIDTH = 12
_SHORTEST_KEPT = 1.0
"""Seconds of a step below which nobody waits for it."""
_LINE_STYLES = {"+": "green", "-": "red", "~": "yellow"}
_SEVERITY_STYLES = {ERROR: "red", WARNING: "yellow"}


@dataclass
class Row:
    """The displayed state of one resource."""

    step: Step
    since: float
    ended: float | None = None
    failed: bool = False
    status: str = ""
    expected: float | None = None
    """The seconds that its last change took, if that is known."""

    @property
    def elapsed(self) -> float:
        """Return the seconds since the step began, or that it took."""
        return (time.monotonic() if self.ended is None else self.ended) - self.since

    def state(self, *, planned: bool) -> str:
        """Return the operation on the resource, its progress and its duration."""
        labels = op_labels(self.step)
        if planned:
            return labels.plan
        if self.ended is None:
            last = f" of about {format_duration(self.expected)}" if self.expected else ""
            return f"{labels.doing} ({format_duration(self.elapsed)}{last})"
        after = f"({format_duration(self.elapsed)})"
        return f"{labels.doing} failed {after}" if self.failed else f"{labels.done} {after}"


@dataclass
class Rows:
    """One row per displayed resource, in the order of events."""

    planned: bool
    durations: Mapping[str, float] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)

    def apply(self, event: Event) -> Row | None:
        """Apply an event, and return the row to display again, if any."""
        if isinstance(event, StepBegan) and self._is_displayed(event.step):
            expected = self.durations.get(event.step.urn)
            self.rows[event.step.urn] = Row(event.step, time.monotonic(), expected=expected)
        elif isinstance(event, StepEnded) and self._is_displayed(event.step):
            return self._end(self.rows[event.step.urn], event)
        elif isinstance(event, Status) and event.urn in self.rows:
            return self._change_status(self.rows[event.urn], event.message)
        return None

    def taken(self) -> dict[str, float]:
        """Return the seconds that each successful step took, without the short ones."""
        ended = (row for row in self.rows.values() if row.ended is not None and not row.failed)
        return {row.step.urn: row.elapsed for row in ended if row.elapsed >= _SHORTEST_KEPT}

    def _end(self, row: Row, event: StepEnded) -> Row | None:
        row.ended = time.monotonic()
        row.failed = event.outcome is None
        row.step = event.outcome or row.step
        row.status = ""
        if row.step.op == Op.SAME:
            del self.rows[row.step.urn]
            return None
        return row

    def _change_status(self, row: Row, status: str) -> Row | None:
        before, row.status = row.status, status
        return row if strip_durations(before) != strip_durations(status) else None

    def _is_displayed(self, step: Step) -> bool:
        # The two halves of a replacement are displayed while they run, but not in a plan.
        running = {Op.CREATE_REPLACEMENT, Op.DELETE_REPLACED, Op.REFRESH}
        is_half = step.op in running and not self.planned and not step.is_provider
        return is_half or is_displayed(step)


class LinePrinter:
    """A listener that prints a line per finished step and per new status, for logs and pipes."""

    def __init__(self, console: Console, rows: Rows) -> None:
        self._console = console
        self._rows = rows

    def __call__(self, event: Event) -> None:
        """Print a line if the event changes a row."""
        row = self._rows.apply(event)
        if row is None:
            return
        status = f": {row.status}" if row.status else ""
        line = _headline(row, planned=self._rows.planned) + Text(status)
        self._console.print(line, soft_wrap=True)
        if isinstance(event, StepEnded) and not row.failed:
            _print_changes(self._console, row.step)


class LiveTable:
    """A table for a terminal, with a live row per resource."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def __call__(self, event: Event) -> None:
        """Apply an event."""
        self._rows.apply(event)

    def __rich__(self) -> Table:
        """Return the current table."""
        table = Table.grid(padding=(0, 2))
        for _ in range(_COLUMNS):
            table.add_column(overflow="fold")  # a URL is wrapped, and never cut
        for row in list(self._rows.rows.values()):
            labels = op_labels(row.step)
            state = Text(row.state(planned=self._rows.planned), "red" if row.failed else "")
            table.add_row(
                Text(labels.symbol, labels.color),
                Text(short_type(row.step.urn)),
                Text(row.step.name, "bold"),
                state,
                _bar(row),
                Text(row.status, "cyan"),
            )
        return table

    def print_changes(self, console: Console) -> None:
        """Print the changed properties of each resource."""
        for row in self._rows.rows.values():
            if format_changes(row.step) and not row.failed:
                console.print(Text(f"  {format_title(row.step.urn)}", "bold"))
                _print_changes(console, row.step)


def _bar(row: Row) -> ProgressBar | Text:
    """Return the elapsed time against that of the last change, while the step runs."""
    if not row.expected or row.ended is not None:
        return Text()
    return ProgressBar(total=row.expected, completed=row.elapsed, width=_BAR_WIDTH)


@contextlib.contextmanager
def live_display(console: Console, rows: Rows) -> Iterator[Listener]:
    """Yield a listener that displays the operation while it runs."""
    if not console.is_terminal:
        yield LinePrinter(console, rows)
        return
    live_table = LiveTable(rows)
    with Live(live_table, console=console, refresh_per_second=4):
        yield live_table
    live_table.print_changes(console)


def _headline(row: Row, *, planned: bool) -> Text:
    labels = op_labels(row.step)
    text = f" {short_type(row.step.urn)} {row.step.name} {row.state(planned=planned)}"
    return Text.assemble(" ", (f"{labels.symbol:<2}", labels.color), text)


def _print_changes(console: Console, step: Step) -> None:
    for line in format_changes(step):
        console.print(Text(f"      {line}", _LINE_STYLES.get(line[0], "")), soft_wrap=True)


def print_result(console: Console, result: Result, before: Properties, *, planned: bool) -> None:
    """Print the result of the operation: messages, outputs, counts."""
    _print_diagnostics(console, result.diagnostics)
    _print_block(console, "Outputs:", format_outputs(before, result.outputs))
    _print_block(console, "Resources:", format_summary(result.summary, planned=planned))
    if not result.ok:
        console.print(Text("\nfailed: see the errors above", "red"))


def _print_diagnostics(console: Console, diagnostics: list[Diagnostic]) -> None:
    by_urn: dict[str, list[Diagnostic]] = {}
    for item in diagnostics:
        by_urn.setdefault(item.urn, []).append(item)
    for urn, items in by_urn.items():
        console.print(Text(f"\n{format_title(urn)}:", "bold"))
        for item in items:
            style = _SEVERITY_STYLES.get(item.severity, "")
            prefix = f"{item.severity}: " if style else ""
            indented = f"{prefix}{item.message}".replace("\n", "\n    ")
            console.print(Text(f"    {indented}", style), soft_wrap=True)


def _print_block(console: Console, heading: str, lines: list[str]) -> None:
    if lines:
        console.print(Text(f"\n{heading}", "bold"))
        for line in lines:
            console.print(Text(f"    {line}", _LINE_STYLES.get(line[0], "")), soft_wrap=True)
