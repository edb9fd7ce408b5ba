from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.workflows.forges import ForgeServer, github_environ, gitlab_environ, serve
from tests.workflows.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def forge() -> Iterator[ForgeServer]:
    """Run a fake forge with the open request 7."""
    forge = ForgeServer(states={7: "open"})
    server = serve(forge)
    yield forge
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["github", "gitlab"])
def environ(request: pytest.FixtureRequest, forge: ForgeServer, tmp_path: Path) -> dict[str, str]:
    """Return the variables of a pipeline for request 7, on each forge in turn."""
    return github_environ(forge, tmp_path) if request.param == "github" else gitlab_environ(forge)


@pytest.fixture
def repository(forge: ForgeServer, tmp_path: Path) -> Repository:
    """Return a repository whose pipelines can be run."""
    return Repository.create(forge, tmp_path)
