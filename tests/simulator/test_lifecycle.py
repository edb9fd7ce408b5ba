"""How revisions and deployments move on: at once, by the clock, or by reads."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from langsmith_pulumi.testing.simulator import Simulator

Json = dict[str, Any]
Make = Callable[..., Json]
Sleep = Callable[[float], None]
Watch = Callable[..., list[Json]]

BUILT = [
    "CREATING",
    "QUEUED",
    "AWAITING_BUILD",
    "BUILDING",
    "AWAITING_DEPLOY",
    "DEPLOYING",
    "DEPLOYED",
]
PREBUILT = ["CREATING", "QUEUED", "AWAITING_DEPLOY", "DEPLOYING", "DEPLOYED"]
NEW_REF = {"source_revision_config": {"repo_ref": "next"}}


def statuses(simulator: Simulator, name: str = "agent") -> list[str]:
    """Return the statuses of a deployment's revisions, oldest first."""
    return [revision["status"] for revision in reversed(simulator.revisions(name))]


@pytest.mark.parametrize(("source", "course"), [("github", BUILT), ("external_docker", PREBUILT)])
def test_by_the_clock(
    simulator: Simulator, made: Make, sleep: Sleep, source: str, course: list[str]
) -> None:
    """A revision spends its seconds evenly on its statuses; an image skips those of the build."""
    simulator.revision_seconds = 60
    made("agent", source)
    seen = []

    for _ in course:
        seen += statuses(simulator)
        sleep(60 / (len(course) - 1))

    assert seen == course


@pytest.fixture
def watch(simulator: Simulator, http: httpx.Client, made: Make) -> Watch:
    """Return a function that makes a deployment and reads its revision until nothing moves."""

    def read_all(source: str = "github", reads: int = 1) -> list[Json]:
        simulator.reads = reads
        deployment = made("agent", source)
        path = f"/v2/deployments/{deployment['id']}/revisions/{deployment['latest_revision_id']}"
        return [http.get(path).json() for _ in range(reads * len(BUILT))]

    return read_all


@pytest.mark.parametrize("reads", [1, 3])
def test_by_reads(watch: Watch, reads: int) -> None:
    """Where reads are counted, each status lasts that many of them, whatever the clock says."""
    seen = [revision["status"] for revision in watch("github", reads)]

    expected = [status for status in BUILT for _ in range(reads)]
    assert seen == [*expected[1:], "DEPLOYED"]


def test_lists_and_doors_do_not_count_as_reads(
    simulator: Simulator, http: httpx.Client, made: Make
) -> None:
    """Looking for a deployment, or asking the simulator itself, does not move it on."""
    simulator.reads = 1
    made()

    for _ in range(9):
        http.get("/v2/deployments", params={"name": "agent"})

    assert statuses(simulator) == ["CREATING"]


def test_at_once(http: httpx.Client, made: Make) -> None:
    """Without seconds a revision is done at the next request, not in the answer that made it."""
    deployment = made()
    after = http.get(f"/v2/deployments/{deployment['id']}").json()

    assert (deployment["status"], after["status"]) == ("AWAITING_DATABASE", "READY")
    assert after["active_revision_id"] == deployment["latest_revision_id"]


def test_ready_is_no_success(simulator: Simulator, made: Make, sleep: Sleep) -> None:
    """A deployment is READY while its revision still builds."""
    simulator.revision_seconds = 60
    made()
    sleep(30)

    assert simulator.deployment("agent")["status"] == "READY"
    assert statuses(simulator) == ["BUILDING"]


@pytest.mark.parametrize(
    ("source", "ending", "passes"),
    [
        ("github", "CREATE_FAILED", BUILT[:1]),
        ("github", "BUILD_FAILED", BUILT[:4]),
        ("github", "INTERRUPTED", BUILT[:4]),
        ("github", "SKIPPED", BUILT[:2]),
        ("github", "DEPLOY_FAILED", BUILT[:6]),
        ("github", "PONDERING", BUILT[:6]),
        ("github", "BUILDING", BUILT[:3]),
        ("external_docker", "BUILD_FAILED", PREBUILT[:4]),
        ("external_docker", "DEPLOY_FAILED", PREBUILT[:4]),
    ],
)
def test_arranged_endings(
    simulator: Simulator, watch: Watch, source: str, ending: str, passes: list[str]
) -> None:
    """A revision that is to fail goes as far as such a failure lets it, and stays there."""
    simulator.outcome("agent", ending, "out of memory")

    seen = watch(source)

    statuses = [revision["status"] for revision in seen]
    assert statuses[: len(passes)] == [*passes[1:], ending]
    assert set(statuses[len(passes) :]) == {ending}
    assert seen[-1]["status_message"] == "out of memory"


def test_a_failure_leaves_the_former_revision_active(
    simulator: Simulator, http: httpx.Client, made: Make
) -> None:
    """Only DEPLOYED moves the active revision; the newest one is shown all the same."""
    deployment = made()
    simulator.outcome("agent", "BUILD_FAILED")
    http.patch(f"/v2/deployments/{deployment['id']}", json=NEW_REF)

    shown = simulator.deployment("agent")

    assert shown["active_revision_id"] == deployment["latest_revision_id"]
    assert shown["latest_revision_id"] != deployment["latest_revision_id"]
    assert shown["source_revision_config"]["repo_ref"] == "next"


def test_one_revision_runs_at_a_time(
    simulator: Simulator, http: httpx.Client, made: Make, sleep: Sleep
) -> None:
    """A later revision waits in the queue until the running one has ended."""
    simulator.revision_seconds = 60
    path = f"/v2/deployments/{made()['id']}"
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


def test_waiting_revisions_are_skipped_for_newer_ones(
    simulator: Simulator, http: httpx.Client, made: Make, sleep: Sleep
) -> None:
    """Of the revisions that wait, only the newest will run."""
    simulator.revision_seconds = 60
    path = f"/v2/deployments/{made()['id']}"
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
    simulator: Simulator, http: httpx.Client, made: Make, stuck: str
) -> None:
    """What is neither done nor failed keeps the later ones waiting; an interruption frees them."""
    simulator.outcome("agent", stuck)
    deployment = made()
    path = f"/v2/deployments/{deployment['id']}"
    http.get(path)
    http.patch(path, json=NEW_REF)
    before = statuses(simulator)
    answer = http.post(f"{path}/revisions/{deployment['latest_revision_id']}/interruption")

    assert before == [stuck, "QUEUED"]
    assert answer.status_code == 204
    assert statuses(simulator) == ["INTERRUPTED", "DEPLOYED"]


def test_interrupting_what_has_ended_changes_nothing(
    simulator: Simulator, http: httpx.Client, made: Make
) -> None:
    """A revision that is over stays what it is."""
    deployment = made()
    path = f"/v2/deployments/{deployment['id']}/revisions/{deployment['latest_revision_id']}"

    assert http.post(f"{path}/interruption").status_code == 204
    assert statuses(simulator) == ["DEPLOYED"]


def test_redeploy(simulator: Simulator, http: httpx.Client, made: Make) -> None:
    """A redeploy makes a revision from an earlier one, and answers with the deployment."""
    deployment = made()
    path = f"/v2/deployments/{deployment['id']}"
    http.patch(path, json=NEW_REF)

    answer = http.post(f"{path}/revisions/{deployment['latest_revision_id']}/redeploy")

    newest, _, oldest = simulator.revisions("agent")
    assert (answer.status_code, answer.json()["id"]) == (200, deployment["id"])
    assert answer.json()["latest_revision_id"] == newest["id"]
    assert newest["source_revision_config"] == oldest["source_revision_config"]


def test_a_long_name_never_comes_up_on_self_hosted(simulator: Simulator, made: Make) -> None:
    """More than 21 characters are taken there, but fail at the deploy without a reason."""
    simulator.hosting = "self-hosted"
    made("a" * 21, "external_docker")
    made("a" * 22, "external_docker")

    assert statuses(simulator, "a" * 21) == ["DEPLOYED"]
    assert statuses(simulator, "a" * 22) == ["DEPLOY_FAILED"]
    assert simulator.revisions("a" * 22)[0]["status_message"] is None


def test_pushes(simulator: Simulator, http: httpx.Client, made: Make) -> None:
    """With build_on_push a push makes a revision of its commit; without, it is only remembered."""
    path = f"/v2/deployments/{made()['id']}"
    ignored = simulator.push("agent", "a" * 40)
    http.patch(path, json={"source_config": {"build_on_push": True}})
    built = simulator.push("agent", "b" * 40)

    shown = simulator.deployment("agent")

    assert ignored is None
    assert shown["latest_revision_id"] == built
    assert shown["source_revision_config"]["repo_commit_sha"] == "b" * 40
    assert shown["source_revision_config"]["repo_ref"] == "main"
