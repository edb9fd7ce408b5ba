"""Every request under every fault: the cells of `outcomes.TABLE`, played."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults import cells, matrix_page
from tests.faults.catalogue import FAULTS
from tests.faults.outcomes import declared
from tests.faults.requests import REQUESTS
from tests.faults.wellformed import is_well_told

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.catalogue import Fault
    from tests.faults.requests import Request
    from tests.faults.world import Kept, World

PAGE = Path(__file__).with_name("MATRIX.md")
MOST_REQUESTS = 40

CASES = [
    pytest.param(request, fault, id=f"{request.name}: {fault.name}")
    for request, fault in product(REQUESTS, FAULTS)
    if declared(request, fault) != ".."
]


@pytest.fixture(scope="session")
def kept() -> dict[str, Kept]:
    return {}


@pytest.mark.parametrize(("request_", "fault"), CASES)
def test_a_fault_does_what_the_table_says_and_is_settled_by_one_up(
    whole_world: World, kept: dict[str, Kept], request_: Request, fault: Fault
) -> None:
    """Once and always: as declared, told well, within bounds, and nothing is left of it."""
    world, found = whole_world, []
    for times in (cells.ONCE, cells.ALWAYS):
        cells.prepared(world, request_, kept)
        ending = cells.disturbed(world, request_, fault, times)
        sign = cells.code(world, request_, fault, ending)
        found.append(sign)
        assert not ending.error or is_well_told(ending.error), ending.error
        assert request_.operation != "destroy" or "`pulumi up" not in ending.error, ending.error
        assert ending.waited <= request_.longest_wait
        assert ending.sent <= MOST_REQUESTS
        adopts = (request_.lost_without_trace and bool(ending.error)) or sign == "d"
        assert cells.settle(world, request_) == ("adopted" if adopts else "settled")
        assert cells.is_at_rest(world, request_)
    assert "".join(found) == declared(request_, fault), ending.error
    assert world.elsewhere.requests == []


def test_the_page_shows_the_table(is_fresh: Callable[[Path, str], bool]) -> None:
    """MATRIX.md is what the table says; --snapshot-update writes it anew."""
    assert is_fresh(PAGE, matrix_page.page())
