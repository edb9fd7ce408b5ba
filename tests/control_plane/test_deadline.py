"""A call is waited for so long and no longer."""

from __future__ import annotations

from threading import Event

import pytest

from langsmith_pulumi.control_plane.transport import DeadlineExceeded, call_with_deadline


def unwanted(_: object) -> None:
    pytest.fail("nothing is to be disposed of")


def test_what_a_call_returns_or_raises_is_passed_on() -> None:
    """In time it is as if it had been called."""
    assert call_with_deadline(60, lambda: "answer", dispose=unwanted) == "answer"
    with pytest.raises(ZeroDivisionError):
        call_with_deadline(60, lambda: 1 // 0, dispose=unwanted)


def test_what_comes_late_is_disposed_of() -> None:
    """Nobody would close a connection that nobody hears of."""
    go_on, disposed = Event(), Event()

    with pytest.raises(DeadlineExceeded):
        call_with_deadline(0.01, lambda: go_on.wait(60), dispose=lambda _: disposed.set())

    assert not disposed.is_set()
    go_on.set()
    assert disposed.wait(60)


def test_a_failure_that_comes_late_is_of_no_interest(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is not even logged: the caller has told of the delay."""
    go_on, ended = Event(), Event()

    def fail() -> None:
        go_on.wait(60)
        ended.set()
        raise OSError

    with pytest.raises(DeadlineExceeded):
        call_with_deadline(0.01, fail, dispose=unwanted)

    go_on.set()
    assert ended.wait(60)
    assert caplog.records == []
