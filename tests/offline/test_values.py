"""Property values: wire format, secrets, unknowns, comparison."""

from __future__ import annotations

from typing import Any

import pytest

from langsmith_pulumi.testing.offline.values import (
    OUTPUT_SIGNATURE,
    SIGNATURE_KEY,
    UNKNOWN,
    Secret,
    from_struct,
    has_secrets,
    has_unknowns,
    mark_secrets,
    redact,
    same_value,
    secret,
    secret_texts,
    strip_secrets,
    to_struct,
)

HIDDEN = Secret("s")


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"text": "t", "whole": 3, "part": 1.5, "yes": True, "none": None},
        {"map": {"list": [1, {"deep": "x"}, []]}, "empty": {}},
        {"hidden": HIDDEN, "in": {"a": [Secret({"b": 1})]}, "later": UNKNOWN},
    ],
)
def test_wire_round_trip(properties: dict[str, Any]) -> None:
    """Values survive a round trip through the wire format, and integers stay integers."""
    read = from_struct(to_struct(properties))
    assert same_value(read, properties)
    assert list(read) == sorted(properties)
    assert not any(isinstance(value, float) and value.is_integer() for value in read.values())


@pytest.mark.parametrize(
    ("special", "value"),
    [
        ({}, UNKNOWN),
        ({"value": "v"}, "v"),
        ({"value": "v", "secret": True, "dependencies": ["urn"]}, Secret("v")),
        ({"secret": True}, Secret(UNKNOWN)),
    ],
)
def test_output_values(special: dict[str, Any], value: Any) -> None:
    """An output value is read as plain, unknown, secret, or unknown secret."""
    struct = to_struct({"a": {SIGNATURE_KEY: OUTPUT_SIGNATURE, **special}})
    assert from_struct(struct) == {"a": value}


@pytest.mark.parametrize(
    ("inputs", "outputs", "marked"),
    [
        ({"a": HIDDEN}, {"a": "s"}, {"a": HIDDEN}),
        ({"a": HIDDEN}, {"b": "s"}, {"b": "s"}),
        ({"m": {"a": HIDDEN, "b": 1}}, {"m": {"a": "s", "b": 1}}, {"m": {"a": HIDDEN, "b": 1}}),
        ({"l": [1, HIDDEN]}, {"l": [1, "s"]}, {"l": Secret([1, "s"])}),
        ({"m": {"a": HIDDEN}}, {"m": "text"}, {"m": Secret("text")}),
        ({"a": HIDDEN}, {"a": HIDDEN}, {"a": HIDDEN}),
    ],
)
def test_outputs_are_secret_if_inputs_are(
    inputs: dict[str, Any], outputs: dict[str, Any], marked: dict[str, Any]
) -> None:
    """Maps are marked key by key, lists as a whole, and only under the same name."""
    assert mark_secrets(outputs, inputs) == marked


def test_secrets() -> None:
    """A secret is not nested, is redacted in text, and is unwrapped for providers."""
    properties = {"a": [Secret({"b": secret(Secret("deep"))})], "c": "plain"}
    assert has_secrets(properties)
    assert not has_secrets(strip_secrets(properties))
    assert strip_secrets(properties) == {"a": [{"b": "deep"}], "c": "plain"}
    assert redact(properties) == {"a": ["[secret]"], "c": "plain"}
    assert secret_texts(properties) == {"deep"}
    assert "deep" not in repr(properties)
    assert secret(Secret("x")) == Secret("x")


def test_nested_unknowns() -> None:
    """An unknown is found at any depth, inside secrets too."""
    assert has_unknowns({"a": [{"b": Secret(UNKNOWN)}]})
    assert not has_unknowns({"a": ["known"]})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1.0, True),
        (1, True, False),
        ([0], [False], False),
        ({"a": [1]}, {"a": [1]}, True),
        ({"a": 1}, {"a": 1, "b": None}, False),
        (HIDDEN, Secret("s"), True),
        (HIDDEN, "s", False),
    ],
)
def test_values_compare_as_json(one: Any, other: Any, same: bool) -> None:  # noqa: FBT001
    """Numbers compare by value, a boolean is no number, and a secret is not its plain text."""
    assert same_value(one, other) is same
