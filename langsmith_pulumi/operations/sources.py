"""What a revision is built from, as the service and a program show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_BUILT = ("repo_commit_sha", "image_uri", "source_tarball_path")
_ASKED = ("repo_ref", "image_uri", "source_tarball_path")


def built_from(config: Mapping[str, Any]) -> str | None:
    """Return the commit, image or archive of a revision's configuration, or None."""
    return _first(config, _BUILT)


def asked_for(config: Mapping[str, Any]) -> str | None:
    """Return the branch, tag, image or archive that a program asks for, or None."""
    return _first(config, _ASKED)


def _first(config: Mapping[str, Any], keys: tuple[str, ...]) -> str | None:
    return next((str(config[key]) for key in keys if config.get(key)), None)
