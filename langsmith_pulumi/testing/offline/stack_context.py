"""The context of a stack: its project, configuration, secrets and state."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from .changes import read_change
from .children import spawn
from .errors import NoPassphraseError, WrongPassphraseError
from .integrity import require_integrity
from .langsmith import is_simulated, unreadable_settings
from .project import (
    Config,
    Project,
    namespaced,
    read_config,
    read_project,
    stack_settings,
    without_secrets,
)
from .secrets import Crypter, crypters_for_state, find_passphrase, has_passphrase, opens
from .snapshot import with_changes
from .state import Checkpoint, Entry, export, load
from .store import FOLDER, StateFile, StoredState
from .urns import EVERYTHING, Selection, is_dynamic_provider
from .values import Properties, Secret, secret_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from .children import Launch, Process


_SIMULATOR_HINT = (
    "; or run the stack on a simulator (config=simulator.config), where placeholders stand for them"
)


@dataclass(frozen=True)
class Request:
    """The project, the stack, and the settings of one operation."""

    project_dir: Path
    stack: str = "dev"
    config: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] | None = None
    """The environment variables of children; None stands for those of this process."""
    start: Callable[[Launch], Process] = spawn
    selected: Selection = EVERYTHING
    state_dir: Path | None = None
    """The folder of the state; None stands for `.pulumi-offline/` in the project."""
    placeholders: bool = False
    """True if placeholders stand for secrets that cannot be read, on a simulated control plane."""


@dataclass(frozen=True)
class StackContext:
    """A stack with its project, configuration, secrets and state.

    `checkpoint` is the state with all that a journal adds to the file. `base` is the hash of the
    file if it has exactly this state, encrypted with this salt, and empty otherwise.
    """

    project: Project
    stack: str
    config: Config
    environ: Mapping[str, str]
    checkpoint: Checkpoint
    crypter: Crypter
    file: StateFile
    base: str
    has_journal: bool
    start: Callable[[Launch], Process]

    def save(self, checkpoint: Checkpoint) -> str:
        """Write a state to disk in place of the old one and its journal; return its hash."""
        return self.file.write(self.export(checkpoint))

    def export(self, checkpoint: Checkpoint) -> dict[str, Any]:
        """Return a state in the form of `pulumi stack export`, with secrets encrypted."""
        return export(checkpoint, self.crypter.encrypt, self.crypter.salt_state)

    @property
    def public_config(self) -> Properties:
        """Return the configuration without secrets, which the state keeps for the provider."""
        hidden = self.config.secret_keys
        return {key: text for key, text in sorted(self.config.values.items()) if key not in hidden}

    @property
    def secret_config(self) -> Properties:
        """Return the secrets of the current configuration, which no state holds."""
        return {key: Secret(self.config.values[key]) for key in sorted(self.config.secret_keys)}

    @property
    def recorded_config(self) -> Properties:
        """Return the provider's configuration in the state."""
        entries = self.checkpoint.entries
        found = (entry for entry in entries if is_dynamic_provider(entry.type))
        return next((entry.inputs for entry in found), self.public_config)

    @property
    def secret_texts(self) -> set[str]:
        """Return every secret string of configuration and state."""
        hidden = {self.config.values[key] for key in self.config.secret_keys}
        return hidden.union(*(_secrets_of(entry) for entry in self.checkpoint.entries))


def open_stack(request: Request, *, planning: bool = False) -> StackContext:
    """Read a stack; one that does not exist yet is empty.

    With `planning`, and without a passphrase, placeholders replace the secrets of the
    configuration; on a simulated control plane they do so in each operation, if requested.
    """
    environ = dict(os.environ if request.environ is None else request.environ)
    project = read_project(request.project_dir)
    config = _config(project, request, environ, planning=planning)
    file = state_file(request, project)
    stored = file.read()
    salt, configured_salt = _salt(stored.document), _configured_salt(project, request.stack)
    if config.simulated and not opens(find_passphrase(environ), configured_salt):
        configured_salt = ""
    reader, crypter = crypters_for_state(environ, salt, configured_salt)
    is_base = salt and not stored.journal and crypter is reader
    return StackContext(
        project=project,
        stack=request.stack,
        config=config,
        environ=environ,
        checkpoint=_checkpoint(stored, reader),
        crypter=crypter,
        file=file,
        base=stored.hash if is_base else "",
        has_journal=stored.has_journal,
        start=request.start,
    )


def _checkpoint(stored: StoredState, crypter: Crypter) -> Checkpoint:
    loaded = load(stored.document, crypter.decrypt) if stored.document else Checkpoint()
    clean = replace(loaded, entries=[_without_credentials(one) for one in loaded.entries])
    changes = [
        read_change(document, crypter.decrypt) for item in stored.journal for document in item
    ]
    checkpoint = with_changes(clean, changes)
    require_integrity(checkpoint)
    return checkpoint


def _without_credentials(entry: Entry) -> Entry:
    """Remove the credentials in the configuration of a provider, which old versions recorded."""
    if not is_dynamic_provider(entry.type):
        return entry
    return entry.copy_with(
        inputs=without_secrets(entry.inputs), outputs=without_secrets(entry.outputs)
    )


def state_file(request: Request, project: Project | None = None) -> StateFile:
    """Return the state file of a stack."""
    project = project or read_project(request.project_dir)
    return StateFile(request.state_dir or project.root / FOLDER, request.stack)


def _config(
    project: Project, request: Request, environ: Mapping[str, str], *, planning: bool
) -> Config:
    """Return the configuration, with placeholders where that is allowed and necessary."""
    try:
        config = _read_config(project, request, find_passphrase(environ))
    except (NoPassphraseError, WrongPassphraseError) as wrong:
        config = _read_config(project, request, None)
        simulated = config.without(unreadable_settings(config))
        if request.placeholders and is_simulated(simulated, environ):
            return simulated.filled(project.declared_secrets)
        if not planning or has_passphrase(environ):
            hint = _SIMULATOR_HINT if request.placeholders else ""
            raise type(wrong)(f"Pulumi.{request.stack}.yaml: {wrong}{hint}") from None
        return config
    if request.placeholders and is_simulated(config, environ):
        return config.filled(project.declared_secrets)
    return config


def _read_config(project: Project, request: Request, passphrase: str | None) -> Config:
    plain, hidden = (namespaced(project, values) for values in (request.config, request.secrets))
    config = read_config(project, request.stack, passphrase, {*plain, *hidden})
    return config.with_values(plain).with_values(hidden, secret=True)


def _configured_salt(project: Project, stack: str) -> str:
    return str(stack_settings(project, stack).get("encryptionsalt") or "")


def _salt(document: dict[str, Any] | None) -> str:
    providers = (document or {}).get("deployment", {}).get("secrets_providers") or {}
    return str(providers.get("state", {}).get("salt") or "")


def _secrets_of(entry: Entry) -> set[str]:
    return secret_texts(entry.inputs) | secret_texts(entry.outputs)
