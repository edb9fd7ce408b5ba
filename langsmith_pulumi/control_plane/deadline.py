"""A call that ends in time, where what is called has no such limit of its own."""

from __future__ import annotations

from concurrent.futures import Future, wait
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Late(Exception):  # noqa: N818 - reads as it is meant
    """The call goes on, but nobody waits for it any more."""


def within(seconds: float, call: Callable[[], T], *, dispose: Callable[[T], object]) -> T:
    """Return what ``call`` returns or raise what it raises; ``Late`` after so many seconds.

    What a late call returns in the end is disposed of.
    """
    future: Future[T] = Future()
    # A pool would be waited for when the process ends.
    Thread(target=_run, args=(future, call), daemon=True).start()
    if wait([future], seconds).done:
        return future.result()
    future.add_done_callback(lambda late: late.exception() or dispose(late.result()))
    raise Late


def _run(future: Future[T], call: Callable[[], T]) -> None:
    try:
        future.set_result(call())
    except BaseException as failure:  # noqa: BLE001 - it is raised where the call is waited for
        future.set_exception(failure)
