"""Redaction of secrets in texts: registered values in all common encodings, and API keys."""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode, encodebytes, urlsafe_b64encode
from os.path import commonprefix
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable

HIDDEN = "[secret]"

_API_KEY = r"lsv2_[A-Za-z0-9]+_[A-Za-z0-9_-]+"
_KEYS = re.compile(_API_KEY)
_MIN_LENGTH = 4
"""Shorter values are not redacted, because they occur in ordinary words."""
_MIN_LENGTH_INSIDE_WORDS = 8
"""Shorter words and numbers are redacted only where they stand alone."""
_PREFIX_LENGTH = 12
"""First characters by which a truncated copy of a long value is recognized."""
_MIN_LENGTH_OF_TRUNCATED = 16
_MAX_ENCODED = 65_536
"""Only this many first characters of a longer value are encoded; the whole is known unencoded."""
_MAX_LINES = 500
"""Lines of one value that are registered one by one."""
_REST_OF_WORD = re.compile(r"^[^\s\"'<>,;]*")


class Redactor:
    """Redacts registered secrets and everything that looks like an API key; thread-safe.

    A workspace may have thousands of values, so only the few encodings that occur in a text are
    compiled to a pattern.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._lock = Lock()
        self._values: set[str] = set()
        self._encodings: set[str] = set()
        self._ordered: list[str] | None = []
        self.register_secrets(secrets)

    def register_secrets(self, secrets: Iterable[str | None]) -> None:
        """Register values; each is redacted raw, escaped, URL-encoded, in base64 and in hex."""
        values = {value for value in secrets if value and len(value.strip()) >= _MIN_LENGTH}
        with self._lock:
            new = values - self._values
            self._values |= new
            found = {form for value in new for form in _all_encodings(value)} - self._encodings
            if found:
                self._encodings |= found
                self._ordered = None

    def redact(self, text: str) -> str:
        """Return the text with every secret replaced by ``[secret]``."""
        forms = self._longest_first()
        found = [form for form in forms if form in text]
        if found:
            text = _compile(found).sub(HIDDEN, text)
        text = _KEYS.sub(HIDDEN, text)
        for form in forms:
            if len(form) < _MIN_LENGTH_OF_TRUNCATED:
                break
            text = _redact_truncated(text, form)
        return text

    def _longest_first(self) -> list[str]:
        """Return all encodings, the longest first, because one secret may be part of another."""
        with self._lock:
            if self._ordered is None:
                self._ordered = sorted(self._encodings, key=len, reverse=True)
            return self._ordered


def _compile(forms: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(_pattern, forms)))


def _pattern(form: str) -> str:
    """Return the pattern of an encoding; short words and numbers match only where they stand alone.

    A word ends where no letter follows, a number where no digit of an id follows.
    """
    escaped = re.escape(form)
    if len(form) >= _MIN_LENGTH_INSIDE_WORDS or not (form.isalpha() or form.isdigit()):
        return escaped
    more = r"[^\W\d_]" if form.isalpha() else "[0-9A-Fa-f]"
    return f"(?<!{more}){escaped}(?!{more})"


def _redact_truncated(text: str, form: str) -> str:
    """Redact copies of a long value that were truncated."""
    start = text.find(form[:_PREFIX_LENGTH])
    while start >= 0:
        shared = len(commonprefix([text[start:], form]))  # noqa: RUF071 - of characters, no path
        rest = _REST_OF_WORD.sub("", text[start + shared :], count=1)
        text = f"{text[:start]}{HIDDEN}{rest}"
        start = text.find(form[:_PREFIX_LENGTH], start + len(HIDDEN))
    return text


def _all_encodings(value: str) -> set[str]:
    """Return all encodings of a value; those of a huge one are limited, for they take megabytes."""
    whole = {value, value.strip()} if len(value) > _MAX_ENCODED else set()
    return whole | {form for part in _parts(value[:_MAX_ENCODED]) for form in _encodings(part)}


def _parts(value: str) -> set[str]:
    """Return the value and its lines, because logs and messages show single lines."""
    lines = {line.strip() for line in value.splitlines()[:_MAX_LINES]}
    return {value, value.strip(), *(line for line in lines if len(line) >= _MIN_LENGTH)}


def _encodings(value: str) -> set[str]:
    raw = _to_bytes(value)
    escaped = {json.dumps(value, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    escaped |= {form.replace("/", "\\/") for form in escaped}
    # Go escapes the characters that are special in HTML.
    escaped |= {form.translate(codes) for form in escaped for codes in _GO_ESCAPES}
    quoted = {quote(raw, safe=""), quote(raw), quote_plus(raw)}
    quoted |= {_PERCENT.sub(lambda code: code[0].lower(), form) for form in quoted}
    markup = html.escape(value)
    pages = {markup, markup.replace("&#x27;", "&#39;").replace("&quot;", "&#34;")}
    pages |= {html.escape(value, quote=False), markup.replace("&#x27;", "'")}
    hexed = {raw.hex(), raw.hex().upper()}
    forms = {value, repr(value)[1:-1]} | escaped | quoted | pages | hexed
    return forms | _base64_cores(value) | _base64_lines(raw)


_PERCENT = re.compile(r"%[0-9A-F]{2}")
_GO_ESCAPES = tuple(
    str.maketrans({character: form.format(ord(character)) for character in "&<>"})
    for form in ("\\u{:04x}", "\\u{:04X}")
)


def _base64_lines(raw: bytes) -> set[str]:
    """Return the lines of the value's base64 as ``base64`` prints it, wrapped at 76 columns."""
    lines = encodebytes(raw).decode().splitlines()
    return {line for line in lines if len(lines) > 1 and len(line) >= _MIN_LENGTH_INSIDE_WORDS}


def _base64_cores(value: str) -> set[str]:
    """Return the base64 of a value that is part of a longer encoded text.

    Base64 encodes three bytes at a time, so there are three alignments. The first and last
    characters of each depend on the neighbours and are left out.
    """
    raw = _to_bytes(value)
    cores = set()
    for shift in range(3):
        for encode in (b64encode, urlsafe_b64encode):
            text = encode(b"\0" * shift + raw).decode().rstrip("=")
            cores.add(text[(shift * 8 + 5) // 6 : len(text) - 1])
    return {core for core in cores if len(core) >= _MIN_LENGTH_INSIDE_WORDS}


def _to_bytes(value: str) -> bytes:
    """Return the value in UTF-8; half a surrogate pair, which JSON may hold, is replaced."""
    return value.encode(errors="replace")
