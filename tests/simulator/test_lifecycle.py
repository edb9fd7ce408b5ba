"""The statuses of revisions and deployments: at once, by the clock, or by reads."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from langsmith_pulumi.testing.simulator import Simulator

Json = dict[str, Any]
Make = Callable[..., Json]
Sleep = Callable[[float], None]
Watch = Callable[..., list[Json]]

BUILD_STATUSES = [
    "CREATING",
    "QUEUED",
    "AWAITING_BUILD",
    "BUILDING",
    "AWAITING_DEPLOY",
    "DEPLOYING",
    "DEPLOYED",
]
IMAGE_STATUSES = ["CREATING", "QUEUED", "AWAITING_DEPLOY", "DEPLOYING", "DEPLOYED"]
NEW_REF = {"source_revision_config": {"repo_ref": "next"}}


def statuses(simulator: Simulator, name: str = "agent") -> list[str]:
    """Return the statuses of a deployment's revisions, oldest first."""
    return [revision["status"] for revision in reversed(simulator.revisions(name))]


@pytest.mark.parametrize(
    ("source", "expected"), [("github", BUILD_STATUSES), ("external_docker", IMAGE_STATUSES)]
)
def test_by_the_clock(
    simulator: Simulator, new_deployment: Make, sleep: Sleep, source: str, expected: list[str]
) -> None:
    """A revision spends equal time in each status; an image skips the build statuses."""
    simulator.revision_seconds = 60
    new_deployment("agent", source)
    seen = []

    for _ in expected:
        seen += statuses(simulator)
        sleep(60 / (len(expected) - 1))

    assert seen == expected


@pytest.fixture
def watch(simulator: Simulator, http: httpx.Client, new_deployment: Make) -> Watch:
    """Return a function that creates a deployment and reads its revision until it has ended."""

    def read_all(source: str = "github", reads: int = 1) -> list[Json]:
        simulator.reads = reads
        deployment = new_deployment("agent", source)
        path = f"/v2/deployments/{deployment['id']}/revisions/{deployment['latest_revision_id']}"
        return [http.get(path).json() for _ in range(reads * len(BUILD_STATUSES))]

    return read_all


@pytest.mark.parametrize("reads", [1, 3])
def test_by_reads(watch: Watch, reads: int) -> None:
    """In the `reads` mode each status lasts that many reads, independent of the clock."""
    seen = [revision["status"] for revision in watch("github", reads)]

    expected = [status for status in BUILD_STATUSES for _ in range(reads)]
    assert seen == [*expected[1:], "DEPLOYED"]


def test_lists_and_admin_requests_do_not_count_as_reads(
    simulator: Simulator, http: httpx.Client, new_deployment: Make
) -> None:
    """Listing deployments, or reading from Python, does not advance a deployment."""
    simulator.reads = 1
    new_deployment()

    for _ in range(9):
        http.get("/v2/deployments", params={"name": "agent"})

    assert statuses(simulator) == ["CREATING"]


def test_at_once(http: httpx.Client, new_deployment: Make) -> None:
    """With a duration of 0 a revision is done at the next request, not in the create's response."""
    deployment = new_deployment()
    after = http.get(f"/v2/deployments/{deployment['id']}").json()

    assert (deployment["status"], after["status"]) == ("AWAITING_DATABASE", "READY")
    assert after["active_revision_id"] == deployment["latest_revision_id"]


def test_ready_is_no_success(simulator: Simulator, new_deployment: Make, sleep: Sleep) -> None:
    """A deployment is READY while its revision is still building."""
    simulator.revision_seconds = 60
    new_deployment()
    sleep(30)

    assert simulator.deployment("agent")["status"] == "READY"
    assert statuses(simulator) == ["BUILDING"]


@pytest.mark.parametrize(
    ("source", "ending", "passes"),
    [
        ("github", "CREATE_FAILED", BUILD_STATUSES[:1]),
        ("github", "BUILD_FAILED", BUILD_STATUSES[:4]),
        ("github", "INTERRUPTED", BUILD_STATUSES[:4]),
        ("github", "SKIPPED", BUILD_STATUSES[:2]),
        ("github", "DEPLOY_FAILED", BUILD_STATUSES[:6]),
        ("github", "PONDERING", BUILD_STATUSES[:6]),
        ("github", "BUILDING", BUILD_STATUSES[:3]),
        ("external_docker", "BUILD_FAILED", IMAGE_STATUSES[:4]),
        ("external_docker", "DEPLOY_FAILED", IMAGE_STATUSES[:4]),
    ],
)
def test_planned_outcomes(
    simulator: Simulator, watch: Watch, source: str, ending: str, passes: list[str]
) -> None:
    """A revision with a planned outcome passes the statuses before it, and stays in it."""
    simulator.outcome("agent", ending, "out of memory")

    seen = watch(source)

    statuses = [revision["status"] for revision in seen]
    assert statuses[: len(passes)] == [*passes[1:], ending]
    assert set(statuses[len(passes) :]) == {ending}
    assert seen[-1]["status_message"] == "out of memory"


def test_a_failure_leaves_the_former_revision_active(
    simulator: Simulator, http: httpx.Client, new_deployment: Make
) -> None:
    """Only a DEPLOYED revision becomes active, but the newest one is always the latest."""
    deployment = new_deployment()
    simulator.outcome("agent", "BUILD_FAILED")
    http.patch(f"/v2/deployments/{deployment['id']}", json=NEW_REF)

    shown = simulator.deployment("agent")

    assert shown["active_revision_id"] == deployment["latest_revision_id"]
    assert shown["latest_revision_id"] != deployment["latest_revision_id"]
    assert shown["source_revision_config"]["repo_ref"] == "next"


def test_one_revision_runs_at_a_time(
    simulator: Simulator, http: httpx.Client, new_deployment: Make, sleep: Sleep
) -> None:
    """A later revision waits in the queue until the running one has ended."""
    simulator.revision_seconds = 60
    path = f"/v2/deployments/{new_deployment()['id']}"
    sleep(30)
    http.patch(path, json=NEW_REF)
    seen = [statuses(simulator)]

    for seconds in (20, 10, 9, 1, 50):
        sleep(seconds)
        seen.append(statuses(simulator))

    assert seen == [
        ["BUILDING", "CREATING"],
        ["DEPLOYING", "QUEUED"],
        ["DEPLOYED", "QUEUED"],
        ["DEPLOYED", "QUEUED"],
        ["DEPLOYED", "AWAITING_BUILD"],
        ["DEPLOYED", "DEPLOYED"],
    ]


def test_queued_revisions_are_skipped_for_newer_ones(
    simulator: Simulator, http: httpx.Client, new_deployment: Make, sleep: Sleep
) -> None:
    """Of the queued revisions only the newest runs."""
    simulator.revision_seconds = 60
    path = f"/v2/deployments/{new_deployment()['id']}"
    sleep(30)
    for _ in range(3):
        http.patch(path, json=NEW_REF)
        sleep(1)
    waiting = statuses(simulator)
    sleep(120)

    assert waiting == ["BUILDING", "SKIPPED", "SKIPPED", "CREATING"]
    assert statuses(simulator) == ["DEPLOYED", "SKIPPED", "SKIPPED", "DEPLOYED"]


@pytest.mark.parametrize("stuck", ["BUILDING", "UNKNOWN", "PONDERING"])
def test_a_stuck_revision_holds_the_queue_until_interrupted(
    simulator: Simulator, http: httpx.Client, new_deployment: Make, stuck: str
) -> None:
    """A revision that never ends blocks the queue until it is interrupted."""
    simulator.outcome("agent", stuck)
    deployment = new_deployment()
    path = f"/v2/deployments/{deployment['id']}"
    http.get(path)
    http.patch(path, json=NEW_REF)
    before = statuses(simulator)
    response = http.post(f"{path}/revisions/{deployment['latest_revision_id']}/interruption")

    assert before == [stuck, "QUEUED"]
    assert response.status_code == 204
    assert statuses(simulator) == ["INTERRUPTED", "DEPLOYED"]


def test_interrupting_what_has_ended_changes_nothing(
    simulator: Simulator, http: httpx.Client, new_deployment: Make
) -> None:
    """An interruption does not change a revision that has ended."""
    deployment = new_deployment()
    path = f"/v2/deployments/{deployment['id']}/revisions/{deployment['latest_revision_id']}"

    assert http.post(f"{path}/interruption").status_code == 204
    assert statuses(simulator) == ["DEPLOYED"]


def test_redeploy(simulator: Simulator, http: httpx.Client, new_deployment: Make) -> None:
    """A redeploy makes a revision from an earlier one, and returns the deployment."""
    deployment = new_deployment()
    path = f"/v2/deployments/{deployment['id']}"
    http.patch(path, json=NEW_REF)

    response = http.post(f"{path}/revisions/{deployment['latest_revision_id']}/redeploy")

    newest, _, oldest = simulator.revisions("agent")
    assert (response.status_code, response.json()["id"]) == (200, deployment["id"])
    assert response.json()["latest_revision_id"] == newest["id"]
    assert newest["source_revision_config"] == oldest["source_revision_config"]


def test_a_redeploy_keeps_the_commit(
    simulator: Simulator, http: httpx.Client, new_deployment: Make
) -> None:
    """A redeploy of an older revision deploys its commit, although the branch has moved."""
    deployment = new_deployment(source_config={"build_on_push": True})
    first, pushed = deployment["latest_revision_id"], simulator.push("agent", "b" * 40)
    path = f"/v2/deployments/{deployment['id']}"

    again = http.post(f"{path}/revisions/{first}/redeploy").json()["latest_revision_id"]
    pages = [
        http.get(f"{path}/revisions", params={"limit": 1, "offset": offset}).json()
        for offset in range(4)
    ]

    newest, middle, oldest = (page["resources"][0] for page in pages[:3])
    commits = [one["source_revision_config"]["repo_commit_sha"] for one in (newest, middle, oldest)]
    assert [newest["id"], middle["id"], oldest["id"]] == [again, pushed, first]
    assert (commits[0], commits[1]) == (commits[2], "b" * 40)
    assert [page["offset"] for page in pages] == [1, 2, 3, 3]
    assert pages[3]["resources"] == []


def test_long_names_fail_on_self_hosted(simulator: Simulator, new_deployment: Make) -> None:
    """On self-hosted, a name of more than 21 characters is accepted but DEPLOY_FAILED follows."""
    simulator.hosting = "self-hosted"
    new_deployment("a" * 21, "external_docker")
    new_deployment("a" * 22, "external_docker")

    assert statuses(simulator, "a" * 21) == ["DEPLOYED"]
    assert statuses(simulator, "a" * 22) == ["DEPLOY_FAILED"]
    assert simulator.revisions("a" * 22)[0]["status_message"] is None


def test_pushes(simulator: Simulator, http: httpx.Client, new_deployment: Make) -> None:
    """A push makes a revision of its commit only with build_on_push."""
    path = f"/v2/deployments/{new_deployment()['id']}"
    ignored = simulator.push("agent", "a" * 40)
    http.patch(path, json={"source_config": {"build_on_push": True}})
    built = simulator.push("agent", "b" * 40)

    shown = simulator.deployment("agent")

    assert ignored is None
    assert shown["latest_revision_id"] == built
    assert shown["source_revision_config"]["repo_commit_sha"] == "b" * 40
    assert shown["source_revision_config"]["repo_ref"] == "main"
