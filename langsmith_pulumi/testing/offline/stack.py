"""The Python door to the engine: one object per stack, one method per operation."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import engine
from .forking import fork
from .opening import Request
from .selection import Selection
from .values import blind, strip_secrets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .events import Listener
    from .results import Result


class OfflineStack:
    """A stack of a Pulumi Python project, run by the offline engine.

    Args:
        project_dir: the folder with Pulumi.yaml; state is kept in its `.pulumi-offline/`.
        stack: the stack's name; its configuration is in Pulumi.<stack>.yaml, if there is one.
        config: configuration that holds for this object only; keys without a namespace get the
            project's.
        secrets: likewise, for values nobody may see.
        environ: the environment variables of program and provider; this process's by default.
        listener: is called with every event while an operation runs.
        preload: modules that program or provider take long to import, such as "httpx": they are
            imported once per process, so name only what stays as it is while tests run.
    """

    def __init__(  # noqa: PLR0913 - all but the folder is optional, and by name
        self,
        project_dir: Path | str,
        stack: str = "dev",
        *,
        config: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        environ: Mapping[str, str] | None = None,
        listener: Listener | None = None,
        preload: Sequence[str] = (),
    ) -> None:
        folder = Path(project_dir)
        start = partial(fork, preload=tuple(preload))
        self._request = Request(folder, stack, config or {}, secrets or {}, environ, start)
        self._listener = listener

    def preview(
        self,
        *,
        replace: Sequence[str] = (),
        target: Sequence[str] = (),
        exclude: Sequence[str] = (),
    ) -> Result:
        """Show what `up` would do, and change nothing; the arguments are as in `up`."""
        return engine.preview(self._requested(replace, target, exclude), self._listener)

    def up(
        self,
        *,
        replace: Sequence[str] = (),
        target: Sequence[str] = (),
        exclude: Sequence[str] = (),
    ) -> Result:
        """Bring the stack to what the program declares.

        Args:
            replace: URNs of resources to replace even if nothing has changed.
            target: URNs of the only resources to change; dependents are not targets by themselves.
            exclude: URNs of resources to leave as they are.
        """
        return engine.up(self._requested(replace, target, exclude), self._listener)

    def taint(self, urn: str) -> None:
        """Have the next `up` replace a resource, as `pulumi state taint` does."""
        engine.taint(self._request, urn)

    def _requested(
        self, replace: Sequence[str], target: Sequence[str], exclude: Sequence[str]
    ) -> Request:
        selected = Selection(frozenset(replace), frozenset(target), frozenset(exclude))
        return dataclasses.replace(self._request, selected=selected)

    def refresh(self) -> Result:
        """Bring the state to what really exists."""
        return engine.refresh(self._request, self._listener)

    def destroy(self) -> Result:
        """Delete everything in the stack."""
        return engine.destroy(self._request, self._listener)

    def export(self) -> dict[str, Any]:
        """The state in the form of `pulumi stack export`, secrets encrypted."""
        return engine.export_stack(self._request)

    def outputs(self, *, show_secrets: bool = False) -> dict[str, Any]:
        """The stack's outputs as the state has them; secrets are `[secret]` unless asked for."""
        outputs = engine.stack_outputs(self._request)
        shown: dict[str, Any] = strip_secrets(outputs) if show_secrets else blind(outputs)
        return shown
