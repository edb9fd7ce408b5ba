"""What a plan does to a deployment, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .differences import FieldChange, SecretChange


class Kind(str, Enum):
    """What happens to a deployment, in the order of a report."""

    REPLACED = "replaced"
    DELETED = "deleted"
    UNKNOWN = "unknown"
    STARTED_OVER = "started over"
    """Replaced, while the old one is kept and leaves Pulumi's state."""
    REVISION = "revision"
    IN_PLACE = "in place"
    CREATED = "created"
    ADOPTED = "adopted"
    RETRIED = "retried"
    DRIFT = "drift"
    RELEASED = "released"


REBUILDS = (Kind.REVISION, Kind.RETRIED)
"""What is built and deployed again; an adoption may be."""


class Note(str, Enum):
    """A fact about an effect that its fields do not show."""

    NAME_KEPT = "The old one is deleted first: nothing serves until the new one does."
    TRACES_GO = "Its tracing project is deleted too, with all traces."
    TRACES_STAY = "Its tracing project and traces stay."
    NOT_SHOWN = "The plan does not show what changes: it may be a value that is secret throughout."
    GONE = "Made anew after its loss: deleted behind Pulumi's back, and its database with it."
    SALT = "Secrets in both: their values cannot be compared."
    NO_REASON = "The plan does not say why; it may have been asked for on the command line."
    NO_CAUSE = "The plan does not show why: see the deployment's last revision."
    FIXED = "It shows a fixed field that changes without a replacement."
    REBUILT = "A new revision comes of it: the agent is rebuilt and redeployed."
    NOT_REBUILT = "Nothing is rebuilt."
    NOT_COMPARED = "The plan could not compare it with what is live."
    TAKEN_OVER = "Another resource of this program takes it over, and it keeps running."
    NOT_WAITED_FOR = "Its rollout is not part of this plan: nobody waits for the new revision."
    LEFTOVER = "It is an old one, left over from a replacement that was cut short."


@dataclass(frozen=True)
class Effect:
    """What happens to one deployment."""

    urn: str
    name: str
    """Its name in the program."""
    deployment: str
    """Its name in the control plane; empty where it is not known."""
    kind: Kind
    op: str
    reasons: tuple[str, ...] = ()
    """The fields that force a replacement."""
    fields: tuple[FieldChange, ...] = ()
    secrets: tuple[SecretChange, ...] = ()
    let_go: tuple[str, ...] = ()
    """Paths that the program names no more: they stay as they are, and nobody is told of drift."""
    notes: tuple[Note, ...] = ()
    spec: tuple[tuple[str, object], ...] = ()
    """The resources it shall have, where any of them change: name and figure."""
    import_id: str = ""
    may_rebuild: bool = False
    """Whether the agent is built and deployed again, or nobody knows."""
    variables_lost: tuple[str, ...] = ()
    """The live variables that an adoption removes for good."""

    @property
    def drift(self) -> bool:
        """Whether something done behind Pulumi's back is put right."""
        return Note.GONE in self.notes or any(self._drifts)

    @property
    def only_drift(self) -> bool:
        """Whether nothing else changes."""
        return bool(self._drifts) and all(self._drifts)

    @property
    def _drifts(self) -> list[bool]:
        return [field.drift for field in self.fields] + [secret.drift for secret in self.secrets]
