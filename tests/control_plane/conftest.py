"""A scripted server, a clock that only sleeping moves, and a client between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from langsmith_pulumi.control_plane.client import ControlPlaneClient
from langsmith_pulumi.control_plane.settings import Settings
from tests.control_plane.samples import KEY
from tests.control_plane.scripted import Scripted, Time

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def server(time: Time) -> Iterator[Scripted]:
    server = Scripted(time)
    yield server
    server.stop()
    assert server.defects == []


@pytest.fixture
def client(server: Scripted, time: Time) -> Iterator[ControlPlaneClient]:
    settings = Settings(KEY, server.url)
    # Loading the certificates of the world takes longer than a test.
    transport = httpx.HTTPTransport(verify=False)
    client = ControlPlaneClient(settings, transport=transport, sleep=time.sleep, clock=time.clock)
    yield client
    client.close()
