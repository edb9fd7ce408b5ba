"""Finding one's way through the request models: their fields, wire names and nested objects."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

Model = type[BaseModel]


@lru_cache
def wire_names(model: Model) -> dict[str, str]:
    """The fields of a model and their names on the wire."""
    return {name: _wire_name(name, field) for name, field in model.model_fields.items()}


@lru_cache
def nested(model: Model) -> dict[str, Model]:
    """The fields of a model that hold other models, by their wire names."""
    found = {
        _wire_name(name, field): _model_in(field.annotation)
        for name, field in model.model_fields.items()
    }
    return {name: inner for name, inner in found.items() if inner}


def model_at(root: Model, path: tuple[str, ...]) -> Model | None:
    """The model that a path of names and list positions leads to."""
    model: Model | None = root
    for part in path:
        if not part.isdecimal():
            model = nested(model).get(part) if model else None
    return model


def _wire_name(name: str, field: FieldInfo) -> str:
    return field.serialization_alias or field.alias or name


def _model_in(annotation: Any) -> Model | None:
    """The model inside an annotation such as ``list[Container] | None``."""
    parts = get_args(annotation)
    if not parts and isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((inner for part in parts if (inner := _model_in(part))), None)
