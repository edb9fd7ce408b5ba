"""What of the live deployment differs from what the program last asked for."""

from __future__ import annotations

from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane.reserved import RESERVED_EVERYWHERE

from . import bags
from .changes import FIELDS, REPO_REF, SECRETS, TAG_PREFIX, Change, Changed, Field, compare
from .fingerprints import fingerprints

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_pulumi.control_plane.models import Deployment

    from .bags import Bag

_ROUNDING = 0.05 + 1e-9
"""The service rounds CPU figures to one decimal."""
_HIDDEN = "(hidden)"

# Fixed fields cannot drift, and taking another spelling for drift would replace a deployment.
_READ_BACK = tuple(
    field
    for field in FIELDS
    if field.sent and field.change is not Change.REPLACE and field.path != SECRETS
)


def with_drift(inputs: Bag, live: Deployment, *, silence_agrees: bool = True) -> Bag:
    """The inputs, with each managed value that has drifted replaced by the live one.

    What the program does not manage stays out, and so does every live secret: a changed variable
    shows only as another fingerprint. Some versions of the service leave out fields that they were
    sent: with ``silence_agrees`` these count as what was sent, else as not set.
    """
    current = deepcopy(inputs)
    seen = _seen(live)
    keep = partial(_kept, silence_agrees=silence_agrees)
    for field in _READ_BACK:
        mine, theirs = bags.get(current, field.path), bags.get(seen, field.path)
        if field.path == REPO_REF:
            theirs = _live_ref(mine, live)
        if mine is not None:
            bags.put(current, field.path, _merged(field, mine, theirs, keep))
    # Without any variable the answer is silent too: there are none before the first revision. And a
    # program that declares none cannot have any removed: the service takes an empty set for "keep".
    # A rollout holds no salt, and need not see what its deployment does.
    comparable = bool(current.get("secret_fingerprints") and current.get("secret_salt"))
    if comparable and (live.secrets or not silence_agrees):
        current["secret_fingerprints"] = _live_fingerprints(current, live)
    return current


def shows(news: Bag, live: Deployment, changed: list[Changed]) -> bool:
    """Whether the deployment has each changed value just as the program spells it.

    In doubt it has not: a commit may be that of another branch, a secret may be redacted.
    """
    shown = {**_seen(live), "secrets": live.secrets}
    return not compare(shown, news, [change.field for change in changed])


def _seen(live: Deployment) -> Bag:
    return {
        "display_name": live.display_name,
        "source_config": live.source_config,
        "source_revision_config": live.source_revision_config,
        "secret_references": live.secret_references,
        "route_through_gateway": live.route_through_gateway,
    }


def _merged(field: Field, mine: Any, theirs: Any, keep: Callable[[Any, Any], Any]) -> Any:
    if field.by_key and isinstance(mine, dict) and isinstance(theirs, dict):
        return {key: keep(value, theirs.get(key)) for key, value in mine.items()}
    return keep(mine, theirs)


def _live_ref(mine: Any, live: Deployment) -> Any:
    """The branch or tag that is live; ours where nothing but the built commit is shown of it."""
    shown = live.source_revision_config.get("repo_ref")
    commit = live.source_revision_config.get("repo_commit_sha")
    branch = live.source_config.get("repo_branch")
    if mine in (shown, branch):
        return mine
    if shown not in (None, commit):
        return shown
    if branch and not _is_tag(mine):
        return branch
    return shown and mine


def _is_tag(ref: Any) -> bool:
    return isinstance(ref, str) and ref.startswith(TAG_PREFIX)


def _kept(mine: Any, theirs: Any, *, silence_agrees: bool) -> Any:
    """The program's own value where the live one says the same, or else the live one."""
    if theirs is None:
        return mine if silence_agrees else None
    return mine if same(mine, theirs) else _veiled(theirs, _variables(mine))


def _veiled(theirs: Any, own: set[tuple[Any, Any]]) -> Any:
    """A live value without those of environment variables: somebody may have added a secret."""
    if isinstance(theirs, list):
        return [_veiled(item, own) for item in theirs]
    if not isinstance(theirs, dict):
        return theirs
    if theirs.get("value") is not None and (theirs.get("name"), theirs["value"]) not in own:
        theirs = {**theirs, "value": _HIDDEN}
    return {key: _veiled(item, own) for key, item in theirs.items()}


def _variables(value: Any) -> set[tuple[Any, Any]]:
    """Name and value of each variable inside the program's own value."""
    if isinstance(value, list):
        return set().union(*map(_variables, value))
    if not isinstance(value, dict):
        return set()
    if isinstance(value.get("value"), str):
        return {(value.get("name"), value["value"])}
    return _variables(list(value.values()))


def same(mine: Any, theirs: Any) -> bool:
    """Whether a live value is the program's own, give or take what the service does to it."""
    if isinstance(mine, list) and isinstance(theirs, list):
        return len(mine) == len(theirs) and all(map(_covers, theirs, mine))
    return _alike(mine, theirs)


def _covers(theirs: Any, mine: Any) -> bool:
    """Whether a live object holds all that was asked for; the cluster adds defaults of its own."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return all(_covers(theirs.get(key), value) for key, value in mine.items())
    if isinstance(mine, list) and isinstance(theirs, list):
        return same(mine, theirs)
    return _alike(mine, theirs)


def _alike(mine: Any, theirs: Any) -> bool:
    if _is_number(mine) and _is_number(theirs):
        return bool(abs(mine - theirs) <= _ROUNDING)
    return bool(mine == theirs)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _live_fingerprints(inputs: Bag, live: Deployment) -> Bag:
    """Fingerprints of the live variables, without those that the service sets by itself.

    A null value is a redacted one, which agrees.
    """
    mine: Bag = inputs["secret_fingerprints"]
    readable = {
        name: value
        for name, value in live.secrets.items()
        if value is not None and (name in mine or name not in RESERVED_EVERYWHERE)
    }
    redacted = {name: mine[name] for name in live.secrets.keys() - readable.keys() if name in mine}
    return {**fingerprints(readable, str(inputs.get("secret_salt"))), **redacted}
