"""Generates MATRIX.md from the expected outcomes."""

from __future__ import annotations

from collections import Counter

from tests.faults.expected_outcomes import FAULT_GROUPS, LEGEND, expected_outcome
from tests.faults.faults import FAULTS, FAULTS_BY_NAME
from tests.faults.requests import REQUESTS

_INTRODUCTION = """\
# Every request under every fault

A row is a request that the provider can send, a column a group of faults with equal outcomes. A
cell has two codes: the outcome of the operation when the fault occurs once, and when it occurs
always. `test_matrix.py` runs all {cells} cases against the simulator and asserts in each that

- an error names the deployment, the request, the response and the next step, and no secret;
- attempts and waiting are bounded, and nothing is sent to another host;
- without the fault, one more `up` (or `destroy`, or `rollback`) leaves one deployment, which is in
  the state and has exactly the revisions that were asked for; a further one sends nothing. Only if
  the response to a POST was lost and could not be looked up either, that `up` first fails, with the
  id of the deployment and the line that adopts it.
"""


def render() -> str:
    """Return the text of the page."""
    codes = [
        code
        for request in REQUESTS
        for fault in FAULTS
        for code in expected_outcome(request, fault)
        if code != "."
    ]
    parts = [
        _INTRODUCTION.format(cells=len(codes)),
        _legend(Counter(codes)),
        _requests(),
        _faults(),
        _matrix(),
    ]
    return "\n".join(parts)


def _legend(counts: Counter[str]) -> str:
    rows = [f"| `{code}` | {words} | {counts[code] or ''} |" for code, words in LEGEND.items()]
    return _table("| code | outcome | cases |", rows)


def _requests() -> str:
    rows = [f"| {request.name} | {request.description} |" for request in REQUESTS]
    return _table("| row | request |", rows)


def _faults() -> str:
    rows = [f"| {group} | {'; '.join(faults)} |" for group, faults in FAULT_GROUPS.items()]
    return _table("| column | faults |", rows)


def _matrix() -> str:
    firsts = [FAULTS_BY_NAME[faults[0]] for faults in FAULT_GROUPS.values()]
    rows = []
    for request in REQUESTS:
        cells = " | ".join(f"`{expected_outcome(request, fault)}`" for fault in firsts)
        rows.append(f"| {request.name} | {cells} |")
    return _table(f"| request | {' | '.join(FAULT_GROUPS)} |", rows)


def _table(head: str, rows: list[str]) -> str:
    rule = "|" + " --- |" * (head.count("|") - 1)
    return "\n".join([head, rule, *rows, ""])
