"""The import of existing deployments into a new project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from langsmith_pulumi.operations.connection import OperationError

from .declarations import Declarations, declare
from .files import project_files, write
from .selection import missing_listeners, select
from .stack_secrets import SET_SECRET, StackSecrets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from langsmith_pulumi.control_plane.client import ControlPlaneClient


@dataclass(frozen=True)
class ImportRequest:
    """What to import, and where to."""

    names: Sequence[str]
    """Names or ids of deployments."""
    everything: bool
    folder: Path
    plain: Sequence[str] = ()
    """Names of variables that the program may show."""
    stack: str | None = None
    """The stack whose configuration gets the values of the secrets."""


@dataclass(frozen=True)
class ImportedProject:
    """A written project."""

    files: list[str]
    declarations: Declarations

    @property
    def commands(self) -> list[str]:
        """Return the commands that set the secrets; each reads a value from its input.

        They are pasted into shells, so they contain no text of the service. A comment would not
        protect from it: an interactive zsh knows none.
        """
        return [f"{' '.join(SET_SECRET)} {secret.key}" for secret in self.declarations.secrets]


def import_project(
    client: ControlPlaneClient, request: ImportRequest, progress: Callable[[str], None]
) -> ImportedProject:
    """Write a project that adopts deployments as they are; nothing is sent but GET requests.

    ``progress`` receives a line for each secret that is set.
    """
    stack = StackSecrets(request.stack, client.redact) if request.stack else None
    deployments = select(client, request.names, everything=request.everything)
    declarations = declare(
        deployments,
        plain=request.plain,
        missing_listeners=missing_listeners(client, deployments),
    )
    if not declarations.deployments:
        reasons = " ".join(f"{note}." for note in declarations.notes)
        raise OperationError(f"Nothing is written: no deployment can be declared. {reasons}")
    files = project_files(request.folder, declarations)
    write(request.folder, files)
    if stack:
        stack.set_all(request.folder, declarations.secrets, progress)
    return ImportedProject(list(files), declarations)
