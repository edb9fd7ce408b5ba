"""Running of the nodes of a graph in threads, each as soon as those before it are done."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from graphlib import TopologicalSorter


def run_in_order(order: TopologicalSorter[int], run: Callable[[int], bool], workers: int) -> None:
    """Run each node when it is ready, but nothing after a node for which `run` returns False."""
    running: dict[Future[bool], int] = {}
    ended: SimpleQueue[Future[bool]] = SimpleQueue()
    with ThreadPoolExecutor(workers) as pool:
        while True:
            for node in order.get_ready():
                future = pool.submit(run, node)
                running[future] = node
                future.add_done_callback(ended.put)
            if not running:
                return
            future = ended.get()
            node = running.pop(future)
            if future.result():
                order.done(node)
