"""A Pulumi project on disk: Pulumi.yaml, and the configuration in Pulumi.<stack>.yaml."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import yaml

from .errors import NoPassphraseError, OfflineError
from .secrets import Crypter
from .values import Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path


_SECRET_NAME = re.compile(r"(?:api_?key|token|password|secret)$", re.IGNORECASE)
"""Keys whose values are secrets even if given in plain text, such as `langsmith:apiKey`."""
PLACEHOLDER = "a-secret-that-cannot-be-read-here"
"""The value that stands for a secret that cannot be decrypted, or that nothing sets."""


@dataclass(frozen=True)
class Project:
    """The content of Pulumi.yaml."""

    name: str
    root: Path
    main: Path
    python: str
    options: Mapping[str, Any]
    defaults: Mapping[str, str] = field(default_factory=dict)
    """Configuration of every stack that does not override it."""
    declared_secrets: frozenset[str] = frozenset()
    """Keys that Pulumi.yaml declares as secret, and gives no value."""


@dataclass(frozen=True)
class Config:
    """A stack's configuration with namespaced keys, and the keys of secret values."""

    values: Mapping[str, str] = field(default_factory=dict)
    secret_keys: frozenset[str] = frozenset()
    placeholders: frozenset[str] = frozenset()
    """The keys whose values are placeholders."""
    simulated: bool = False
    """True if a placeholder also stands for a secret that the program requires and nothing sets."""

    def with_values(self, values: Mapping[str, str], *, secret: bool = False) -> Config:
        """Return the configuration with some values set; a secret key stays secret."""
        keys = values.keys() if secret else {key for key in values if _SECRET_NAME.search(key)}
        return replace(self, values={**self.values, **values}, secret_keys=self.secret_keys | keys)

    def without(self, keys: Collection[str]) -> Config:
        """Return the configuration without some values."""
        left = {key: text for key, text in self.values.items() if key not in keys}
        return replace(
            self,
            values=left,
            secret_keys=self.secret_keys & left.keys(),
            placeholders=self.placeholders & left.keys(),
        )

    def filled(self, declared: Collection[str]) -> Config:
        """Return the configuration with placeholders for the declared secrets that nothing sets."""
        missing = frozenset(declared) - self.values.keys()
        return replace(
            self.with_values(dict.fromkeys(missing, PLACEHOLDER), secret=True),
            placeholders=self.placeholders | missing,
            simulated=True,
        )


def without_secrets(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a provider's configuration that are not secret."""
    return {
        key: value
        for key, value in values.items()
        if not (isinstance(value, Secret) or _SECRET_NAME.search(key))
    }


def read_project(folder: Path) -> Project:
    """Read the project of a folder; its Pulumi.yaml may be in a parent folder, as with Pulumi."""
    root = _project_root(folder)
    document = _read_yaml(root / "Pulumi.yaml")
    runtime = document.get("runtime")
    named = runtime if isinstance(runtime, dict) else {"name": runtime}
    if named.get("name") != "python" or not document.get("name"):
        raise OfflineError(
            f"{root / 'Pulumi.yaml'} does not name a project with the runtime python"
        )
    options = named.get("options") or {}
    main = (root / (document.get("main") or ".")).resolve()
    project = Project(document["name"], root, main, _interpreter(root, options), options)
    config = document.get("config")
    return replace(
        project,
        defaults=namespaced(project, _defaults(config)),
        declared_secrets=frozenset(namespaced(project, _declared_secrets(config))),
    )


def _defaults(config: Any) -> dict[str, str]:
    """Return the project's own configuration, whose values may be plain or declared."""
    declared = config.items() if isinstance(config, dict) else ()
    values = {key: _declared_value(value) for key, value in declared}
    return {key: _config_text(value) for key, value in values.items() if value is not None}


def _declared_secrets(config: Any) -> dict[str, str]:
    declared = config.items() if isinstance(config, dict) else ()
    return {
        key: ""
        for key, value in declared
        if isinstance(value, dict)
        and value.get("secret") is True
        and _declared_value(value) is None
    }


def _declared_value(value: Any) -> Any:
    return value.get("value", value.get("default")) if isinstance(value, dict) else value


def _project_root(folder: Path) -> Path:
    start = folder.resolve()
    for candidate in [start, *start.parents]:
        if (candidate / "Pulumi.yaml").is_file():
            return candidate
    raise OfflineError(f"there is no Pulumi.yaml in {start} or above it")


def _interpreter(root: Path, options: Mapping[str, Any]) -> str:
    # This interpreter has the SDK too, so it replaces a virtual environment that does not exist.
    python = root / str(options.get("virtualenv") or "") / "bin" / "python"
    return str(python) if options.get("virtualenv") and python.exists() else sys.executable


def read_config(
    project: Project, stack: str, passphrase: str | None, overridden: Collection[str] = ()
) -> Config:
    """Return a stack's configuration with secrets decrypted, or placeholders for them.

    Values that are overridden are not decrypted; their keys stay secret.
    """
    document = stack_settings(project, stack)
    decrypt = _decrypt(document, passphrase)
    values: dict[str, str] = dict(project.defaults)
    hidden: set[str] = set()
    for key, value in (document.get("config") or {}).items():
        if _holds_secret(value):
            hidden.add(key)
        if key not in overridden:
            values[key] = _config_text(_decrypted(value, decrypt))
    placeholders = frozenset(hidden.difference(overridden)) if passphrase is None else frozenset()
    hidden |= {key for key in values if _SECRET_NAME.search(key)}
    return Config(values, frozenset(hidden), placeholders)


def stack_settings(project: Project, stack: str) -> dict[str, Any]:
    """Return the content of Pulumi.<stack>.yaml, empty if there is none."""
    path = project.root / f"Pulumi.{stack}.yaml"
    return _read_yaml(path) if path.is_file() else {}


def namespaced(project: Project, values: Mapping[str, str]) -> dict[str, str]:
    """Return the values with the project's name as the namespace of keys without one."""
    return {key if ":" in key else f"{project.name}:{key}": text for key, text in values.items()}


def _decrypt(document: Mapping[str, Any], passphrase: str | None) -> Callable[[str], str]:
    salt = document.get("encryptionsalt")
    if passphrase is None:
        return lambda _: PLACEHOLDER
    return Crypter(passphrase, salt).decrypt if salt else _reject_without_salt


def _reject_without_salt(_: str) -> str:
    raise NoPassphraseError("the stack's configuration has secrets but no encryptionsalt")


def _decrypted(value: Any, decrypt: Callable[[str], str]) -> Any:
    if isinstance(value, dict) and set(value) == {"secure"}:
        return decrypt(value["secure"])
    if isinstance(value, dict):
        return {key: _decrypted(item, decrypt) for key, item in value.items()}
    return [_decrypted(item, decrypt) for item in value] if isinstance(value, list) else value


def _holds_secret(value: Any) -> bool:
    if isinstance(value, dict):
        return set(value) == {"secure"} or any(map(_holds_secret, value.values()))
    return isinstance(value, list) and any(map(_holds_secret, value))


def _config_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as broken:
        raise OfflineError(f"{path} is not valid YAML: {broken}") from broken
    if not isinstance(document, dict):
        raise OfflineError(f"{path} is not a mapping")
    return document
