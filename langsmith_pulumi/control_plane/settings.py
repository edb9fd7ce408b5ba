"""Settings of the client: the control plane's URL, the API key and the workspace."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit, urlunsplit

from .errors import SettingsInvalid, SettingsMissing
from .text import is_uuid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .profiles import Profile

CLOUD_US = "https://api.host.langchain.com"

# The order of each list is that of the vendor's own command lines.
_KEY_VARIABLES = ("LANGGRAPH_HOST_API_KEY", "LANGSMITH_API_KEY", "LANGCHAIN_API_KEY")
_CONTROL_PLANE_VARIABLES = (
    "LANGGRAPH_HOST_URL",
    "LANGSMITH_CONTROL_PLANE_URL",
    "CONTROL_PLANE_HOST",
)
_ENDPOINT_VARIABLES = ("LANGSMITH_ENDPOINT",)
_KEYS_VARIABLE = "LANGSMITH_PULUMI_API_KEYS"
_WORKSPACE_VARIABLES = ("LANGSMITH_WORKSPACE_ID", "LANGSMITH_TENANT_ID")
_PLAIN_HTTP_VARIABLE = "LANGSMITH_ALLOW_PLAIN_HTTP"

_KEY = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True)
class Settings:
    """The settings of a client."""

    api_key: str = field(repr=False)
    control_plane_url: str
    """Without a slash at the end."""
    workspace_id: str | None = None
    """None for a key that belongs to one workspace."""
    allow_plain_http: bool = False


@dataclass(frozen=True)
class Location:
    """The control plane and the workspace that requests are sent to."""

    control_plane_url: str
    """Without a slash at the end."""
    workspace_id: str | None = None


def resolve_settings(
    config: Callable[[str], str | None],
    environ: Mapping[str, str],
    control_plane_url: str | None = None,
) -> Settings:
    """Return the settings of the program's configuration, or else of the environment or a profile.

    ``config`` returns ``apiKey``, ``apiKeys``, ``controlPlaneUrl``, ``endpoint`` and
    ``workspaceId``. For another control plane than theirs they hold neither the key nor the
    workspace: its key is the one given for its URL.
    """
    location = resolve_location(config, environ)
    if control_plane_url and not is_same_address(control_plane_url, location.control_plane_url):
        location = Location(normalize_url(control_plane_url))
        api_key = _key_for(location.control_plane_url, config, environ)
    else:
        api_key = resolve_api_key(config, environ)
    settings = Settings(
        api_key=api_key,
        control_plane_url=location.control_plane_url,
        workspace_id=location.workspace_id,
        allow_plain_http=environ.get(_PLAIN_HTTP_VARIABLE, "").strip() == "1",
    )
    validate_settings(settings)
    return settings


def resolve_location(config: Callable[[str], str | None], environ: Mapping[str, str]) -> Location:
    """Return the control plane and the workspace; needs no API key."""
    workspace = _strip(config("workspaceId")) or _first_set(environ, _WORKSPACE_VARIABLES)
    if workspace is None and (profile := find_profile(config, environ)):
        workspace = profile.workspace_id
    return Location(_control_plane_url(config, environ), workspace)


def find_profile(config: Callable[[str], str | None], environ: Mapping[str, str]) -> Profile | None:
    """Return the profile of the vendor's tools that supplies what is set nowhere else, or None.

    One that LANGSMITH_PROFILE does not name is used only if neither a key nor an address is set:
    no key is sent to an address that it was not meant for because of a file in somebody's home.
    """
    from . import profiles

    is_set = any(_strip(config(name)) for name in ("apiKey", "controlPlaneUrl", "endpoint"))
    variables = (*_KEY_VARIABLES, *_CONTROL_PLANE_VARIABLES, *_ENDPOINT_VARIABLES)
    if not profiles.is_named(environ) and (is_set or _first_set(environ, variables)):
        return None
    return profiles.load_profile(environ)


def normalize_url(control_plane_url: str) -> str:
    """Return a control plane's URL without a slash at the end, https by default."""
    return _join(_split(control_plane_url))


def has_key_for(
    control_plane_url: str, config: Callable[[str], str | None], environ: Mapping[str, str]
) -> bool:
    """Return True if a key is given for the URL of another control plane than the settings'."""
    return _find_key(control_plane_url, resolve_api_keys(config, environ)) is not None


def resolve_api_keys(
    config: Callable[[str], str | None], environ: Mapping[str, str]
) -> dict[str, str]:
    """Return the keys of further control planes, each by its URL.

    Raise ``SettingsInvalid`` if they are malformed.
    """
    given = _strip(config("apiKeys")) or _strip(environ.get(_KEYS_VARIABLE))
    try:
        keys = json.loads(given or "{}")
    except ValueError:
        keys = None
    if not isinstance(keys, dict) or not all(isinstance(key, str) for key in keys.values()):
        raise SettingsInvalid(
            f"langsmith:apiKeys (or {_KEYS_VARIABLE}) is no JSON object of API keys by the URL of "
            'their control plane, such as {"https://eu.api.host.langchain.com": "lsv2_..."}.'
        )
    return keys


def _find_key(control_plane_url: str, keys: Mapping[str, str]) -> str | None:
    found = (key for url, key in keys.items() if is_same_address(url, control_plane_url))
    return _strip(next(found, None))


def _key_for(
    control_plane_url: str, config: Callable[[str], str | None], environ: Mapping[str, str]
) -> str:
    key = _find_key(control_plane_url, resolve_api_keys(config, environ))
    if key is None:
        raise SettingsMissing(
            f"There is no API key for the control plane {control_plane_url}; the key of the "
            "settings is sent to no other one. Set it with `pulumi config set --secret --path "
            f"'langsmith:apiKeys[\"{control_plane_url}\"]'`, or in the environment variable "
            f"{_KEYS_VARIABLE}, a JSON object of keys by URL."
        )
    return key


def is_same_address(one: str, other: str) -> bool:
    """Return True if two control plane URLs are spellings of the same address."""
    return address_of(one) == address_of(other)


def address_of(control_plane_url: str) -> tuple[str, str, int | None, str]:
    """Return what all spellings of a control plane's URL have in common."""
    try:
        parts = _split(control_plane_url)
    except SettingsInvalid:
        return "", control_plane_url, None, ""
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").rstrip("."), port, parts.path.rstrip("/")


def validate_settings(settings: Settings) -> None:
    """Raise ``SettingsInvalid`` if a setting is malformed or would send the key unencrypted."""
    if not _KEY.fullmatch(settings.api_key):
        raise SettingsInvalid(
            "The API key holds a blank or a character that no key has; copy it again and set it "
            "with `pulumi config set --secret langsmith:apiKey`."
        )
    if settings.workspace_id is not None:
        check_workspace_id(settings.workspace_id)
    _check_url(settings)


def check_workspace_id(workspace_id: str) -> None:
    """Raise ``SettingsInvalid`` if a workspace id is no UUID."""
    if not is_uuid(workspace_id):
        raise SettingsInvalid(
            f"The workspace id {workspace_id[:40]!r} is no UUID. Copy it from the workspace's "
            "settings in LangSmith into langsmith:workspaceId (or LANGSMITH_WORKSPACE_ID)."
        )


def is_loopback(url: str) -> bool:
    """Return True if a URL leads to this machine."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def control_plane_of(endpoint: str, setting: str = "") -> str:
    """Return the control plane's URL for an endpoint of the main API.

    On Cloud it is a host of its own, with the region in front; self-hosted it is a path.
    ``setting`` says for an error where the endpoint is from.
    """
    parts = _split(endpoint, setting)
    host = parts.hostname or ""
    if host == "langchain.com" or host.endswith(".langchain.com"):
        return f"{parts.scheme}://{parts.netloc.replace('api.smith.', 'api.host.', 1)}"
    return f"{_remove_suffix(_join(parts), '/api/v1', '/api')}/api-host"


def dashboard_url(control_plane_url: str, tenant_id: str | None, deployment_id: str) -> str:
    """Return the URL of a deployment's page in the dashboard."""
    parts = _split(control_plane_url)
    root = _remove_suffix(_join(parts), "/api-host")
    if (parts.hostname or "").endswith(".langchain.com"):
        host = parts.netloc.replace("api.host.", "smith.", 1).replace("api.smith.", "smith.", 1)
        root = f"{parts.scheme}://{host}"
    organization = f"/o/{tenant_id}" if tenant_id else ""
    return f"{root}{organization}/host/deployments/{deployment_id}"


def resolve_api_key(config: Callable[[str], str | None], environ: Mapping[str, str]) -> str:
    """Return the API key; raise ``SettingsMissing`` if there is none."""
    key = _strip(config("apiKey")) or _first_set(environ, _KEY_VARIABLES)
    if key is not None:
        return key
    profile = find_profile(config, environ)
    if profile is None or profile.api_key is None:
        raise SettingsMissing(
            f"There is no LangSmith API key{profile.why_no_key() if profile else ''}. Set it with "
            "`pulumi config set --secret langsmith:apiKey`, or in the environment variable "
            "LANGSMITH_API_KEY."
        )
    return profile.api_key


def describe_key_source(config: Callable[[str], str | None], environ: Mapping[str, str]) -> str:
    """Return where the API key is set, for messages; it has to be set somewhere."""
    if _strip(config("apiKey")):
        return "langsmith:apiKey"
    variable = next((name for name in _KEY_VARIABLES if _strip(environ.get(name))), None)
    return variable or str(find_profile(config, environ))


def _control_plane_url(config: Callable[[str], str | None], environ: Mapping[str, str]) -> str:
    given = {
        "langsmith:controlPlaneUrl": config("controlPlaneUrl"),
        "langsmith:endpoint": config("endpoint"),
        **{name: environ.get(name) for name in (*_CONTROL_PLANE_VARIABLES, *_ENDPOINT_VARIABLES)},
    }
    for setting, value in given.items():
        if url := _strip(value):
            is_endpoint = setting in ("langsmith:endpoint", *_ENDPOINT_VARIABLES)
            return control_plane_of(url, setting) if is_endpoint else _join(_split(url, setting))
    profile = find_profile(config, environ)
    if profile is None or not profile.endpoint:
        return CLOUD_US
    return control_plane_of(profile.endpoint, str(profile))


def _check_url(settings: Settings) -> None:
    url = settings.control_plane_url
    _split(url)
    plain = urlsplit(url).scheme == "http"
    if plain and not settings.allow_plain_http and not is_loopback(url):
        raise SettingsInvalid(
            f"The control plane URL {url} would send the API key unencrypted. Use https; or, if "
            f"the network between is trusted, set {_PLAIN_HTTP_VARIABLE}=1."
        )


def _split(url: str, setting: str = "") -> SplitResult:
    """Split a URL, https by default; raise ``SettingsInvalid`` if it is malformed."""
    url = url.strip()
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        usable = bool(parts.hostname) and parts.port != 0 and parts.scheme in {"http", "https"}
    except ValueError:
        usable = False
    if not usable or "@" in parts.netloc or parts.query or parts.fragment or _has_blank(url):
        raise SettingsInvalid(
            f"The control plane URL or endpoint{f' in {setting}' if setting else ''} is no plain "
            "http(s) URL (no user, no query, no fragment). Write it as https://<host>[/<path>] in "
            f"{setting or 'langsmith:controlPlaneUrl or langsmith:endpoint'}."
        )
    return parts


def _has_blank(url: str) -> bool:
    return " " in url or not url.isprintable()


def _join(parts: SplitResult) -> str:
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))


def _remove_suffix(text: str, *endings: str) -> str:
    for ending in endings:
        if text.endswith(ending):
            return text[: -len(ending)]
    return text


def _first_set(environ: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    values = (_strip(environ.get(name)) for name in names)
    return next((value for value in values if value), None)


def _strip(value: str | None) -> str | None:
    """Return a trimmed value, or None if it is blank, as a CI variable without a value is."""
    return value.strip() or None if value else None
