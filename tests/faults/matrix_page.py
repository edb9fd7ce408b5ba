"""The matrix as a page for readers."""

from __future__ import annotations

from collections import Counter

from tests.faults.catalogue import FAULTS
from tests.faults.outcomes import LEGEND, declared
from tests.faults.requests import REQUESTS

_INTRODUCTION = """\
# Every request under every fault

A row is a fault, a column a request that the provider can send. In a cell stands what becomes of
the operation when the fault strikes once, and when it strikes always. `test_matrix.py` plays all
{cells} cells against the simulator, and in each of them makes sure that

- an error names the deployment, the request, the answer and the next step, and no secret;
- attempts and waiting are bounded, and nothing goes to another host;
- once the fault is over, one more `up` (or `destroy`) leaves one deployment, known to the state,
  with exactly the revisions that were asked for; a further one sends nothing. Only where the answer
  to a POST was lost and could not be looked up either, that `up` first names the deployment and the
  line that adopts it.
"""


def page() -> str:
    """The whole page."""
    cells = [sign for cell in _all_cells() for sign in cell if sign != "."]
    parts = [
        _INTRODUCTION.format(cells=len(cells)),
        _legend(Counter(cells)),
        _requests(),
        _matrix(),
    ]
    return "\n".join(parts)


def _all_cells() -> list[str]:
    return [declared(request, fault) for request in REQUESTS for fault in FAULTS]


def _legend(counts: Counter[str]) -> str:
    rows = [f"| `{sign}` | {words} | {counts[sign] or ''} |" for sign, words in LEGEND.items()]
    return _table("| | | cells |", rows)


def _requests() -> str:
    rows = [f"| {request.name} | {request.line} |" for request in REQUESTS]
    return _table("| column | request |", rows)


def _matrix() -> str:
    names = " | ".join(request.name for request in REQUESTS)
    rows = [
        f"| {fault.name} | {' | '.join(f'`{declared(request, fault)}`' for request in REQUESTS)} |"
        for fault in FAULTS
    ]
    return _table(f"| | {names} |", rows)


def _table(head: str, rows: list[str]) -> str:
    rule = "|" + " --- |" * (head.count("|") - 1)
    return "\n".join([head, rule, *rows, ""])
