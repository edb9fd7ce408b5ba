"""The report as JSON, for programs.

The models describe the format. ``report.schema.json`` beside this file is made from them by
``python docs/make_report_schema.py``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, SkipValidation

from langsmith_pulumi.provider.changes import Impact

from .differences import SecretAction
from .impact import Kind
from .markdown import marker
from .plan import Action
from .report import MessageSeverity
from .summary import Severity, sentence, severity
from .values import value_state

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langsmith_pulumi.provider.folder.difference import FolderChange

    from .differences import FieldChange, MovedVariable, SecretChange
    from .gate import GateResult
    from .impact import DeploymentChange
    from .report import Message, Report, ResourceChange, StackReport

VERSION = 2
"""Raised when a field changes its meaning or is removed; new fields do not raise it."""

# A plan may hold lone surrogates, which pydantic refuses and JSON can express.
Text = Annotated[str, SkipValidation]


class _Model(BaseModel):
    """A part of the report; readers must accept fields that later versions add."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow")


class SummaryJson(_Model):
    """The report in one line."""

    severity: Severity = Field(description="The severity; the first is the most severe.")
    sentence: Text = Field(description="The summary.")


class GateJson(_Model):
    """The result of the gates."""

    exit_code: int = Field(ge=0, description="The exit code of the command.")
    refusals: list[Text] = Field(
        description="One sentence for each thing refused, the most severe first."
    )


class DiagnosticJson(_Model):
    """A message of the engine, a provider or the program."""

    severity: MessageSeverity = Field(description="Errors make a preview fail.")
    message: Text = Field(description="The message.")
    resources: list[Text] = Field(description="Names of the resources it is about.")


class ValueJson(_Model):
    """A value without credentials; texts stand for nested secrets and unknown values."""

    state: Literal["set", "unset", "secret", "unknown", "hidden"] = Field(
        description="Only a value that is set is shown."
    )
    value: Any = Field(default=None, description="The value.")


class FieldJson(_Model):
    """One value that changes."""

    path: Text = Field(description="Dotted path in the deployment's inputs.")
    impact: Impact = Field(description="What a change of this field costs.")
    before: ValueJson = Field(description="The old value.")
    after: ValueJson = Field(description="The new value.")
    drift: bool = Field(
        description="True if the plan shows that the old value was set outside of the program."
    )


class SecretJson(_Model):
    """One secret that changes; no field ever holds a value or a fingerprint."""

    name: Text = Field(
        description="The variable's name; empty if even the names are known only during up."
    )
    action: SecretAction = Field(description="What happens to it.")
    drift: bool = Field(description="True if it was changed outside of the program.")


class MovedVariableJson(_Model):
    """A variable that moves with its value from one argument to the other."""

    name: Text = Field(description="The variable's name.")
    to: Literal["secrets", "environment_variables"] = Field(
        description="The argument that names it now; only environment_variables are in clear."
    )


class FolderJson(_Model):
    """The files of a local folder that change; all lists are empty if they are not recorded."""

    count: int = Field(ge=0, description="Number of files in the new folder; 0 if not known.")
    changed: list[Text] = Field(description="Paths of files with another content.")
    added: list[Text] = Field(description="Paths of new files.")
    removed: list[Text] = Field(description="Paths of files that are gone.")


class DeploymentJson(_Model):
    """The change of one deployment."""

    urn: Text = Field(description="URN of the resource.")
    name: Text = Field(description="Its name in the program.")
    deployment: Text | None = Field(
        description="Its name in the control plane; null if it is not known."
    )
    kind: Kind = Field(description="The kind of change; the first costs the most.")
    operation: Text = Field(description="The engine's operation that decided the kind.")
    drift: bool = Field(
        description="True if something of it was changed outside of the program, and is set again."
    )
    reasons: list[Text] = Field(description="Fields that force a replacement.")
    import_id: Text | None = Field(
        description="Id of the existing deployment that is adopted; null if none is."
    )
    fields: list[FieldJson] = Field(
        description="Values that change; of a created deployment, all that are set."
    )
    folder: FolderJson | None = Field(
        description="The files that change of a local folder; null if none is uploaded."
    )
    secrets: list[SecretJson] = Field(description="Secrets that change.")
    moved: list[MovedVariableJson] = Field(
        description="Variables that become secret or visible and keep their values."
    )
    unmanaged: list[Text] = Field(
        description="Fields that the program no longer names; their values stay."
    )
    may_rebuild: bool = Field(
        description="True if the agent is built and deployed again, or if that is not known."
    )
    variables_lost: list[Text] = Field(
        description="The live variables that an adoption removes for good."
    )
    notes: list[Text] = Field(description="Further facts for a reviewer, one sentence each.")


class ResourceJson(_Model):
    """The change of a resource that is not a deployment."""

    urn: Text = Field(description="URN of the resource.")
    type: Text = Field(description="Its type.")
    name: Text = Field(description="Its name in the program.")
    operation: Text = Field(description="The engine's operation.")
    action: Action = Field(description="What the operation does.")
    retained: bool = Field(description="True if deleting it only takes it out of Pulumi's state.")
    keys: list[Text] = Field(description="Inputs that change.")
    drift: bool = Field(description="True for a listener that was changed outside of the program.")


class StackJson(_Model):
    """The changes that one plan makes to its stack."""

    project: Text = Field(description="The project; empty if the preview failed too early to tell.")
    stack: Text = Field(description="The stack; empty if the preview failed too early to tell.")
    origin: Text = Field(description="The file that the plan was read from.")
    marker: Text = Field(description="The hidden line by which this stack's comment is found.")
    failed: bool = Field(description="True if the preview failed, so that its plan is incomplete.")
    unchanged: int = Field(ge=0, description="Resources of any type that do not change.")
    incomplete: bool = Field(description="True if the plan lacks changes without saying why.")
    unlisted: dict[Text, int] = Field(
        description="Operations that the engine counts and does not list, with their numbers."
    )
    diagnostics: list[DiagnosticJson] = Field(description="Errors and warnings.")
    deployments: list[DeploymentJson] = Field(
        description="Deployments that change, the most severe first."
    )
    others: list[ResourceJson] = Field(
        description="Other resources that change, the most severe first."
    )


class ReportJson(_Model):
    """The output of `langsmith-pulumi review --format json`.

    New fields may be added; a field that changes its meaning or is removed raises `version`.
    """

    version: int = Field(
        description="Version of this format.", json_schema_extra={"const": VERSION}
    )
    summary: SummaryJson = Field(description="The report in one line.")
    changes: bool = Field(description="True if there is anything to do, or to know, in any stack.")
    counts: dict[Kind, Annotated[int, Field(ge=1)]] = Field(
        description="The number of deployments of each kind; kinds without any are left out.",
        json_schema_extra={"propertyNames": {"enum": [kind.value for kind in Kind]}},
    )
    labels: list[Text] = Field(description="Labels for the pull request.")
    gate: GateJson = Field(description="The result of the gates.")
    stacks: list[StackJson] = Field(description="One entry per plan.")
    truncated: bool = Field(
        description="True if this report as a Markdown comment leaves something out; this "
        "document never does."
    )


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the report."""
    made = ReportJson.model_json_schema()
    enums = {name: each for name, each in made["$defs"].items() if "enum" in each}
    made["$defs"] = {name: each for name, each in made["$defs"].items() if name not in enums}
    inlined = {
        f"#/$defs/{name}": {"type": "string", "enum": each["enum"]} for name, each in enums.items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Report of langsmith-pulumi review",
        **_tidied(made, inlined),
    }


def _tidied(node: Any, inlined: Mapping[str, Any]) -> Any:
    """Return a schema in one form for all versions of pydantic, with some definitions inlined."""
    if isinstance(node, list):
        return [_tidied(item, inlined) for item in node]
    if not isinstance(node, dict):
        return node
    # Older versions of pydantic wrap a reference that has a description.
    (wrapped,) = node.get("allOf", [{}])
    reference = wrapped.get("$ref", node.get("$ref"))
    dropped = ("title", "default", "allOf", "$ref")
    kept = {key: _tidied(item, inlined) for key, item in node.items() if key not in dropped}
    return {**inlined.get(reference, {"$ref": reference} if reference else {}), **kept}


def read_report(text: bytes) -> dict[str, Any] | None:
    """Return a report of this version or a later one, or None if the text is none."""
    try:
        report = json.loads(text)
        ReportJson.model_validate(report)
    except (ValueError, RecursionError):
        return None
    return dict(report)


def as_json(report: Report, result: GateResult, *, truncated: bool) -> str:
    """Return the whole report with the result of the gates; nothing is left out.

    ``truncated`` says if the same report as a comment leaves something out.
    """
    document = ReportJson(
        version=VERSION,
        summary=SummaryJson(severity=severity(report), sentence="".join(sentence(report))),
        changes=report.changes,
        counts=dict(report.counts),
        labels=labels(report),
        gate=GateJson(exit_code=result.exit_code, refusals=list(result.refusals)),
        stacks=[_stack(stack) for stack in report.stacks],
        truncated=truncated,
    )
    return json.dumps(document.model_dump(exclude_unset=True), indent=2, allow_nan=False) + "\n"


def labels(report: Report) -> list[str]:
    """Return the labels for a pull request: one per kind, and one for a failed preview."""
    kinds = [f"langsmith:{kind.value.replace(' ', '-')}" for kind in sorted(report.counts)]
    return [*kinds, *(["langsmith:failed"] if report.failed else [])]


def _stack(stack: StackReport) -> StackJson:
    return StackJson(
        project=stack.project,
        stack=stack.stack,
        origin=stack.origin,
        marker=marker(stack),
        failed=stack.failed,
        unchanged=stack.unchanged,
        incomplete=stack.incomplete,
        unlisted=dict(stack.unlisted),
        diagnostics=[_diagnostic(message) for message in (*stack.errors, *stack.warnings)],
        deployments=[_deployment(change) for change in stack.deployments],
        others=[_resource(other) for other in stack.others],
    )


def _diagnostic(message: Message) -> DiagnosticJson:
    return DiagnosticJson(
        severity=message.severity, message=message.text, resources=list(message.names)
    )


def _deployment(change: DeploymentChange) -> DeploymentJson:
    return DeploymentJson(
        urn=change.urn,
        name=change.name,
        deployment=change.deployment or None,
        kind=change.kind,
        operation=change.op,
        drift=change.drift,
        reasons=list(change.reasons),
        import_id=change.import_id or None,
        fields=[_field(field) for field in change.fields],
        folder=_folder(change.folder),
        secrets=[_secret(secret) for secret in change.secrets],
        moved=[_moved(one) for one in change.moved],
        unmanaged=list(change.unmanaged),
        may_rebuild=change.may_rebuild,
        variables_lost=list(change.variables_lost),
        notes=[note.value for note in change.notes],
    )


def _folder(change: FolderChange | None) -> FolderJson | None:
    if change is None:
        return None
    return FolderJson(
        count=change.count,
        changed=list(change.changed),
        added=list(change.added),
        removed=list(change.removed),
    )


def _field(change: FieldChange) -> FieldJson:
    return FieldJson(
        path=change.path,
        impact=change.impact,
        before=ValueJson(**value_state(change.before)),
        after=ValueJson(**value_state(change.after)),
        drift=change.drift,
    )


def _moved(variable: MovedVariable) -> MovedVariableJson:
    return MovedVariableJson.model_validate({"name": variable.name, "to": variable.to})


def _secret(change: SecretChange) -> SecretJson:
    return SecretJson(name=change.name, action=change.action, drift=change.drift)


def _resource(other: ResourceChange) -> ResourceJson:
    return ResourceJson(
        urn=other.urn,
        type=other.type,
        name=other.name,
        operation=other.op,
        action=other.action,
        retained=other.retained,
        keys=list(other.keys),
        drift=other.drift,
    )
