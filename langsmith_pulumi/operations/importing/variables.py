"""Which values a written program may show, and the secrets that stand for all others."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane.comparison import is_of_the_service
from langsmith_pulumi.control_plane.credentials import is_secret_after, without_credentials
from langsmith_pulumi.control_plane.text import printable
from langsmith_pulumi.provider.variables import ENVIRONMENT_VARIABLES, SECRETS

from .names import config_key, take

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from langsmith_pulumi.control_plane.responses import LiveDeployment

_SECRET_NAME = re.compile(
    r"token|secret|passw(?:or)?d|passphrase|credential|api_?key"
    r"|(?:^|[^a-z])(?:keys?|pass|pwd|pw|auth|dsn)(?:[^a-z]|$)"
    r"|(?-i:[a-z]Keys?(?![a-z]))",
    re.IGNORECASE,
)
_RUN_OF_A_TOKEN = re.compile(r"[A-Za-z0-9]{20,}")
"""No word of prose and no part of a UUID is as long."""
_FREE_OBJECTS = ("labels", "annotations", "volumeAttributes")
"""Objects with keys of the user's choice, which may name a secret."""
_PARTS_WITHOUT_MEANING = ("source_config", "source_revision_config", "resource_spec", "env")


@dataclass(frozen=True)
class ConfigSecret:
    """A value that a program takes from its configuration with ``require_secret``."""

    key: str
    value: str = field(repr=False)
    origin: str
    """What it is, such as ``OPENAI_API_KEY of support-agent``."""


def reason_against_plain(name: str, value: str) -> str:
    """Return why a variable must not stand in a program, or an empty text if it may."""
    if _SECRET_NAME.search(name):
        return "its name is that of a secret"
    if without_credentials(value) != value:
        return "its value contains credentials"
    if _RUN_OF_A_TOKEN.search(value):
        return "its value looks like a token"
    return ""


def variables_of(live: LiveDeployment) -> tuple[dict[str, str], list[str]]:
    """Return the variables that a program can declare, and notes on the others.

    The service keeps one set, and a program that names some variables removes the others. So where
    a value is not shown, none is returned, and the set stays as it is.
    """
    if live.latest_revision_id is None:
        return {}, [unmanaged("the service shows none before the first revision")]
    own = {
        name: value
        for name, value in live.secrets.items()
        if not is_of_the_service(name, live.source)
    }
    redacted = sorted(printable(name) for name, value in own.items() if value is None)
    if redacted:
        return {}, [unmanaged(f"the service does not show the values of {', '.join(redacted)}")]
    notes = [
        f"the variable {printable(name)} is empty, which a program cannot declare; the next change "
        "of a variable removes it"
        for name in sorted(own)
        if not own[name]
    ]
    return {name: value for name, value in sorted(own.items()) if value}, notes


def unmanaged(reason: str) -> str:
    """Return the note on variables that the program does not declare."""
    return f"its variables stay as they are and are not managed: {reason}"


class Hiding:
    """Replacement of the values that a program must not show, with one key for each."""

    def __init__(self, plain: Collection[str]) -> None:
        self.secrets: list[ConfigSecret] = []
        self.refused: list[str] = []
        """The variables of ``plain`` that are not plain, each with the reason."""
        self.seen: set[str] = set()
        """The names of all variables."""
        self._plain = plain
        self._keys: set[str] = set()

    def in_maps(self, values: Mapping[str, str], owner: str) -> dict[str, Any]:
        """Return the arguments of ``Deployment`` that hold these variables."""
        maps: dict[str, dict[str, Any]] = {ENVIRONMENT_VARIABLES: {}, SECRETS: {}}
        for name, value in sorted(values.items()):
            shown = self._variable(name, value, owner)
            chosen = SECRETS if isinstance(shown, ConfigSecret) else ENVIRONMENT_VARIABLES
            maps[chosen][name] = shown
        return {argument: found for argument, found in maps.items() if found}

    def hide(self, value: Any, owner: str, path: tuple[str, ...] = ()) -> Any:
        """Return a value with a secret for each text in it that may be one."""
        if isinstance(value, list):
            return [
                self._secret(item, owner, path)
                if isinstance(item, str) and is_secret_after(before, item)
                else self.hide(item, owner, (*path, *_name(item)))
                for before, item in zip([None, *value], value, strict=False)
            ]
        if isinstance(value, dict):
            return {key: self._member(value, key, owner, path) for key in value}
        if isinstance(value, str) and _may_be_secret(value, path):
            return self._secret(value, owner, path)
        return value

    def _member(self, holder: dict[str, Any], key: str, owner: str, path: tuple[str, ...]) -> Any:
        value = holder[key]
        if key == "value" and "env" in path and isinstance(value, str):
            return self._variable(str(holder.get("name")), value, owner, path)
        return self.hide(value, owner, (*path, key))

    def _variable(
        self, name: str, value: str, owner: str, path: tuple[str, ...] = ()
    ) -> str | ConfigSecret:
        self.seen.add(name)
        if name not in self._plain:
            return self._secret(value, owner, path or (name,))
        reason = reason_against_plain(name, value)
        if reason:
            self.refused.append(f"{printable(name)} of {owner}, because {reason}")
        return value

    def _secret(self, value: str, owner: str, path: tuple[str, ...]) -> ConfigSecret:
        parts = [part for part in path if part not in _PARTS_WITHOUT_MEANING][-2:]
        key = take(config_key(owner, *parts), self._keys)
        secret = ConfigSecret(key, value, f"{printable('.'.join(parts))} of {owner}")
        self.secrets.append(secret)
        return secret


def _name(item: Any) -> tuple[str, ...]:
    name = item.get("name") if isinstance(item, dict) else None
    return (name,) if isinstance(name, str) else ()


def _may_be_secret(text: str, path: tuple[str, ...]) -> bool:
    is_named = any(part in _FREE_OBJECTS for part in path) and _SECRET_NAME.search(path[-1])
    return bool(is_named) or without_credentials(text) != text
