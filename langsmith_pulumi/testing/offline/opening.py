"""Opens a stack: its project, configuration, secrets and state."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from .children import spawn
from .errors import NoPassphraseError, WrongPassphraseError
from .integrity import refuse_if_broken
from .project import (
    Config,
    Project,
    namespaced,
    public,
    read_config,
    read_project,
    stack_settings,
)
from .secrets import Vault, find_passphrase, has_passphrase, vault_of_state
from .selection import EVERYTHING, Selection
from .state import Checkpoint, Entry, export, load
from .store import StateFile
from .urns import is_dynamic_provider
from .values import Bag, Secret, secret_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from .children import Launch, Process


@dataclass(frozen=True)
class Request:
    """Which project and stack, and what to set for this operation only."""

    project_dir: Path
    stack: str = "dev"
    config: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] | None = None
    """The variables children start with; this process's own when None."""
    start: Callable[[Launch], Process] = spawn
    selected: Selection = EVERYTHING


@dataclass(frozen=True)
class OpenStack:
    """A stack with everything that an operation needs to know of it."""

    project: Project
    stack: str
    config: Config
    environ: Mapping[str, str]
    checkpoint: Checkpoint
    vault: Vault
    file: StateFile
    start: Callable[[Launch], Process]

    def save(self, checkpoint: Checkpoint) -> None:
        """Make a state durable."""
        self.file.write(self.exported(checkpoint))

    def exported(self, checkpoint: Checkpoint) -> dict[str, Any]:
        """A state in export form, secrets encrypted."""
        return export(checkpoint, self.vault.encrypt, self.vault.salt_state)

    @property
    def public_config(self) -> Bag:
        """The configuration without its secrets: what the state holds of the default provider."""
        hidden = self.config.secret_keys
        return {key: text for key, text in sorted(self.config.values.items()) if key not in hidden}

    @property
    def secret_config(self) -> Bag:
        """The secrets of the present configuration, which no state holds."""
        return {key: Secret(self.config.values[key]) for key in sorted(self.config.secret_keys)}

    @property
    def recorded_config(self) -> Bag:
        """What the default provider was configured with when the state was last written."""
        entries = self.checkpoint.entries
        found = (entry for entry in entries if is_dynamic_provider(entry.type))
        return next((entry.inputs for entry in found), self.public_config)

    @property
    def secret_texts(self) -> set[str]:
        """Every secret string that configuration and state hold."""
        hidden = {self.config.values[key] for key in self.config.secret_keys}
        return hidden.union(*(_secrets_of(entry) for entry in self.checkpoint.entries))


def open_stack(request: Request, *, planning: bool = False) -> OpenStack:
    """Read all there is of a stack; one that does not exist yet is empty.

    With `planning`, secrets of the configuration that nobody gave a passphrase for are no error:
    placeholders stand for them.
    """
    environ = dict(os.environ if request.environ is None else request.environ)
    project = read_project(request.project_dir)
    passphrase = find_passphrase(environ)
    file = state_file(request, project)
    document = file.read()
    configured_salt = _configured_salt(project, request.stack)
    reader, vault = vault_of_state(environ, _salt(document), configured_salt)
    return OpenStack(
        project=project,
        stack=request.stack,
        config=_config(
            project, request, passphrase, blindly=planning and not has_passphrase(environ)
        ),
        environ=environ,
        checkpoint=_checkpoint(document, reader),
        vault=vault,
        file=file,
        start=request.start,
    )


def _checkpoint(document: dict[str, Any] | None, vault: Vault) -> Checkpoint:
    loaded = load(document, vault.decrypt) if document else Checkpoint()
    checkpoint = replace(loaded, entries=[_without_credentials(one) for one in loaded.entries])
    refuse_if_broken(checkpoint)
    return checkpoint


def _without_credentials(entry: Entry) -> Entry:
    """Drop the credentials that a provider was configured with; former versions recorded them."""
    if not is_dynamic_provider(entry.type):
        return entry
    return entry.but(inputs=public(entry.inputs), outputs=public(entry.outputs))


def state_file(request: Request, project: Project | None = None) -> StateFile:
    """Where the stack's state is."""
    return StateFile((project or read_project(request.project_dir)).root, request.stack)


def _config(project: Project, request: Request, passphrase: str, *, blindly: bool) -> Config:
    try:
        config = read_config(project, request.stack, passphrase)
    except (NoPassphraseError, WrongPassphraseError) as wrong:
        if not blindly:
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
