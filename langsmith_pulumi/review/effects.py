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
