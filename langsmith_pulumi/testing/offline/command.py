"""The functions behind `langsmith-pulumi offline`, which print and return exit codes."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from . import engine
from .display import Rows, live_display, print_result
from .durations import Durations
from .errors import OfflineError
from .secrets import has_passphrase
from .stack_context import Request, state_file
from .urns import Selection
from .values import redact, strip_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from .events import Listener
    from .results import Result
    from .values import Properties

_OPERATIONS: dict[str, tuple[Callable[[Request, Listener | None], Result], str]] = {
    "preview": (engine.preview, "Previewing"),
    "up": (engine.up, "Updating"),
    "refresh": (engine.refresh, "Refreshing"),
    "destroy": (engine.destroy, "Destroying"),
}


def run(  # noqa: PLR0913 - all but the operation is optional, and by name
    operation: str,
    *,
    cwd: Path,
    stack: str = "dev",
    as_json: bool = False,
    config: Sequence[str] = (),
    replace: Sequence[str] = (),
    target: Sequence[str] = (),
    exclude: Sequence[str] = (),
) -> int:
    """Run `preview`, `up`, `refresh` or `destroy` on the project in a folder.

    `config` has `key=value` texts for this run only; `replace` the URNs to replace even if
    unchanged, `target` those of the only resources to change, `exclude` those to leave unchanged.
    With `as_json` the output is the document of `pulumi preview --json` only.
    """
    try:
        selected = Selection(frozenset(replace), frozenset(target), frozenset(exclude))
        request = Request(cwd, stack, _parse_pairs(config), selected=selected)
        if as_json:
            return _run_as_json(operation, request)
        return _run_displayed(operation, request, Console(highlight=False))
    except OfflineError as error:
        return _fail(error)


def export(*, cwd: Path, stack: str = "dev") -> int:
    """Print the state for `pulumi stack import`, secrets encrypted with the given passphrase."""
    try:
        _require_passphrase()
        state = engine.export_stack(Request(cwd, stack))
    except OfflineError as error:
        return _fail(error)
    print(json.dumps(state, indent=4, ensure_ascii=False))  # noqa: T201 - its purpose
    return 0


def output(
    *,
    cwd: Path,
    stack: str = "dev",
    name: str | None = None,
    as_json: bool = False,
    show_secrets: bool = False,
) -> int:
    """Print the outputs of a stack, or the one of a name; secrets as `[secret]` unless asked for.

    A text is printed as it is, any other value and the whole with `as_json` as JSON.
    """
    try:
        found = engine.existing_outputs(Request(cwd, stack))
        shown = strip_secrets(found) if show_secrets else redact(found)
        selected = shown if name is None else {name: _output_of(shown, name)}
    except OfflineError as error:
        return _fail(error)
    if name is None and as_json:
        print(_plain(shown, as_json=True))  # noqa: T201 - its purpose
        return 0
    width = max(map(len, selected), default=0)
    for key, value in sorted(selected.items()):
        label = "" if name else f"{key:<{width}}  "
        print(f"{label}{_plain(value, as_json=as_json)}")  # noqa: T201 - its purpose
    return 0


def _output_of(outputs: Properties, name: str) -> Any:
    if name not in outputs:
        known = ", ".join(sorted(outputs)) or "none"
        raise OfflineError(f"the stack has no output {name!r}; it has {known}")
    return outputs[name]


def _plain(value: Any, *, as_json: bool) -> str:
    """Return a value for a script or a person, whole; a terminal gets no control characters."""
    is_text = isinstance(value, str) and not as_json
    text = (
        value if is_text else json.dumps(value, ensure_ascii=False, indent=2 if as_json else None)
    )
    if not sys.stdout.isatty():
        return text
    return "".join(one if one.isprintable() or one == "\n" else "\ufffd" for one in text)


def read_stack(*, cwd: Path, stack: str = "dev") -> tuple[dict[str, object], dict[str, str]]:
    """Return a stack's state and configuration, secrets in plain text; raise `ValueError`."""
    try:
        return engine.read_stack(Request(cwd, stack))
    except OfflineError as error:
        raise ValueError(str(error)) from None


def _fail(error: OfflineError) -> int:
    Console(stderr=True, highlight=False).print(Text(f"error: {error}", "red"), soft_wrap=True)
    return 1


def _require_passphrase() -> None:
    if not has_passphrase(os.environ):
        raise OfflineError(
            "set PULUMI_CONFIG_PASSPHRASE to the passphrase of the Pulumi stack that takes the "
            "state: its secrets are encrypted with it"
        )


def _run_as_json(operation: str, request: Request) -> int:
    result = _OPERATIONS[operation][0](request, None)
    print(json.dumps(result.plan, indent=4, ensure_ascii=False))  # noqa: T201 - its purpose
    return result.exit_code


def _run_displayed(operation: str, request: Request, console: Console) -> int:
    perform, doing = _OPERATIONS[operation]
    planned = operation == "preview"
    before = redact(engine.stack_outputs(request))
    console.print(Text(f"{doing} {request.stack} (offline engine)\n"))
    durations = Durations(state_file(request).path)
    rows = Rows(planned, durations.read() if operation == "up" else {})
    with live_display(console, rows) as listener:
        result = perform(request, listener)
    if operation == "up":
        durations.add(rows.taken())
    print_result(console, result, before, planned=planned)
    return result.exit_code


def _parse_pairs(texts: Sequence[str]) -> dict[str, str]:
    pairs = dict(text.partition("=")[::2] for text in texts if "=" in text)
    if len(pairs) < len(set(texts)):
        raise OfflineError("--config takes key=value")
    return pairs
