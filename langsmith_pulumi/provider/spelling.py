"""Values that have more than one spelling, where two of them mean the same."""

from __future__ import annotations

import re
from typing import Any

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def plain(value: Any) -> Any:
    """One spelling for all of a repository's URLs, and for all of a UUID's."""
    if isinstance(value, str) and "://" in value:
        return value.rstrip("/").removesuffix(".git").lower()
    return value.lower() if isinstance(value, str) and _UUID.fullmatch(value) else value
