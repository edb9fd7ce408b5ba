"""Texts of servers and proxies, made fit to be quoted in an error. Pure."""

from __future__ import annotations

import html
import json
import re
from typing import Any

_LONGEST = 500
_PAGE_PARTS = re.compile(r"<(script|style|head)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]{0,500}>")


def quotable(text: str, longest: int = _LONGEST) -> str:
    """Strip HTML and control characters (no terminal is steered by an answer), and shorten."""
    text = text[: longest * 40]
    if "<" in text:
        text = html.unescape(_TAG.sub(" ", _PAGE_PARTS.sub(" ", text)))
    text = "".join(character if character.isprintable() else " " for character in text)
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def said(body: str) -> str:
    """Return what an error answer says, in whichever of the known shapes.

    A body of validation errors echoes what was sent, secrets included: of those only the place and
    the message are taken. Of a JSON document of unknown shape nothing is.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return body
    return _said(document)


def is_json_object(body: str) -> bool:
    """Whether the body is a JSON object, as every answer of the control plane is."""
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False


def _said(document: Any) -> str:
    if isinstance(document, str):
        return document
    if isinstance(document, list):
        return "; ".join(filter(None, (_problem(entry) for entry in document)))
    if isinstance(document, dict):
        texts = (_said(document.get(key)) for key in ("detail", "error", "message", "msg"))
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
