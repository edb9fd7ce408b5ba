"""What the engine's operations mean; one that is missing counts as a change of unknown cost."""

from __future__ import annotations

from enum import Enum


class Verb(str, Enum):
    """What is done to a resource, the gravest first."""

    REPLACE = "replace"
    DELETE = "delete"
    UNKNOWN = "unknown"
    UPDATE = "update"
    CREATE = "create"
    ADOPT = "adopt"
    NOTHING = "nothing"


VERBS = {
    "replace": Verb.REPLACE,
    "create-replacement": Verb.REPLACE,
    "delete-replaced": Verb.REPLACE,
    "import-replacement": Verb.REPLACE,
    "delete": Verb.DELETE,
    "update": Verb.UPDATE,
    "create": Verb.CREATE,
    "import": Verb.ADOPT,
    "same": Verb.NOTHING,
    "read": Verb.NOTHING,
    "read-replacement": Verb.NOTHING,
    "refresh": Verb.NOTHING,
    "diff": Verb.NOTHING,
    "discard": Verb.NOTHING,
    "discard-replaced": Verb.NOTHING,
    "remove-pending-replace": Verb.NOTHING,
    "extend-parameterize": Verb.NOTHING,
}

_VERBS = list(Verb)
_OPS = list(VERBS)


def verb(op: str) -> Verb:
    """What an operation does."""
    return VERBS.get(op, Verb.UNKNOWN)


def gravity(op: str) -> tuple[int, int]:
    """A sort key: the operation that tells the cost of a resource's steps comes first."""
    return _VERBS.index(verb(op)), _OPS.index(op) if op in VERBS else 0
