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

_RANKS = {
    Verb.REPLACE: 0,
    Verb.DELETE: 1,
    Verb.UNKNOWN: 2,
    Verb.UPDATE: 3,
    Verb.CREATE: 4,
    Verb.ADOPT: 5,
    Verb.NOTHING: 6,
}
_TELLING = {"replace": 0, "import-replacement": 1, "create-replacement": 2, "delete-replaced": 3}
"""Of a replacement's steps, the one that holds both states comes first."""


def verb(op: str) -> Verb:
    """What an operation does."""
    return VERBS.get(op, Verb.UNKNOWN)


def gravity(op: str) -> tuple[int, int]:
    """A sort key: the operation that tells the cost of a resource's steps comes first."""
    return _RANKS[verb(op)], _TELLING.get(op, 0)
