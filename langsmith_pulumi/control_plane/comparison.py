"""Compare what was asked for with what is live: the one equality, for drift, adoption and recovery.

Answers are not echoes: figures are rounded, a cluster adds defaults to the objects of a list, a
repository has more than one URL, some versions leave fields out. Everything here is pure.

Three things can be said of a value that was asked for: the service shows the same, it shows
another one, or it does not tell (the field is missing, a secret is redacted, a commit stands in
place of a branch). What is not told is no difference with ``missing_means_unchanged``, as drift
has it; else it is one, with ``live`` being None: nothing proves that the value is there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .reserved import RESERVED_EVERYWHERE, RESERVED_ON_CLOUD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .answers import Deployment

TAG_PREFIX = "refs/tags/"

_OBJECTS = (
    "",
    "source_config",
    "source_config.listener_config",
    "source_config.resource_spec",
    "source_revision_config",
    "secrets",
)
"""Objects that are compared key by key; any other value is compared whole."""

_ROUNDING = 0.05 + 1e-9
"""The service rounds CPU figures to one decimal."""
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.IGNORECASE)
_SHORTEST_COMMIT = 7
_URL = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?:[^/@]*@)?"
    r"(?P<host>[a-z0-9.-]+)(?P<port>:\d+)?(?P<separator>[:/])/*(?P<path>.+)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Difference:
    """A value that was asked for and that the deployment does not show.

    ``path`` is dotted, below ``secrets`` and ``resource_spec`` too. Both values may be secret.
    """

    path: str
    asked: Any = field(repr=False)
    """None for a variable that is live and not part of the set that was asked for."""
    live: Any = field(repr=False)
    """None where the service does not tell."""
    is_told: bool = True
    """False where nothing is known of the live value, so that it may be the same."""


def differences(
    asked: Mapping[str, Any], live: Deployment, *, missing_means_unchanged: bool
) -> list[Difference]:
    """Return what of ``asked`` the deployment does not show as asked for.

    ``asked`` has the form of a request's body, or of a resource's inputs: ``secrets`` may be a list
    of names and values, or a map. Values of None were not asked for.
    """
    wanted = dict(asked)
    if isinstance(wanted.get("secrets"), list):
        wanted["secrets"] = {item["name"]: item["value"] for item in wanted["secrets"]}
    found = [*_compare(wanted, live_values(live, asked=wanted), "")]
    found += _unasked_variables(wanted.get("secrets"), live)
    return [one for one in found if one.is_told or not missing_means_unchanged]


def live_values(live: Deployment, *, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return a deployment in the form of a request's body; None is what the service does not tell.

    ``asked`` tells how a value that has more than one form should be shown. Variables are a map,
    None before there is a revision; where some are shown, those that are missing are ``ABSENT``.
    """
    variables = {**dict.fromkeys(asked.get("secrets") or (), ABSENT), **live.secrets}
    revision_config = dict(live.source_revision_config)
    revision_config["repo_ref"] = _live_ref(_asked_ref(asked), live)
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
    }


class _Absent:
    """The value of a variable that is not there."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()
"""What is live of a variable that the deployment lacks, where it shows others."""


def _compare(asked: Any, live: Any, path: str) -> Iterator[Difference]:
    if asked is None:
        return
    if path in _OBJECTS and isinstance(asked, dict):
        shown = live if isinstance(live, dict) else {}
        for key, value in asked.items():
            yield from _compare(value, shown.get(key), f"{path}.{key}" if path else key)
    elif live is None:
        yield Difference(path, asked, None, is_told=False)
    elif not is_same(path, asked, live):
        yield Difference(path, asked, live)


def _unasked_variables(asked: Mapping[str, Any] | None, live: Deployment) -> list[Difference]:
    """Return the variables beyond the set that was asked for, which replaces all there were.

    An empty set replaces nothing.
    """
    if not asked:
        return []
    return [
        Difference(f"secrets.{name}", None, value)
        for name, value in live.secrets.items()
        if name not in asked and not is_of_the_service(name, live.source)
    ]


def is_of_the_service(name: str, source: str) -> bool:
    """Return whether the service itself may set a variable of this name.

    Self-hosted services leave more names to their users than Cloud does.
    """
    if name in RESERVED_EVERYWHERE:
        return True
    return name in RESERVED_ON_CLOUD and source != "external_docker"


def is_same(path: str, asked: Any, live: Any) -> bool:
    """Return whether one live value is what was asked for, after what the service does to it.

    A list has as many items, each with all that was asked for and perhaps more. An object that is a
    value of its own, such as labels, has the same keys.
    """
    if path.endswith("repo_url"):
        return is_same_repository(asked, live)
    if isinstance(asked, list) and isinstance(live, list):
        if path == "secret_references":
            asked, live = sorted(asked, key=_name), sorted(live, key=_name)
        return len(asked) == len(live) and all(map(_is_subset, asked, live))
    return _is_same_leaf(asked, live)


def _is_subset(asked: Any, live: Any) -> bool:
    """Return whether a live object holds all that was asked for; a cluster adds defaults."""
    if isinstance(asked, dict) and isinstance(live, dict):
        return all(_is_subset(value, live.get(key)) for key, value in asked.items())
    if isinstance(asked, list) and isinstance(live, list):
        return len(asked) == len(live) and all(map(_is_subset, asked, live))
    # Kubernetes leaves empty lists and objects out.
    return (live is None and asked in ([], {}, None)) or _is_same_leaf(asked, live)


def _is_same_leaf(asked: Any, live: Any) -> bool:
    if _is_number(asked) and _is_number(live):
        return bool(abs(asked - live) <= _ROUNDING)
    if isinstance(asked, str) and isinstance(live, str) and _UUID.fullmatch(asked):
        return asked.lower() == live.lower()
    return bool(asked == live)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _name(item: Any) -> str:
    return str(item.get("name")) if isinstance(item, dict) else ""


def is_same_repository(one: Any, other: Any) -> bool:
    """Return whether two URLs name one repository, over HTTPS or SSH, with credentials or without.

    ``git@github.com:acme/agents``, ``https://github.com/Acme/agents.git``: the same.
    """
    if isinstance(one, str) and isinstance(other, str):
        return _repository(one) == _repository(other)
    return bool(one == other)


def _repository(url: str) -> str:
    """Return host and path of a repository; its URL in lower case where there are none."""
    plain = url.strip().rstrip("/").removesuffix(".git").lower()
    found = _URL.fullmatch(plain)
    if not found or not (found["scheme"] or "@" in plain or "." in found["host"]):
        return plain
    scheme, host, port, path = found.group("scheme", "host", "port", "path")
    host = {"ssh.github.com": "github.com", "www.github.com": "github.com"}.get(host, host)
    # The port of SSH says nothing of that of HTTPS.
    told = port if scheme in ("http", "https") and port not in (":443", ":80", None) else ""
    return f"{host}{told}/{path}"


def _asked_ref(asked: Mapping[str, Any]) -> Any:
    config = asked.get("source_revision_config")
    return config.get("repo_ref") if isinstance(config, dict) else None


def _live_ref(asked: Any, live: Deployment) -> Any:
    """Return the branch or tag that is live; None where no more than the built commit is shown."""
    shown = live.source_revision_config.get("repo_ref")
    branch = live.source_config.get("repo_branch")
    if asked is not None and asked in (shown, branch):
        return asked
    if shown and not _is_commit(shown, live.source_revision_config.get("repo_commit_sha")):
        return shown
    is_tag = isinstance(asked, str) and asked.startswith(TAG_PREFIX)
    return None if is_tag else branch


def _is_commit(ref: Any, built: Any) -> bool:
    """Return whether a ref is a commit, as far as its form, or the commit that was built, tells."""
    text = str(ref)
    if _COMMIT.fullmatch(text):
        return True
    is_shortened = len(text) >= _SHORTEST_COMMIT and str(built or "").startswith(text)
    return is_shortened or text == built
