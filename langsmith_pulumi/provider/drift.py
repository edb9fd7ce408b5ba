"""What of the live deployment differs from what the program last asked for."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from . import bags
from .changes import FIELDS, REPO_REF, SECRETS, Change, Field
from .fingerprints import fingerprints

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.models import Deployment

    from .bags import Bag

_ROUNDING = 0.05 + 1e-9
"""The service rounds CPU figures to one decimal."""

# Fixed fields cannot drift, and taking another spelling for drift would replace a deployment.
_READ_BACK = tuple(
    field
    for field in FIELDS
    if field.sent and field.change is not Change.REPLACE and field.path != SECRETS
)


def as_live(inputs: Bag, live: Deployment) -> Bag:
    """The inputs, with each managed value that has drifted replaced by the live one.

    What the program does not manage stays out, and so does every live secret: a changed variable
    shows only as another fingerprint.
    """
    current = deepcopy(inputs)
    seen = _seen(live)
    for field in _READ_BACK:
        mine, theirs = bags.get(current, field.path), bags.get(seen, field.path)
        if mine is not None and theirs is not None:
            bags.put(current, field.path, _merged(field, mine, theirs, live))
    if isinstance(current.get("secret_fingerprints"), dict):
        current["secret_fingerprints"] = _live_fingerprints(current, live)
    return current


def _seen(live: Deployment) -> Bag:
    return {
        "display_name": live.display_name,
        "source_config": live.source_config,
        "source_revision_config": live.source_revision_config,
        "secret_references": live.secret_references,
    }


def _merged(field: Field, mine: Any, theirs: Any, live: Deployment) -> Any:
    if field.by_key and isinstance(mine, dict) and isinstance(theirs, dict):
        return {key: kept(value, theirs.get(key)) for key, value in mine.items()}
    if field.path == REPO_REF and _is_resolved(theirs, mine, live):
        return mine
    return kept(mine, theirs)


def _is_resolved(theirs: str, mine: str, live: Deployment) -> bool:
    """Whether the service shows the commit it built, or our branch in another field."""
    commit = live.source_revision_config.get("repo_commit_sha")
    return theirs == commit or live.source_config.get("repo_branch") == mine


def kept(mine: Any, theirs: Any) -> Any:
    """The program's own value where the live one says nothing else, or else the live one."""
    return mine if theirs is None or _same(mine, theirs) else theirs


def _same(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, list) and isinstance(theirs, list):
        return len(mine) == len(theirs) and all(map(_covers, theirs, mine))
    return _alike(mine, theirs)


def _covers(theirs: Any, mine: Any) -> bool:
    """Whether a live object holds all that was asked for; the cluster adds defaults of its own."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return all(_covers(theirs.get(key), value) for key, value in mine.items())
    if isinstance(mine, list) and isinstance(theirs, list):
        return _same(mine, theirs)
    return _alike(mine, theirs)


def _alike(mine: Any, theirs: Any) -> bool:
    if _is_number(mine) and _is_number(theirs):
        return bool(abs(mine - theirs) <= _ROUNDING)
    return bool(mine == theirs)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _live_fingerprints(inputs: Bag, live: Deployment) -> Bag:
    """Fingerprints of the live variables.

    An empty answer says nothing: the service shows no variables before the first revision exists,
    and no write can empty the set. A null value is a redacted one.
    """
    mine: Bag = inputs["secret_fingerprints"]
    if not live.secrets:
        return mine
    readable = {name: value for name, value in live.secrets.items() if value is not None}
    redacted = {name: mine[name] for name in live.secrets.keys() - readable.keys() if name in mine}
    return {**fingerprints(readable, str(inputs.get("secret_salt"))), **redacted}
