"""Inputs in one spelling, whatever the program wrote, with the fingerprints of their secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane.models import SourceConfigRequest

from . import bags
from .fingerprints import fingerprints, new_salt
from .schema import nested, wire_names

if TYPE_CHECKING:
    from .bags import Bag
    from .schema import Model


def canonical(olds: Bag, news: Bag) -> Bag:
    """The inputs to store: without nulls, Kubernetes objects in wire names, secrets fingerprinted.

    The salt is kept from the old inputs, so that an unchanged secret keeps its fingerprint.
    """
    inputs: Bag = bags.compact(news)
    if isinstance(news.get("secrets"), dict):
        inputs["secrets"] = news["secrets"]  # a variable without a value is refused, not removed
    if "source_config" in inputs:
        inputs["source_config"] = _in_wire_names(inputs["source_config"], SourceConfigRequest)
    if "secrets" in inputs:
        salt = olds.get("secret_salt") or new_salt()
        inputs |= {"secret_salt": salt, "secret_fingerprints": _all(inputs["secrets"], salt)}
    return inputs


def _all(values: Any, salt: str) -> Any:
    return fingerprints(values, salt) if isinstance(values, dict) else values


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
