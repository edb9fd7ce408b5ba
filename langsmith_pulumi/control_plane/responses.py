"""Responses of the control plane: the raw response, its models, and parsing one into the other.

The models require only what no caller can do without. Unknown fields and values are accepted.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar
from urllib.parse import parse_qsl, urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    TypeAdapter,
    ValidationError,
)

from .errors import InvalidResponse
from .models.fields import explain
from .text import printable, sanitize

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .redaction import Redactor

M = TypeVar("M", bound=BaseModel)

_DATETIME = TypeAdapter(datetime)
_NO_ZONE = timezone(timedelta(0), "no zone given")
"""Stands for UTC in a time without a zone, which may be a local time."""
_MAX_PROBLEMS = 5
_SHORTEST_SIGNATURE = 16
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_INVALID_JSON = object()


@dataclass(frozen=True)
class RawResponse:
    """A response of any status, read completely."""

    request: str
    status: int
    text: str = dataclass_field(repr=False)
    request_id: str | None = None
    retry_after: float | None = None
    location: str = ""
    date: datetime | None = None
    """The time of the response by the server's clock."""

    @property
    def is_success(self) -> bool:
        """Return True for a status of the 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the 2xx


def parse_time(value: object) -> datetime | None:
    """Return a time, given as a text or as seconds or milliseconds; None if it cannot be read."""
    try:
        time = _DATETIME.validate_python(value)
    except ValidationError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=_NO_ZONE)


def _to_map(value: object) -> object:
    """Turn the list of names and values into a map, for the order means nothing."""
    if not isinstance(value, list):
        return value or {}
    pairs = ((item.get("name"), item.get("value")) for item in value if isinstance(item, dict))
    return {
        name: text if isinstance(text, str) else None
        for name, text in pairs
        if isinstance(name, str)
    }


Line = Annotated[
    str, BeforeValidator(lambda value: printable(value) if isinstance(value, str) else value)
]
"""Text that reaches messages, as one printable line."""
Time = Annotated[datetime | None, PlainValidator(parse_time)]
Config = Annotated[dict[str, Any], BeforeValidator(lambda value: {} if value is None else value)]


class ListedResource(BaseModel):
    """What deployments, revisions and listeners have in common."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="ignore", frozen=True, hide_input_in_errors=True
    )

    id: Line = Field(min_length=1)
    created_at: Time = None
    updated_at: Time = None
    seen_at: Time = Field(default=None, repr=False)
    """The time of the response by the server's clock; filled in by the client."""

    @property
    def age(self) -> float | None:
        """Return the seconds from creation to the response by the server's clock, or None.

        A time without a zone gives no age.
        """
        return self._seconds_since(self.created_at)

    @property
    def unchanged_seconds(self) -> float | None:
        """Return the seconds from the last change to the response by the server's clock, or None.

        None also if no change since the creation is recorded: not every service may record them.
        """
        if self.updated_at == self.created_at:
            return None
        return self._seconds_since(self.updated_at)

    def _seconds_since(self, time: datetime | None) -> float | None:
        if time is None or self.seen_at is None or time.tzinfo is _NO_ZONE:
            return None
        return (self.seen_at - time).total_seconds()


class LiveDeployment(ListedResource):
    """A deployment as the control plane shows it.

    Its status does not tell whether the newest revision is deployed.
    """

    name: Line
    status: Line
    display_name: str | None = None
    source: str = ""
    source_config: Config = Field(default_factory=dict, repr=False)
    source_revision_config: Config = Field(default_factory=dict)
    """The configuration of the newest revision as built: a ref may be shown as a commit."""
    secrets: Annotated[dict[str, str | None], BeforeValidator(_to_map)] = Field(
        default_factory=dict, repr=False
    )
    """Values in plain text, or None where the service redacts them.

    Empty until there is a revision.
    """
    secret_references: list[dict[str, Any]] | None = None
    """Variables filled from Kubernetes secrets; None where the service leaves them out."""
    route_through_gateway: bool | None = None
    tenant_id: Line | None = None
    latest_revision_id: Line | None = None
    active_revision_id: Line | None = None
    image_version: Line | None = None
    compute_tier: Line | None = None
    """The tier of a resized deployment; some versions of the service leave it out."""
    database_tier: Line | None = None
    is_preview: bool | None = None
    """True for a deployment that the service makes for a pull request of its parent."""
    url: Line | None = None

    @property
    def public_url(self) -> str | None:
        """Return the URL of the agent, or None until it is deployed."""
        return self.url or self.source_config.get("custom_url") or None


class Revision(ListedResource):
    """A revision as the control plane shows it."""

    status: Line
    source: str = ""
    source_revision_config: Config = Field(default_factory=dict, repr=False)
    status_message: str | None = None
    """The reason of a failure, where the version of the service gives one."""


class LiveListener(ListedResource):
    """A listener, which runs deployments in a cluster, as the control plane shows it."""

    compute_id: Line
    """The name of the cluster, unique in the workspace."""
    compute_type: Line | None = None
    compute_config: Config = Field(default_factory=dict)
    version: Line | None = None

    @property
    def k8s_namespaces(self) -> list[str]:
        """Return the namespaces that the listener serves; [] if the service names none."""
        names = self.compute_config.get("k8s_namespaces")
        found = names if isinstance(names, list) else []
        return [printable(name) for name in found if isinstance(name, str)]


class GithubIntegration(BaseModel):
    """A GitHub account in which the vendor's app is installed."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="ignore", frozen=True, hide_input_in_errors=True
    )

    id: Line = Field(min_length=1)
    name: Line
    """The GitHub account."""
    installation_id: int | None = None


class GithubRepository(BaseModel):
    """A repository that a GitHub integration covers."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="ignore", frozen=True, hide_input_in_errors=True
    )

    url: Line
    owner: Line
    name: Line
    default_branch: Line | None = None


class UploadTarget(BaseModel):
    """Where to upload an archive, and how to name it afterwards."""

    model_config: ClassVar[ConfigDict] = ConfigDict(hide_input_in_errors=True)

    upload_url: str = Field(repr=False)
    """Signed, so whoever knows it may upload."""
    object_path: str
    upload_headers: dict[str, str] | None = Field(default=None, repr=False)
    """The headers to send with the archive; older services name none."""


class Page(BaseModel):
    """One page of a list; ``offset`` is where the next page begins."""

    model_config: ClassVar[ConfigDict] = ConfigDict(hide_input_in_errors=True)

    resources: list[dict[str, Any]]
    offset: int | None = None


_MODEL_NAMES = {
    LiveDeployment: "deployment",
    Revision: "revision",
    LiveListener: "listener",
    GithubIntegration: "integration",
    GithubRepository: "repository",
    Page: "page",
    UploadTarget: "upload URL",
}


def parse_json(response: RawResponse) -> Any:
    """Return the body as JSON; raise ``InvalidResponse`` if it is none."""
    content = _load(response.text)
    if content is _INVALID_JSON:
        # Raised outside of the parser's handler, because its error keeps the whole body.
        raise _invalid(response, "its body is no JSON")
    return content


def parse_deployment(
    response: RawResponse, redactor: Redactor, content: Any = None
) -> LiveDeployment:
    """Return the deployment in a response, and register the secrets it shows."""
    content = parse_json(response) if content is None else content
    redactor.register_secrets(variable_values(content))
    live = _parse_model(response, LiveDeployment, content)
    return live.model_copy(update={"seen_at": response.date})


def parse_revision(response: RawResponse, redactor: Redactor, content: Any = None) -> Revision:
    """Return the revision in a response, its message sanitized."""
    content = parse_json(response) if content is None else content
    revision = _parse_model(response, Revision, content)
    message = sanitize(revision.status_message or "", redact=redactor.redact) or None
    return revision.model_copy(update={"seen_at": response.date, "status_message": message})


def parse_listener(response: RawResponse, content: Any = None) -> LiveListener:
    """Return the listener in a response."""
    content = parse_json(response) if content is None else content
    listener = _parse_model(response, LiveListener, content)
    return listener.model_copy(update={"seen_at": response.date})


def parse_integrations(response: RawResponse) -> list[GithubIntegration]:
    """Return the GitHub integrations in a response."""
    return _parse_array(response, GithubIntegration)


def parse_repositories(response: RawResponse) -> list[GithubRepository]:
    """Return the repositories in a response."""
    return _parse_array(response, GithubRepository)


def parse_page(response: RawResponse) -> Page:
    """Return one page of a list."""
    return _parse_model(response, Page, parse_json(response))


def parse_upload_target(response: RawResponse) -> UploadTarget:
    """Return the place for an archive."""
    return _parse_model(response, UploadTarget, parse_json(response))


def expect_no_content(response: RawResponse) -> None:
    """Accept an empty body or any JSON; a page of HTML comes from another server."""
    if response.text.strip():
        parse_json(response)


def variable_values(content: Any, max_depth: int = 12) -> Iterator[str]:
    """Yield every ``value`` beside a ``name``, the form of all variables in the API."""
    if max_depth == 0:
        return
    if isinstance(content, dict):
        if isinstance(content.get("value"), str) and "name" in content:
            yield content["value"]
        content = list(content.values())
    if isinstance(content, list):
        for item in content:
            yield from variable_values(item, max_depth - 1)


def query_values(url: str) -> list[str]:
    """Return the long values in the query of a URL, where a signature is."""
    try:
        values = [value for _, value in parse_qsl(urlsplit(url).query)]
        return [value for value in values if len(value) >= _SHORTEST_SIGNATURE]
    except ValueError:
        return []


def _load(text: str) -> Any:
    try:
        content = json.loads(text)
        return _without_surrogates(content) if _SURROGATE.search(text) else content
    except (ValueError, RecursionError):
        return _INVALID_JSON


def _without_surrogates(value: Any) -> Any:
    """Replace unpaired surrogates, which no protocol, file or terminal accepts."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    return value


def _parse_model(response: RawResponse, model: type[M], content: Any) -> M:
    try:
        return model.model_validate(content)
    except (ValidationError, RecursionError) as exc:
        raise _invalid(response, _mismatch(model, exc)) from exc


def _parse_array(response: RawResponse, model: type[M]) -> list[M]:
    """Parse a list that comes without pages."""
    content = parse_json(response)
    if not isinstance(content, list):
        raise _invalid(response, "it is no list")
    return [_parse_model(response, model, item) for item in content]


def _mismatch(model: type[BaseModel], exc: Exception) -> str:
    name = _MODEL_NAMES[model]
    if not isinstance(exc, ValidationError):
        return f"it is no {name}"
    problems = "; ".join(f"{path or name}: {why}" for path, why in explain(exc)[:_MAX_PROBLEMS])
    return f"it is no {name} ({sanitize(problems, 200)})"


def _invalid(response: RawResponse, problem: str) -> InvalidResponse:
    return InvalidResponse(
        problem, request=response.request, status=response.status, request_id=response.request_id
    )
