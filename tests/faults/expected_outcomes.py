"""The expected outcome of each request under each fault.

A row is a request, a column a group of faults with equal outcomes. A cell has two codes of the
legend: the outcome when the fault occurs once, and when it occurs always.
"""

# ruff: noqa: E501 - the table is wide

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.faults import FAULTS
from tests.faults.requests import REQUESTS

if TYPE_CHECKING:
    from tests.faults.faults import Fault
    from tests.faults.requests import Request

LEGEND = {
    "+": "recovers by itself",
    "-": "succeeds without what the request is for",
    "!": "fails with the error of this fault",
    "n": "fails: the POST may have been executed, and the name could not be found",
    "b": "fails: the request may have been executed, and why that could not be verified",
    "t": "times out, with the last status and the reason why nothing newer was read",
    "g": "fails: the deployment was deleted by somebody else, as the response says",
    "d": "removes the deployment from the state, as the response says; the next `up` finds it again",
    "h": "fails: the agent did not answer well in time, and the next `up` asks again",
    "f": "fails: reports the failed revision once more",
    "r": "fails: there is nothing to adopt, as the response says",
    "u": "fails: the archive was not taken, as its host says, and nothing was built",
    "v": "fails: the redeploy may have been executed, and which command shows it",
    "c": "fails: this service cannot redeploy, and what to do instead",
    ".": "does not apply",
}
"""The meaning of the codes."""

FAULT_GROUPS = {
    "not executed": (
        "connection refused",
        "429",
    ),
    "lost request": (
        "reset before execution",
        "408",
        "500",
        "502",
    ),
    "lost response": (
        "reset after execution",
        "502 after execution",
        "504 after execution",
    ),
    "request timeout": ("timeout before execution",),
    "response timeout": ("timeout after execution",),
    "slow response": ("slow response",),
    "cut response": ("response cut off",),
    "cut JSON": ("truncated JSON",),
    "page": ("HTML page with 200",),
    "late page": ("HTML page after execution",),
    "missing field": ("field missing",),
    "unknown values": ("unknown status and field",),
    "permanent error": (
        "400",
        "401",
        "403 key of an organization",
        "403 product not enabled",
        "403",
        "409 tracing project",
        "409 agent environment",
        "413",
        "422",
        "redirect to another host",
    ),
    "404 itself": ("404 of the deployment",),
    "404 other": ("404 of something else",),
    "404 route": (
        "404 of the route",
        "404 page of a proxy",
    ),
    "429 delay": (
        "429, Retry-After in seconds",
        "429, Retry-After as a date",
    ),
    "503 delay": ("503, Retry-After in seconds",),
    "stale read": ("response older than the last write",),
}
"""The columns: groups of faults that have the same outcome for every request."""

#                       not      lost    lost     request response slow     cut      cut  page late missing unknown permanent 404    404   404   429   503   stale
#                       executed request response timeout timeout  response response JSON      page field   values  error     itself other route delay delay read
TABLE = """\
create                  +!       +n      ++       +n      ++       ++       ++       ++   +n   ++   ++      ++      !!        ..     !!    !!    +!    +n    ..
find after lost POST    +b       +b      +b       +b      +b       +b       +b       +b   +b   +b   +b      ++      bb        ..     bb    bb    +b    +b    ..
explain conflict        +-       +-      +-       +-      +-       +-       +-       +-   +-   +-   +-      ++      --        ..     --    --    +-    +-    ..
set display name        +-       +-      +-       --      --       --       +-       +-   +-   +-   +-      ++      --        --     --    --    --    --    ..
set first size          +-       +-      ++       +-      ++       ++       ++       ++   +-   ++   ++      ++      --        --     --    --    --    +-    ..
compare with import_    +!       +!      +!       -!      -!       -!       +!       +!   +!   +!   +!      ++      -!        rr     -!    -!    -!    -!    ..
adopt                   +!       +!      +!       +!      +!       +!       +!       +!   +!   +!   +!      ++      !!        rr     !!    !!    +!    +!    ..
update adopted          +!       +!      ++       +!      ++       ++       ++       ++   +!   ++   ++      ++      !!        !!     !!    !!    +!    +!    ..
refresh                 +!       +!      +!       +!      +!       +!       +!       +!   +!   +!   +!      ++      !!        dd     !!    !!    +!    +!    ..
read before update      +!       +!      +!       +!      +!       +!       +!       +!   +!   +!   +!      ++      !!        !!     !!    !!    +!    +!    ..
update in place         +!       +!      ++       +!      ++       ++       ++       ++   +!   ++   ++      ++      !!        !!     !!    !!    +!    +!    ..
read unplanned revision +!       +!      +!       +!      +!       +!       +!       +!   +!   +!   +!      +t      !!        !!     !!    !!    +!    +!    ..
update with revision    +!       +!      ++       +!      ++       ++       ++       ++   +!   ++   ++      ++      !!        !!     !!    !!    +!    +!    ..
update variables        +!       +!      ++       +!      ++       ++       ++       ++   +!   ++   ++      ++      !!        !!     !!    !!    +!    +!    ..
resize                  +!       +!      ++       +!      ++       ++       ++       ++   +!   ++   ++      ++      !!        !!     !!    !!    +!    +!    ..
update for triggers     +!       +!      ++       +!      ++       ++       ++       ++   +!   ++   ++      ++      !!        !!     !!    !!    +!    +!    ..
verify lost PATCH       +b       +b      +b       +b      +b       +b       +b       +b   +b   +b   +b      ++      bb        !!     bb    bb    +b    +b    ..
read after failure      +!       +!      +!       +!      +!       !!       +!       +!   +!   +!   +!      ++      !!        !!     !!    !!    !!    !!    ..
read failed revision    +!       +!      +!       +!      +!       !!       +!       +!   +!   +!   +!      ft      !!        !!     !!    !!    !!    !!    ..
redeploy                +!       +!      ++       +!      ++       ++       ++       ++   +!   ++   ++      ++      !!        !!     !!    !!    +!    +!    ..
poll deployment         +t       +t      +t       +t      +t       +t       +t       +t   +t   +t   +t      ++      !!        +g     !!    +t    +t    +t    +t
poll revision           +t       +t      +t       +t      +t       +t       +t       +t   +t   +t   +t      +t      !!        gg     +t    +t    +t    +t    ..
list revisions          ++       ++      ++       ++      ++       ++       ++       ++   ++   ++   ++      ++      !!        gg     !!    ++    ++    ++    ..
interrupt               +-       --      ++       --      ++       ++       ++       ++   --   ++   ++      ++      --        --     --    --    +-    --    ..
interrupt, older route  +-       --      ++       --      ++       ++       ++       ++   --   ++   ++      ++      --        --     --    --    +-    --    ..
health check            +h       +h      +h       +h      +h       hh       +h       ++   ++   ++   ++      ++      +h        +h     +h    +h    +h    +h    ..
read build log          +-       +-      +-       +-      +-       +-       +-       +-   +-   +-   ++      ++      --        ++     ++    ++    +-    +-    ..
first upload URL        +!       +!      +!       +!      +!       +!       +!       +!   +!   +!   +!      ++      !!        ..     !!    !!    +!    +!    ..
first upload            +u       +u      +u       +u      +u       ++       ++       ++   +u   +u   ++      ++      uu        uu     uu    uu    +u    +u    ..
first build             +!       +!      ++       +!      ++       ++       ++       ++   +!   ++   ++      ++      !!        ..     !!    !!    +!    +!    ..
upload URL              +!       +!      +!       +!      +!       +!       +!       +!   +!   +!   +!      ++      !!        !!     !!    !!    +!    +!    ..
upload                  +u       +u      +u       +u      +u       ++       ++       ++   +u   +u   ++      ++      uu        uu     uu    uu    +u    +u    ..
build                   +!       +!      ++       +!      ++       ++       ++       ++   +!   ++   ++      ++      !!        !!     !!    !!    +!    +!    ..
roll back               +!       +v      ++       +v      ++       ++       ++       ++   +v   ++   ++      ++      !!        !!     !!    cc    +!    +v    ..
delete                  +!       +!      +!       +!      +!       ++       ++       ++   +!   +!   ++      ++      !!        tt     !!    !!    +!    +!    ..
poll deletion           +t       +t      +t       +t      +t       +t       +t       +t   +t   +t   ++      ++      !!        ++     !!    +t    +t    +t    ..
"""


def expected_outcome(request: Request, fault: Fault) -> str:
    """Return the codes for a fault that occurs once, and for one that occurs always."""
    return _CELLS[request.name][_GROUP_OF[fault.name]]


def _row(line: str) -> tuple[str, dict[str, str]]:
    codes = line[_NAME_WIDTH:].split()
    return line[:_NAME_WIDTH].rstrip(), dict(zip(FAULT_GROUPS, codes, strict=True))


_NAME_WIDTH = 24
_CELLS = dict(map(_row, TABLE.splitlines()))
_GROUP_OF = {fault: group for group, faults in FAULT_GROUPS.items() for fault in faults}

assert list(_CELLS) == [request.name for request in REQUESTS]
assert sorted(_GROUP_OF) == sorted(fault.name for fault in FAULTS)
assert sum(map(len, FAULT_GROUPS.values())) == len(FAULTS)
assert {code for cells in _CELLS.values() for codes in cells.values() for code in codes} == set(
    LEGEND
)
