"""Make texts fit to be shown."""

from __future__ import annotations

import re
from typing import Any

_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")


def without_credentials(value: Any) -> Any:
    """Return a value without the user and the password that a URL in it may hold."""
    return _CREDENTIALS.sub("[hidden]@", value) if isinstance(value, str) else value
