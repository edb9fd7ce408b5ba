"""What holds for all tests.

The rows of parametrized tables are named by their values, where pytest would number them. No test
reads the profiles of whoever runs it. A shell ignores Ctrl-C for what it runs in the background,
and so would the commands that the tests interrupt.
"""

from __future__ import annotations

import json
import os
import signal
from typing import Any

_MAX_LENGTH = 60

os.environ["LANGSMITH_CONFIG_FILE"] = os.devnull
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_make_parametrize_id(val: Any) -> str | None:
    """Return the attribute ``test_id`` of a value, or a collection as JSON."""
    if isinstance(val, (dict, list, tuple)):
        text = json.dumps(val, default=lambda item: type(item).__name__)
        text = text.replace("[", "(").replace("]", ")")  # brackets delimit the id
    elif hasattr(val, "test_id"):
        text = str(val.test_id)
    else:
        return None
    return text if len(text) <= _MAX_LENGTH else f"{text[: _MAX_LENGTH - 3]}..."
