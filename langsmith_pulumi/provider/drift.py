"""What of the live deployment differs from what the program last asked for."""

from __future__ import annotations

from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane.comparison import (
    differences,
    is_of_the_service,
    is_same,
    live_values,
)

from . import bags
from .changes import FIELDS, SECRETS, Change, Changed, Field
from .fingerprints import fingerprints
from .markers import redact

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_pulumi.control_plane.models import Deployment

    from .bags import Bag

# Fixed fields cannot drift, and taking another spelling for drift would replace a deployment.
_READ_BACK = tuple(
    field
    for field in FIELDS
    if field.sent and field.change is not Change.REPLACE and field.path != SECRETS
)


def with_drift(inputs: Bag, live: Deployment, *, missing_means_unchanged: bool = True) -> Bag:
    """Return the inputs, with each managed value that has drifted replaced by the live one.

    What the program does not manage stays out, and so does every live secret: a changed variable
    shows only as another fingerprint, and changed free text as a marker. What the service does not
    tell (a field that is missing, a redacted secret, a commit in place of a branch) counts as what
    was asked for with ``missing_means_unchanged``, else as not set.
    """
    current = deepcopy(inputs)
    shown = live_values(live, asked=inputs)
    salt = current.get("secret_salt")
    keep = partial(_kept, salt=salt, missing_means_unchanged=missing_means_unchanged)
    for field in _READ_BACK:
        mine, theirs = bags.get(current, field.path), bags.get(shown, field.path)
        if mine is not None:
            bags.put(current, field.path, _merged(field, mine, theirs, keep))
    # Without any variable the answer is silent too: there are none before the first revision. And a
    # program that declares none cannot have any removed: the service takes an empty set for "keep".
    # A rollout holds no salt, and need not see what its deployment does.
    comparable = bool(current.get("secret_fingerprints") and current.get("secret_salt"))
    if comparable and (live.secrets or not missing_means_unchanged):
        current["secret_fingerprints"] = _live_fingerprints(
            current, live, missing_means_unchanged=missing_means_unchanged
        )
    return current


def is_already_applied(news: Bag, live: Deployment, changed: list[Changed]) -> bool:
    """Return whether the deployment shows each changed value as the program asks for it.

    In doubt it does not: a commit may be that of another branch, a secret may be redacted.
    """
    asked: Bag = {}
    for path in {change.field.path for change in changed}:
        bags.put(asked, path, bags.get(news, path))
    unsent = any(not change.field.sent for change in changed)
    return not unsent and not differences(asked, live, missing_means_unchanged=False)


def _merged(field: Field, mine: Any, theirs: Any, keep: Callable[[str, Any, Any], Any]) -> Any:
    if field.by_key and isinstance(mine, dict) and isinstance(theirs, dict):
        return {
            key: keep(f"{field.path}.{key}", value, theirs.get(key)) for key, value in mine.items()
        }
    return keep(field.path, mine, theirs)


def _kept(
    path: str, mine: Any, theirs: Any, *, salt: str | None, missing_means_unchanged: bool
) -> Any:
    """The program's own value where the live one says the same, or else the live one."""
    if theirs is None:
        return mine if missing_means_unchanged else None
    return mine if is_same(path, mine, theirs) else redact(path, mine, theirs, salt)


def _live_fingerprints(inputs: Bag, live: Deployment, *, missing_means_unchanged: bool) -> Bag:
    """Return fingerprints of the live variables, without those that the service sets by itself.

    A null value is a redacted one, which nothing is known of.
    """
    mine: Bag = inputs["secret_fingerprints"]
    readable = {
        name: value
        for name, value in live.secrets.items()
        if value is not None and (name in mine or not is_of_the_service(name, live.source))
    }
    found = fingerprints(readable, str(inputs.get("secret_salt")))
    if not missing_means_unchanged:
        return found
    redacted = {name: mine[name] for name in live.secrets.keys() - readable.keys() if name in mine}
    return {**found, **redacted}
