"""Generated pages are what the code says today."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_of_changes_is_fresh() -> None:
    """docs/changes.md says what the table says; `make docs` writes it anew."""
    made = runpy.run_path(str(ROOT / "docs/make_changes.py"))
    assert (ROOT / "docs/changes.md").read_text(encoding="utf-8") == made["page"]()
