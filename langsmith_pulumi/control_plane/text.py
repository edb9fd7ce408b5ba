"""Functions that make foreign text safe to show: one printable line, no HTML, no secrets. Pure.

Neither httpx nor pydantic is needed here, so other packages may use ``sanitize`` as well.
"""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST = 500
_PAGE_PARTS = re.compile(r"<(script|style|head)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]{0,500}>")
_TERMINAL_CODE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours and cursor movements
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)"  # titles, links and other strings
    r"|\x1b[ -/]*[0-~]"
)
_RUNNER_COMMAND = re.compile(r"##((?:vso)?\[)")
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")


def without_credentials(value: Any) -> Any:
    """Return a value without the user and the password that a URL in it may hold."""
    return _CREDENTIALS.sub("[hidden]@", value) if isinstance(value, str) else value


def printable(text: str) -> str:
    """Return the text as one line of printable characters.

    Terminal codes are removed. Control characters, marks that change the direction of writing and
    unpaired surrogates become blanks, and blanks in a row become one. What a pipeline's runner
    would obey anywhere in a line (``##[...]``) is broken up.
    """
    text = _TERMINAL_CODE.sub("", text)
    kept = "".join(character if character.isprintable() else " " for character in text)
    return _RUNNER_COMMAND.sub(r"# #\1", " ".join(kept.split()))


def sanitize(
    text: str, longest: int = _LONGEST, *, redact: Callable[[str], str] | None = None
) -> str:
    """Return the text of a server or proxy as one printable line without HTML, shortened.

    ``redact`` removes secrets. It is called before and after HTML is decoded, for a secret may be
    readable in one of the two forms only.
    """
    redact = redact or _unchanged
    text = redact(text[: longest * 40])
    if "<" in text:
        text = html.unescape(_TAG.sub(" ", _PAGE_PARTS.sub(" ", text)))
    text = redact(printable(text))
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def _unchanged(text: str) -> str:
    return text


def extract_detail(body: str) -> str:
    """Return the message of an error answer, in any of the known shapes.

    A body of validation errors echoes what was sent, secrets included: of those only the place and
    the message are taken. Of a JSON document of unknown shape nothing is.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return body
    return _message(document)


def is_json_object(body: str) -> bool:
    """Return whether the body is a JSON object, as every answer of the control plane is."""
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False


def _message(document: Any) -> str:
    if isinstance(document, str):
        return document
    if isinstance(document, list):
        return "; ".join(filter(None, (_problem(entry) for entry in document)))
    if isinstance(document, dict):
        texts = (_message(document.get(key)) for key in ("detail", "error", "message", "msg"))
        return next(filter(None, texts), "")
    return ""


def _problem(entry: Any) -> str:
    """One validation error as ``source_config.resource_spec.cpu: should be ...``."""
    if not isinstance(entry, dict):
        return ""
    path = entry.get("loc")
    places = [str(part) for part in path] if isinstance(path, list) else []
    where = ".".join(places[1:] if places[:1] == ["body"] else places)
    message = entry.get("msg") if isinstance(entry.get("msg"), str) else "refused"
    return f"{where}: {message}" if where else str(message)
