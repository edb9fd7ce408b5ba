"""Keeping secrets out of texts: known values, however they are written, and API keys."""

from __future__ import annotations

import json
import re
from base64 import b64encode, urlsafe_b64encode
from os.path import commonprefix
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable

HIDDEN = "[secret]"

_API_KEY = r"lsv2_[A-Za-z0-9]+_[A-Za-z0-9_-]+"
_SHORTEST = 4
"""Values below this many characters are left alone: they would blot out ordinary words."""
_STANDS_ALONE = 8
"""Values below this many characters are hidden only where they stand alone, for the same reason."""
_HEAD = 12
"""Cut-off copies of a long value are known by this many first characters."""
_LONG = 16
_TO_THE_NEXT_BREAK = re.compile(r"^[^\s\"'<>,;]*")


class Scrubber:
    """Replaces the secret values it has learned, and anything that looks like an API key.

    It may be shared by threads.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._lock = Lock()
        self._forms: set[str] = set()
        self._whole = re.compile(_API_KEY)
        self._long: list[str] = []
        self.learn(secrets)

    def learn(self, secrets: Iterable[str | None]) -> None:
        """Remember values; each is hidden raw, JSON-escaped, URL-encoded and in base64."""
        values = {value for value in secrets if value and len(value.strip()) >= _SHORTEST}
        found = {form for value in values for part in _parts(value) for form in _forms(part)}
        with self._lock:
            if found <= self._forms:
                return
            self._forms |= found
            # The longest first: one secret may be part of another.
            ordered = sorted(self._forms, key=len, reverse=True)
            self._whole = re.compile("|".join([*map(_pattern, ordered), _API_KEY]))
            self._long = [form for form in ordered if len(form) >= _LONG]

    def scrub(self, text: str) -> str:
        """Return the text with every secret replaced by ``[secret]``."""
        text = self._whole.sub(HIDDEN, text)
        for form in self._long:
            text = _without_cut(text, form)
        return text


def _pattern(form: str) -> str:
    escaped = re.escape(form)
    return escaped if len(form) >= _STANDS_ALONE else rf"(?<!\w){escaped}(?!\w)"


def _without_cut(text: str, form: str) -> str:
    """Hide what begins like a long value and was cut off somewhere."""
    start = text.find(form[:_HEAD])
    while start >= 0:
        shared = len(commonprefix([text[start:], form]))  # noqa: RUF071 - of characters, no path
        rest = _TO_THE_NEXT_BREAK.sub("", text[start + shared :], count=1)
        text = f"{text[:start]}{HIDDEN}{rest}"
        start = text.find(form[:_HEAD], start + len(HIDDEN))
    return text


def _parts(value: str) -> set[str]:
    """The value, and each longer line of it: logs and messages show lines."""
    lines = {line.strip() for line in value.splitlines()}
    return {value, value.strip(), *(line for line in lines if len(line) >= _STANDS_ALONE)}


def _forms(value: str) -> set[str]:
    escaped = {json.dumps(value, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    raw = _encoded(value)
    quoted = {quote(raw, safe=""), quote(raw), quote_plus(raw)}
    return {value, repr(value)[1:-1]} | escaped | quoted | _base64_cores(value)


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
