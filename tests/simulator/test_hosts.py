"""The check of `Host` headers: a web page must not reach the simulator (DNS rebinding)."""

import httpx
import pytest

from langsmith_pulumi.testing import Simulator

PATHS = ["/v2/deployments", "/_simulator/requests", "/nowhere"]


def get_with_host(simulator: Simulator, host: str, path: str = "/v2/deployments") -> httpx.Response:
    """Send a request with the key and the given Host header."""
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
def test_another_host_is_rejected(host: str, path: str) -> None:
    """A foreign Host header is a 421, before the request is recorded or meets a fault."""
    with Simulator() as simulator:
        simulator.fail("*", "*", "status", status=503)
        response = get_with_host(simulator, host, path)

        assert response.status_code == 421
        assert f"serves 127.0.0.1, port {simulator.port}" in response.json()["detail"]
        assert simulator.requests == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1:{port}", "LocalHost:{port}", "[::1]:{port}", "127.8.9.1:{port}"]
)
@pytest.mark.parametrize("path", PATHS[:2])
def test_loopback_may_be_named(host: str, path: str) -> None:
    """Every name and address of loopback is accepted with the right port."""
    with Simulator() as simulator:
        assert get_with_host(simulator, host, path).status_code == 200


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
def test_allowed_hosts(allowed: str, host: str, status: int) -> None:
    """The name of a proxy or a forwarded port passes if it is among the allowed hosts."""
    with Simulator(allowed_hosts=[allowed]) as simulator:
        assert get_with_host(simulator, host).status_code == status


def test_base_path() -> None:
    """The check of the host precedes that of the path."""
    with Simulator(base_path="/api-host") as simulator:
        assert get_with_host(simulator, "evil.example.com", "/beside").status_code == 421
        assert (
            get_with_host(simulator, "localhost:{port}", "/api-host/v2/deployments").status_code
            == 200
        )


def test_all_interfaces() -> None:
    """A simulator on all interfaces accepts the address that the connection reached."""
    with Simulator(host="0.0.0.0", allow_other_hosts=True) as simulator:
        assert get_with_host(simulator, "127.0.0.1:{port}").status_code == 200
        assert get_with_host(simulator, "evil.example.com:{port}").status_code == 421
        assert get_with_host(simulator, "192.0.2.1:{port}").status_code == 421
