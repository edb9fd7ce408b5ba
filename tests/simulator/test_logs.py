"""Logs of builds and servers: every route, filters, pages, and lines that appear in time."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import pytest

from langsmith_pulumi.testing import Simulator
from tests.simulator.conftest import Clock

Json = dict[str, Any]
Make = Callable[..., Json]

UNKNOWN = "99999999-9999-4999-8999-999999999999"
BUILD = ["one", "two", "warning: three", "Error: four"]


class Logs:
    """The routes of the logs of one deployment, and of its first revision."""

    def __init__(self, http: httpx.Client, deployment: Json) -> None:
        self._http = http
        self.id = deployment["id"]
        self.revision = deployment["latest_revision_id"]

    def get(self, kind: str = "build", **params: Any) -> Json:
        path = f"/v2/deployments/{self.id}/revisions/{self.revision}/logs"
        return self._read("GET", path, params={"type": kind, **params})

    def post(self, kind: str = "build", **body: Any) -> Json:
        path = f"/v1/projects/{self.id}/revisions/{self.revision}/{kind}_logs"
        return self._read("POST", path, json=body)

    def of_project(self, **body: Any) -> Json:
        return self._read("POST", f"/v1/projects/{self.id}/deploy_logs", json=body)

    def entries(self, **params: Any) -> Json:
        query = {"deployment_id": self.id, **params}
        return self._read("GET", "/v2/deployment-logs", params=query)

    def _read(self, method: str, path: str, **options: Any) -> Json:
        response = self._http.request(method, path, **options)
        assert response.status_code == 200, response.text
        found: Json = response.json()
        return found


def messages(page: Json) -> list[str]:
    entries = page["logs"] if "logs" in page else page["items"]
    return [entry["message"] for entry in entries]


@pytest.fixture
def logs(simulator: Simulator, http: httpx.Client, new_deployment: Make) -> Logs:
    """Create a deployment whose log of the build grows by a line each second from second 12."""
    simulator.revision_seconds = 24  # four seconds for each status
    simulator.outcome("agent", "DEPLOYED", build_log=BUILD, deploy_log=["started", "ready"])
    return Logs(http, new_deployment())


def at(clock: Clock, seconds: float) -> str:
    """Return a time relative to now, in the form of the API."""
    return datetime.fromtimestamp(clock.now + seconds, timezone.utc).isoformat()


def test_a_log_grows(clock: Clock, logs: Logs) -> None:
    """Lines appear one after the other while the build runs, and stay."""
    seen = []
    for seconds in (11, 1, 1, 1.5, 1):
        clock.now += seconds
        seen.append(messages(logs.get()))

    assert seen == [[], BUILD[:1], BUILD[:2], BUILD[:3], BUILD]
    assert messages(logs.get("deploy")) == []
    clock.now += 5
    assert messages(logs.get("deploy")) == ["started"]
    clock.now += 5
    assert messages(logs.get("deploy")) == ["started", "ready"]
    assert messages(logs.get()) == BUILD


def test_lines_keep_ids_and_times(clock: Clock, logs: Logs) -> None:
    """A line that has appeared keeps its id and its time, which is the one of its appearance."""
    start = clock.now
    clock.now += 13
    [first, second] = logs.get()["logs"]
    clock.now += 20
    whole = logs.get()["logs"]

    assert whole[:2] == [first, second]
    assert [entry["timestamp"] / 1000 - start for entry in whole] == [12, 13, 14, 15]
    assert len({entry["id"] for entry in whole}) == 4


def test_reads_let_a_log_grow_as_well(
    simulator: Simulator, http: httpx.Client, new_deployment: Make
) -> None:
    """With `reads`, reads of the deployment let lines appear; those of the log do not."""
    simulator.reads = 2
    simulator.outcome("agent", "DEPLOYED", build_log=BUILD)
    deployment = new_deployment()
    logs, seen = Logs(http, deployment), []
    for _ in range(9):
        http.get(f"/v2/deployments/{deployment['id']}")
        seen.append(len(messages(logs.get())))

    assert messages(logs.get()) == BUILD
    assert seen == [0, 0, 0, 0, 0, 1, 3, 4, 4]


def test_every_route_reads_the_same_log(clock: Clock, logs: Logs) -> None:
    """The newer routes and the older ones return the same entries."""
    clock.now += 30
    build, server = logs.get()["logs"], logs.get("deploy")["logs"]

    assert logs.post()["logs"] == logs.entries(log_type="BUILD")["items"] == build
    assert logs.post("deploy")["logs"] == logs.of_project()["logs"] == server
    assert logs.entries()["items"] == logs.entries(revision_id=logs.revision)["items"] == server
    assert logs.entries(revision_id=UNKNOWN)["items"] == []
    assert logs.entries(deployment_id=UNKNOWN) == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"level": "WARNING"}, BUILD[2:3]),
        ({"level": "ERROR"}, BUILD[3:]),
        ({"level": "DEBUG"}, []),
        ({"query": "t"}, BUILD[1:3]),
        ({"start_time": 13}, BUILD[1:]),
        ({"end_time": 13}, BUILD[:2]),
        ({"start_time": 13, "end_time": 14, "query": "w"}, BUILD[1:3]),
    ],
)
def test_filters(clock: Clock, logs: Logs, filters: Json, found: list[str]) -> None:
    """Lines are chosen by level, by a part of their text, and by time, bounds included."""
    chosen = {
        name: at(clock, value) if name.endswith("_time") else value
        for name, value in filters.items()
    }
    clock.now += 30

    assert messages(logs.get(**chosen)) == found
    assert messages(logs.post(**chosen)) == found
    assert messages(logs.entries(log_type="BUILD", **chosen)) == found


@pytest.mark.parametrize("zone", ["", "Z", "+00:00", "+02:00"])
def test_time_zones(clock: Clock, logs: Logs, zone: str) -> None:
    """A time without a zone is in UTC."""
    hours = 2 if zone == "+02:00" else 0
    moment = datetime.fromtimestamp(clock.now + 14, timezone.utc) + timedelta(hours=hours)
    clock.now += 30

    assert messages(logs.get(start_time=f"{moment:%Y-%m-%dT%H:%M:%S}{zone}")) == BUILD[2:]


@pytest.mark.parametrize(
    ("end_offset", "offsets"), [(False, ["3", None]), (True, ["3", "4"])]
)  # fmt: skip
def test_pages(
    simulator: Simulator, clock: Clock, logs: Logs, *, end_offset: bool, offsets: list[str | None]
) -> None:
    """A log is read in pages, and read on where the last page has an offset."""
    simulator.log_end_offset = end_offset
    clock.now += 30
    first = logs.get(limit=3)
    second = logs.post(limit=3, offset=first["next_offset"])
    newest = logs.entries(log_type="BUILD", page_size=3, sort_order="desc")
    oldest = logs.entries(
        log_type="BUILD", page_size=3, sort_order="desc", cursor=newest["next_cursor"]
    )

    assert [messages(first), messages(second)] == [BUILD[:3], BUILD[3:]]
    assert [first["next_offset"], second["next_offset"]] == offsets
    assert [messages(newest), messages(oldest)] == [BUILD[:0:-1], BUILD[:1]]
    assert [newest["next_cursor"], oldest["next_cursor"]] == offsets
    if end_offset:
        simulator.log("agent", "five", kind="build")
        assert messages(logs.get(offset="4")) == ["five"]
        assert logs.get(offset="5") == {"logs": [], "next_offset": "5"}


@pytest.mark.parametrize(
    ("method", "path", "content"),
    [
        ("GET", "/v2/deployments/{id}/revisions/{revision}/logs", {"start_time": "yesterday"}),
        ("GET", "/v2/deployments/{id}/revisions/{revision}/logs", {"level": "TRACE"}),
        ("GET", "/v2/deployments/{id}/revisions/{revision}/logs", {"limit": "1001"}),
        ("GET", "/v2/deployment-logs", {}),
        ("GET", "/v2/deployment-logs", {"deployment_id": "{id}", "page_size": "101"}),
        ("GET", "/v2/deployment-logs", {"deployment_id": "{id}", "log_type": "build"}),
        ("POST", "/v1/projects/{id}/deploy_logs", {"end_time": "tomorrow"}),
        ("POST", "/v1/projects/{id}/deploy_logs", {"lines": 5}),
    ],
)
def test_refused_parameters(
    http: httpx.Client, logs: Logs, method: str, path: str, content: Json
) -> None:
    """A time, a level or a size that is not of the right form is a 422."""
    ids = {"id": logs.id, "revision": logs.revision}
    content = {name: str(value).format(**ids) for name, value in content.items()}
    options: Json = {"json": content} if method == "POST" else {"params": {"type": "build"}}
    options.get("params", {}).update(content)

    assert http.request(method, path.format(**ids), **options).status_code == 422


def test_unknown_revisions_have_no_log(http: httpx.Client, logs: Logs) -> None:
    """The log of an unknown revision or deployment is a 404 on the routes that name it."""
    paths = [
        f"/v1/projects/{UNKNOWN}/deploy_logs",
        f"/v1/projects/{logs.id}/revisions/{UNKNOWN}/deploy_logs",
        f"/v1/projects/{UNKNOWN}/revisions/{logs.revision}/build_logs",
    ]
    assert {http.post(path, json={}).status_code for path in paths} == {404}


def test_lines_can_be_added(
    simulator: Simulator, http: httpx.Client, clock: Clock, logs: Logs
) -> None:
    """A test adds lines at the current time, from Python and over HTTP, with a level."""
    clock.now += 30
    simulator.log("agent", "GET /ok 200", "Error: no answer")
    clock.now += 1
    added = {"deployment": "agent", "lines": ["slow"], "level": "WARNING"}
    assert http.post("/_simulator/logs", json=added).status_code == 204
    simulator.log("agent", "Pushed", kind="build", level="DEBUG")

    found = logs.get("deploy")["logs"]
    assert [(entry["level"], entry["message"]) for entry in found[2:]] == [
        ("INFO", "GET /ok 200"),
        ("ERROR", "Error: no answer"),
        ("WARNING", "slow"),
    ]
    assert found[-1]["timestamp"] == clock.now * 1000
    assert messages(logs.get("deploy", start_time=at(clock, 0))) == ["slow"]
    assert messages(logs.get(level="DEBUG")) == ["Pushed"]


def test_lines_of_the_server_that_runs(
    simulator: Simulator, http: httpx.Client, clock: Clock, logs: Logs
) -> None:
    """A server's lines belong to the active revision, and the project has those of all."""
    clock.now += 30
    simulator.outcome("agent", "BUILD_FAILED")
    http.patch(f"/v2/deployments/{logs.id}", json={"source_revision_config": {"repo_ref": "x"}})
    clock.now += 30
    simulator.log("agent", "still here")
    assert messages(logs.get("deploy"))[-1] == "still here"
    http.post(f"/v2/deployments/{logs.id}/revisions", json={})
    clock.now += 30

    assert messages(logs.of_project()) == [
        "started",
        "ready",
        "still here",
        "Starting agent",
        "Application startup complete",
    ]


def test_lines_need_a_revision(
    simulator: Simulator, http: httpx.Client, new_deployment: Make
) -> None:
    """A deployment without a revision takes no lines."""
    new_deployment("waiting", "internal_source")
    added = {"deployment": "waiting", "lines": ["line"]}

    assert http.post("/_simulator/logs", json=added).status_code == 404
