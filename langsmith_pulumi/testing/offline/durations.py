"""How long the last change of each resource took, kept in a file beside the state of its stack."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Durations:
    """The seconds that the last change of each resource took, by its URN.

    They are for a display only: a file that is missing or malformed is one without durations.
    """

    def __init__(self, state: Path) -> None:
        self._path = state.with_suffix(".durations")

    def read(self) -> dict[str, float]:
        """Return the durations of the last runs."""
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        numbers = found.items() if isinstance(found, dict) else ()
        return {urn: seconds for urn, seconds in numbers if isinstance(seconds, (int, float))}

    def add(self, new: Mapping[str, float]) -> None:
        """Keep the durations of this run beside those of earlier ones."""
        if new and self._path.parent.is_dir():
            self._path.write_text(json.dumps({**self.read(), **new}), encoding="utf-8")
