"""Profiles of LangSmith's own command line and SDKs, as the vendor's documentation describes them.

They stand in ``~/.langsmith/config.json``, or in the file that LANGSMITH_CONFIG_FILE names:
https://docs.langchain.com/langsmith/profile-configuration. LANGSMITH_PROFILE selects one by name,
or else ``current_profile`` in the file, or else it is the one named ``default``. Messages name the
file and the profile, and nothing else of the file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import SettingsInvalid
from .text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

PROFILE_VARIABLE = "LANGSMITH_PROFILE"
_FILE_VARIABLE = "LANGSMITH_CONFIG_FILE"
_DEFAULT_FILE = "~/.langsmith/config.json"
_HOME_VARIABLES = ("HOME", "USERPROFILE")
_MAX_NAME = 60


@dataclass(frozen=True)
class Profile:
    """The settings of a profile; None where it has none."""

    name: str
    file: str
    api_key: str | None = field(default=None, repr=False)
    endpoint: str | None = None
    """The URL of the main API, as in LANGSMITH_ENDPOINT."""
    workspace_id: str | None = None
    has_login: bool = False
    """True if it holds tokens of ``langsmith auth login``, which are not used here."""

    def __str__(self) -> str:
        """Return how messages name it."""
        return f"the profile {printable(self.name)[:_MAX_NAME]!r} in {printable(self.file)}"

    def why_no_key(self) -> str:
        """Return what to add to a message that there is no API key."""
        login = " but a login, which ends within hours and is not used" if self.has_login else ""
        return f": {self} holds none{login}"


def is_named(environ: Mapping[str, str]) -> bool:
    """Return True if the environment names a profile, instead of leaving it to the file."""
    return bool(environ.get(PROFILE_VARIABLE, "").strip())


def load_profile(environ: Mapping[str, str]) -> Profile | None:
    """Return the selected profile, or None if there is none and none is named.

    Raise ``SettingsInvalid`` if the file is malformed, or lacks the profile that is named.
    """
    path, name = _path(environ), environ.get(PROFILE_VARIABLE, "").strip()
    try:
        text = path.read_text(encoding="utf-8") if path else ""
    except (FileNotFoundError, NotADirectoryError):
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no UTF-8"
        raise SettingsInvalid(
            f"The profiles of LangSmith in {printable(str(path))} cannot be read: {why}. Correct "
            f"the file, or name another one in {_FILE_VARIABLE}."
        ) from None
    return parse_profiles(text, name, str(path or _DEFAULT_FILE))


def parse_profiles(text: str, name: str, file: str) -> Profile | None:
    """Return the profile of this name from the text of a file; without a name, the current one."""
    document = _parse(text, file)
    profiles = document.get("profiles") or {}
    current = document.get("current_profile")
    selected = name or (current if isinstance(current, str) else "") or "default"
    found = profiles.get(selected) if isinstance(profiles, dict) else None
    if isinstance(found, dict):
        return _profile(selected, file, found)
    if not name:
        return None
    raise SettingsInvalid(
        f"{PROFILE_VARIABLE} names the profile {printable(name)[:_MAX_NAME]!r}, which is not in "
        f"{printable(file)}. Choose one that `langsmith profile list` shows, or create it with "
        "`langsmith profile create`."
    )


def _path(environ: Mapping[str, str]) -> Path | None:
    if named := environ.get(_FILE_VARIABLE, "").strip():
        return Path(named)
    home = next((environ[name] for name in _HOME_VARIABLES if environ.get(name)), None)
    return Path(home, ".langsmith", "config.json") if home else None


def _parse(text: str, file: str) -> dict[str, Any]:
    if not text.strip():
        return {}
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise SettingsInvalid(
            f"The profiles of LangSmith in {printable(file)} are no JSON object. Correct the file, "
            f"or name another one in {_FILE_VARIABLE}."
        )
    return document


def _profile(name: str, file: str, fields: dict[str, Any]) -> Profile:
    login = fields.get("oauth")
    tokens = login if isinstance(login, dict) else {}
    return Profile(
        name=name,
        file=file,
        api_key=_text(fields, "api_key"),
        endpoint=_text(fields, "api_url"),
        workspace_id=_text(fields, "workspace_id"),
        has_login=any(tokens.get(key) for key in ("access_token", "refresh_token")),
    )


def _text(fields: dict[str, Any], key: str) -> str | None:
    value = fields.get(key)
    return value.strip() or None if isinstance(value, str) else None
