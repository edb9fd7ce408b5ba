"""Starting, stopping, remembering between two runs, and serving nobody else."""

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

ODD_KEY = """it's "odd" $HOME `id` \\ !x #"""


def send(simulator: Simulator, method: str, path: str, body: Any = None) -> httpx.Response:
    """Send one request with the key."""
    headers = {"X-Api-Key": simulator.api_key}
    with httpx.Client(base_url=simulator.url, headers=headers, verify=False) as http:
        return http.request(method, path, json=body)


def test_many_at_once() -> None:
    """Several simulators in one process know nothing of each other."""
    with Simulator() as one, Simulator(api_key="other") as two:
        send(one, "POST", "/v2/deployments", CREATE)

        assert (list(one.deployments()), list(two.deployments())) == (["agent"], [])
        assert one.url != two.url
        assert len(two.requests) == 0


def test_starting_and_stopping_is_quick() -> None:
    """A test can afford a simulator of its own."""
    began = time.monotonic()
    for _ in range(10):
        with Simulator():
            pass

    assert time.monotonic() - began < 3


def test_down_for_a_while() -> None:
    """A simulator that is stopped refuses connections, still tells its tale, and comes back."""
    with Simulator() as simulator:
        send(simulator, "POST", "/v2/deployments", CREATE)
        simulator.stop()
        with pytest.raises(httpx.ConnectError):
            send(simulator, "GET", "/v2/deployments")
        assert list(simulator.deployments()) == ["agent"]
        simulator.start()

        assert len(send(simulator, "GET", "/v2/deployments").json()["resources"]) == 1


def test_stopping_does_not_wait_for_the_late(capfd: pytest.CaptureFixture[str]) -> None:
    """A request that is delayed for long holds nobody up, and nobody complains."""
    with Simulator() as simulator:
        simulator.fail("*", "*", "delay", seconds=600)
        headers = {"X-Api-Key": simulator.api_key}
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(
                f"{simulator.url}/v2/deployments", headers=headers, timeout=0.05, verify=False
            )

    assert capfd.readouterr() == ("", "")


def test_a_database_outlives_the_process(tmp_path: Path) -> None:
    """Deployments, their revisions and the names taken are there again after a restart."""
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


def test_time_goes_on_while_nobody_serves(tmp_path: Path) -> None:
    """A revision that was under way when the process ended has come up meanwhile."""
    now = 1_800_000_000.0
    settings: Any = {"database": tmp_path / "db", "revision_seconds": 60}
    with Simulator(clock=lambda: now, **settings) as first:
        send(first, "POST", "/v2/deployments", CREATE)
        assert first.revisions("agent")[0]["status"] == "CREATING"

    with Simulator(clock=lambda: now + 60, **settings) as second:
        assert second.revisions("agent")[0]["status"] == "DEPLOYED"


def test_what_was_answered_is_on_disk(tmp_path: Path) -> None:
    """The file is written before the answer, and only its owner may read it."""
    database = tmp_path / "simulator.json"
    with Simulator(database=database) as simulator:
        send(simulator, "POST", "/v2/deployments", CREATE)

        assert "agent" in database.read_text()
        assert database.stat().st_mode & 0o777 == 0o600
        assert [file.name for file in tmp_path.iterdir()] == ["simulator.json"]


def test_a_foreign_file_is_not_repeated(tmp_path: Path) -> None:
    """A file that is no database is refused by name, without its contents."""
    database = tmp_path / "simulator.json"
    database.write_text('{"deployments": "canary"}')

    with pytest.raises(ValueError, match=r"simulator\.json is not a database") as caught:
        Simulator(database=database)

    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.com", ""])
def test_loopback_only(host: str) -> None:
    """An address that others can reach is refused unless that is asked for."""
    with pytest.raises(ValueError, match="allow_other_hosts"):
        Simulator(host=host)

    Simulator(host=host, allow_other_hosts=True)


def test_the_key_is_not_shown() -> None:
    """Printing a simulator does not print its key."""
    assert "canary" not in repr(Simulator(api_key="canary"))


def test_environment() -> None:
    """The variables that clients read point to the simulator."""
    with Simulator(workspace_id="44444444-4444-4444-8444-444444444444") as simulator:
        assert simulator.env == {
            "LANGSMITH_API_KEY": simulator.api_key,
            "LANGGRAPH_HOST_URL": simulator.url,
            "LANGSMITH_WORKSPACE_ID": simulator.workspace_id,
        }


def test_on_the_other_loopback() -> None:
    """It may serve IPv6, where the machine has it."""
    try:
        simulator = Simulator(host="::1")
        simulator.start()
    except OSError:
        pytest.skip("this machine has no IPv6 on loopback")
    with simulator:
        assert simulator.url.startswith("http://[::1]:")
        assert send(simulator, "GET", "/v2/deployments").status_code == 200


def test_below_a_path() -> None:
    """As on a self-hosted installation, it may be found below a path, and nothing beside it."""
    with Simulator(base_path="/api-host") as simulator:
        below = send(simulator, "GET", f"{simulator.url}/v2/deployments")
        beside = send(simulator, "GET", f"http://127.0.0.1:{simulator.port}/v2/deployments")

        assert (below.status_code, beside.status_code) == (200, 404)
        assert simulator.requests[0].path == "/v2/deployments"
        assert beside.headers["Content-Type"] == "text/html"


@pytest.mark.parametrize("arguments", [[], ["--api-key", ODD_KEY]])
def test_as_a_command(arguments: list[str]) -> None:
    """The printed lines, pasted into a shell, point it here whatever it was set to before."""
    command = [sys.executable, "-m", "langsmith_pulumi.cli", "simulate", *arguments]
    keys = []
    for _ in range(2):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            lines = [process.stdout.readline() for _ in range(6)]
            environ = _pasted(lines[2:5])
            headers = {"X-Api-Key": environ["LANGSMITH_API_KEY"]}
            url = environ["LANGSMITH_CONTROL_PLANE_URL"]
            answer = httpx.get(f"{url}/v2/deployments", headers=headers, verify=False)
            process.send_signal(signal.SIGINT)
            rest = process.stdout.read()
        keys.append(environ["LANGSMITH_API_KEY"])
        assert lines[0] == f"The simulator is ready at {url}. Paste into another shell:\n"
        assert (answer.status_code, rest, process.returncode) == (200, "", 0)
        assert not {"LANGGRAPH_HOST_URL", "LANGGRAPH_HOST_API_KEY"} & environ.keys()

    assert keys == [ODD_KEY, ODD_KEY] if arguments else keys[0] != keys[1]


def _pasted(lines: list[str]) -> dict[str, str]:
    """Return the environment of a shell that has read the lines."""
    before = {"PATH": os.environ["PATH"], "LANGGRAPH_HOST_URL": "https://real.example.com"}
    before["LANGGRAPH_HOST_API_KEY"] = "real"
    script = "".join([*lines, "env -0"])
    done = subprocess.run(
        ["bash"], input=script, env=before, capture_output=True, text=True, check=True
    )
    pairs = [entry.partition("=") for entry in done.stdout.split("\0") if entry]
    return {name: value for name, _, value in pairs}


@pytest.mark.parametrize("key", ["", " ", "two\nlines", "schl\u00fcssel", "tail "])
def test_a_key_that_no_header_holds(key: str) -> None:
    """A key that could never be sent is refused at once, without being shown."""
    with pytest.raises(ValueError, match="cannot be sent in a header"):
        Simulator(api_key=key)


def test_each_simulator_has_a_key_of_its_own() -> None:
    """Nobody can guess the key of a simulator that runs somewhere."""
    assert Simulator().api_key != Simulator().api_key


def test_importing_the_package_is_cheap() -> None:
    """Who does not use the simulator does not load a web framework."""
    code = "import sys, langsmith_pulumi.testing; print('fastapi' in sys.modules)"

    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "False"
