"""Commands for whoever is on call: what runs, its revisions and logs, and the way back."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import asdict
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import click

from langsmith_pulumi.control_plane.text import format_duration, printable

from .errors import errors_as_sentences
from .help_text import examples
from .stack_options import read_stack, stack_options
from .tables import format_cell, format_line, format_table, format_time

if TYPE_CHECKING:
    from pathlib import Path

    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.errors import ControlPlaneError
    from langsmith_pulumi.control_plane.logs import LogEntry, LogKind
    from langsmith_pulumi.control_plane.responses import Revision
    from langsmith_pulumi.operations.revisions import RevisionRow
    from langsmith_pulumi.operations.rollback import RollbackPlan
    from langsmith_pulumi.operations.stacks import Stack
    from langsmith_pulumi.operations.status import DeploymentStatus

_SETTINGS_OF = "Take key, control plane and workspace from this stack; else from the environment."
_UNREADABLE = 1
_NEEDS_ATTENTION = 3
_SHORT_ID = 8
_OVER_THE_LAST_LINE = "\x1b[1A\x1b[2K"


@click.command(
    epilog=examples(
        "status --stack prod --health",
        "status --workspace --json",
        "status --offline --cwd agents",
        exit_codes="0 fine or in progress, 1 something could not be read, 2 wrong arguments, 3 a "
        "deployment is missing, failed, drifted or (with --health) does not answer.",
    )
)
@stack_options("The stack; the selected or only one by default (with --offline: dev).")
@click.option("--workspace", is_flag=True, help="All deployments of the workspace, of no stack.")
@click.option("--health", is_flag=True, help="Ask each agent once at its URL, without the API key.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with whole ids.")
def status(  # noqa: PLR0913 - each is an option
    stack: str | None, cwd: Path, *, offline: bool, workspace: bool, health: bool, as_json: bool
) -> None:
    """Show what runs, beside what the program asked for.

    Drift is what differs from what the program requested last, also after a `pulumi refresh`. Such
    a refresh replaces a ref or image in the state, so what was asked for is not known then.
    """
    if workspace and (stack or offline):
        raise click.UsageError("--workspace shows no stack: leave --stack and --offline out.")
    from langsmith_pulumi.operations.connection import connect
    from langsmith_pulumi.operations.status import stack_status, workspace_status

    with errors_as_sentences():
        if workspace:
            found = workspace_status(connect(), health=health)
        else:
            found = stack_status(read_stack(stack, cwd, offline=offline), health=health)
    if as_json:
        click.echo(_to_json([_status_as_json(one) for one in found]))
    else:
        _print_status(found, with_health=health)
    sys.exit(_exit_code(found))


def _exit_code(found: list[DeploymentStatus]) -> int:
    if any(one.problem for one in found):
        return _UNREADABLE
    return _NEEDS_ATTENTION if any(one.needs_attention for one in found) else 0


def _print_status(found: list[DeploymentStatus], *, with_health: bool) -> None:
    if not found:
        click.echo("There are no deployments.")
        return
    header = ["NAME", "ASKED", "LIVE", "SINCE", "BUILT FROM", "URL", "DRIFT"]
    health = ["HEALTH"] if with_health else []
    rows = ([*_status_row(one), *(_health_cell(one) for _ in health)] for one in found)
    click.echo(format_table([*header, *health], rows))
    for one in found:
        for sentence in _remarks(one):
            click.echo(format_line(f"{printable(one.name)}: {sentence}"))


def _status_row(one: DeploymentStatus) -> list[Any]:
    serving = one.active or one.newest
    drift = None if one.drift is None else ", ".join(one.drift) or "none"
    return [
        one.name,
        _asked_cell(one),
        _live_cell(one),
        serving.since if serving else None,
        serving.built_from if serving else None,
        one.url,
        drift,
    ]


def _asked_cell(one: DeploymentStatus) -> str | None:
    if one.asked is None:
        return None
    revision = f"({one.asked.revision_id[:_SHORT_ID]})" if one.asked.revision_id else ""
    return f"{one.asked.source or ''} {revision}".strip()


def _live_cell(one: DeploymentStatus) -> str | None:
    if one.is_missing:
        return "MISSING"
    if one.problem or one.newest is None:
        return "?" if one.problem else one.status
    newest, active = one.newest, one.active
    text = f"{newest.status} ({newest.id[:_SHORT_ID]})"
    if active is None or active.id == newest.id:
        return text
    return f"{text}, {active.id[:_SHORT_ID]} serves"


def _health_cell(one: DeploymentStatus) -> str | None:
    return one.health.answer if one.health else None


def _remarks(one: DeploymentStatus) -> list[str]:
    """Return what does not fit into a row."""
    if one.is_missing:
        return ["the state has it, and the service does not. `pulumi refresh` takes it out."]
    if one.problem:
        return [one.problem]
    newest = one.newest
    if newest and newest.message:
        return [f"revision {newest.id} is {newest.status}: {newest.message}"]
    return []


def _status_as_json(one: DeploymentStatus) -> dict[str, Any]:
    return {**asdict(one), "needs_attention": one.needs_attention}


def _to_json(document: Any) -> str:
    return json.dumps(document, indent=2, default=datetime.isoformat)


@click.command(
    short_help="List the revisions of a deployment.",
    epilog=examples(
        "revisions support-agent --limit 5", "revisions support-agent --stack prod --json"
    ),
)
@click.argument("name")
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=20,
    show_default=True,
    help="At most this many.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@stack_options(f"{_SETTINGS_OF} Marks the revisions that it requested.")
def revisions(  # noqa: PLR0913 - each is an option
    name: str, limit: int, stack: str | None, cwd: Path, *, as_json: bool, offline: bool
) -> None:
    """List the revisions of deployment NAME (its name or id), the newest first.

    The service does not say who asked for a revision; with --stack, the one that the stack's last
    change requested is marked.
    """
    from langsmith_pulumi.operations.revisions import list_revisions

    with errors_as_sentences():
        found = _stack(stack, cwd, offline=offline)
        live, rows = list_revisions(_client(found, name), name, limit, found)
    if as_json:
        click.echo(_to_json([asdict(row) for row in rows]))
    elif rows:
        header = ["REVISION", "STATUS", "REF OR IMAGE", "COMMIT", "CREATED", "ASKED BY", "MESSAGE"]
        click.echo(format_table(header, (_revision_cells(row) for row in rows)))
    else:
        click.echo(f"Deployment {live.name!r} has no revision yet.")


def _revision_cells(row: RevisionRow) -> list[Any]:
    state = ", active" if row.is_active else ", replaced" if row.is_replaced else ""
    commit = row.built_from if row.built_from != row.source else None
    return [
        row.id,
        f"{row.status}{state}",
        row.source,
        commit,
        row.created_at,
        f"stack {row.requested_by}" if row.requested_by else None,
        row.message,
    ]


@click.command(
    epilog=examples(
        "logs support-agent",
        "logs support-agent --deploy --since 10m --follow",
        "logs support-agent --build --revision 6f6c7b7e-0d5d-4a8c-9a52-6f5b7e9a1c11",
    )
)
@click.argument("name")
@click.option("--build", "kind", flag_value="build", help="The build log.")
@click.option("--deploy", "kind", flag_value="deploy", help="The log of the running agent.")
@click.option("--revision", metavar="ID", help="Of this revision; the newest by default.")
@click.option("--follow", "-f", is_flag=True, help="Go on with what comes; Ctrl-C ends it.")
@click.option("--since", metavar="10m|TIME", help="Only since then: s, m, h, d ago, or ISO time.")
@click.option(
    "--level",
    type=click.Choice(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], case_sensitive=False),
    help="Passed to the service, which decides if more severe entries count too.",
)
@click.option(
    "--lines",
    type=click.IntRange(1, 100_000),
    default=200,
    show_default=True,
    help="The most entries to begin with.",
)
@stack_options(f"{_SETTINGS_OF} Hides the secrets in its state.")
def logs(  # noqa: PLR0913 - each is an option
    name: str,
    *,
    kind: LogKind | None,
    revision: str | None,
    since: str | None,
    level: str | None,
    lines: int,
    stack: str | None,
    cwd: Path,
    follow: bool,
    offline: bool,
) -> None:
    """Print the log of deployment NAME (its name or id).

    Without --build or --deploy: the deploy log if the revision has one, else the build log. The
    variables of the deployment are hidden in it. With --follow, a build log ends with its revision.
    """
    from langsmith_pulumi.operations.logs import LogRequest, RevisionLog, parse_since

    with errors_as_sentences():
        start = parse_since(since, datetime.now(timezone.utc)) if since else None
        client = _client(_stack(stack, cwd, offline=offline), name)
        log = RevisionLog(client, LogRequest(name, kind, revision, start, level))
        shown = log.revision
        what = f"{log.kind.capitalize()} log of revision {shown.id} ({shown.status})"
        click.echo(f"{what} of deployment {log.deployment.name!r}:", err=True)
        if not follow:
            _print_last(log.read(lines), lines)
            return
        try:
            for entries in log.follow(lines, _warn_of_failure):
                _print_entries(entries)
        except KeyboardInterrupt:
            return
    click.echo(f"Revision {log.revision.id} is {log.revision.status}.", err=True)


def _print_last(entries: list[LogEntry], limit: int) -> None:
    if not entries:
        click.echo("It has no entries.", err=True)
    elif len(entries) >= limit:
        click.echo(f"Only the newest {limit} entries; --lines shows more.", err=True)
    _print_entries(entries)


def _print_entries(entries: list[LogEntry]) -> None:
    for entry in entries:
        start = f"{format_time(entry.time, seconds=True)} {entry.level}".strip()
        for line in entry.lines:
            click.echo(f"{start} | {line}")


def _warn_of_failure(error: ControlPlaneError) -> None:
    click.echo(f"{error.summary()} Trying again.", err=True)


@click.command(
    short_help="Redeploy an earlier revision of a deployment.",
    epilog=examples(
        "rollback support-agent",
        "rollback support-agent --to 6f6c7b7e-0d5d-4a8c-9a52-6f5b7e9a1c11 --yes",
    ),
)
@click.argument("name")
@click.option("--to", metavar="REVISION", help="This one; else the one that served before.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask; needed without a terminal.")
@click.option(
    "--timeout",
    type=click.IntRange(1),
    default=1800,
    show_default=True,
    help="Seconds to wait for the new revision.",
)
@stack_options(_SETTINGS_OF)
def rollback(  # noqa: PLR0913 - each is an option
    name: str,
    to: str | None,
    timeout: int,
    stack: str | None,
    cwd: Path,
    *,
    yes: bool,
    offline: bool,
) -> None:
    """Redeploy an earlier revision of deployment NAME (its name or id), and wait for it.

    Says before what is not known of the result, and afterwards what the next `pulumi up` does and
    how to make the rollback last. Refuses while a revision is in progress.
    """
    from langsmith_pulumi.operations import rollback as operation
    from langsmith_pulumi.operations.rollback_notes import next_up, unknowns

    with errors_as_sentences():
        client = _client(_stack(stack, cwd, offline=offline), name)
        plan = operation.plan_rollback(client, name, to)
        _print_plan(plan, unknowns(plan))
        _confirm(yes=yes)
        shown = _Progress()
        result = operation.roll_back(
            client,
            plan,
            timeout=timeout,
            on_progress=shown,
            on_poll_failure=lambda failure: shown.say("no answer", failure.elapsed),
        )
    click.echo(f"Rolled back: revision {result.deployment.latest_revision_id} is deployed.")
    for sentence in filter(None, [result.warning, *next_up(plan, result.deployment)]):
        click.echo(f"- {sentence}")


def _print_plan(plan: RollbackPlan, sentences: list[str]) -> None:
    click.echo(f"Deployment {plan.deployment.name!r}:")
    for label, revision in (("serves now", plan.active), ("to redeploy", plan.target)):
        click.echo(f"  {label:11}  {revision.id}  {_describe(revision)}")
    for sentence in sentences:
        click.echo(f"- {sentence}")


def _describe(revision: Revision) -> str:
    from langsmith_pulumi.operations.sources import asked_for, built_from

    config = revision.source_revision_config
    parts = dict.fromkeys(filter(None, (asked_for(config), built_from(config))))
    made = format_time(revision.created_at)
    return f"{' at '.join(map(format_cell, parts)) or revision.status}, created {made}"


def _confirm(*, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.ClickException("Nothing was done: without a terminal, add --yes to confirm.")
    click.confirm("Redeploy it?", abort=True)


class _Progress:
    """Prints a status when it changes; a terminal shows its elapsed time at each poll."""

    def __init__(self) -> None:
        self._last = ""
        self._width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0

    def __call__(self, revision: Revision, elapsed: float) -> None:
        self.say(f"revision {revision.id}: {revision.status}", elapsed)

    def say(self, text: str, elapsed: float) -> None:
        """Print a text with the elapsed seconds, over the last one if it is the same."""
        line = f"  {text} ({format_duration(elapsed)})"
        if text != self._last:
            click.echo(line)
        elif len(line) < self._width:
            click.echo(f"{_OVER_THE_LAST_LINE}{line}")
        self._last = text


def _stack(stack: str | None, cwd: Path, *, offline: bool) -> Stack | None:
    """Return the stack that the options name, or None if they name none."""
    return read_stack(stack, cwd, offline=offline) if stack or offline else None


def _client(stack: Stack | None, name: str) -> ControlPlaneClient:
    """Return the connection by a stack's settings, or by the environment."""
    from langsmith_pulumi.operations.connection import connect

    return stack.client_for(name) if stack else connect()
