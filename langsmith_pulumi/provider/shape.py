"""Fields of the wrong form: misspelt, of the wrong type, or out of range."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictStr, ValidationError

from langsmith_pulumi.control_plane.fields import Id
from langsmith_pulumi.control_plane.models import (
    SecretReference,
    SourceConfigRequest,
    SourceRevisionConfigRequest,
    explain,
)

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
                yield Problem(path, reason + _likely(path))


def _likely(path: str) -> str:
    """The field that a misspelt one may be meant for; empty where the field exists."""
    *parents, name = path.split(".")
    model = model_at(_Inputs, tuple(parents))
    fields = list(wire_names(model).values()) if model else []
    likely = [] if name in fields else get_close_matches(name, fields, n=1)
    return f"; did you mean {likely[0]!r}?" if likely else ""
