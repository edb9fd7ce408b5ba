"""The plugin process gets more workers, and getting them never stops it."""

from __future__ import annotations

import subprocess
import sys

PRESSURE = """
import gc, threading, time
from concurrent.futures import ThreadPoolExecutor
from langsmith_pulumi.provider.worker_pool import raise_workers

sdk = {}
code = "def serve(call): return call(40)"
exec(compile(code, "pulumi/dynamic/__main__.py", "exec"), sdk)

class Cycle:
    def __init__(self):
        self.own = self
    def __del__(self):
        time.sleep(0)  # lets another thread run in the middle of a collection

def start_threads():
    while True:
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()

def configure(depth):
    if depth:
        return configure(depth - 1)
    Cycle()
    return sdk["serve"](raise_workers)

assert not configure(1), "no pool serves this call"
gc.set_threshold(20, 1, 1)
for _ in range(4):
    threading.Thread(target=start_threads, daemon=True).start()
with ThreadPoolExecutor(1) as pool:
    assert all(pool.submit(configure, 30).result() for _ in range(60))
    assert pool._max_workers == 40
"""


def test_it_ends_while_other_threads_start() -> None:
    """Python up to 3.11 can stop for ever when stacks of all threads are asked for."""
    done = subprocess.run(
        [sys.executable, "-c", PRESSURE], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
