"""One world for all tests of a process; pages are accepted with ``--snapshot-update``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from langsmith_pulumi.provider import progress
from tests.faults.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def whole_world() -> Iterator[World]:
    world = World()

    def tell(_: str | None, message: str, *, ephemeral: bool, severity: str = "INFO") -> None:
        if not ephemeral:
            world.told.append(f"{severity}: {message}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(progress, "_log", tell)
        yield world
    world.stop()


@pytest.fixture
def world(whole_world: World) -> World:
    """The world, empty and calm."""
    whole_world.go_back()
    return whole_world


@pytest.fixture
def is_fresh(request: pytest.FixtureRequest) -> Callable[[Path, str], bool]:
    """Whether a page says what it should; ``--snapshot-update`` makes it so."""

    def check(page: Path, text: str) -> bool:
        if request.config.getoption("--snapshot-update"):
            page.write_text(text, encoding="utf-8")
        return page.read_text(encoding="utf-8") == text

    return check
