"""The connection of a command, from the environment or from given settings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from langsmith_pulumi.control_plane.client import ControlPlaneClient
from langsmith_pulumi.control_plane.errors import SettingsMissing
from langsmith_pulumi.control_plane.settings import resolve_settings

if TYPE_CHECKING:
    from collections.abc import Mapping


_ENVIRONMENT_ONLY = "A command that is given no --stack reads the environment alone."


class OperationError(Exception):
    """A command that cannot be carried out; the text says why and what to do."""


def connect(config: Mapping[str, str] | None = None) -> ControlPlaneClient:
    """Return a connection by the settings in ``config``, or else by the environment.

    ``config`` holds what a stack's configuration has under ``langsmith:``, such as ``apiKey``.
    """
    try:
        return ControlPlaneClient(resolve_settings((config or {}).get, os.environ))
    except SettingsMissing as missing:
        if config is not None:
            raise
        raise OperationError(f"{missing} {_ENVIRONMENT_ONLY}") from None
