"""What the control plane answers: read with care, trusted with little.

Only what nobody can do without is required. Unknown fields and values are taken as they come.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    TypeAdapter,
    ValidationError,
)

from .text import printable

_DATETIME = TypeAdapter(datetime)
_NO_ZONE = timezone(timedelta(0), "no zone was told")
"""Stands for UTC in a time without a zone, which may as well be local."""


def _moment(value: object) -> datetime | None:
    """Read a time; one that nobody can read is as good as none."""
    try:
        moment = _DATETIME.validate_python(value)
    except ValidationError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=_NO_ZONE)


def _by_name(value: object) -> object:
    """Turn the list of names and values into a map: its order means nothing."""
    if not isinstance(value, list):
        return value or {}
    pairs = ((item.get("name"), item.get("value")) for item in value if isinstance(item, dict))
    return {name: text if isinstance(text, str) else None for name, text in pairs if _is_name(name)}


def _is_name(value: object) -> bool:
    return isinstance(value, str)


def _line(value: object) -> object:
    return printable(value) if isinstance(value, str) else value


Line = Annotated[str, BeforeValidator(_line)]
"""Text that reaches messages: one printable line, whatever the service invents."""
Moment = Annotated[datetime | None, PlainValidator(_moment)]
Config = Annotated[dict[str, Any], BeforeValidator(lambda value: {} if value is None else value)]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    id: Line = Field(min_length=1)
    status: Line
    created_at: Moment = None
    updated_at: Moment = None
    seen_at: Moment = Field(default=None, repr=False)
    """When the control plane answered, by its own clock. Filled in by the client."""

    @property
    def age(self) -> float | None:
        """Seconds from its making to the answer, both by the server's clock, or None if untold.

        A time without a zone tells no age.
        """
        if self.created_at is None or self.seen_at is None:
            return None
        if self.created_at.tzinfo is _NO_ZONE:
            return None
        return (self.seen_at - self.created_at).total_seconds()


class Deployment(_Answer):
    """A deployment as it is. Its status says nothing of whether the newest revision is up."""

    name: Line
    display_name: str | None = None
    source: str = ""
    source_config: Config = Field(default_factory=dict, repr=False)
    source_revision_config: Config = Field(default_factory=dict)
    """Of the newest revision, as built: a ref may show as a commit."""
    secrets: Annotated[dict[str, str | None], BeforeValidator(_by_name)] = Field(
        default_factory=dict, repr=False
    )
    """Values in plain text, or None where the service keeps them to itself.

    Empty until there is a revision.
    """
    secret_references: list[dict[str, Any]] | None = None
    """Variables filled from Kubernetes secrets; None where the service says nothing of them."""
    route_through_gateway: bool | None = None
    tenant_id: Line | None = None
    latest_revision_id: Line | None = None
    active_revision_id: Line | None = None
    image_version: Line | None = None
    url: Line | None = None

    @property
    def public_url(self) -> str | None:
        """Where the deployment serves; None until it is up."""
        return self.url or self.source_config.get("custom_url") or None


class Revision(_Answer):
    """A revision as it is."""

    status_message: str | None = None
    """The reason of a failure, where the version of the service gives one."""


class Page(BaseModel):
    """One page of a list; ``offset`` is where the next one begins."""

    model_config = ConfigDict(hide_input_in_errors=True)

    resources: list[dict[str, Any]]
    offset: int | None = None
