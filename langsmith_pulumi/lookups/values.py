"""Conversions of what the control plane shows into values of results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane.credentials import (
    MASK,
    is_secret_after,
    without_credentials,
)
from langsmith_pulumi.control_plane.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


def time_text(time: datetime | None) -> str | None:
    """Return a time in the format of ISO 8601."""
    return time.isoformat() if time else None


def line(text: Any) -> str | None:
    """Return a text as one printable line, or None for anything else."""
    return printable(without_credentials(text)) if isinstance(text, str) else None


def without_values(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration without nulls, values of variables and credentials.

    The API shows a variable as a name and a value, that of a sidecar too.
    """
    return {
        key: _without_values(value)
        for key, value in config.items()
        if value is not None and not (key == "value" and "name" in config)
    }


def _without_values(value: Any) -> Any:
    if isinstance(value, dict):
        return without_values(value)
    if isinstance(value, list):
        return [
            MASK
            if isinstance(item, str) and is_secret_after(before, item)
            else _without_values(item)
            for before, item in zip([None, *value], value, strict=False)
        ]
    return without_credentials(value) if isinstance(value, str) else value
