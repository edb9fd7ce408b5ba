"""Shows an operation to people: live rows on a terminal, plain lines elsewhere, then a summary."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.live import Live
from rich.table import Table
from rich.text import Text

from .events import ERROR, WARNING, Diagnostic, Event, Listener, Status, StepBegan, StepEnded
from .steps import Op, Step, is_shown
from .wording import (
    change_lines,
    output_lines,
    seconds,
    short_type,
    summary_lines,
    title,
    without_time,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from .results import Result
    from .values import Bag

_LINE_STYLES = {"+": "green", "-": "red", "~": "yellow"}
_SEVERITY_STYLES = {ERROR: "red", WARNING: "yellow"}


@dataclass
class Row:
    """What is known of one resource while the operation runs."""

    step: Step
    since: float
    ended: float | None = None
    failed: bool = False
    status: str = ""

    def state(self, *, planned: bool) -> str:
        """What is being or was done, and for how long."""
        told = words(self.step)
        if planned:
            return told.plan
        if self.ended is None:
            return f"{told.doing} ({seconds(time.monotonic() - self.since)})"
        after = f"({seconds(self.ended - self.since)})"
        return f"{told.doing} failed {after}" if self.failed else f"{told.done} {after}"


@dataclass
class Rows:
    """One row per resource that something happens to, in the order of events."""

    planned: bool
    rows: dict[str, Row] = field(default_factory=dict)

    def follow(self, event: Event) -> Row | None:
        """Bring the rows up to date; returns the row that changed, if people should see it."""
        if isinstance(event, StepBegan) and self._is_told(event.step):
            self.rows[event.step.urn] = Row(event.step, time.monotonic())
        elif isinstance(event, StepEnded) and self._is_told(event.step):
            return self._end(self.rows[event.step.urn], event)
        elif isinstance(event, Status) and event.urn in self.rows:
            return self._change_status(self.rows[event.urn], event.message)
        return None

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
        return row if without_time(before) != without_time(status) else None

    def _is_told(self, step: Step) -> bool:
        # Halves of a replacement are worth a line while they take their time, not in a plan.
        running = {Op.CREATE_REPLACEMENT, Op.DELETE_REPLACED, Op.REFRESH}
        told = step.op in running and not self.planned and not step.is_provider
        return told or is_shown(step)


class Lines:
    """One line per finished step and per changed status, for logs and pipes."""

    def __init__(self, console: Console, *, planned: bool) -> None:
        self._console = console
        self._rows = Rows(planned)

    def __call__(self, event: Event) -> None:
        """Print what the event changes."""
        row = self._rows.follow(event)
        if row is None:
            return
        status = f": {row.status}" if row.status else ""
        line = _headline(row, planned=self._rows.planned) + Text(status)
        self._console.print(line, soft_wrap=True)
        if isinstance(event, StepEnded) and not row.failed:
            _print_changes(self._console, row.step)


class Board:
    """A table on a terminal, with a live row per resource."""

    def __init__(self, *, planned: bool) -> None:
        self._rows = Rows(planned)

    def __call__(self, event: Event) -> None:
        """Bring the table up to date."""
        self._rows.follow(event)

    def __rich__(self) -> Table:
        """The table as it stands."""
        table = Table.grid(padding=(0, 2))
        for row in list(self._rows.rows.values()):
            told = words(row.step)
            state = Text(row.state(planned=self._rows.planned), "red" if row.failed else "")
            table.add_row(
                Text(told.symbol, told.color),
                Text(short_type(row.step.urn)),
                Text(row.step.name, "bold"),
                state,
                Text(row.status, "cyan"),
            )
        return table

    def print_changes(self, console: Console) -> None:
        """Print which properties changed, resource by resource."""
        for row in self._rows.rows.values():
            if change_lines(row.step) and not row.failed:
                console.print(Text(f"  {title(row.step.urn)}", "bold"))
                _print_changes(console, row.step)


@contextlib.contextmanager
def shown(console: Console, *, planned: bool) -> Iterator[Listener]:
    """A listener that shows the operation while it runs."""
    if not console.is_terminal:
        yield Lines(console, planned=planned)
        return
    board = Board(planned=planned)
    with Live(board, console=console, refresh_per_second=4):
        yield board
    board.print_changes(console)


def _headline(row: Row, *, planned: bool) -> Text:
    told = words(row.step)
    what = f" {short_type(row.step.urn)} {row.step.name} {row.state(planned=planned)}"
    return Text.assemble(" ", (f"{told.symbol:<2}", told.color), what)


def _print_changes(console: Console, step: Step) -> None:
    for line in change_lines(step):
        console.print(Text(f"      {line}", _LINE_STYLES.get(line[0], "")), soft_wrap=True)


def print_result(console: Console, result: Result, before: Bag, *, planned: bool) -> None:
    """Print what the operation came to: messages, outputs, counts."""
    _print_diagnostics(console, result.diagnostics)
    _print_block(console, "Outputs:", output_lines(before, result.outputs))
    _print_block(console, "Resources:", summary_lines(result.summary, planned=planned))
    if not result.ok:
        console.print(Text("\nfailed: see the errors above", "red"))


def _print_diagnostics(console: Console, diagnostics: list[Diagnostic]) -> None:
    by_urn: dict[str, list[Diagnostic]] = {}
    for item in diagnostics:
        by_urn.setdefault(item.urn, []).append(item)
    for urn, items in by_urn.items():
        console.print(Text(f"\n{title(urn)}:", "bold"))
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
