"""Inputs in one spelling, whatever the program wrote, with the fingerprints of their secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane.models import SourceConfigRequest

from . import bags
from .fingerprints import fingerprints, new_salt
from .options import ignored_secrets, ignores_all_secrets
from .schema import nested, wire_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from .bags import Bag
    from .schema import Model


def canonical(
    olds: Bag,
    news: Bag,
    make_salt: Callable[[], str] = new_salt,
    *,
    remembered: Bag | None = None,
) -> Bag:
    """Return the inputs to store: without nulls, in wire names, with fingerprints of the secrets.

    ``remembered`` are the old inputs of a resource that is being replaced, which the engine does
    not hand over. The salt is kept, so that an unchanged secret keeps its fingerprint, and so is a
    name that the program leaves to the resource's name, which an alias may have changed.
    """
    before = olds or remembered or {}
    inputs: Bag = bags.compact(news)
    default_name = inputs.pop("default_name", None)
    if "name" not in inputs and default_name is not None:
        inputs["name"] = before.get("name") or default_name
    if isinstance(news.get("secrets"), dict):
        inputs["secrets"] = news["secrets"]  # a variable without a value is refused, not removed
    if "source_config" in inputs:
        inputs["source_config"] = _in_wire_names(inputs["source_config"], SourceConfigRequest)
    if "secrets" in inputs:
        salt = before.get("secret_salt") or make_salt()
        fingerprints = _fingerprints(olds, inputs, salt)
        inputs |= {"secret_salt": salt, "secret_fingerprints": fingerprints}
    return inputs


def _fingerprints(olds: Bag, inputs: Bag, salt: str) -> Any:
    """Return a fingerprint per variable; those that are not to be compared keep the old one.

    The engine puts an ignored value back to the old input, which is not what a refresh has found.
    """
    values = inputs["secrets"]
    if not isinstance(values, dict):
        return values
    known = olds.get("secret_fingerprints")
    if not isinstance(known, dict):
        return fingerprints(values, salt)
    if ignores_all_secrets(inputs):
        return known
    ignored = ignored_secrets(inputs)
    own = {name: value for name, value in values.items() if name not in ignored}
    kept = {name: known[name] for name in sorted(ignored) if name in known}
    return {**fingerprints(own, salt), **kept}


def _in_wire_names(value: Any, model: Model) -> Any:
    """The value with the keys of its known objects as the service spells them, at any depth."""
    if isinstance(value, list):
        return [_in_wire_names(item, model) for item in value]
    if not isinstance(value, dict):
        return value
    names, inner = wire_names(model), nested(model)
    renamed = {names.get(key, key): item for key, item in value.items()}
    return {
        key: _in_wire_names(item, inner[key]) if key in inner else item
        for key, item in renamed.items()
    }
