"""The comparison of a requested configuration with a live deployment.

Drift, adoption and recovery share it. A response does not echo the request: figures are rounded, a
cluster adds defaults to the objects of a list, a repository has several URLs, and some versions
leave fields out. Everything here is pure.

For a requested value the service shows the same value, another value, or none (the field is
missing, a secret is redacted, a commit is shown instead of a branch). With
``missing_means_unchanged``, as for drift, a value that is not shown is no difference. Without it,
it is a difference whose ``live`` is None, because nothing proves that the value is there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .reserved_variables import RESERVED_EVERYWHERE, RESERVED_ON_CLOUD
from .settings import is_same_address
from .text import is_uuid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .responses import LiveDeployment, LiveListener

TAG_PREFIX = "refs/tags/"

_OBJECTS = (
    "",
    "source_config",
    "source_config.listener_config",
    "source_config.resource_spec",
    "source_revision_config",
    "secrets",
    "compute_config",
)
"""Objects that are compared key by key; any other value is compared whole."""

_ROUNDING = 0.05 + 1e-9
"""The service rounds CPU figures to one decimal."""
SAME_TYPES = {"serverless": "dev_zero", "dedicated": "prod"}
"""The present names of deployment types, with the older names that services may show."""
_SIZES = {"S": "small", "M": "medium", "L": "large"}
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.IGNORECASE)
_SHORTEST_COMMIT = 7
_URL = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?:[^/@]*@)?"
    r"(?P<host>[a-z0-9.-]+)(?P<port>:\d+)?(?P<separator>[:/])/*(?P<path>.+)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Difference:
    """A requested value that the deployment does not show.

    ``path`` is dotted, below ``secrets`` and ``resource_spec`` too. Both values may be secret.
    """

    path: str
    requested: Any = field(repr=False)
    """None for a live variable that is not part of the requested set."""
    live: Any = field(repr=False)
    """None where the service shows no value."""
    is_shown: bool = True
    """False where the service shows no value, which may be the same."""


def differences(
    requested: Mapping[str, Any], live: LiveDeployment, *, missing_means_unchanged: bool
) -> list[Difference]:
    """Return the values of ``requested`` that the deployment does not show.

    ``requested`` has the form of a request's body or of a resource's inputs: ``secrets`` is a list
    of names and values, or a map. A value of None is not requested.
    """
    desired = dict(requested)
    if isinstance(desired.get("secrets"), list):
        desired["secrets"] = {item["name"]: item["value"] for item in desired["secrets"]}
    found = [*_compare(desired, live_values(live, requested=desired), "")]
    found += _unrequested_variables(desired.get("secrets"), live)
    return [one for one in found if one.is_shown or not missing_means_unchanged]


def listener_differences(
    requested: Mapping[str, Any], live: LiveListener, *, missing_means_unchanged: bool
) -> list[Difference]:
    """Return the values of ``requested`` that a listener does not show; see ``differences``."""
    found = _compare(requested, live_listener_values(live), "")
    return [one for one in found if one.is_shown or not missing_means_unchanged]


def live_listener_values(live: LiveListener) -> dict[str, Any]:
    """Return a listener in the form of a request's body, with None for values not shown."""
    return {
        "compute_type": live.compute_type,
        "compute_id": live.compute_id,
        "compute_config": live.compute_config,
        "version": live.version,
    }


def live_values(live: LiveDeployment, *, requested: Mapping[str, Any]) -> dict[str, Any]:
    """Return a deployment in the form of a request's body, with None for values not shown.

    A value with several spellings is returned in the one of ``requested``. Variables are a map, or
    None before there is a revision; where some are shown, the others are ``ABSENT``.
    """
    variables = {**dict.fromkeys(requested.get("secrets") or (), ABSENT), **live.secrets}
    revision_config = dict(live.source_revision_config)
    revision_config["repo_ref"] = _live_ref(_requested_ref(requested), live)
    return {
        "name": live.name,
        "source": live.source or None,
        "display_name": live.display_name,
        "workspace_id": live.tenant_id,
        "source_config": live.source_config,
        "source_revision_config": revision_config,
        "secrets": variables if live.secrets else None,
        "secret_references": live.secret_references,
        "route_through_gateway": live.route_through_gateway,
        "compute_size": live_size(live, "compute_tier"),
        "database_size": live_size(live, "database_tier"),
    }


def live_size(live: LiveDeployment, field: str) -> str | None:
    """Return the size of a tier such as ``DEDICATED_M``; None if it is not shown.

    No page says where a service shows it, so both places are read.
    """
    tier = getattr(live, field) or live.source_config.get(field)
    return _SIZES.get(str(tier or "").rpartition("_")[2])


class _Absent:
    """The type of ``ABSENT``."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()
"""The live value of a variable that the deployment lacks, while it shows others."""


def _compare(requested: Any, live: Any, path: str) -> Iterator[Difference]:
    if requested is None:
        return
    if path in _OBJECTS and isinstance(requested, dict):
        shown = live if isinstance(live, dict) else {}
        for key, value in requested.items():
            yield from _compare(value, shown.get(key), f"{path}.{key}" if path else key)
    elif live is None:
        yield Difference(path, requested, None, is_shown=False)
    elif not is_same(path, requested, live):
        yield Difference(path, requested, live)


def _unrequested_variables(
    requested: Mapping[str, Any] | None, live: LiveDeployment
) -> list[Difference]:
    """Return the live variables that are not in the requested set, which replaces all of them.

    An empty set replaces nothing.
    """
    if not requested:
        return []
    return [
        Difference(f"secrets.{name}", None, value)
        for name, value in live.secrets.items()
        if name not in requested and not is_of_the_service(name, live.source)
    ]


def is_of_the_service(name: str, source: str) -> bool:
    """Return True if the service itself may set a variable of this name.

    Self-hosted services reserve fewer names than Cloud.
    """
    if name in RESERVED_EVERYWHERE:
        return True
    return name in RESERVED_ON_CLOUD and source != "external_docker"


def is_same(path: str, requested: Any, live: Any) -> bool:
    """Return True if a live value is the requested one after the conversions of the service.

    A list has as many items, each with all requested keys and perhaps more; the order of namespaces
    means nothing. An object that is one
    value, such as labels, has the same keys.
    """
    if path.endswith("repo_url"):
        return is_same_repository(requested, live)
    if path == "control_plane_url":
        both = isinstance(requested, str) and isinstance(live, str)
        return both and is_same_address(requested, live)
    if path.endswith("deployment_type"):
        return bool(SAME_TYPES.get(requested, requested) == SAME_TYPES.get(live, live))
    if isinstance(requested, list) and isinstance(live, list):
        if path.endswith("k8s_namespaces"):
            return sorted(map(str, requested)) == sorted(map(str, live))
        if path == "secret_references":
            requested, live = sorted(requested, key=_name), sorted(live, key=_name)
        return len(requested) == len(live) and all(map(_is_subset, requested, live))
    return _is_same_leaf(requested, live)


def _is_subset(requested: Any, live: Any) -> bool:
    """Return True if a live object contains the requested one; a cluster adds defaults."""
    if isinstance(requested, dict) and isinstance(live, dict):
        return all(_is_subset(value, live.get(key)) for key, value in requested.items())
    if isinstance(requested, list) and isinstance(live, list):
        return len(requested) == len(live) and all(map(_is_subset, requested, live))
    # Kubernetes leaves empty lists and objects out.
    return (live is None and requested in ([], {}, None)) or _is_same_leaf(requested, live)


def _is_same_leaf(requested: Any, live: Any) -> bool:
    if _is_number(requested) and _is_number(live):
        return bool(abs(requested - live) <= _ROUNDING)
    if isinstance(requested, str) and isinstance(live, str) and is_uuid(requested):
        return requested.lower() == live.lower()
    return bool(requested == live)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _name(item: Any) -> str:
    return str(item.get("name")) if isinstance(item, dict) else ""


def is_same_repository(one: Any, other: Any) -> bool:
    """Return True if two URLs name one repository, over HTTPS or SSH, with or without credentials.

    ``git@github.com:acme/agents`` and ``https://github.com/Acme/agents.git`` are the same.
    """
    if isinstance(one, str) and isinstance(other, str):
        return _repository(one) == _repository(other)
    return bool(one == other)


def _repository(url: str) -> str:
    """Return host and path of a repository, or the URL in lower case if it has none."""
    plain = url.strip().rstrip("/").removesuffix(".git").lower()
    found = _URL.fullmatch(plain)
    if not found or not (found["scheme"] or "@" in plain or "." in found["host"]):
        return plain
    scheme, host, port, path = found.group("scheme", "host", "port", "path")
    host = {"ssh.github.com": "github.com", "www.github.com": "github.com"}.get(host, host)
    # A port of SSH has no meaning for HTTPS.
    port_part = port if scheme in ("http", "https") and port not in (":443", ":80", None) else ""
    return f"{host}{port_part}/{path}"


def _requested_ref(requested: Mapping[str, Any]) -> Any:
    config = requested.get("source_revision_config")
    return config.get("repo_ref") if isinstance(config, dict) else None


def _live_ref(requested: Any, live: LiveDeployment) -> Any:
    """Return the live branch or tag, or None if only the built commit is shown."""
    shown = live.source_revision_config.get("repo_ref")
    branch = live.source_config.get("repo_branch")
    if requested is not None and requested in (shown, branch):
        return requested
    if shown and not _is_commit(shown, live.source_revision_config.get("repo_commit_sha")):
        return shown
    is_tag = isinstance(requested, str) and requested.startswith(TAG_PREFIX)
    return None if is_tag else branch


def _is_commit(ref: Any, built: Any) -> bool:
    """Return True if a ref is a commit by its form, or is the built commit."""
    text = str(ref)
    if _COMMIT.fullmatch(text):
        return True
    is_shortened = len(text) >= _SHORTEST_COMMIT and str(built or "").startswith(text)
    return is_shortened or text == built
