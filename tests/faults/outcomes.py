"""What becomes of each request under each fault: the one table, declared by hand.

A row is a fault, a column a request, a cell two characters: what becomes of the operation when the
fault strikes once, and when it strikes always.
"""

# ruff: noqa: E501 - the table is wide

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.catalogue import FAULTS
from tests.faults.requests import REQUESTS

if TYPE_CHECKING:
    from tests.faults.catalogue import Fault
    from tests.faults.requests import Request

LEGEND = {
    "+": "recovers by itself",
    "-": "goes on without what the request is for",
    "!": "fails with the fault's own error",
    "n": "fails: whether the POST was carried out is open, and the name could not be found",
    "b": "fails: whether the request was carried out could not be seen, and why",
    "t": "the wait ends at its timeout and says where it stands and why nothing more was seen",
    "g": "fails: the deployment was deleted by somebody else, as the answer says",
    "d": "takes the deployment out of the state, as the answer says; the next `up` meets it again",
    "f": "fails with the news of the failed revision once more",
    "r": "refuses to adopt what is not there, as the answer says",
    ".": "does not apply",
}
"""What the characters stand for."""

#                                                           i  s  r              r
#                                   l  e     c        r     n  u  e  t           e
#                                c  o  x     o        e  b     r  v  r        r  d              d
#                                r  o  p     m  a  a  f  e  p  p  i  i  p  a  e  e     w        e
#                                e  k  l  n  p  d  l  r  f  l  r  s  g  r  g  t  p  w  a  l     l  g
#                                a  -  a  a  a  o  i  e  o  a  i  i  g  o  a  r  l  a  t  i  l  e  o
#                                t  u  i  m  r  p  g  s  r  c  s  o  e  o  i  y  o  i  c  s  o  t  n
#                                e  p  n  e  e  t  n  h  e  e  e  n  r  f  n  ?  y  t  h  t  g  e  e
TABLE = """\
connection refused               +! +b +- +- +! +! +! +! +! +! +! +! +! +b +! +! +! +t +t ++ +- +! +t
reset before the work            +n +b +- +- +! +! +! +! +! +! +! +! +! +b +! +! +! +t +t ++ +- +! +t
reset after the work             ++ +b +- +- +! +! ++ +! +! ++ +! ++ ++ +b +! +! ++ +t +t ++ +- +! +t
timeout before the work          +n +b +- -- -! +! +! +! +! +! +! +! +! +b +! +! +! +t +t ++ +- +! +t
timeout after the work           ++ +b +- -- -! +! ++ +! +! ++ +! ++ ++ +b +! +! ++ +t +t ++ +- +! +t
slow drip                        ++ +b +- -- -! +! ++ +! +! ++ +! ++ ++ +b !! !! ++ +t +t ++ +- ++ +t
answer cut off                   ++ +b +- +- +! +! ++ +! +! ++ +! ++ ++ +b +! +! ++ +t +t ++ +- ++ +t
truncated JSON                   ++ +b +- +- +! +! ++ +! +! ++ +! ++ ++ +b +! +! ++ +t +t ++ +- ++ +t
HTML page with 200               +n +b +- +- +! +! +! +! +! +! +! +! +! +b +! +! +! +t +t ++ +- +! +t
HTML page after the work         ++ +b +- +- +! +! ++ +! +! ++ +! ++ ++ +b +! +! ++ +t +t ++ +- +! +t
field missing                    ++ +b +- +- +! +! ++ +! +! ++ +! ++ ++ +b +! +! ++ +t +t ++ ++ ++ ++
unknown status and field         ++ ++ ++ ++ ++ ++ ++ ++ ++ ++ +t ++ ++ ++ ++ ft ++ ++ +t ++ ++ ++ ++
400                              !! bb -- -- -! !! !! !! !! !! !! !! !! bb !! !! !! !! !! !! -- !! !!
401                              !! bb -- -- -! !! !! !! !! !! !! !! !! bb !! !! !! !! !! !! -- !! !!
403 key of an organization       !! bb -- -- -! !! !! !! !! !! !! !! !! bb !! !! !! !! !! !! -- !! !!
403 product not enabled          !! bb -- -- -! !! !! !! !! !! !! !! !! bb !! !! !! !! !! !! -- !! !!
403                              !! bb -- -- -! !! !! !! !! !! !! !! !! bb !! !! !! !! !! !! -- !! !!
404 of the deployment            .. .. .. -- rr rr !! dd !! !! !! !! !! !! !! !! !! +g gg gg ++ tt ++
404 of something else            !! bb -- -- -! !! !! !! !! !! !! !! !! bb !! !! !! !! +t !! ++ !! !!
404 of the route                 !! bb -- -- -! !! !! !! !! !! !! !! !! bb !! !! !! +t +t ++ ++ !! +t
404 page of a proxy              !! bb -- -- -! !! !! !! !! !! !! !! !! bb !! !! !! +t +t ++ ++ !! +t
409 tracing project              !! bb -- -- -! !! !! !! !! !! !! !! !! bb !! !! !! !! !! !! -- !! !!
409 agent environment            !! bb -- -- -! !! !! !! !! !! !! !! !! bb !! !! !! !! !! !! -- !! !!
408                              +n +b +- +- +! +! +! +! +! +! +! +! +! +b +! +! +! +t +t ++ +- +! +t
413                              !! bb -- -- -! !! !! !! !! !! !! !! !! bb !! !! !! !! !! !! -- !! !!
422                              !! bb -- -- -! !! !! !! !! !! !! !! !! bb !! !! !! !! !! !! -- !! !!
429                              +! +b +- +- +! +! +! +! +! +! +! +! +! +b +! +! +! +t +t ++ +- +! +t
429, Retry-After in seconds      +! +b +- -- -! +! +! +! +! +! +! +! +! +b !! !! +! +t +t ++ +- +! +t
429, Retry-After as a date       +! +b +- -- -! +! +! +! +! +! +! +! +! +b !! !! +! +t +t ++ +- +! +t
500                              +n +b +- +- +! +! +! +! +! +! +! +! +! +b +! +! +! +t +t ++ +- +! +t
502                              +n +b +- +- +! +! +! +! +! +! +! +! +! +b +! +! +! +t +t ++ +- +! +t
502 after the work               ++ +b +- +- +! +! ++ +! +! ++ +! ++ ++ +b +! +! ++ +t +t ++ +- +! +t
503, Retry-After in seconds      +n +b +- -- -! +! +! +! +! +! +! +! +! +b !! !! +! +t +t ++ +- +! +t
504 after the work               ++ +b +- +- +! +! ++ +! +! ++ +! ++ ++ +b +! +! ++ +t +t ++ +- +! +t
redirect to another host         !! bb -- -- -! !! !! !! !! !! !! !! !! bb !! !! !! !! !! !! -- !! !!
answer older than the last write .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. .. +t .. .. .. .. ..
"""


def declared(request: Request, fault: Fault) -> str:
    """The cell: what becomes of it once, and always."""
    return _CELLS[fault.name][REQUESTS.index(request)]


def _row(line: str) -> tuple[str, list[str]]:
    return line[:_NAME].rstrip(), line[_NAME:].split()


_NAME = 33
_CELLS = dict(map(_row, TABLE.splitlines()))

assert list(_CELLS) == [fault.name for fault in FAULTS]
assert all(len(cells) == len(REQUESTS) for cells in _CELLS.values())
assert {sign for cells in _CELLS.values() for sign in "".join(cells)} == set(LEGEND)
