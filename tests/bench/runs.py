"""A run: one stack from its creation to its end, each operation measured."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from .commands import commands_for, settings_of_program
from .matrix import CREATE, FLOOR, OPERATIONS, Run
from .measure import Measurement, measure
from .results import Row
from .service import serving

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_REPORTED = re.compile(r"\b(Rollout|Agent)\b.*\bagent-(\d+)\b.*\bcreated\b")


def measured(run: Run, operations: Collection[str] = OPERATIONS) -> Iterator[Row]:
    """Run the operations in their order, and yield a row for each."""
    stuck = [f"agent-{number}" for number in range(run.stuck)]
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home,
        serving(
            run.latency_seconds,
            stuck,
            revision_seconds=run.revision_seconds,
            deletion_seconds=run.deletion_seconds,
        ) as service,
    ):
        commands = commands_for(run, Path(home))
        for operation in commands.operations:
            if operation not in operations or (run.stuck and operation != CREATE):
                continue
            environ = {**commands.environ, **service.environ}
            environ["BENCH"] = settings_of_program(run, operation)
            service.clear_requests()
            taken = measure(
                commands.command(operation),
                commands.folder,
                environ,
                others=[service.pid],
                may_fail=bool(run.stuck),
            )
            requests = {} if run.route == FLOOR else service.requests()
            yield _row(run, operation, taken, requests, commands.state_bytes())


def _row(
    run: Run, operation: str, taken: Measurement, requests: dict[str, int], state_bytes: int
) -> Row:
    return Row(
        run=run,
        operation=operation,
        seconds=round(taken.seconds, 3),
        cpu_seconds=round(taken.cpu_seconds, 3),
        peak_mib=round(taken.peak_mib, 1),
        requests=requests,
        state_bytes=state_bytes,
        healthy_seconds=_last_healthy(run, taken) if run.stuck else None,
    )


def _last_healthy(run: Run, taken: Measurement) -> float | None:
    """Return when the last deployment that is not stuck was reported, from the lines printed."""
    matches = [(when, _REPORTED.search(line)) for when, line in taken.lines]
    reported = {int(match[2]): when for when, match in matches if match}
    healthy = [when for number, when in reported.items() if number >= run.stuck]
    return round(max(healthy), 3) if len(healthy) == run.count - run.stuck else None
