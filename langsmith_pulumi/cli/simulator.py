"""Commands that run the simulator, and that steer a running one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .extra import import_testing
from .help_text import examples

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_pulumi.testing.simulator.admin_client import AdminClient


@click.command(
    short_help="Serve the control plane's API on loopback.",
    epilog=examples(
        "simulate",
        "simulate --port 8123 --database simulator.json --serve-agents",
        "simulate --behaviour self-hosted --listener blue:agents,tools",
        "simulate --fail-next agent=BUILD_FAILED --revision-seconds 20",
    ),
)
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
    run = import_testing("simulator", "run")
    try:
        run(port=port, **options)
    except OSError as busy:
        raise click.ClickException(f"Cannot serve on port {port}: {busy.strerror}.") from None
    except ValueError as error:
        raise click.ClickException(str(error)) from None


@click.group(
    "simulator",
    short_help="Steer a running simulator.",
    epilog=examples("simulator requests", "simulator drift agent display_name=Other"),
)
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


@simulator_client.command(
    "fail-next",
    short_help="End the next revision in STATUS.",
    epilog=examples("simulator fail-next agent BUILD_FAILED"),
)
@click.argument("name")
@click.argument("status")
@click.option("--message", help="The reason that the revision shows.")
@click.option("--log", multiple=True, metavar="LINE", help="A line of its build log.")
def fail_next(name: str, status: str, message: str | None, log: tuple[str, ...]) -> None:
    """End the next revision of deployment NAME in STATUS, such as BUILD_FAILED."""
    _steer(lambda client: client.fail_next(name, status, message, list(log)))


@simulator_client.command("requests", epilog=examples("simulator requests --clear"))
@click.option("--clear", is_flag=True, help="Forget them afterwards.")
def show_requests(*, clear: bool) -> None:
    """Print the requests to the API so far, oldest first."""
    for line in _steer(lambda client: client.requests()):
        click.echo(line)
    if clear:
        _steer(lambda client: client.clear_requests())


@simulator_client.command(
    "drift", epilog=examples("simulator drift agent source_config.build_on_push=true")
)
@click.argument("name")
@click.argument("assignments", nargs=-1, required=True, metavar="FIELD=VALUE...")
def make_drift(name: str, assignments: tuple[str, ...]) -> None:
    """Change deployment NAME as a person would in the user interface.

    A field may be dotted and a value JSON, as in source_config.build_on_push=true.
    """
    _steer(lambda client: client.drift(name, list(assignments)))


@simulator_client.command(
    "resize",
    short_help="Change the size of a deployment.",
    epilog=examples("simulator resize agent --compute DEDICATED_M"),
)
@click.argument("name")
@click.option("--compute", metavar="TIER", help="Such as DEDICATED_M.")
@click.option("--database", metavar="TIER", help="Of a dedicated deployment.")
def resize(name: str, compute: str | None, database: str | None) -> None:
    """Change the size of deployment NAME as a person would in the user interface."""
    _steer(lambda client: client.resize(name, compute, database))


@simulator_client.command(
    "push",
    short_help="Push COMMIT to the branch of a deployment.",
    epilog=examples("simulator push agent 0f1e2d3c4b5a69788796a5b4c3d2e1f001234567"),
)
@click.argument("name")
@click.argument("commit")
def push(name: str, commit: str) -> None:
    """Push COMMIT to the branch of deployment NAME, and print the revision it makes."""
    click.echo(_steer(lambda client: client.push(name, commit)) or "no revision")


@simulator_client.command(
    "preview",
    short_help="Make the preview build of a pull request.",
    epilog=examples("simulator preview agent 17"),
)
@click.argument("name")
@click.argument("number", type=click.IntRange(1), default=1)
def add_preview(name: str, number: int) -> None:
    """Make the preview build of pull request NUMBER of deployment NAME."""
    click.echo(_steer(lambda client: client.add_preview(name, number)))


@simulator_client.command(
    "health",
    short_help="Let an agent answer /ok with STATUSES.",
    epilog=examples("simulator health agent 503 200"),
)
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
    error: type[Exception] = import_testing("simulator.admin_client", "AdminError")
    client: AdminClient = import_testing("simulator.admin_client", "AdminClient")(url, api_key)
    try:
        return action(client)
    except error as failed:
        raise click.ClickException(str(failed)) from None
