"""A call with a deadline ends with its result or at the deadline."""

from __future__ import annotations

from threading import Event

import pytest

from langsmith_pulumi.control_plane.transport import DeadlineExceeded, call_with_deadline


def fail_if_disposed(_: object) -> None:
    pytest.fail("nothing is to be disposed of")


def test_result_or_exception_is_passed_on() -> None:
    """Before the deadline, the call's result or exception is passed on."""
    assert call_with_deadline(60, lambda: "answer", dispose=fail_if_disposed) == "answer"
    with pytest.raises(ZeroDivisionError):
        call_with_deadline(60, lambda: 1 // 0, dispose=fail_if_disposed)


def test_late_result_is_disposed() -> None:
    """A result after the deadline is disposed, so that no connection stays open."""
    release, disposed = Event(), Event()

    with pytest.raises(DeadlineExceeded):
        call_with_deadline(0.01, lambda: release.wait(60), dispose=lambda _: disposed.set())

    assert not disposed.is_set()
    release.set()
    assert disposed.wait(60)


def test_late_failure_is_ignored(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An exception after the deadline is not even logged: the delay has been reported."""
    release, ended = Event(), Event()

    def fail() -> None:
        release.wait(60)
        ended.set()
        raise OSError

    with pytest.raises(DeadlineExceeded):
        call_with_deadline(0.01, fail, dispose=fail_if_disposed)

    release.set()
    assert ended.wait(60)
    assert caplog.records == []
