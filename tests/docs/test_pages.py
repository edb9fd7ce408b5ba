"""Generated files are those that today's code generates."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


INPUTS = runpy.run_path(str(ROOT / "docs/make_inputs.py"))


def test_the_page_of_changes_is_current() -> None:
    """docs/changes.md says what the table of changes says; `make docs` rewrites it."""
    made = runpy.run_path(str(ROOT / "docs/make_changes.py"))
    assert (ROOT / "docs/changes.md").read_text(encoding="utf-8") == made["page"]()


@pytest.mark.parametrize("module", INPUTS["modules"](), ids=lambda module: module.stem)
def test_the_dicts_are_made_from_the_classes(module: Path) -> None:
    """Each ``*ArgsDict`` is what its ``*Args`` class makes it; `make docs` rewrites them."""
    assert module.read_text(encoding="utf-8") == INPUTS["render"](module)
