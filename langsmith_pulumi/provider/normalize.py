"""Normalization of inputs: one spelling of each field, and the fingerprints of the secrets."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from langsmith_pulumi.control_plane.models import SourceConfigRequest

from .changes import REVISION_CONFIG
from .fingerprints import fingerprints, new_salt
from .folder.difference import CONFIG_PATH, DEFAULT_CONFIG_PATH, PATH
from .properties import get_path, without_nulls
from .variables import (
    FINGERPRINTS,
    VARIABLE_MAPS,
    all_variables,
    ignored_variables,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic.fields import FieldInfo

    from .properties import Properties

Model = type[BaseModel]

_OFF_BY_DEFAULT = ("interrupt_stuck", "health_check")
"""Settings whose value False is left out, unless the state has a value to differ from."""


def normalize_inputs(
    olds: Properties,
    news: Properties,
    make_salt: Callable[[], str] = new_salt,
    *,
    remembered: Properties | None = None,
) -> Properties:
    """Return the inputs to store: without nulls, in wire names, with a fingerprint per variable.

    ``remembered`` are the old inputs of a resource that is being replaced, which the engine does
    not pass. The salt is kept, so that an unchanged value keeps its fingerprint. So is a name that
    defaults to the resource's name, which an alias may have changed.
    """
    before = olds or remembered or {}
    inputs: Properties = without_nulls(news)
    default_name = inputs.pop("default_name", None)
    if "name" not in inputs and default_name is not None:
        inputs["name"] = before.get("name") or default_name
    for key in _OFF_BY_DEFAULT:
        if inputs.get(key) is False and key not in before:
            del inputs[key]
    # A variable without a value is refused, and not removed.
    inputs |= {key: news[key] for key in VARIABLE_MAPS if isinstance(news.get(key), dict)}
    if "source_config" in inputs:
        inputs["source_config"] = _in_wire_names(inputs["source_config"], SourceConfigRequest)
    if inputs.get(PATH) is not None and get_path(inputs, CONFIG_PATH) is None:
        config = inputs.get(REVISION_CONFIG, {})
        if isinstance(config, dict):
            inputs[REVISION_CONFIG] = {**config, "langgraph_config_path": DEFAULT_CONFIG_PATH}
    if all_variables(inputs) is not None:
        salt = before.get("secret_salt") or make_salt()
        inputs |= {"secret_salt": salt, FINGERPRINTS: _fingerprints(olds, inputs, salt)}
    return inputs


def _fingerprints(olds: Properties, inputs: Properties, salt: str) -> Any:
    """Return a fingerprint per variable; an ignored variable keeps its old one.

    The engine restores the old input of an ignored value, which may differ from what a refresh
    has read.
    """
    values, known = all_variables(inputs), olds.get(FINGERPRINTS)
    if not isinstance(values, dict):
        return values
    if not isinstance(known, dict):
        return fingerprints(values, salt)
    ignored = ignored_variables(inputs, known)
    own = {name: value for name, value in values.items() if name not in ignored}
    kept = {name: known[name] for name in sorted(ignored) if name in known}
    return {**fingerprints(own, salt), **kept}


def _in_wire_names(value: Any, model: Model) -> Any:
    """Return the value with the keys of its known objects in the service's spelling."""
    if isinstance(value, list):
        return [_in_wire_names(item, model) for item in value]
    if not isinstance(value, dict):
        return value
    names, inner = wire_names(model), nested_models(model)
    renamed = {names.get(key, key): item for key, item in value.items()}
    return {
        key: _in_wire_names(item, inner[key]) if key in inner else item
        for key, item in renamed.items()
    }


@lru_cache
def wire_names(model: Model) -> dict[str, str]:
    """Return the fields of a model with their names in JSON."""
    return {name: _wire_name(name, field) for name, field in model.model_fields.items()}


@lru_cache
def nested_models(model: Model) -> dict[str, Model]:
    """Return the fields of a model that contain other models, by their wire names."""
    found = {
        _wire_name(name, field): _model_in(field.annotation)
        for name, field in model.model_fields.items()
    }
    return {name: inner for name, inner in found.items() if inner}


def model_at(root: Model, path: tuple[str, ...]) -> Model | None:
    """Return the model at a path of names and list positions, or None."""
    model: Model | None = root
    for part in path:
        if not part.isdecimal():
            model = nested_models(model).get(part) if model else None
    return model


def _wire_name(name: str, field: FieldInfo) -> str:
    return field.serialization_alias or field.alias or name


def _model_in(annotation: Any) -> Model | None:
    """Return the model in an annotation such as ``list[Container] | None``, or None."""
    parts = get_args(annotation)
    if not parts and isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((inner for part in parts if (inner := _model_in(part))), None)
