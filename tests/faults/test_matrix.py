"""Runs every request under every fault and compares with `expected_outcomes`."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults import cell_runner, matrix_page
from tests.faults.expected_outcomes import expected_outcome
from tests.faults.faults import FAULTS
from tests.faults.message_checks import is_actionable
from tests.faults.requests import REQUESTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.faults import Fault
    from tests.faults.harness import Harness, SavedState
    from tests.faults.requests import Request

PAGE = Path(__file__).with_name("MATRIX.md")
MAX_REQUESTS = 40
MAX_REQUESTS_PER_SECOND = 3
"""Those of a poll: the deployment, its revision, and the list that tells if that is stale."""

CASES = [
    pytest.param(request, fault, id=f"{request.name}: {fault.name}")
    for request, fault in product(REQUESTS, FAULTS)
    if expected_outcome(request, fault) != ".."
]


@pytest.fixture(scope="session")
def saved_states() -> dict[str, SavedState]:
    return {}


@pytest.mark.parametrize(("request_", "fault"), CASES)
def test_fault_has_expected_outcome_and_next_up_recovers(
    session_harness: Harness, saved_states: dict[str, SavedState], request_: Request, fault: Fault
) -> None:
    """Once and always: the outcome is the expected one, bounded, and one more `up` recovers."""
    harness, codes = session_harness, []
    for times in (cell_runner.ONCE, cell_runner.ALWAYS):
        cell_runner.prepare(harness, request_, saved_states)
        result = cell_runner.run_with_fault(harness, request_, fault, times)
        code = cell_runner.outcome_code(harness, request_, fault, result)
        codes.append(code)
        assert not result.error or is_actionable(result.error), result.error
        assert request_.operation != "destroy" or "`pulumi up" not in result.error, result.error
        assert result.seconds <= request_.max_wait
        assert result.request_count <= MAX_REQUESTS + MAX_REQUESTS_PER_SECOND * result.seconds
        adopts = (request_.needs_adoption and bool(result.error)) or code == "d"
        assert cell_runner.run_again(harness, request_) == ("adopted" if adopts else "consistent")
        assert cell_runner.is_idle(harness, request_)
    assert "".join(codes) == expected_outcome(request_, fault), result.error
    assert harness.other_host.requests == []


def test_matrix_page_is_current(page_matches: Callable[[Path, str], bool]) -> None:
    """MATRIX.md shows the expected outcomes; --snapshot-update rewrites it."""
    assert page_matches(PAGE, matrix_page.render())
