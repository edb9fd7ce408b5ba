"""Functions on text: make untrusted text safe to show, recognize UUIDs, format durations.

They are pure and need neither httpx nor pydantic, so every package may use them.
"""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_LENGTH = 500
_PAGE_PARTS = re.compile(r"<(script|style|head)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]{0,500}>")
_TERMINAL_CODE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours and cursor movements
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)"  # titles, links and other strings
    r"|\x1b[ -/]*[0-~]"
)
_RUNNER_COMMAND = re.compile(r"##((?:vso)?\[)")
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def is_uuid(text: str) -> bool:
    """Return True if a text is a UUID in the usual form with dashes."""
    return bool(_UUID.fullmatch(text))


def format_duration(seconds: float) -> str:
    """Return a duration such as ``45 s`` or ``1 min 20 s``."""
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def without_credentials(value: Any) -> Any:
    """Return a value with ``[hidden]`` in place of the user and password of a URL in it."""
    return _CREDENTIALS.sub("[hidden]@", value) if isinstance(value, str) else value


def printable(text: str) -> str:
    """Return the text as one line of printable characters.

    Terminal codes are removed. Control characters, marks that change the direction of writing and
    unpaired surrogates become blanks, and several blanks become one. A command to a pipeline's
    runner (``##[...]``, which runners obey anywhere in a line) is broken up.
    """
    text = _TERMINAL_CODE.sub("", text)
    kept = "".join(character if character.isprintable() else " " for character in text)
    return _RUNNER_COMMAND.sub(r"# #\1", " ".join(kept.split()))


def sanitize(
    text: str, max_length: int = _MAX_LENGTH, *, redact: Callable[[str], str] | None = None
) -> str:
    """Return the text of a server or proxy as one printable line without HTML, shortened.

    ``redact`` removes secrets. It is called before and after HTML is decoded, because a secret may
    be readable in only one of the two forms.
    """
    redact = redact or _unchanged
    text = redact(text[: max_length * 40])
    if "<" in text:
        text = html.unescape(_TAG.sub(" ", _PAGE_PARTS.sub(" ", text)))
    text = redact(printable(text))
    return text if len(text) <= max_length else f"{text[: max_length - 1].rstrip()}…"


def _unchanged(text: str) -> str:
    return text


def extract_detail(body: str) -> str:
    """Return the message of an error response, in any of the known formats.

    A body of validation errors echoes the request with its secrets, so only the path and the
    message are taken from it. JSON of an unknown format gives an empty text.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return body
    return _message(content)


def is_json_object(body: str) -> bool:
    """Return True if the body is a JSON object, as every response of the control plane is."""
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False


def _message(document: Any) -> str:
    if isinstance(document, str):
        return document
    if isinstance(document, list):
        return "; ".join(filter(None, (_format_problem(entry) for entry in document)))
    if isinstance(document, dict):
        texts = (_message(document.get(key)) for key in ("detail", "error", "message", "msg"))
        return next(filter(None, texts), "")
    return ""


def _format_problem(entry: Any) -> str:
    """Format one validation error as ``source_config.resource_spec.cpu: should be ...``."""
    if not isinstance(entry, dict):
        return ""
    path = entry.get("loc")
    parts = [str(part) for part in path] if isinstance(path, list) else []
    location = ".".join(parts[1:] if parts[:1] == ["body"] else parts)
    message = entry.get("msg") if isinstance(entry.get("msg"), str) else "refused"
    return f"{location}: {message}" if location else str(message)
