"""Drift: differences between the live deployment and the last request of the program."""

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

from .changes import FIELDS, ChangedField, Field, Impact, compare
from .fingerprints import digest, fingerprints, marker, redact_live_text
from .properties import DRIFTED, get_path, set_path
from .variables import (
    ENVIRONMENT_VARIABLES,
    FINGERPRINTS,
    SECRETS,
    VARIABLE_MAPS,
    all_variables,
    map_of,
    variable_map,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_pulumi.control_plane.responses import LiveDeployment

    from .properties import Properties

# Fixed fields cannot drift. Taking another spelling for drift would replace a deployment.
_READ_BACK = tuple(
    field
    for field in FIELDS
    if field.sent and field.impact is not Impact.REPLACE and field.path not in VARIABLE_MAPS
)
_MIN_LENGTH_INSIDE = 8
"""Shorter secrets hide a live value only if they are all of it."""


def with_drift(
    inputs: Properties, live: LiveDeployment, *, missing_means_unchanged: bool = True
) -> Properties:
    """Return the inputs, with the live value for each managed value that has drifted.

    Unmanaged values are left out, and so are live secrets: a changed one shows as another
    fingerprint, and changed free text as a marker. The live value of a variable that the program
    declares in ``environment_variables`` is shown. A value that the service does not show (a
    missing field, a redacted secret, a commit instead of a branch) counts as the requested one with
    ``missing_means_unchanged``, and as not set without it.
    """
    current = deepcopy(inputs)
    shown = live_values(live, requested=inputs)
    salt = current.get("secret_salt")
    choose = partial(_keep_or_redact, salt=salt, missing_means_unchanged=missing_means_unchanged)
    for field in _READ_BACK:
        own, live_value = get_path(current, field.path), get_path(shown, field.path)
        if own is not None:
            set_path(current, field.path, _merge(field, own, live_value, choose))
    # A response without variables proves nothing, because there are none before the first revision.
    # A program that declares none cannot remove any: the service takes an empty set for "keep".
    # A rollout has no salt, and its deployment compares the variables.
    comparable = bool(current.get(FINGERPRINTS) and current.get("secret_salt"))
    if comparable and (live.secrets or not missing_means_unchanged):
        current[FINGERPRINTS] = _live_fingerprints(
            current, live, missing_means_unchanged=missing_means_unchanged
        )
        if isinstance(current.get(ENVIRONMENT_VARIABLES), dict):
            current[ENVIRONMENT_VARIABLES] = _live_variables(
                current, live, missing_means_unchanged=missing_means_unchanged
            )
    return current


def drifted_paths(
    inputs: Properties, outputs: Properties, live: LiveDeployment, salt: str
) -> list[str]:
    """Return the managed fields that differ from what the program requested last.

    ``inputs`` and ``outputs`` are those of the deployment in the state. A refresh has replaced the
    requested values by the live ones, and recorded which fields differ; ``salt`` is that of the
    record.
    """
    current = with_drift(outputs, live)
    shown = {"workspace_id": outputs.get("tenant_id"), **current}
    found = [change.path for change in compare(shown, inputs)]
    # An `up` that takes the live values over writes the program's inputs, which name nothing, and
    # leaves the outputs of an unchanged resource as they are.
    named = {path: old for path, old in _named(outputs).items() if path in _named(inputs)}
    recorded = drifted({**outputs, DRIFTED: named}, current, salt)
    known = (_in_its_map(path, outputs, inputs) for path in recorded)
    return list(dict.fromkeys([*found, *known]))


def _named(properties: Properties) -> Properties:
    found = properties.get(DRIFTED)
    return found if isinstance(found, dict) else {}


def _in_its_map(path: str, olds: Properties, news: Properties) -> str:
    """Return the path of a variable in its map for that of its fingerprint."""
    owner, _, name = path.partition(".")
    return f"{map_of(name, olds, news)}.{name}" if owner == FINGERPRINTS else path


def drifted(recorded: Properties, current: Properties, salt: str) -> Properties:
    """Return the paths whose live values are not those that the program requested last.

    The state before a refresh holds the values of the program, or those of an earlier refresh. So
    each path comes with a keyed hash of the requested value, by which a value that somebody has put
    back is told.
    """
    changed = [change.path for change in compare(recorded, current, _READ_BACK)]
    names = {**recorded.get(FINGERPRINTS, {}), **current.get(FINGERPRINTS, {})}
    paths = [*changed, *(f"{FINGERPRINTS}.{name}" for name in names)]
    requested = {path: _digest(recorded, path, salt) for path in paths}
    requested |= recorded.get(DRIFTED, {})
    return {
        path: hashed
        for path, hashed in sorted(requested.items())
        if hashed != _digest(current, path, salt)
    }


def _digest(props: Properties, path: str, salt: str) -> str:
    owner, _, name = path.partition(".")
    if owner == FINGERPRINTS:
        return str(props.get(FINGERPRINTS, {}).get(name, ""))
    return digest(path, get_path(props, path), salt)


def is_already_applied(news: Properties, live: LiveDeployment, changed: list[ChangedField]) -> bool:
    """Return True if the deployment shows each changed value as requested; in doubt False.

    A shown commit may be that of another branch, and a secret may be redacted.
    """
    requested: Properties = {}
    for path in {change.field.path for change in changed}:
        if path in VARIABLE_MAPS:
            requested[SECRETS] = all_variables(news)
        else:
            set_path(requested, path, get_path(news, path))
    unsent = any(not change.field.sent for change in changed)
    return not unsent and not differences(requested, live, missing_means_unchanged=False)


def _merge(field: Field, own: Any, live_value: Any, choose: Callable[[str, Any, Any], Any]) -> Any:
    if field.by_key and isinstance(own, dict) and isinstance(live_value, dict):
        return {
            key: choose(f"{field.path}.{key}", value, live_value.get(key))
            for key, value in own.items()
        }
    return choose(field.path, own, live_value)


def _keep_or_redact(
    path: str, own: Any, live_value: Any, *, salt: str | None, missing_means_unchanged: bool
) -> Any:
    """Return the program's value if the live one is the same, or else the live one, redacted."""
    if live_value is None:
        return own if missing_means_unchanged else None
    return own if is_same(path, own, live_value) else redact_live_text(path, own, live_value, salt)


def _live_fingerprints(
    inputs: Properties, live: LiveDeployment, *, missing_means_unchanged: bool
) -> Properties:
    """Return fingerprints of the live variables, without those that a program cannot declare.

    The service itself sets some, and an empty value is refused. A null value is redacted, so its
    fingerprint is not changed.
    """
    own: Properties = inputs[FINGERPRINTS]
    readable = {
        name: value
        for name, value in live.secrets.items()
        if value is not None
        and (name in own or not (value == "" or is_of_the_service(name, live.source)))
    }
    found = fingerprints(readable, str(inputs.get("secret_salt")))
    if not missing_means_unchanged:
        return found
    redacted = {name: own[name] for name in live.secrets.keys() - readable.keys() if name in own}
    return {**found, **redacted}


def _live_variables(
    inputs: Properties, live: LiveDeployment, *, missing_means_unchanged: bool
) -> Properties:
    """Return the live values of the variables that the program declares in clear."""
    found: Properties = {}
    secrets = [text for text in variable_map(inputs, SECRETS).values() if isinstance(text, str)]
    for name, own in variable_map(inputs, ENVIRONMENT_VARIABLES).items():
        value = live.secrets.get(name)
        if value is not None:
            is_hidden = value != own and any(_contains(value, secret) for secret in secrets)
            path = f"{ENVIRONMENT_VARIABLES}.{name}"
            found[name] = marker(path, value, inputs.get("secret_salt")) if is_hidden else value
        elif name in live.secrets and missing_means_unchanged:
            found[name] = own
    return found


def _contains(value: str, secret: str) -> bool:
    """Return True if somebody has put a secret of the program into another variable."""
    return value == secret or (len(secret) >= _MIN_LENGTH_INSIDE and secret in value)
