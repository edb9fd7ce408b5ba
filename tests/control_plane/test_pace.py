"""How often a wait looks."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from langsmith_pulumi.control_plane.pace import Lengths, jittered, seconds_between_looks


@dataclass(frozen=True)
class Row:
    """The state of a wait, and the seconds until it looks again."""

    age: float
    seconds: float
    expected: tuple[float, ...] = ()
    requests: int = 0
    is_limited: bool = False


ROWS = {
    "by a list, at the start": Row(0, 0.5),
    "by a list, after ten seconds": Row(10, 1),
    "by requests, at the start": Row(0, 1, requests=2),
    "the first minute": Row(50, 1),
    "two per cent of its age": Row(200, 4),
    "not so slow that it seems dead": Row(3000, 10),
    "far from an expected end": Row(200, 4, expected=(400,)),
    "shortly before an expected end": Row(365, 1.825, expected=(400,)),
    "shortly after an expected end": Row(439, 2.195, expected=(400,)),
    "long after an expected end": Row(500, 10, expected=(400,)),
    "at one of two expected ends": Row(200, 1, expected=(210, 400)),
    "after an end that was expected before it began": Row(100, 2, expected=(-20,)),
    "twenty waits with a request each": Row(30, 1, requests=20),
    "a hundred waits with a request each": Row(30, 5, requests=100),
    "a hundred old waits": Row(400, 8, requests=100),
    "a thousand waits": Row(30, 50, requests=1000),
    "after a 429": Row(30, 5, is_limited=True),
    "after a 429, near the end": Row(400, 5, expected=(400,), is_limited=True),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_seconds_between_looks(row: Row) -> None:
    found = seconds_between_looks(
        row.age, row.expected, requests=row.requests, is_limited=row.is_limited
    )
    assert found == pytest.approx(row.seconds)


@pytest.mark.parametrize(("chance", "seconds"), [(0, 10), (0.5, 9), (1, 8)])
def test_jitter_makes_no_look_late(chance: float, seconds: float) -> None:
    assert jittered(10, chance) == pytest.approx(seconds)


def test_typical_length() -> None:
    """One rollout that took much longer than the others tells nothing of the next."""
    lengths = Lengths()
    assert lengths.typical() is None
    for seconds in (60, 70, 900):
        lengths.record(seconds)
    assert lengths.typical() == 70
