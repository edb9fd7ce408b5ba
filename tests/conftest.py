"""What holds for all tests.

The rows of parametrized tables are named by their values, where pytest would number them. No test
reads the profiles of whoever runs it.
"""

from __future__ import annotations

import json
import os
from typing import Any

_MAX_LENGTH = 60

os.environ["LANGSMITH_CONFIG_FILE"] = os.devnull


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
