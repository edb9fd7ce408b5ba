"""Start, stop, database, loopback, and the command."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from langsmith_pulumi.testing import Simulator

CREATE = {
    "name": "agent",
    "source": "external_docker",
    "source_config": {"resource_spec": {}},
    "source_revision_config": {"image_uri": "agent:v1"},
    "secrets": [{"name": "A", "value": "canary"}],
}

KEY_WITH_SHELL_CHARACTERS = """it's "odd" $HOME `id` \\ !x #"""


def send(simulator: Simulator, method: str, path: str, body: Any = None) -> httpx.Response:
    """Send one request with the key."""
    headers = {"X-Api-Key": simulator.api_key}
    with httpx.Client(base_url=simulator.url, headers=headers, verify=False) as http:
        return http.request(method, path, json=body)


def test_many_at_once() -> None:
    """Several simulators in one process share no data."""
    with Simulator() as one, Simulator(api_key="other") as two:
        send(one, "POST", "/v2/deployments", CREATE)

        assert (list(one.deployments()), list(two.deployments())) == (["agent"], [])
        assert one.url != two.url
        assert len(two.requests) == 0


def test_starting_and_stopping_is_quick() -> None:
    """Starting and stopping a simulator takes less than 0.3 seconds."""
    began = time.monotonic()
    for _ in range(10):
        with Simulator():
            pass

    assert time.monotonic() - began < 3


def test_a_stopped_simulator_keeps_its_data() -> None:
    """A stopped simulator refuses connections, stays readable, and starts with the same data."""
    with Simulator() as simulator:
        send(simulator, "POST", "/v2/deployments", CREATE)
        simulator.stop()
        with pytest.raises(httpx.ConnectError):
            send(simulator, "GET", "/v2/deployments")
        assert list(simulator.deployments()) == ["agent"]
        simulator.start()

        assert len(send(simulator, "GET", "/v2/deployments").json()["resources"]) == 1


def test_stopping_does_not_wait_for_delayed_requests(capfd: pytest.CaptureFixture[str]) -> None:
    """Stopping during a delayed request neither waits nor logs an error."""
    with Simulator() as simulator:
        simulator.fail("*", "*", "delay", seconds=600)
        headers = {"X-Api-Key": simulator.api_key}
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(
                f"{simulator.url}/v2/deployments", headers=headers, timeout=0.05, verify=False
            )

    assert capfd.readouterr() == ("", "")


def test_a_database_outlives_the_process(tmp_path: Path) -> None:
    """Deployments, revisions and taken names survive a restart."""
    database = tmp_path / "simulator.json"
    with Simulator(database=database) as first:
        send(first, "POST", "/v2/deployments", CREATE)
        gone = send(first, "POST", "/v2/deployments", {**CREATE, "name": "gone"}).json()["id"]
        send(first, "DELETE", f"/v2/deployments/{gone}")
        before = first.deployments(), first.revisions("agent")

    with Simulator(database=str(database)) as second:
        after = second.deployments(), second.revisions("agent")
        again = send(second, "POST", "/v2/deployments", {**CREATE, "name": "gone"})

    assert after == before
    assert again.status_code == 409


def test_time_passes_while_stopped(tmp_path: Path) -> None:
    """A revision that was running when the process ended has finished after the restart."""
    now = 1_800_000_000.0
    settings: Any = {"database": tmp_path / "db", "revision_seconds": 60}
    with Simulator(clock=lambda: now, **settings) as first:
        send(first, "POST", "/v2/deployments", CREATE)
        assert first.revisions("agent")[0]["status"] == "CREATING"

    with Simulator(clock=lambda: now + 60, **settings) as second:
        assert second.revisions("agent")[0]["status"] == "DEPLOYED"


def test_the_file_is_written_before_the_response(tmp_path: Path) -> None:
    """The file is written before the response, and only its owner may read it."""
    database = tmp_path / "simulator.json"
    with Simulator(database=database) as simulator:
        send(simulator, "POST", "/v2/deployments", CREATE)

        assert "agent" in database.read_text()
        assert database.stat().st_mode & 0o777 == 0o600
        assert [file.name for file in tmp_path.iterdir()] == ["simulator.json"]


def test_an_invalid_database_is_not_quoted(tmp_path: Path) -> None:
    """The error for a file that is not a database names it without its contents."""
    database = tmp_path / "simulator.json"
    database.write_text('{"deployments": "canary"}')

    with pytest.raises(ValueError, match=r"simulator\.json is not a database") as caught:
        Simulator(database=database)

    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.com", ""])
def test_loopback_only(host: str) -> None:
    """An address other than loopback needs `allow_other_hosts`."""
    with pytest.raises(ValueError, match="allow_other_hosts"):
        Simulator(host=host)

    Simulator(host=host, allow_other_hosts=True)


def test_the_key_is_not_shown() -> None:
    """The representation of a simulator does not contain its key."""
    assert "canary" not in repr(Simulator(api_key="canary"))


def test_environment() -> None:
    """`env` has the variables that point clients to the simulator."""
    with Simulator(workspace_id="44444444-4444-4444-8444-444444444444") as simulator:
        assert simulator.env == {
            "LANGSMITH_API_KEY": simulator.api_key,
            "LANGGRAPH_HOST_URL": simulator.url,
            "LANGSMITH_WORKSPACE_ID": simulator.workspace_id,
        }


def test_ipv6() -> None:
    """The simulator serves IPv6 if the machine has it."""
    try:
        simulator = Simulator(host="::1")
        simulator.start()
    except OSError:
        pytest.skip("this machine has no IPv6 on loopback")
    with simulator:
        assert simulator.url.startswith("http://[::1]:")
        assert send(simulator, "GET", "/v2/deployments").status_code == 200


def test_base_path() -> None:
    """With a base path, paths outside of it are a 404 in HTML."""
    with Simulator(base_path="/api-host") as simulator:
        below = send(simulator, "GET", f"{simulator.url}/v2/deployments")
        beside = send(simulator, "GET", f"http://127.0.0.1:{simulator.port}/v2/deployments")

        assert (below.status_code, beside.status_code) == (200, 404)
        assert simulator.requests[0].path == "/v2/deployments"
        assert beside.headers["Content-Type"] == "text/html"


@pytest.mark.parametrize("arguments", [[], ["--api-key", KEY_WITH_SHELL_CHARACTERS]])
def test_as_a_command(arguments: list[str]) -> None:
    """The printed commands point a shell to the simulator, even if it was configured before."""
    command = [sys.executable, "-m", "langsmith_pulumi.cli", "simulate", *arguments]
    keys = []
    for _ in range(2):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            lines = [process.stdout.readline() for _ in range(6)]
            environ = _environment_after(lines[2:5])
            headers = {"X-Api-Key": environ["LANGSMITH_API_KEY"]}
            url = environ["LANGSMITH_CONTROL_PLANE_URL"]
            response = httpx.get(f"{url}/v2/deployments", headers=headers, verify=False)
            process.send_signal(signal.SIGINT)
            rest = process.stdout.read()
        keys.append(environ["LANGSMITH_API_KEY"])
        assert lines[0] == f"The simulator is ready at {url}. Paste into another shell:\n"
        assert (response.status_code, rest, process.returncode) == (200, "", 0)
        assert not {"LANGGRAPH_HOST_URL", "LANGGRAPH_HOST_API_KEY"} & environ.keys()

    assert (
        keys == [KEY_WITH_SHELL_CHARACTERS, KEY_WITH_SHELL_CHARACTERS]
        if arguments
        else keys[0] != keys[1]
    )


def _environment_after(lines: list[str]) -> dict[str, str]:
    """Return the environment of a shell after it has run the lines."""
    before = {"PATH": os.environ["PATH"], "LANGGRAPH_HOST_URL": "https://real.example.com"}
    before["LANGGRAPH_HOST_API_KEY"] = "real"
    script = "".join([*lines, "env -0"])
    done = subprocess.run(
        ["bash"], input=script, env=before, capture_output=True, text=True, check=True
    )
    pairs = [entry.partition("=") for entry in done.stdout.split("\0") if entry]
    return {name: value for name, _, value in pairs}


@pytest.mark.parametrize("key", ["", " ", "two\nlines", "schl\u00fcssel", "tail "])
def test_invalid_keys(key: str) -> None:
    """A key that cannot be sent in a header is an error, which does not show it."""
    with pytest.raises(ValueError, match="cannot be sent in a header"):
        Simulator(api_key=key)


def test_default_keys_are_random() -> None:
    """Each simulator has a random key by default."""
    assert Simulator().api_key != Simulator().api_key


def test_importing_the_package_is_cheap() -> None:
    """Importing `langsmith_pulumi.testing` does not import the web framework."""
    code = "import sys, langsmith_pulumi.testing; print('fastapi' in sys.modules)"

    response = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert response.stdout.strip() == "False"
