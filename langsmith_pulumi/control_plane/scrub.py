"""Keeping secrets out of texts: known values, however they are written, and API keys."""

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
_SHORTEST = 4
"""Values below this many characters are left alone: they would blot out ordinary words."""
_STANDS_ALONE = 8
"""Words and numbers below this many characters are hidden only where they stand alone."""
_HEAD = 12
"""Cut-off copies of a long value are known by this many first characters."""
_LONG = 16
_HUGE = 65_536
"""Longer values are known as a whole, and by their first lines and characters."""
_MOST_LINES = 500
"""Lines of one value that are known one by one."""
_TO_THE_NEXT_BREAK = re.compile(r"^[^\s\"'<>,;]*")


class Scrubber:
    """Replaces the secret values it has learned, and anything that looks like an API key.

    It may be shared by threads. Learning computes the forms of new values only. Nothing is compiled
    but the few forms that a text really holds: a workspace may have thousands of values.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._lock = Lock()
        self._values: set[str] = set()
        self._forms: set[str] = set()
        self._ordered: list[str] | None = []
        self.learn(secrets)

    def learn(self, secrets: Iterable[str | None]) -> None:
        """Remember values; each is hidden raw, escaped, URL-encoded, in base64 and in hex."""
        values = {value for value in secrets if value and len(value.strip()) >= _SHORTEST}
        with self._lock:
            new = values - self._values
            self._values |= new
            found = {form for value in new for form in _all_forms(value)} - self._forms
            if found:
                self._forms |= found
                self._ordered = None

    def scrub(self, text: str) -> str:
        """Return the text with every secret replaced by ``[secret]``."""
        forms = self._longest_first()
        found = [form for form in forms if form in text]
        if found:
            text = _compiled(found).sub(HIDDEN, text)
        text = _KEYS.sub(HIDDEN, text)
        for form in forms:
            if len(form) < _LONG:
                break
            text = _without_cut(text, form)
        return text

    def _longest_first(self) -> list[str]:
        """Return all forms, the longest first, since one secret may be part of another."""
        with self._lock:
            if self._ordered is None:
                self._ordered = sorted(self._forms, key=len, reverse=True)
            return self._ordered


def _compiled(forms: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(_pattern, forms)))


def _pattern(form: str) -> str:
    """Return the expression for a form; a short word or number counts only where it stands alone.

    A word ends where no letter follows, a number where no digit of an id follows.
    """
    escaped = re.escape(form)
    if len(form) >= _STANDS_ALONE or not (form.isalpha() or form.isdigit()):
        return escaped
    more = r"[^\W\d_]" if form.isalpha() else "[0-9A-Fa-f]"
    return f"(?<!{more}){escaped}(?!{more})"


def _without_cut(text: str, form: str) -> str:
    """Hide what begins like a long value and was cut off somewhere."""
    start = text.find(form[:_HEAD])
    while start >= 0:
        shared = len(commonprefix([text[start:], form]))  # noqa: RUF071 - of characters, no path
        rest = _TO_THE_NEXT_BREAK.sub("", text[start + shared :], count=1)
        text = f"{text[:start]}{HIDDEN}{rest}"
        start = text.find(form[:_HEAD], start + len(HIDDEN))
    return text


def _all_forms(value: str) -> set[str]:
    """Return all forms of a value. A huge one would have megabytes of them."""
    whole = {value, value.strip()} if len(value) > _HUGE else set()
    return whole | {form for part in _parts(value[:_HUGE]) for form in _forms(part)}


def _parts(value: str) -> set[str]:
    """Return the value and its lines, which logs and messages show one by one."""
    lines = {line.strip() for line in value.splitlines()[:_MOST_LINES]}
    return {value, value.strip(), *(line for line in lines if len(line) >= _SHORTEST)}


def _forms(value: str) -> set[str]:
    raw = _encoded(value)
    escaped = {json.dumps(value, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    escaped |= {form.replace("/", "\\/") for form in escaped}
    # Go escapes what HTML gives a meaning to.
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
    """Return the value's lines in base64 that is wrapped at 76 columns, as ``base64`` prints it."""
    lines = encodebytes(raw).decode().splitlines()
    return {line for line in lines if len(lines) > 1 and len(line) >= _STANDS_ALONE}


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
