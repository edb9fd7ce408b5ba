"""One harness per process; generated pages are accepted with ``--snapshot-update``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from langsmith_pulumi.control_plane import health, upload_transport
from langsmith_pulumi.provider import progress
from tests.faults.harness import Harness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def session_harness() -> Iterator[Harness]:
    harness = Harness()

    def tell(_: str | None, message: str, *, ephemeral: bool, severity: str = "INFO") -> None:
        if not ephemeral:
            harness.row_messages.append(f"{severity}: {message}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(progress, "_log", tell)
        patch.setattr(health, "AgentTransport", harness.connect_to_agent)
        patch.setattr(upload_transport, "_connect", harness.connect_to_store)
        yield harness
    harness.stop()


@pytest.fixture
def harness(session_harness: Harness) -> Harness:
    """Return the harness in its initial state, without faults."""
    session_harness.restore()
    return session_harness


@pytest.fixture
def page_matches(request: pytest.FixtureRequest) -> Callable[[Path, str], bool]:
    """Return a function that compares a page with its file; ``--snapshot-update`` rewrites it."""

    def check(page: Path, text: str) -> bool:
        if request.config.getoption("--snapshot-update"):
            page.write_text(text, encoding="utf-8")
        return page.read_text(encoding="utf-8") == text

    return check
