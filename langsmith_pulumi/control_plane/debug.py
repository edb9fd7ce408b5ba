"""One switch for seeing the requests: ``LANGSMITH_PULUMI_DEBUG=1``.

A line holds method, path, status, duration and request id; never a body, a header or a query.
"""

from __future__ import annotations

import logging
import os
import sys

SWITCH = "LANGSMITH_PULUMI_DEBUG"

_logger = logging.getLogger("langsmith_pulumi.control_plane")


def enable_if_asked() -> None:
    """Send the lines to stderr when the switch is on. May be called again."""
    if os.environ.get(SWITCH) != "1" or _logger.handlers:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("langsmith %(asctime)s %(message)s"))
    _logger.addHandler(handler)
    _logger.setLevel(logging.DEBUG)
    _logger.propagate = False


def note(request: str, outcome: object, seconds: float, request_id: str | None) -> None:
    """Log one request and its outcome: a status, or the name of an error."""
    _logger.debug("%s %s %.2fs %s", request, outcome, seconds, request_id or "-")
