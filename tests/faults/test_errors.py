"""Messages for people: each is whole in itself, and the page of errors shows them all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults import errors_page
from tests.faults.engine import NAME, REFUSED
from tests.faults.situations import SECTIONS
from tests.faults.wellformed import NEXT_STEP
from tests.support.scenario import leaks

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.situations import Situation
    from tests.faults.world import World

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"


def test_the_page_of_errors_is_fresh(world: World, is_fresh: Callable[[Path, str], bool]) -> None:
    """docs/errors.md shows what people read today; --snapshot-update writes it anew."""
    text = errors_page.page(world)

    assert leaks(text) == []
    assert is_fresh(PAGE, text)


@pytest.mark.parametrize(
    "situation",
    [situation for entries in SECTIONS.values() for situation in entries],
    ids=lambda situation: situation.title,
)
def test_a_message_is_enough_to_act_on(world: World, situation: Situation) -> None:
    """It says what to do next; and of which deployment it speaks, unless the settings are wrong."""
    text = errors_page.message(world, situation)

    assert len(text) < 1200
    if text.startswith(REFUSED):
        assert all(" has a problem: " in line for line in text.splitlines())
    else:
        assert NEXT_STEP.search(text)
        assert situation in SECTIONS["Settings"] or NAME in text or "deployment" in text
