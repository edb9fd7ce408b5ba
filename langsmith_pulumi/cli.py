"""The command line. Each command imports what it needs, so that all start quickly."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from ._version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from .testing.simulator.admin_client import AdminClient

_NEEDS_TESTING = "This command needs the extra: pip install 'langsmith-pulumi[testing]'"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="langsmith-pulumi")
def main() -> None:
    """Simulate LangSmith, run Pulumi projects offline, and review plans."""


@main.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default="any free one",
    help="Port on loopback.",
)
@click.option(
    "--revision-seconds", default=5.0, show_default=True, help="How long a revision takes."
)
@click.option(
    "--api-key",
    envvar="LANGSMITH_SIMULATOR_KEY",
    show_default="a random one",
    help="The key that clients must send.",
)
@click.option(
    "--database",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep deployments in this file; in memory without it.",
)
@click.option(
    "--allow-host",
    "allowed_hosts",
    multiple=True,
    metavar="NAME[:PORT]",
    help="A host that requests may name beside loopback, for a proxy or a forwarded port.",
)
@click.option(
    "--behaviour",
    type=click.Choice(["cloud", "self-hosted", "older"]),
    help="Answer as this kind of service; without it, as the published pages say.",
)
@click.option(
    "--workspace", "workspace_id", metavar="ID", help="The only workspace of the key; else any."
)
@click.option(
    "--listener",
    "listeners",
    multiple=True,
    metavar="ID_OR_NAME[:NAMESPACE,...]",
    help="A cluster that runs images, and the namespaces it serves; `default` if left out.",
)
@click.option(
    "--integration",
    "integrations",
    multiple=True,
    metavar="NAME[=REPO,...]",
    help="A GitHub account, or the id of its integration, and the repositories it covers.",
)
@click.option(
    "--fail-next",
    multiple=True,
    metavar="NAME=STATUS",
    help="End the next revision of a deployment so, as in agent=BUILD_FAILED; twice for two.",
)
@click.option("--serve-agents", is_flag=True, help="Answer /ok at the URLs of the deployments.")
def simulate(port: int, **options: Any) -> None:
    """Serve the control plane's API on loopback, for experiments and tests.

    Prints the variables that a shell needs to use it.
    """
    run = _testing("simulator", "run")
    try:
        run(port=port, **options)
    except OSError as busy:
        raise click.ClickException(f"Cannot serve on port {port}: {busy.strerror}.") from None
    except ValueError as error:
        raise click.ClickException(str(error)) from None


@main.group("simulator")
@click.option(
    "--url",
    envvar=["LANGSMITH_CONTROL_PLANE_URL", "LANGGRAPH_HOST_URL"],
    help="Where it serves; from LANGSMITH_CONTROL_PLANE_URL, as `simulate` prints it.",
)
@click.option("--api-key", envvar="LANGSMITH_API_KEY", help="Its key; from LANGSMITH_API_KEY.")
@click.pass_context
def simulator_client(context: click.Context, url: str | None, api_key: str | None) -> None:
    """Steer a running simulator: let revisions fail, make drift, see the requests."""
    context.obj = (url, api_key)


@simulator_client.command("fail-next")
@click.argument("name")
@click.argument("status")
@click.option("--message", help="The reason that the revision shows.")
@click.option("--log", multiple=True, metavar="LINE", help="A line of its build log.")
def fail_next(name: str, status: str, message: str | None, log: tuple[str, ...]) -> None:
    """End the next revision of deployment NAME in STATUS, such as BUILD_FAILED."""
    _steer(lambda client: client.fail_next(name, status, message, list(log)))


@simulator_client.command("requests")
@click.option("--clear", is_flag=True, help="Forget them afterwards.")
def show_requests(*, clear: bool) -> None:
    """Print the requests to the API so far, oldest first."""
    for line in _steer(lambda client: client.requests()):
        click.echo(line)
    if clear:
        _steer(lambda client: client.clear_requests())


@simulator_client.command("drift")
@click.argument("name")
@click.argument("assignments", nargs=-1, required=True, metavar="FIELD=VALUE...")
def make_drift(name: str, assignments: tuple[str, ...]) -> None:
    """Change deployment NAME as a person would in the user interface.

    A field may be dotted and a value JSON, as in source_config.build_on_push=true.
    """
    _steer(lambda client: client.drift(name, list(assignments)))


@simulator_client.command("resize")
@click.argument("name")
@click.option("--compute", metavar="TIER", help="Such as DEDICATED_M.")
@click.option("--database", metavar="TIER", help="Of a dedicated deployment.")
def resize(name: str, compute: str | None, database: str | None) -> None:
    """Change the size of deployment NAME as a person would in the user interface."""
    _steer(lambda client: client.resize(name, compute, database))


@simulator_client.command("push")
@click.argument("name")
@click.argument("commit")
def push(name: str, commit: str) -> None:
    """Push COMMIT to the branch of deployment NAME, and print the revision it makes."""
    click.echo(_steer(lambda client: client.push(name, commit)) or "no revision")


@simulator_client.command("preview")
@click.argument("name")
@click.argument("number", type=click.IntRange(1), default=1)
def add_preview(name: str, number: int) -> None:
    """Make the preview build of pull request NUMBER of deployment NAME."""
    click.echo(_steer(lambda client: client.add_preview(name, number)))


@simulator_client.command("health")
@click.argument("name")
@click.argument("statuses", nargs=-1, required=True, type=click.IntRange(200, 599))
def set_health(name: str, statuses: tuple[int, ...]) -> None:
    """Let the agent of deployment NAME answer /ok with STATUSES, of which the last is repeated."""
    _steer(lambda client: client.set_health(name, list(statuses)))


def _steer(action: Callable[[AdminClient], Any]) -> Any:
    """Return the result of an action on the simulator of this command, or end with its error."""
    url, api_key = click.get_current_context().obj
    if not (url and api_key):
        raise click.UsageError("Set --url and --api-key, or paste what `simulate` has printed.")
    error: type[Exception] = _testing("simulator.admin_client", "AdminError")
    client: AdminClient = _testing("simulator.admin_client", "AdminClient")(url, api_key)
    try:
        return action(client)
    except error as failed:
        raise click.ClickException(str(failed)) from None


_STACK = [
    click.option(
        "--cwd",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        default=Path(),
        help="The project's folder; this one by default.",
    ),
    click.option("--stack", "-s", default="dev", show_default=True, help="The stack."),
    click.option("--config", "-c", multiple=True, metavar="KEY=VALUE", help="For this run only."),
    click.option("--json", "as_json", is_flag=True, help="Print the plan as Pulumi's JSON."),
]
_SELECTION = [
    click.option(
        "--replace", multiple=True, metavar="URN", help="Replace this resource, changed or not."
    ),
    click.option("--target", multiple=True, metavar="URN", help="Change this resource only."),
    click.option("--exclude", multiple=True, metavar="URN", help="Leave this resource as it is."),
]


@main.group()
def offline() -> None:
    """Run a project without the Pulumi CLI, for experiments and tests.

    State is kept, secrets encrypted, in the project's .pulumi-offline/, in Pulumi's own format:
    `pulumi stack import` takes it. Real stacks run on Pulumi.
    """


def _offline_command(operation: str, summary: str) -> None:
    def command(cwd: Path, stack: str, **given: Any) -> None:
        run = _testing("offline.command", "run")
        sys.exit(run(operation, cwd=cwd, stack=stack, **given))

    command.__doc__ = summary
    selection = _SELECTION if operation in ("preview", "up") else []
    for option in reversed([*_STACK, *selection]):
        command = option(command)
    offline.command(operation)(command)


for _operation, _summary in {
    "preview": "Show what `up` would do, and change nothing.",
    "up": "Bring the deployments to what the program declares.",
    "refresh": "Bring the state to what really exists.",
    "destroy": "Delete everything in the stack.",
}.items():
    _offline_command(_operation, _summary)


@offline.command("export")
@click.option(
    "--cwd",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="The project's folder; this one by default.",
)
@click.option("--stack", "-s", default="dev", show_default=True, help="The stack.")
def offline_export(cwd: Path, stack: str) -> None:
    """Print a stack's state for `pulumi stack import`.

    The secrets are encrypted with the passphrase in PULUMI_CONFIG_PASSPHRASE, also those of a stack
    that was created without one.
    """
    sys.exit(_testing("offline.command", "export")(cwd=cwd, stack=stack))


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.File("rb"), metavar="FILE|-...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["markdown", "text", "json"]),
    help="Text on a terminal, else Markdown.",
)
@click.option(
    "--fail-on",
    default="",
    help="Comma-separated: replace, delete, revision, truncated, unjudged; empty: no gate.",
)
@click.option("--allow", multiple=True, help="Names, types or URNs (* and ?) that may pass.")
@click.option("--quiet", is_flag=True, help="Print nothing if nothing changes.")
def review(
    files: tuple[IO[bytes], ...],
    form: str | None,
    fail_on: str,
    allow: tuple[str, ...],
    *,
    quiet: bool,
) -> None:
    """Turn `pulumi preview --json` into a report for a pull request.

    One FILE per stack; - is standard input. Exit codes: 0 fine, 1 no preview, 3 a replacement,
    4 a deletion, 5 a new revision, 6 a truncated report, 7 a change that cannot be judged; the most
    severe wins.
    """
    from . import review as reviewing

    try:
        result = reviewing.review(
            [(file.name, file.read()) for file in files],
            format=form or ("text" if sys.stdout.isatty() else "markdown"),
            fail_on=[gate.strip() for gate in fail_on.split(",") if gate.strip()],
            allow=allow,
            quiet=quiet,
            colour=reviewing.wants_colour(sys.stdout, os.environ),
        )
    except (reviewing.UnreadablePlan, ValueError) as error:
        raise click.ClickException(str(error)) from None
    if result.text:
        click.echo(result.text, nl=False, color=True)
    for sentence in result.refusals:
        click.echo(sentence, err=True)
    sys.exit(result.exit_code)


@main.command()
@click.argument("file", type=click.File("r", "utf-8", "replace"), metavar="FILE|-")
@click.option(
    "--report",
    type=click.File("rb"),
    help="The same report as JSON: its labels are set; nothing new is posted if nothing changes.",
)
@click.option("--name", default="", help="Identifies a comment that is not a report.")
@click.option("--edit-only", is_flag=True, help="Post no new comment.")
@click.option("--drop-label", "drop", multiple=True, help="A label to remove.")
@click.option("--number", type=int, help="The request; the pipeline's own if left out.")
def comment(  # noqa: PLR0913 - each is an option
    file: IO[str],
    report: IO[bytes] | None,
    name: str,
    drop: tuple[str, ...],
    number: int | None,
    *,
    edit_only: bool,
) -> None:
    """Post FILE as a comment on a pull request, or edit the existing one.

    For GitHub Actions and GitLab CI, whose variables name the request. The token is GITHUB_TOKEN or
    GITLAB_TOKEN.
    """
    from .review import posting

    try:
        result = posting.comment(
            file.read(),
            os.environ,
            report=_report(report) if report else None,
            name=name,
            create=not edit_only,
            drop_labels=drop,
            number=number,
        )
    except posting.PostingFailed as error:
        raise click.ClickException(str(error)) from None
    for sentence in (result.sentence, *result.warnings):
        click.echo(sentence, err=True)


def _report(file: IO[bytes]) -> dict[str, Any]:
    import json

    try:
        report = json.load(file)
    except ValueError:
        report = None
    if not (isinstance(report, dict) and {"changes", "labels"} <= report.keys()):
        raise click.ClickException(f"{file.name} is not a report made by `review --format json`.")
    return report


def _testing(package: str, name: str) -> Any:
    """Import a name of the testing extra; raise an error that says how to install it."""
    import importlib

    try:
        module = importlib.import_module(f"langsmith_pulumi.testing.{package}")
        return getattr(module, name)
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("langsmith_pulumi"):
            raise
        raise click.ClickException(f"{_NEEDS_TESTING} ({missing.name} is missing).") from None


if __name__ == "__main__":
    main()
