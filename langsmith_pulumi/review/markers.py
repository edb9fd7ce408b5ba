"""The hidden marker by which a comment is found again, and edited instead of posted anew."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from .report import StackReport

_LONGEST = 120


def marker(stack: StackReport) -> str:
    """The marker of one stack: an HTML comment that names project and stack."""
    return f"<!-- langsmith-pulumi review {_name(stack.title)} -->"


def _name(title: str) -> str:
    """The name in characters that cannot end a comment; a very long one by its digest."""
    quoted = quote(title, safe="/", errors="replace")
    if len(quoted) <= _LONGEST:
        return quoted
    digest = hashlib.sha256(title.encode("utf-8", "replace")).hexdigest()[:16]
    return f"{quoted[:_LONGEST]}-{digest}"
