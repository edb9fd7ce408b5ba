"""Which hosts a request may name: a page in a browser must not reach the simulator."""

import httpx
import pytest

from langsmith_pulumi.testing import Simulator

PATHS = ["/v2/deployments", "/_simulator/requests", "/nowhere"]


def ask(simulator: Simulator, host: str, path: str = "/v2/deployments") -> httpx.Response:
    """Send a request with the key, and with another Host header."""
    headers = {"X-Api-Key": simulator.api_key, "Host": host.format(port=simulator.port)}
    return httpx.get(f"http://127.0.0.1:{simulator.port}{path}", headers=headers, verify=False)


FOREIGN = [
    "evil.example.com:{port}",
    "evil.example.com",
    "127.0.0.1.evil.example.com:{port}",
    "localhost.evil.example.com:{port}",
    "notlocalhost:{port}",
    "127.0.0.1",
    "127.0.0.1:1",
    "localhost:80",
    "192.0.2.1:{port}",
    "evil.example.com/@localhost:{port}",
    "localhost:{port}@evil.example.com",
    "[::1:{port}",
    "localhost:port",
    "",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("host", FOREIGN)
def test_another_host_is_refused(host: str, path: str) -> None:
    """It is refused in a sentence, key or no key, before anything is recorded or goes wrong."""
    with Simulator() as simulator:
        simulator.fail("*", "*", "status", status=503)
        answer = ask(simulator, host, path)

        assert answer.status_code == 421
        assert f"serves 127.0.0.1, port {simulator.port}" in answer.json()["detail"]
        assert simulator.requests == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1:{port}", "LocalHost:{port}", "[::1]:{port}", "127.8.9.1:{port}"]
)
@pytest.mark.parametrize("path", PATHS[:2])
def test_loopback_may_be_named(host: str, path: str) -> None:
    """Every name and address of loopback leads here, with the right port."""
    with Simulator() as simulator:
        assert ask(simulator, host, path).status_code == 200


@pytest.mark.parametrize(
    ("allowed", "host", "status"),
    [
        ("simulator.test", "simulator.test:{port}", 200),
        ("simulator.test", "Simulator.test", 200),
        ("simulator.test:8080", "simulator.test:8080", 200),
        ("simulator.test:8080", "simulator.test:8081", 421),
        ("simulator.test:8080", "simulator.test", 421),
        ("simulator.test", "other.test", 421),
        ("127.0.0.1", "127.0.0.1:1", 200),
    ],
)
def test_more_may_be_allowed(allowed: str, host: str, status: int) -> None:
    """A proxy's name or a forwarded port passes when it is among the allowed hosts."""
    with Simulator(allowed_hosts=[allowed]) as simulator:
        assert ask(simulator, host).status_code == status


def test_below_a_path_too() -> None:
    """The check stands before the path, as a proxy's would."""
    with Simulator(base_path="/api-host") as simulator:
        assert ask(simulator, "evil.example.com", "/beside").status_code == 421
        assert ask(simulator, "localhost:{port}", "/api-host/v2/deployments").status_code == 200


def test_the_address_that_was_reached() -> None:
    """On all interfaces, each may be named by the address that the connection came in on."""
    with Simulator(host="0.0.0.0", allow_other_hosts=True) as simulator:
        assert ask(simulator, "127.0.0.1:{port}").status_code == 200
        assert ask(simulator, "evil.example.com:{port}").status_code == 421
        assert ask(simulator, "192.0.2.1:{port}").status_code == 421
