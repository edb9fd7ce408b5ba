"""Requirements on every error message."""

from __future__ import annotations

import re

from tests.faults.engine import NAME
from tests.support.scenario import leaks

NEXT_STEP = re.compile(
    r"\b(run|check|set|use|correct|delete|adopt|remove|wait a|add to|copy|write|declare|make it"
    r"|next `up`|has to enable|please report)\b",
    re.IGNORECASE,
)
_REQUEST_OR_ID = re.compile(
    r"(GET|POST|PATCH|DELETE) /v2/deployments|PUT of the archive|[0-9a-f]{8}(-[0-9a-f]+){4}"
)


def is_actionable(error: str) -> bool:
    """Return True if an error names deployment, request or revision, and a next step."""
    assert leaks(error) == []
    assert "Traceback" not in error
    assert len(error) < 1500
    return bool(f"'{NAME}'" in error and _REQUEST_OR_ID.search(error) and NEXT_STEP.search(error))
