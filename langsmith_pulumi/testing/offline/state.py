"""The state of a stack, and its JSON form, which is that of `pulumi stack export`."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from .errors import OfflineError
from .urns import ROOT_STACK_TYPE, is_provider_type, provider_urn
from .values import (
    SECRET_SIGNATURE,
    SIGNATURE_KEY,
    Properties,
    Secret,
    mark_named,
    secret,
    transform,
)

if TYPE_CHECKING:
    from collections.abc import Callable

STATE_VERSION = 3
_WRITER = "v3.0.0+langsmith-pulumi-offline"


@dataclass(frozen=True, eq=False)
class Entry:
    """One resource of the state; two entries are equal only if they are one object."""

    urn: str
    custom: bool
    type: str
    delete: bool = False
    id: str = ""
    inputs: Properties = field(default_factory=dict)
    outputs: Properties = field(default_factory=dict)
    parent: str = ""
    protect: bool = False
    external: bool = False
    dependencies: list[str] = field(default_factory=list)
    init_errors: list[str] = field(default_factory=list)
    provider: str = ""
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    pending_replacement: bool = False
    additional_secret_outputs: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    custom_timeouts: dict[str, float] = field(default_factory=dict)
    retain_on_delete: bool = False
    deleted_with: str = ""
    created: str = ""
    modified: str = ""
    ignore_changes: list[str] = field(default_factory=list)
    replace_on_changes: list[str] = field(default_factory=list)
    taint: bool = False
    """True if the next update replaces the resource, regardless of the provider's diff."""
    rest: dict[str, Any] = field(default_factory=dict)
    """Fields that only the Pulumi CLI writes, such as source positions, kept unchanged."""

    def copy_with(self, **changes: Any) -> Entry:
        """Return a copy with some fields changed."""
        return dataclasses.replace(self, **changes)

    @property
    def is_provider(self) -> bool:
        """Return True if this is a provider."""
        return is_provider_type(self.type)

    @property
    def is_stack(self) -> bool:
        """Return True if this is the stack itself."""
        return self.type == ROOT_STACK_TYPE

    @property
    def needs(self) -> list[str]:
        """Return the URNs that must precede this one: parent, provider, all dependencies."""
        one_each = [self.parent, self.deleted_with, provider_urn(self.provider)]
        by_property = [urn for urns in self.property_dependencies.values() for urn in urns]
        return [urn for urn in [*one_each, *self.dependencies, *by_property] if urn]


@dataclass(frozen=True, eq=False)
class Operation:
    """A pending operation, whose end is not recorded: creating, updating or deleting."""

    entry: Entry
    kind: str


@dataclass(frozen=True)
class Checkpoint:
    """The content of the state file."""

    entries: list[Entry] = field(default_factory=list)
    pending: list[Operation] = field(default_factory=list)


_JSON_NAMES = {
    item.name: item.name.split("_")[0] + "".join(map(str.title, item.name.split("_")[1:]))
    for item in dataclasses.fields(Entry)
    if item.name != "rest"
}
_REQUIRED = {"urn", "custom", "type"}


def entry_document(entry: Entry, encode: Callable[[Any], Any]) -> dict[str, Any]:
    """Return an entry as JSON without empty fields; `encode` converts each leaf of properties."""
    document = {
        json_name: getattr(entry, name)
        for name, json_name in _JSON_NAMES.items()
        if name in _REQUIRED or getattr(entry, name)
    }
    for key in document.keys() & {"inputs", "outputs"}:
        document[key] = transform(document[key], encode)
    return {**document, **entry.rest}


def read_entry(document: dict[str, Any], decrypt: Callable[[str], str]) -> Entry:
    """Return the entry of a JSON document."""
    known = {name: document[wire] for name, wire in _JSON_NAMES.items() if wire in document}
    rest = {key: value for key, value in document.items() if key not in _JSON_NAMES.values()}
    for key in ("inputs", "outputs"):
        known[key] = _decode(known.get(key) or {}, decrypt)
    return Entry(**known, rest=rest)


def _decode(value: Any, decrypt: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [_decode(item, decrypt) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get(SIGNATURE_KEY) != SECRET_SIGNATURE:
        return {key: _decode(item, decrypt) for key, item in value.items()}
    text = value["plaintext"] if "plaintext" in value else decrypt(value["ciphertext"])
    return secret(_decode(json.loads(text), decrypt))


def secret_encoder(encrypt: Callable[[str], str]) -> Callable[[Any], Any]:
    """Return a function that converts secrets to ciphertexts, and leaves other leaves unchanged."""

    def encode(leaf: Any) -> Any:
        if not isinstance(leaf, Secret):
            return leaf
        return {SIGNATURE_KEY: SECRET_SIGNATURE, "ciphertext": encrypt(json.dumps(leaf.value))}

    return encode


def show_secret(leaf: Any) -> Any:
    """Convert a secret to its plain text, in the form of `--show-secrets`."""
    if not isinstance(leaf, Secret):
        return leaf
    return {SIGNATURE_KEY: SECRET_SIGNATURE, "plaintext": json.dumps(leaf.value)}


def export(checkpoint: Checkpoint, encrypt: Callable[[str], str], salt: str) -> dict[str, Any]:
    """Return the state in the form of `pulumi stack export`."""
    encode = secret_encoder(encrypt)
    operations = [operation_document(operation, encode) for operation in checkpoint.pending]
    deployment = {
        "manifest": {"time": now(), "magic": _magic(_WRITER), "version": _WRITER},
        "secrets_providers": {"type": "passphrase", "state": {"salt": salt}},
        "resources": [state_document(entry, encode) for entry in checkpoint.entries],
        **({"pending_operations": operations} if operations else {}),
        "metadata": {},
    }
    return {"version": STATE_VERSION, "deployment": deployment}


def operation_document(operation: Operation, encode: Callable[[Any], Any]) -> dict[str, Any]:
    """Return a pending operation as JSON; `encode` converts each leaf of properties."""
    return {"resource": state_document(operation.entry, encode), "type": operation.kind}


def read_operation(document: dict[str, Any], decrypt: Callable[[str], str]) -> Operation:
    """Return the pending operation of a JSON document."""
    return Operation(read_entry(document["resource"], decrypt), document["type"])


def state_document(entry: Entry, encode: Callable[[Any], Any]) -> dict[str, Any]:
    """Return an entry as JSON in the form of the state."""
    # A plan lists the alias that a resource was found by; the state has its new URN only.
    return entry_document(entry.copy_with(aliases=[]), encode)


def load(document: dict[str, Any], decrypt: Callable[[str], str]) -> Checkpoint:
    """Return the state of an exported document; raise an error if it is damaged or unsupported."""
    if document.get("version") != STATE_VERSION:
        raise OfflineError(f"the state has version {document.get('version')}, not {STATE_VERSION}")
    deployment = document["deployment"]
    manifest = deployment["manifest"]
    if manifest.get("magic", "") != _magic(manifest.get("version", "")):
        raise OfflineError("the state's manifest is damaged: its magic does not fit its version")
    return Checkpoint(
        [read_entry(item, decrypt) for item in deployment.get("resources") or []],
        [read_operation(item, decrypt) for item in deployment.get("pending_operations") or []],
    )


def with_outputs(entry: Entry, outputs: Properties) -> Entry:
    """Return the entry with outputs, secret by option or if the input of the same name is."""
    secret_keys = [key for key, value in entry.inputs.items() if isinstance(value, Secret)]
    return entry.copy_with(
        outputs=mark_named(outputs, secret_keys + entry.additional_secret_outputs)
    )


def now() -> str:
    """Return the current time in the format of the state."""
    return datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")


def _magic(version: str) -> str:
    if not version:
        return ""  # of a CLI that was built without a version
    return hashlib.sha256(version.encode()).hexdigest()
