"""Where the control plane is, and with which key and workspace we go there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit, urlunsplit

from .errors import SettingsInvalid, SettingsMissing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CLOUD_US = "https://api.host.langchain.com"

# The order of each list is that of the vendor's own command lines.
_KEY_VARIABLES = ("LANGGRAPH_HOST_API_KEY", "LANGSMITH_API_KEY", "LANGCHAIN_API_KEY")
_CONTROL_PLANE_VARIABLES = (
    "LANGGRAPH_HOST_URL",
    "LANGSMITH_CONTROL_PLANE_URL",
    "CONTROL_PLANE_HOST",
)
_ENDPOINT_VARIABLES = ("LANGSMITH_ENDPOINT",)
_WORKSPACE_VARIABLES = ("LANGSMITH_WORKSPACE_ID", "LANGSMITH_TENANT_ID")
_PLAIN_HTTP_VARIABLE = "LANGSMITH_ALLOW_PLAIN_HTTP"

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_KEY = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True)
class Settings:
    """Everything a client needs to know beforehand."""

    api_key: str = field(repr=False)
    control_plane_url: str
    """Without a slash at the end."""
    workspace_id: str | None = None
    """None with a key that belongs to one workspace: the key tells it then."""
    allow_plain_http: bool = False


@dataclass(frozen=True)
class Place:
    """Where requests go to."""

    control_plane_url: str
    """Without a slash at the end."""
    workspace_id: str | None = None


def resolve_settings(config: Callable[[str], str | None], environ: Mapping[str, str]) -> Settings:
    """Read the settings: the program's configuration first, then the environment.

    ``config`` answers for ``apiKey``, ``controlPlaneUrl``, ``endpoint`` and ``workspaceId``.
    """
    place = resolve_place(config, environ)
    settings = Settings(
        api_key=resolve_api_key(config, environ),
        control_plane_url=place.control_plane_url,
        workspace_id=place.workspace_id,
        allow_plain_http=environ.get(_PLAIN_HTTP_VARIABLE, "").strip() == "1",
    )
    check(settings)
    return settings


def resolve_place(config: Callable[[str], str | None], environ: Mapping[str, str]) -> Place:
    """Read where requests go to; needs no API key."""
    return Place(
        _control_plane_url(config, environ),
        _clean(config("workspaceId")) or _first(environ, _WORKSPACE_VARIABLES),
    )


def is_same_address(one: str, other: str) -> bool:
    """Tell whether two control plane URLs lead to the same address, however they are written."""
    return _normalized(one) == _normalized(other)


def _normalized(url: str) -> tuple[str, str, int | None, str]:
    parts = _split(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").rstrip("."), port, parts.path.rstrip("/")


def check(settings: Settings) -> None:
    """Refuse settings that cannot be meant, or that would send the key in the clear."""
    if not _KEY.fullmatch(settings.api_key):
        raise SettingsInvalid(
            "The API key holds a blank or a character that no key has; copy it again and set it "
            "with `pulumi config set --secret langsmith:apiKey`."
        )
    if settings.workspace_id is not None:
        check_workspace_id(settings.workspace_id)
    _check_url(settings)


def check_workspace_id(workspace_id: str) -> None:
    """Refuse a workspace id that is no UUID."""
    if not _UUID.fullmatch(workspace_id):
        raise SettingsInvalid(
            f"The workspace id {workspace_id[:40]!r} is no UUID. Copy it from the workspace's "
            "settings in LangSmith into langsmith:workspaceId (or LANGSMITH_WORKSPACE_ID)."
        )


def is_loopback(url: str) -> bool:
    """Whether the URL leads to this machine only."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def control_plane_of(endpoint: str) -> str:
    """Derive the control plane's URL from that of the main API.

    Cloud has a host of its own for it, with the region in front; a self-hosted one is a path.
    """
    parts = _split(endpoint)
    host = parts.hostname or ""
    if host == "langchain.com" or host.endswith(".langchain.com"):
        return f"{parts.scheme}://{parts.netloc.replace('api.smith.', 'api.host.', 1)}"
    return f"{_without(_joined(parts), '/api/v1', '/api')}/api-host"


def dashboard_url(control_plane_url: str, tenant_id: str | None, deployment_id: str) -> str:
    """Return the page of a deployment in the browser."""
    parts = _split(control_plane_url)
    root = _without(_joined(parts), "/api-host")
    if (parts.hostname or "").endswith(".langchain.com"):
        host = parts.netloc.replace("api.host.", "smith.", 1).replace("api.smith.", "smith.", 1)
        root = f"{parts.scheme}://{host}"
    organization = f"/o/{tenant_id}" if tenant_id else ""
    return f"{root}{organization}/host/deployments/{deployment_id}"


def resolve_api_key(config: Callable[[str], str | None], environ: Mapping[str, str]) -> str:
    """Read the API key; raise ``SettingsMissing`` if there is none."""
    key = _clean(config("apiKey")) or _first(environ, _KEY_VARIABLES)
    if key is None:
        raise SettingsMissing(
            "There is no LangSmith API key. Set it with `pulumi config set --secret "
            "langsmith:apiKey`, or in the environment variable LANGSMITH_API_KEY."
        )
    return key


def _control_plane_url(config: Callable[[str], str | None], environ: Mapping[str, str]) -> str:
    for url, endpoint in (
        (_clean(config("controlPlaneUrl")), _clean(config("endpoint"))),
        (_first(environ, _CONTROL_PLANE_VARIABLES), _first(environ, _ENDPOINT_VARIABLES)),
    ):
        if url:
            return _joined(_split(url))
        if endpoint:
            return control_plane_of(endpoint)
    return CLOUD_US


def _check_url(settings: Settings) -> None:
    url = settings.control_plane_url
    _split(url)
    plain = urlsplit(url).scheme == "http"
    if plain and not settings.allow_plain_http and not is_loopback(url):
        raise SettingsInvalid(
            f"The control plane URL {url} would send the API key unencrypted. Use https; or, if "
            f"the network between is trusted, set {_PLAIN_HTTP_VARIABLE}=1."
        )


def _split(url: str) -> SplitResult:
    """Take a URL apart; one without a scheme is meant to be https."""
    url = url.strip()
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        usable = bool(parts.hostname) and parts.port != 0 and parts.scheme in {"http", "https"}
    except ValueError:
        usable = False
    if not usable or "@" in parts.netloc or parts.query or parts.fragment or _has_blank(url):
        raise SettingsInvalid(
            "The control plane URL or endpoint is no plain http(s) URL (no user, no query, no "
            "fragment). Write it as https://<host>[/<path>] in langsmith:controlPlaneUrl or "
            "langsmith:endpoint."
        )
    return parts


def _has_blank(url: str) -> bool:
    return " " in url or not url.isprintable()


def _joined(parts: SplitResult) -> str:
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))


def _without(text: str, *endings: str) -> str:
    for ending in endings:
        if text.endswith(ending):
            return text[: -len(ending)]
    return text


def _first(environ: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    values = (_clean(environ.get(name)) for name in names)
    return next((value for value in values if value), None)


def _clean(value: str | None) -> str | None:
    """Trim; blank is the same as absent, as a CI variable without a value is."""
    return value.strip() or None if value else None
