"""Whether a deployment is as a request asked for. Pure.

Answers are not echoes: CPU figures are rounded, a ref may come back as its commit, some versions
leave fields out. So the question is what contradicts the request, not what equals it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .reserved import RESERVED_EVERYWHERE, RESERVED_ON_CLOUD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .answers import Deployment

_COMMIT = re.compile(r"[0-9a-f]{7,64}", re.IGNORECASE)
_ROUNDING = 0.05 + 1e-9
"""CPU figures are rounded to one decimal."""
_LEFT_OUT = object()
"""The value of a variable that is not there."""
_BEYOND = object()
"""The value of a variable that should not be there, redacted or not."""


def contradictions(sent: Mapping[str, Any], live: Deployment) -> list[str]:
    """List the paths of a request's body that the deployment contradicts.

    ``sent`` is a body as it goes over the wire. What the service does not show is no contradiction.
    """
    return [path for path, shown in _differences(sent, live) if shown not in (None, "")]


def differences(sent: Mapping[str, Any], live: Deployment) -> list[str]:
    """List the paths of a request's body that the deployment does not show as sent."""
    return [path for path, _ in _differences(sent, live)]


def _differences(sent: Mapping[str, Any], live: Deployment) -> Iterator[tuple[str, Any]]:
    shown = {
        "name": live.name,
        "source": live.source,
        "display_name": live.display_name,
        "source_config": live.source_config,
        "source_revision_config": live.source_revision_config,
        "secrets": live.secrets,
        "secret_references": live.secret_references,
    }
    asked = dict(sent)
    if "secrets" in asked:
        asked["secrets"] = {item["name"]: item["value"] for item in asked["secrets"]}
    if live.secrets:
        # None are shown before there is a revision; but where there are some, all are there.
        shown["secrets"] = {**dict.fromkeys(asked.get("secrets", ()), _LEFT_OUT), **live.secrets}
    yield from _compared(asked, shown, "")
    yield from ((f"secrets.{name}", _BEYOND) for name in _beyond(asked.get("secrets"), live))


def _beyond(asked: Mapping[str, str] | None, live: Deployment) -> list[str]:
    """List the variables that are not of the set that was sent, which replaces all there were.

    An empty set replaces nothing. Names that the service keeps for itself may be its own doing.
    """
    ours = {*(asked or live.secrets), *RESERVED_EVERYWHERE, *RESERVED_ON_CLOUD}
    return [name for name in live.secrets if name not in ours]


def _compared(asked: Any, shown: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(asked, dict) and isinstance(shown, dict):
        for key, value in asked.items():
            yield from _compared(value, shown.get(key), f"{path}.{key}" if path else key)
    elif not _same(path, asked, shown):
        yield path, shown


def _same(path: str, asked: Any, shown: Any) -> bool:
    if path.endswith(".repo_url"):
        return _repository(asked) == _repository(shown)
    if path.endswith(".repo_ref"):
        return bool(asked == shown or _COMMIT.fullmatch(str(shown)))
    if isinstance(asked, float) and isinstance(shown, (int, float)):
        return abs(asked - shown) < _ROUNDING
    return bool(asked == shown)


def _repository(url: Any) -> str:
    return str(url).rstrip("/").removesuffix(".git").lower()
