"""The Python interface of the engine: one object per stack, one method per operation."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import engine
from .forking import fork
from .stack_context import Request
from .urns import Selection
from .values import redact, strip_secrets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .events import Listener
    from .results import Result


class OfflineStack:
    """A stack of a Pulumi Python project, run by the offline engine.

    Secrets of the stack's configuration that cannot be decrypted here are placeholders in a
    preview without a passphrase, and in all operations if the control plane of the settings is on
    this machine, as a simulator is. Then a placeholder also stands for a secret that the program
    requires and nothing sets. A warning in the result names them.

    Args:
        project_dir: the folder with Pulumi.yaml, or one below it.
        stack: the stack's name; its configuration is in Pulumi.<stack>.yaml, if there is one.
        config: configuration for this object only; keys without a namespace get the project's.
        secrets: the same for secret values.
        environ: the environment variables of program and provider; this process's by default.
        state_dir: the folder of the state; `.pulumi-offline/` beside Pulumi.yaml by default.
        listener: is called with every event while an operation runs.
        preload: modules of program or provider that are slow to import, such as "httpx". They are
            imported once per process, so name only modules that do not change while tests run.
    """

    def __init__(  # noqa: PLR0913 - all but the folder is optional, and by name
        self,
        project_dir: Path | str,
        stack: str = "dev",
        *,
        config: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        environ: Mapping[str, str] | None = None,
        state_dir: Path | str | None = None,
        listener: Listener | None = None,
        preload: Sequence[str] = (),
    ) -> None:
        self._request = Request(
            Path(project_dir),
            stack,
            config or {},
            secrets or {},
            environ,
            start=partial(fork, preload=tuple(preload)),
            state_dir=Path(state_dir) if state_dir else None,
            placeholders=True,
        )
        self._listener = listener

    def __repr__(self) -> str:
        """Return the folder and the name of the stack."""
        return f"OfflineStack({str(self._request.project_dir)!r}, {self._request.stack!r})"

    def preview(
        self,
        *,
        replace: Sequence[str] = (),
        target: Sequence[str] = (),
        exclude: Sequence[str] = (),
    ) -> Result:
        """Return the plan of `up` without any change; the arguments are those of `up`."""
        return engine.preview(self._request_with(replace, target, exclude), self._listener)

    def up(
        self,
        *,
        replace: Sequence[str] = (),
        target: Sequence[str] = (),
        exclude: Sequence[str] = (),
    ) -> Result:
        """Make the stack match the program.

        Args:
            replace: URNs of resources to replace even if nothing has changed.
            target: URNs of the only resources to change; dependents are not targets by themselves.
            exclude: URNs of resources to leave unchanged.
        """
        return engine.up(self._request_with(replace, target, exclude), self._listener)

    def taint(self, urn: str) -> None:
        """Mark a resource for replacement by the next `up`, as `pulumi state taint` does."""
        engine.taint(self._request, urn)

    def _request_with(
        self, replace: Sequence[str], target: Sequence[str], exclude: Sequence[str]
    ) -> Request:
        selected = Selection(frozenset(replace), frozenset(target), frozenset(exclude))
        return dataclasses.replace(self._request, selected=selected)

    def refresh(self) -> Result:
        """Make the state match the live resources."""
        return engine.refresh(self._request, self._listener)

    def destroy(self) -> Result:
        """Delete everything in the stack."""
        return engine.destroy(self._request, self._listener)

    def export(self) -> dict[str, Any]:
        """Return the state in the form of `pulumi stack export`, with secrets encrypted."""
        return engine.export_stack(self._request)

    def outputs(self, *, show_secrets: bool = False) -> dict[str, Any]:
        """Return the stack's outputs of the state, with secrets as `[secret]` unless requested."""
        outputs = engine.stack_outputs(self._request)
        shown: dict[str, Any] = strip_secrets(outputs) if show_secrets else redact(outputs)
        return shown
