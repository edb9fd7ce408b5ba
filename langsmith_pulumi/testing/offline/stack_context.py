"""The context of a stack: its project, configuration, secrets and state."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from .changes import read_change
from .children import spawn
from .errors import NoPassphraseError, WrongPassphraseError
from .integrity import require_integrity
from .project import (
    Config,
    Project,
    namespaced,
    read_config,
    read_project,
    stack_settings,
    without_secrets,
)
from .secrets import Crypter, crypters_for_state, find_passphrase, has_passphrase
from .snapshot import with_changes
from .state import Checkpoint, Entry, export, load
from .store import StateFile, StoredState
from .urns import EVERYTHING, Selection, is_dynamic_provider
from .values import Properties, Secret, secret_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from .children import Launch, Process


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
    configuration.
    """
    environ = dict(os.environ if request.environ is None else request.environ)
    project = read_project(request.project_dir)
    passphrase = find_passphrase(environ)
    file = state_file(request, project)
    stored = file.read()
    salt, configured_salt = _salt(stored.document), _configured_salt(project, request.stack)
    reader, crypter = crypters_for_state(environ, salt, configured_salt)
    is_base = salt and not stored.journal and crypter is reader
    return StackContext(
        project=project,
        stack=request.stack,
        config=_config(
            project,
            request,
            passphrase,
            allow_placeholders=planning and not has_passphrase(environ),
        ),
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
    return StateFile((project or read_project(request.project_dir)).root, request.stack)


def _config(
    project: Project, request: Request, passphrase: str, *, allow_placeholders: bool
) -> Config:
    try:
        config = read_config(project, request.stack, passphrase)
    except (NoPassphraseError, WrongPassphraseError) as wrong:
        if not allow_placeholders:
            raise type(wrong)(f"Pulumi.{request.stack}.yaml: {wrong}") from None
        config = read_config(project, request.stack, None)
    with_plain = config.with_values(namespaced(project, request.config))
    return with_plain.with_values(namespaced(project, request.secrets), secret=True)


def _configured_salt(project: Project, stack: str) -> str:
    return str(stack_settings(project, stack).get("encryptionsalt") or "")


def _salt(document: dict[str, Any] | None) -> str:
    providers = (document or {}).get("deployment", {}).get("secrets_providers") or {}
    return str(providers.get("state", {}).get("salt") or "")


def _secrets_of(entry: Entry) -> set[str]:
    return secret_texts(entry.inputs) | secret_texts(entry.outputs)
