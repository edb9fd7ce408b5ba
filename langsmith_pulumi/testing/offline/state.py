"""A stack's state: its entries, in the form that `pulumi stack export` prints."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from .errors import OfflineError
from .urns import ROOT_STACK_TYPE, is_provider_type, provider_urn
from .values import SECRET_SIGNATURE, SIGNATURE_KEY, Bag, Secret, mark_named, secret, transform

if TYPE_CHECKING:
    from collections.abc import Callable

STATE_VERSION = 3
_WRITER = "v3.0.0+langsmith-pulumi-offline"


@dataclass(frozen=True, eq=False)
class Entry:
    """One resource as the state knows it; two entries are the same only if they are one object."""

    urn: str
    custom: bool
    type: str
    delete: bool = False
    id: str = ""
    inputs: Bag = field(default_factory=dict)
    outputs: Bag = field(default_factory=dict)
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
    """Whether the next update replaces the resource, whatever its provider says."""
    rest: dict[str, Any] = field(default_factory=dict)
    """What only the Pulumi CLI writes (source positions and the like), carried along."""

    def but(self, **changes: Any) -> Entry:
        """A copy with some fields changed."""
        return dataclasses.replace(self, **changes)

    @property
    def is_provider(self) -> bool:
        """Whether this is a provider rather than a resource of one."""
        return is_provider_type(self.type)

    @property
    def is_stack(self) -> bool:
        """Whether this is the stack itself."""
        return self.type == ROOT_STACK_TYPE

    @property
    def needs(self) -> list[str]:
        """The URNs that must exist before this one: parent, provider, all dependencies."""
        one_each = [self.parent, self.deleted_with, provider_urn(self.provider)]
        by_property = [urn for urns in self.property_dependencies.values() for urn in urns]
        return [urn for urn in [*one_each, *self.dependencies, *by_property] if urn]


@dataclass(frozen=True, eq=False)
class Operation:
    """A step that has begun and whose end is not recorded: creating, updating, deleting."""

    entry: Entry
    kind: str


@dataclass(frozen=True)
class Checkpoint:
    """Everything the state file holds."""

    entries: list[Entry] = field(default_factory=list)
    pending: list[Operation] = field(default_factory=list)


_SPELLED = {
    item.name: item.name.split("_")[0] + "".join(map(str.title, item.name.split("_")[1:]))
    for item in dataclasses.fields(Entry)
    if item.name != "rest"
}
_ALWAYS = {"urn", "custom", "type"}


def entry_document(entry: Entry, seal: Callable[[Any], Any]) -> dict[str, Any]:
    """An entry as JSON, empty fields left out; `seal` turns a `Secret` into what is written."""
    document = {
        spelled: getattr(entry, name)
        for name, spelled in _SPELLED.items()
        if name in _ALWAYS or getattr(entry, name)
    }
    for bag in document.keys() & {"inputs", "outputs"}:
        document[bag] = transform(document[bag], seal)
    return {**document, **entry.rest}


def read_entry(document: dict[str, Any], decrypt: Callable[[str], str]) -> Entry:
    """An entry from its JSON."""
    known = {name: document[wire] for name, wire in _SPELLED.items() if wire in document}
    rest = {key: value for key, value in document.items() if key not in _SPELLED.values()}
    for bag in ("inputs", "outputs"):
        known[bag] = _unsealed(known.get(bag) or {}, decrypt)
    return Entry(**known, rest=rest)


def _unsealed(value: Any, decrypt: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [_unsealed(item, decrypt) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get(SIGNATURE_KEY) != SECRET_SIGNATURE:
        return {key: _unsealed(item, decrypt) for key, item in value.items()}
    text = value["plaintext"] if "plaintext" in value else decrypt(value["ciphertext"])
    return secret(_unsealed(json.loads(text), decrypt))


def sealer(encrypt: Callable[[str], str]) -> Callable[[Any], Any]:
    """What writes a leaf to disk: secrets as their ciphertext."""

    def seal(leaf: Any) -> Any:
        if not isinstance(leaf, Secret):
            return leaf
        return {SIGNATURE_KEY: SECRET_SIGNATURE, "ciphertext": encrypt(json.dumps(leaf.value))}

    return seal


def export(checkpoint: Checkpoint, encrypt: Callable[[str], str], salt: str) -> dict[str, Any]:
    """The state in export form, which `pulumi stack import` takes."""
    seal = sealer(encrypt)
    operations = [
        {"resource": _written(operation.entry, seal), "type": operation.kind}
        for operation in checkpoint.pending
    ]
    deployment = {
        "manifest": {"time": now(), "magic": _magic(_WRITER), "version": _WRITER},
        "secrets_providers": {"type": "passphrase", "state": {"salt": salt}},
        "resources": [_written(entry, seal) for entry in checkpoint.entries],
        **({"pending_operations": operations} if operations else {}),
        "metadata": {},
    }
    return {"version": STATE_VERSION, "deployment": deployment}


def _written(entry: Entry, seal: Callable[[Any], Any]) -> dict[str, Any]:
    # A plan shows under which name a resource was found; the state has one name for it, the new.
    return entry_document(entry.but(aliases=[]), seal)


def load(document: dict[str, Any], decrypt: Callable[[str], str]) -> Checkpoint:
    """The state from its export form; refuses one that is damaged or of another version."""
    if document.get("version") != STATE_VERSION:
        raise OfflineError(f"the state has version {document.get('version')}, not {STATE_VERSION}")
    deployment = document["deployment"]
    manifest = deployment["manifest"]
    if manifest.get("magic", "") != _magic(manifest.get("version", "")):
        raise OfflineError("the state's manifest is damaged: its magic does not fit its version")
    return Checkpoint(
        [read_entry(item, decrypt) for item in deployment.get("resources") or []],
        [
            Operation(read_entry(item["resource"], decrypt), item["type"])
            for item in deployment.get("pending_operations") or []
        ],
    )


def with_outputs(entry: Entry, outputs: Bag) -> Entry:
    """The entry with outputs, those secret that are asked to be or whose input is."""
    hidden = [key for key, value in entry.inputs.items() if isinstance(value, Secret)]
    return entry.but(outputs=mark_named(outputs, hidden + entry.additional_secret_outputs))


def now() -> str:
    """The time, in the form the state uses."""
    return datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")


def _magic(version: str) -> str:
    if not version:
        return ""  # of a CLI that was built without a version
    return hashlib.sha256(version.encode()).hexdigest()
