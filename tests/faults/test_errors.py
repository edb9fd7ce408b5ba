"""Error messages are complete, and docs/errors.md shows all of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults import errors_page
from tests.faults.engine import CHECK_FAILURE_PREFIX, NAME
from tests.faults.error_cases import SECTIONS
from tests.faults.message_checks import NEXT_STEP
from tests.support.scenario import leaks

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.error_cases import ErrorCase
    from tests.faults.harness import Harness

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"


def test_errors_page_is_current(
    harness: Harness, page_matches: Callable[[Path, str], bool]
) -> None:
    """docs/errors.md shows today's messages; --snapshot-update rewrites it."""
    text = errors_page.render(harness)

    assert leaks(text) == []
    assert page_matches(PAGE, text)


@pytest.mark.parametrize(
    "case",
    [case for entries in SECTIONS.values() for case in entries],
    ids=lambda case: case.title,
)
def test_message_names_next_step(harness: Harness, case: ErrorCase) -> None:
    """A message says what to do next, and names the resource unless settings are wrong."""
    text = errors_page.message(harness, case)

    assert len(text) < 1200
    if text.startswith(CHECK_FAILURE_PREFIX):
        assert all(" has a problem: " in line for line in text.splitlines())
    else:
        assert NEXT_STEP.search(text)
        is_named = NAME in text or "deployment" in text or "listener 'blue'" in text
        assert case in SECTIONS["Settings"] or is_named
