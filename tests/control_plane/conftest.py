"""A fake HTTP server, a fake clock and a client that uses both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from langsmith_pulumi.control_plane.client import ControlPlaneClient
from langsmith_pulumi.control_plane.settings import Settings
from tests.control_plane.factories import API_KEY
from tests.control_plane.fake_server import FakeClock, FakeServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def server(clock: FakeClock) -> Iterator[FakeServer]:
    server = FakeServer(clock)
    yield server
    server.stop()
    assert server.failures == []


@pytest.fixture
def client(server: FakeServer, clock: FakeClock) -> Iterator[ControlPlaneClient]:
    settings = Settings(API_KEY, server.url)
    # Loading the root certificates takes longer than a test.
    transport = httpx.HTTPTransport(verify=False)
    client = ControlPlaneClient(
        settings,
        transport=transport,
        sleep=clock.sleep,
        clock=clock.monotonic,
        chance=lambda: 0.0,
    )
    yield client
    client.close()
