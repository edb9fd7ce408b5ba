"""Keeping secrets out of texts: known values, however they are written, and API keys."""

from __future__ import annotations

import json
import re
from base64 import b64encode, urlsafe_b64encode
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HIDDEN = "[secret]"

_API_KEY = r"lsv2_[A-Za-z0-9]+_[A-Za-z0-9_-]+"
_SHORTEST = 4
"""Values below this many characters are left alone: they would blot out ordinary words."""
_STANDS_ALONE = 8
"""Values below this many characters are hidden only where they stand alone, for the same reason."""
_HEAD = 12
"""Cut-off copies of a long value are known by this many first characters."""
_LONG = 16


class Scrubber:
    """Replaces the secret values it has learned, and anything that looks like an API key.

    It may be shared by threads.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._lock = Lock()
        self._patterns: set[str] = set()
        self._compiled = re.compile(_API_KEY)
        self.learn(secrets)

    def learn(self, secrets: Iterable[str | None]) -> None:
        """Remember values; each is hidden raw, JSON-escaped, URL-encoded and in base64."""
        values = {value for value in secrets if value and len(value.strip()) >= _SHORTEST}
        found = {pattern for value in values for pattern in _patterns(value)}
        with self._lock:
            if found <= self._patterns:
                return
            self._patterns |= found
            # The longest first: one secret may be part of another.
            ordered = sorted(self._patterns, key=len, reverse=True)
            self._compiled = re.compile("|".join([*ordered, _API_KEY]))

    def scrub(self, text: str) -> str:
        """Return the text with every secret replaced by ``[secret]``."""
        return self._compiled.sub(HIDDEN, text)


def _patterns(value: str) -> Iterator[str]:
    for part in _parts(value):
        yield from (_pattern(form) for form in _forms(part))
        yield from (re.escape(form) for form in _base64_cores(part))


def _parts(value: str) -> set[str]:
    """The value, and each longer line of it: logs and messages show lines."""
    lines = {line.strip() for line in value.splitlines()}
    return {value, value.strip(), *(line for line in lines if len(line) >= _STANDS_ALONE)}


def _forms(value: str) -> set[str]:
    escaped = {json.dumps(value, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    raw = _encoded(value)
    return {value, repr(value)[1:-1], quote(raw, safe=""), quote(raw), quote_plus(raw)} | escaped


def _pattern(form: str) -> str:
    if len(form) < _STANDS_ALONE:
        return rf"(?<!\w){re.escape(form)}(?!\w)"
    if len(form) < _LONG:
        return re.escape(form)
    # The whole, or whatever is left of it after its first characters.
    return rf"{re.escape(form)}|{re.escape(form[:_HEAD])}[^\s\"'<>,;]*"


def _base64_cores(value: str) -> set[str]:
    """The value as it shows in base64, also inside of a longer encoded text.

    Three characters of base64 hold two bytes and a half, so there are three alignments; the first
    and last characters of each depend on the neighbours and are left off.
    """
    raw = _encoded(value)
    cores = set()
    for shift in range(3):
        for encode in (b64encode, urlsafe_b64encode):
            text = encode(b"\0" * shift + raw).decode().rstrip("=")
            cores.add(text[(shift * 8 + 5) // 6 : len(text) - 1])
    return {core for core in cores if len(core) >= _STANDS_ALONE}


def _encoded(value: str) -> bytes:
    """JSON may hold half a surrogate pair, which UTF-8 cannot."""
    return value.encode(errors="replace")
