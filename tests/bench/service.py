"""The simulator in a process of its own, so that it does not count as a route's work."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

from langsmith_pulumi.testing import Simulator

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = {
    "POST": ("POST", r".*"),
    "PATCH": ("PATCH", r".*"),
    "DELETE": ("DELETE", r".*"),
    "GET list": ("GET", r"/v2/deployments"),
    "GET deployment": ("GET", r"/v2/deployments/[^/]+"),
    "GET revision": ("GET", r"/v2/deployments/[^/]+/revisions/[^/]+"),
    "GET other": ("GET", r".*"),
}
STUCK = "REHEARSING"
"""A status that no client knows, in which a revision stays."""


class Service:
    """A control plane that runs."""

    def __init__(self, environ: dict[str, str], pid: int) -> None:
        self.environ = {
            "LANGSMITH_API_KEY": environ["LANGSMITH_API_KEY"],
            "LANGSMITH_CONTROL_PLANE_URL": environ["LANGGRAPH_HOST_URL"],
        }
        self.pid = pid
        self._admin = httpx.Client(
            base_url=f"{environ['LANGGRAPH_HOST_URL']}/_simulator",
            headers={"X-Api-Key": environ["LANGSMITH_API_KEY"]},
            timeout=60,
        )

    def clear_requests(self) -> None:
        """Count from here."""
        self._admin.delete("/requests").raise_for_status()

    def requests(self) -> dict[str, int]:
        """Return the number of requests of each kind."""
        sent = self._admin.get("/requests").raise_for_status().json()
        return dict(sorted(Counter(kind_of(one["method"], one["path"]) for one in sent).items()))


def kind_of(method: str, path: str) -> str:
    """Return the kind of a request."""
    return next(
        kind
        for kind, (known, pattern) in KINDS.items()
        if known == method and re.fullmatch(pattern, path)
    )


@contextmanager
def serving(latency_seconds: float, stuck: list[str], **settings: Any) -> Iterator[Service]:
    """Run a control plane as long as the context lasts."""
    options = json.dumps({"latency": latency_seconds, "stuck": stuck, "settings": settings})
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.service", options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        if process.stdout is None or process.stdin is None:
            raise AssertionError("both are pipes")
        try:
            yield Service(json.loads(process.stdout.readline()), process.pid)
        finally:
            process.stdin.close()


def main(latency: float, stuck: list[str], settings: dict[str, Any]) -> None:
    """Serve until the input ends."""
    with Simulator(**settings) as simulator:
        if latency:
            simulator.fail("*", "*", "delay", seconds=latency, times=-1)
        for name in stuck:
            simulator.outcome(name, STUCK)
        sys.stdout.write(json.dumps(simulator.env) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
