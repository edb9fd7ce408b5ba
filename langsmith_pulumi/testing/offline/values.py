"""Property values: their wire format, secrets and unknowns.

Inside the engine a value is plain Python (dict, list, str, int, float, bool, None), with two
additions: `Secret` wraps a secret value, and the strings of `UNKNOWNS` stand for values that are
known only after an `up`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from google.protobuf import struct_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Properties = dict[str, Any]
"""The properties of a resource, by name."""

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWNS = frozenset(
    {
        UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # a bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # an array
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # an object
    }
)

SIGNATURE_KEY = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a public constant of Pulumi
OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

REDACTED = "[secret]"

_EXACT_INTEGERS = 2**53  # beyond it a double cannot represent every integer


@dataclass(frozen=True)
class Secret:
    """A secret value, which its representation does not show."""

    value: Any

    def __repr__(self) -> str:
        return REDACTED


def secret(value: Any) -> Secret:
    """Return the value as one secret, with the secrets inside it unwrapped."""
    return Secret(strip_secrets(value))


def transform(value: Any, leaf: Callable[[Any], Any]) -> Any:
    """Return a value with `leaf` applied to everything that is neither dict nor list."""
    if isinstance(value, dict):
        return {key: transform(item, leaf) for key, item in value.items()}
    if isinstance(value, list):
        return [transform(item, leaf) for item in value]
    return leaf(value)


def leaves(value: Any) -> Iterator[Any]:
    """Yield everything in a value that is neither dict nor list; a secret, then its leaves."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from leaves(item)
        return
    yield value
    if isinstance(value, Secret):
        yield from leaves(value.value)


def is_unknown(value: Any) -> bool:
    """Return True if the value itself is unknown."""
    return isinstance(value, str) and value in UNKNOWNS


def has_unknowns(value: Any) -> bool:
    """Return True if the value contains an unknown."""
    return any(map(is_unknown, leaves(value)))


def has_secrets(value: Any) -> bool:
    """Return True if the value contains a secret."""
    return any(isinstance(leaf, Secret) for leaf in leaves(value))


def strip_secrets(value: Any) -> Any:
    """Return the value with its secrets unwrapped, in the form for providers."""
    return transform(
        value, lambda leaf: strip_secrets(leaf.value) if isinstance(leaf, Secret) else leaf
    )


def redact(value: Any) -> Any:
    """Return the value with each secret replaced by `[secret]`."""
    return transform(value, lambda leaf: REDACTED if isinstance(leaf, Secret) else leaf)


def secret_texts(value: Any) -> set[str]:
    """Return all strings inside the value's secrets."""
    inside = [leaf.value for leaf in leaves(value) if isinstance(leaf, Secret)]
    return {text for text in leaves(inside) if isinstance(text, str)} - UNKNOWNS


def mark_secrets(outputs: Properties, inputs: Properties) -> Properties:
    """Return the outputs, secret where the input of the same name contains a secret.

    Maps are compared key by key; a list with a secret in it becomes secret as a whole.
    """
    return {
        key: _marked(value, inputs[key]) if key in inputs else value
        for key, value in outputs.items()
    }


def _marked(output: Any, source: Any) -> Any:
    if isinstance(output, dict) and isinstance(source, dict):
        return mark_secrets(output, source)
    return secret(output) if has_secrets(source) else output


def mark_named(outputs: Properties, names: list[str]) -> Properties:
    """Return the outputs with those of the given names made secret."""
    return {key: secret(value) if key in names else value for key, value in outputs.items()}


def same_value(one: Any, other: Any) -> bool:
    """Return True if values are equal in JSON: `true` is not `1`, `1` is `1.0`, secrecy counts."""
    if isinstance(one, Secret) and isinstance(other, Secret):
        return same_value(one.value, other.value)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_value(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_value, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def from_struct(struct: struct_pb2.Struct) -> Properties:
    """Return the properties of a wire message, which has no order, sorted by name."""
    return {key: from_wire(struct.fields[key]) for key in sorted(struct.fields)}


def from_wire(value: struct_pb2.Value) -> Any:
    """Return one value of a wire message."""
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return _from_map(from_struct(value.struct_value))
    if kind == "list_value":
        return [from_wire(item) for item in value.list_value.values]
    if kind == "number_value":
        return _number(value.number_value)
    return None if kind in (None, "null_value") else getattr(value, kind)


def _from_map(properties: Properties) -> Any:
    signature = properties.get(SIGNATURE_KEY)
    if signature == SECRET_SIGNATURE:
        return secret(properties.get("value"))
    if signature == OUTPUT_SIGNATURE:
        value = properties.get("value", UNKNOWN)
        return secret(value) if properties.get("secret") else value
    return properties


def _number(number: float) -> int | float:
    whole = number.is_integer() and abs(number) < _EXACT_INTEGERS
    return int(number) if whole else number


def to_struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """Return properties as a wire message, with secrets marked."""
    struct = struct_pb2.Struct()
    struct.update(transform(dict(properties), _wire_leaf))
    return struct


def _wire_leaf(leaf: Any) -> Any:
    if isinstance(leaf, Secret):
        return {SIGNATURE_KEY: SECRET_SIGNATURE, "value": leaf.value}
    return leaf
