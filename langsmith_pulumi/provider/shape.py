"""Fields of the wrong form: misspelt, of the wrong type, or out of range."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictStr, ValidationError

from langsmith_pulumi.control_plane.fields import Id
from langsmith_pulumi.control_plane.models import (
    DeploymentType,
    ResourceSpec,
    SecretReference,
    SourceConfigRequest,
    SourceRevisionConfigRequest,
    explain,
)

from . import bags
from .changes import FIELDS
from .problem import Problem
from .schema import model_at, wire_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .bags import Bag


class _Inputs(BaseModel):
    """A deployment's inputs, field by field; what belongs together is judged elsewhere."""

    model_config = ConfigDict(extra="ignore")

    name: StrictStr = ""
    display_name: StrictStr | None = None
    source: StrictStr = ""
    source_config: SourceConfigRequest | None = None
    source_revision_config: SourceRevisionConfigRequest | None = None
    secrets: dict[str, StrictStr] | None = None
    secret_references: list[SecretReference] | None = None
    revision_source: Literal["github", "internal_docker", "internal_source"] | None = None
    tracked_packages: list[StrictStr] | None = None
    route_through_gateway: StrictBool | None = None
    delete_tracing_project: StrictBool | None = None
    rollout_timeout: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    workspace_id: Id | None = None
    import_id: Id | None = None


def problems(known: Bag, unknown: set[str]) -> Iterator[Problem]:
    """What a look at each field by itself finds; an unknown field is not a missing one."""
    try:
        _Inputs.model_validate(known)
    except ValidationError as invalid:
        for path, reason in explain(invalid):
            if path not in unknown:
                yield Problem(path, _said(path, reason, known))


def one_of(value: object, choices: tuple[str, ...], hidden: set[str]) -> str:
    """Return why a value is none of the choices, with the one that may be meant."""
    return f"{quoted(value, hidden)}must be one of {', '.join(choices)}{_meant(value, choices)}"


def quoted(value: object, hidden: set[str]) -> str:
    """Return the given word, to go before what it must be; empty if it may be a secret.

    The engine does not tell which values are secret: only short plain words are quoted, and none
    that is the value of a variable.
    """
    if not isinstance(value, str) or not _PLAIN_WORD.fullmatch(value) or value in hidden:
        return ""
    return f"is {value!r}, but "


def values_of_secrets(inputs: Bag) -> set[str]:
    """Return the values of the variables, which no message may quote."""
    secrets = inputs.get("secrets")
    values = secrets.values() if isinstance(secrets, dict) else ()
    return {value for value in values if isinstance(value, str)}


_PLAIN_WORD = re.compile(r"[A-Za-z]{1,16}([_-][A-Za-z]{1,16})?")
_CHOICES: dict[str, tuple[str, ...]] = {
    "source_config.deployment_type": get_args(DeploymentType),
    "revision_source": ("github", "internal_docker", "internal_source"),
}


def _said(path: str, reason: str, known: Bag) -> str:
    value = bags.get(known, path)
    if path in _CHOICES and isinstance(value, str):
        return quoted(value, values_of_secrets(known)) + reason + _meant(value, _CHOICES[path])
    return reason + _likely(path)


def _meant(value: object, choices: tuple[str, ...]) -> str:
    """Return the choice that a value may be meant for: one spelt alike, or an abbreviation."""
    if not isinstance(value, str) or not value:
        return ""
    word = value.lower()
    short = [choice for choice in choices if word.startswith(choice)]
    likely = short or get_close_matches(word, choices, n=1)
    return f"; did you mean {max(likely, key=len)!r}?" if likely else ""


def _likely(path: str) -> str:
    """Return where a field belongs, or which one it may be meant for; empty where it exists."""
    *parents, name = path.split(".")
    model = model_at(_Inputs, tuple(parents))
    fields = list(wire_names(model).values()) if model else []
    if not fields or name in fields:
        return ""
    home = _HOMES.get(name)
    if home is not None and home != ".".join(parents):
        return f"; it belongs into {home}" if home else "; it is an argument of Deployment itself"
    likely = get_close_matches(name, fields, n=1)
    return f"; did you mean {likely[0]!r}?" if likely else ""


def _homes() -> dict[str, str]:
    """Return the parent of each field; empty for an argument of ``Deployment``."""
    split = [field.path.rpartition(".") for field in FIELDS]
    spec = "source_config.resource_spec"
    sizes = dict.fromkeys(wire_names(ResourceSpec).values(), spec)
    return {**sizes, **{name: parent for parent, _, name in split}}


_HOMES = _homes()
