"""The document that `preview --json` prints, the same as the Pulumi CLI's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .events import ERROR, WARNING, Diagnostic
from .state import Entry, entry_document
from .steps import Op, Step, is_shown
from .values import BLINDED, blind

if TYPE_CHECKING:
    from .project import Config

_PREFIXES = {ERROR: "error: ", WARNING: "warning: "}


def plan_document(
    steps: list[Step],
    diagnostics: list[Diagnostic],
    config: Config,
    summary: dict[str, int],
    seconds: float,
) -> dict[str, Any]:
    """The whole document; empty parts are left out, as the CLI does."""
    document = {
        "config": {key: _shown(config, key) for key in sorted(config.values)},
        "steps": [_step(step) for step in steps if _is_listed(step)],
        "diagnostics": [_diagnostic(item) for item in diagnostics],
        "duration": int(seconds * 1e9),
        "changeSummary": dict(sorted(summary.items())),
    }
    return {key: value for key, value in document.items() if value}


def _is_listed(step: Step) -> bool:
    return is_shown(step) or (step.op == Op.SAME and step.is_stack)


def _step(step: Step) -> dict[str, Any]:
    document = {
        "op": step.op.value,
        "urn": step.urn,
        "provider": step.provider,
        "oldState": _state(step.old),
        "newState": _state(step.new),
        "replaceReasons": list(step.replace_reasons),
    }
    return {**{key: value for key, value in document.items() if value}, "detailedDiff": None}


def _state(entry: Entry | None) -> dict[str, Any] | None:
    return entry_document(entry, blind) if entry else None


def _diagnostic(item: Diagnostic) -> dict[str, Any]:
    urn = {"urn": item.urn} if item.urn else {}
    message = f"{_PREFIXES.get(item.severity, '')}{item.message}\n"
    return {**urn, "message": message, "severity": item.severity}


def _shown(config: Config, key: str) -> str:
    return BLINDED if key in config.secret_keys else config.values[key]
