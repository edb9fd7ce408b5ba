"""The fixture of the tests of the offline engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.offline.toy import Toy

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    """Return a new project with the toy program, and its cloud."""
    return Toy(tmp_path)
