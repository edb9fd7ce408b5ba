"""Commands that run a project on the offline engine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from .extra import import_testing
from .help_text import examples

_CWD = click.option(
    "--cwd",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="The project's folder; this one by default.",
)
_STACK = click.option("--stack", "-s", default="dev", show_default=True, help="The stack.")
_RUN = [
    _CWD,
    _STACK,
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


@click.group(
    short_help="Run a project without the Pulumi CLI.",
    epilog=examples(
        "offline preview --cwd agents", "offline up --config level=debug", "offline output"
    ),
)
def offline() -> None:
    """Run a project without the Pulumi CLI, for experiments and tests.

    State is kept, secrets encrypted, in the project's .pulumi-offline/. `offline export` prints it
    in the form that `pulumi stack import` takes. Real stacks run on Pulumi.
    """


_EXAMPLES = {
    "preview": examples("offline preview", "offline preview --json > plan.json"),
    "up": examples("offline up --stack prod", "offline up --config repoRef=v2 --config replicas=3"),
    "refresh": examples("offline refresh"),
    "destroy": examples("offline destroy --cwd agents --stack dev"),
}


def _offline_command(operation: str, summary: str) -> None:
    def command(cwd: Path, stack: str, **given: Any) -> None:
        run = import_testing("offline.command", "run")
        sys.exit(run(operation, cwd=cwd, stack=stack, **given))

    command.__doc__ = summary
    selection = _SELECTION if operation in ("preview", "up") else []
    for option in reversed([*_RUN, *selection]):
        command = option(command)
    offline.command(operation, epilog=_EXAMPLES[operation])(command)


for _operation, _summary in {
    "preview": "Show what `up` would do, and change nothing.",
    "up": "Bring the deployments to what the program declares.",
    "refresh": "Bring the state to what really exists.",
    "destroy": "Delete everything in the stack.",
}.items():
    _offline_command(_operation, _summary)


@offline.command(
    "output",
    short_help="Print the outputs of a stack, or one of them.",
    epilog=examples("offline output", "offline output url", "offline output --json"),
)
@click.argument("name", required=False)
@_CWD
@_STACK
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--show-secrets", is_flag=True, help="Print secrets in clear.")
def offline_output(
    name: str | None, cwd: Path, stack: str, *, as_json: bool, show_secrets: bool
) -> None:
    """Print the outputs of a stack, or the value of output NAME alone; none is cut."""
    print_output = import_testing("offline.command", "output")
    options = {"name": name, "as_json": as_json, "show_secrets": show_secrets}
    sys.exit(print_output(cwd=cwd, stack=stack, **options))


@offline.command(
    "export", epilog=examples("offline export --stack dev | pulumi stack import --stack dev")
)
@_CWD
@_STACK
def offline_export(cwd: Path, stack: str) -> None:
    """Print a stack's state for `pulumi stack import`.

    The secrets are encrypted with the passphrase in PULUMI_CONFIG_PASSPHRASE, also those of a stack
    that was created without one.
    """
    sys.exit(import_testing("offline.command", "export")(cwd=cwd, stack=stack))
