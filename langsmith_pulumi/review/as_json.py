"""The report as JSON, for programs: ``report.schema.json`` beside this file documents it."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from .markers import marker
from .values import stated
from .verdict import level, sentence

if TYPE_CHECKING:
    from .differences import FieldChange, SecretChange
    from .effects import Effect
    from .gate import Judgement
    from .messages import Message
    from .report import Other, Report, StackReport

VERSION = 1
"""Raised when a field changes its meaning or goes; new fields leave it."""


def schema() -> dict[str, Any]:
    """The JSON Schema of the report."""
    text = files(__package__).joinpath("report.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def as_json(report: Report, judgement: Judgement, *, truncated: bool) -> str:
    """The whole report with the judgement of the gates; nothing is left out.

    ``truncated`` tells whether the same report as a comment leaves something out.
    """
    document = {**_document(report, judgement), "truncated": truncated}
    return json.dumps(document, indent=2, allow_nan=False) + "\n"


def labels(report: Report) -> list[str]:
    """Labels for a pull request: one per kind of effect, and one for a failed preview."""
    kinds = [f"langsmith:{kind.value.replace(' ', '-')}" for kind in sorted(report.counts)]
    return [*kinds, *(["langsmith:failed"] if report.failed else [])]


def _document(report: Report, judgement: Judgement) -> dict[str, Any]:
    return {
        "version": VERSION,
        "verdict": {"level": level(report).value, "sentence": "".join(sentence(report))},
        "changes": report.changes,
        "counts": {kind.value: number for kind, number in report.counts.items()},
        "labels": labels(report),
        "gate": {
            "exit_code": judgement.exit_code,
            "refusals": list(judgement.refusals),
        },
        "stacks": [_stack(stack) for stack in report.stacks],
    }


def _stack(stack: StackReport) -> dict[str, Any]:
    return {
        "project": stack.project,
        "stack": stack.stack,
        "origin": stack.origin,
        "marker": marker(stack),
        "failed": stack.failed,
        "unchanged": stack.unchanged,
        "incomplete": stack.incomplete,
        "unlisted": dict(stack.unlisted),
        "diagnostics": [_message(item) for item in (*stack.errors, *stack.warnings)],
        "deployments": [_deployment(effect) for effect in stack.effects],
        "others": [_other(other) for other in stack.others],
    }


def _deployment(effect: Effect) -> dict[str, Any]:
    return {
        "urn": effect.urn,
        "name": effect.name,
        "deployment": effect.deployment or None,
        "kind": effect.kind.value,
        "operation": effect.op,
        "drift": effect.drift,
        "reasons": list(effect.reasons),
        "import_id": effect.import_id or None,
        "fields": [_field(change) for change in effect.fields],
        "secrets": [_secret(change) for change in effect.secrets],
        "let_go": list(effect.let_go),
        "may_rebuild": effect.may_rebuild,
        "variables_lost": list(effect.variables_lost),
        "notes": [note.value for note in effect.notes],
    }


def _field(change: FieldChange) -> dict[str, Any]:
    return {
        "path": change.path,
        "change": change.change.value,
        "before": stated(change.before),
        "after": stated(change.after),
        "drift": change.drift,
    }


def _secret(change: SecretChange) -> dict[str, Any]:
    return {"name": change.name, "fate": change.fate.value, "drift": change.drift}


def _other(other: Other) -> dict[str, Any]:
    return {
        "urn": other.urn,
        "type": other.type,
        "name": other.name,
        "operation": other.op,
        "verb": other.verb.value,
        "retained": other.retained,
        "keys": list(other.keys),
    }


def _message(item: Message) -> dict[str, Any]:
    return {"severity": item.severity, "message": item.text, "resources": list(item.names)}
