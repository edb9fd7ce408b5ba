"""Fingerprints of secrets: they tell which secret changed, and nothing about its value.

Each is keyed with a random salt that lives encrypted in the state, so who sees a plan or a report
cannot test guesses of a value against it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets as randomness
from typing import TYPE_CHECKING, Any

from . import bags

if TYPE_CHECKING:
    from collections.abc import Mapping

_LENGTH = 16


def new_salt() -> str:
    """A salt for one deployment's fingerprints."""
    return randomness.token_hex(16)


def derived_salt(api_key: str, urn: str) -> str:
    """Return the salt of a resource, the same one whenever the key and the URN are the same."""
    message = f"langsmith-pulumi: salt of the fingerprints of\0{urn}".encode()
    return hmac.new(api_key.encode(), message, hashlib.sha256).hexdigest()[:32]


def fingerprints(values: Mapping[str, Any], salt: str) -> dict[str, Any]:
    """A fingerprint per name; unknown where the value is not known yet."""
    return {name: _fingerprint(name, value, salt) for name, value in values.items()}


def _fingerprint(name: str, value: Any, salt: str) -> Any:
    if bags.is_unknown(value):
        return value
    message = f"{name}\0{value}".encode()
    return hmac.new(salt.encode(), message, hashlib.sha256).hexdigest()[:_LENGTH]
