"""The values of secrets, handed to the Pulumi CLI through its standard input."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from langsmith_pulumi.control_plane.text import sanitize
from langsmith_pulumi.operations.connection import OperationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from .variables import ConfigSecret

SET_SECRET = ("pulumi", "config", "set", "--secret")
"""The command that reads the value of a key from its standard input."""


class StackSecrets:
    """The configuration of one stack; ``redact`` removes secrets from what the CLI prints."""

    def __init__(self, stack: str, redact: Callable[[str], str]) -> None:
        if not shutil.which("pulumi"):
            raise OperationError(
                "--set-secrets needs the pulumi command, which is not on PATH. Install it, or "
                "leave the option out."
            )
        self._stack = stack
        self._redact = redact

    def set_all(
        self, folder: Path, secrets: Iterable[ConfigSecret], progress: Callable[[str], None]
    ) -> None:
        """Create the stack if there is none, and set each value."""
        self._run(folder, ["pulumi", "stack", "select", "--create", f"--stack={self._stack}"])
        for secret in secrets:
            command = [*SET_SECRET, f"--stack={self._stack}", secret.key]
            # The CLI removes one line break at the end.
            self._run(folder, command, f"{secret.value}\n")
            progress(f"{secret.key} is set: {secret.origin}")

    def _run(self, folder: Path, command: list[str], text: str = "") -> None:
        found = subprocess.run(  # noqa: S603 - the arguments are keys and the name of a stack
            [*command, "--non-interactive"],
            cwd=folder,
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
            input=text.encode(),
            capture_output=True,
            check=False,
        )
        if found.returncode:
            said = sanitize(found.stderr.decode(errors="replace"), redact=self._redact)
            raise OperationError(
                f"The project is written, but `{' '.join(command)}` failed: {said} Repeat the "
                "command when that is put right; files that are the same stay."
            )
