"""The command that writes a project for existing deployments."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .errors import errors_as_sentences
from .help_text import examples

if TYPE_CHECKING:
    from langsmith_pulumi.operations.importing.operation import ImportedProject


@click.command(
    "import",
    epilog=examples(
        "import support-agent --out agents",
        "import --all --plain LOG_LEVEL",
        "import --all --out agents --set-secrets dev",
    ),
)
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "everything", is_flag=True, help="Every deployment of the workspace.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="The folder to write into; this one by default. Nothing in it is overwritten.",
)
@click.option(
    "--plain",
    multiple=True,
    metavar="VARIABLE",
    help="A variable whose value may stand in the program; may be repeated.",
)
@click.option(
    "--set-secrets",
    "stack",
    metavar="STACK",
    help="Set the values of the secrets in this stack, which is created if there is none.",
)
def import_command(
    names: tuple[str, ...],
    out: Path,
    plain: tuple[str, ...],
    stack: str | None,
    *,
    everything: bool,
) -> None:
    """Write a project that adopts existing deployments.

    NAME is the name or id of a deployment; several may be given. The values of variables are
    secrets of the stack's configuration, and are neither printed nor written; those that --plain
    names stand in the program. `import --all --out agents --set-secrets dev` and then
    `pulumi -C agents up` bring a workspace under Pulumi.
    """
    with errors_as_sentences():
        from langsmith_pulumi.operations.connection import connect
        from langsmith_pulumi.operations.importing.operation import ImportRequest, import_project

        request = ImportRequest(names, everything, out, plain, stack)
        project = import_project(connect(), request, click.echo)
    _print(project, out, stack)


def _print(project: ImportedProject, out: Path, stack: str | None) -> None:
    found = project.declarations
    count = len(found.deployments)
    many = "deployment" if count == 1 else "deployments"
    click.echo(f"{count} {many}: {', '.join(project.files)} in {out}")
    if found.notes:
        click.echo("\nNote:")
    for note in found.notes:
        click.echo(f"  {note}")
    if project.commands and stack is None:
        click.echo("\nThe program takes these secrets from its configuration:")
        for secret in found.secrets:
            click.echo(f"  {secret.key}: {secret.origin}")
        click.echo("\nSet them; each command asks for its value, or reads its input:")
        for command in project.commands:
            click.echo(f"  {command}")
    click.echo("\nThen `pulumi preview` shows what adopting them changes, and `pulumi up` does it.")
