"""Every request that the provider can send, and how it is brought to send it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.faults.engine import NAME
from tests.support.scenario import docker, github

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.world import World

Program = dict[str, Any]

COLLECTION = "/v2/deployments"
DEPLOYMENT = f"{COLLECTION}/{'?' * 36}"
REVISION = f"{DEPLOYMENT}/revisions/{'?' * 36}"
BRIEF = {"rollout_timeout": 20.0}
"""Seconds: enough to be patient in, few enough to run out of."""


def agent(**changes: Any) -> Program:
    return {**github(**changes), **BRIEF}


def image(**changes: Any) -> Program:
    return {**docker(**changes), **BRIEF}


def nothing(_: World) -> None:
    """Everything is as it should be."""


@dataclass(frozen=True)
class Request:
    """One request, in one operation."""

    name: str
    line: str
    """What the matrix calls it."""
    method: str
    path: str
    program: Program
    before: Program | None = None
    """What is up already."""
    prepare: Callable[[World], None] = nothing
    """What else happens before the operation."""
    operation: str = "up"
    skip: int = 0
    """How many requests of that form come first."""
    error: str = ""
    """How the operation ends when nothing is disturbed."""
    served: Callable[[World, str], bool] = lambda _world, _error: True
    """Whether the request was of use, where the operation can do without."""
    revisions: int = 1
    """How many there are in the end."""
    lost_without_trace: bool = False
    """Whether a failure leaves a deployment that the state cannot know: the next step adopts it."""
    adopts: bool = False
    """Whether the program takes over what is there, by ``import_``."""
    longest_wait: float = 300.0
    """Seconds, where the program allows a rollout 20; more where a plan reads first."""
    stale: bool = False
    """Whether an older answer is possible: a read that comes after a write of this operation."""


def broken(world: World) -> None:
    """The next revision fails to build."""
    world.simulator.outcome(NAME, "BUILD_FAILED", "no image", ["exit code 1"])


def failed(world: World) -> None:
    """The newest revision has failed to build, in an earlier run."""
    broken(world)
    assert "BUILD_FAILED" in world.engine.up(agent(source_revision_config__repo_ref="v2"))
    world.simulator.clear_requests()


def lost(method: str, path: str) -> Callable[[World], None]:
    """The request before it is carried out, and its answer is lost."""

    def lose(world: World) -> None:
        world.simulator.fail(method, path, "drop_response")

    return lose


def somebodys(world: World) -> None:
    """There is a deployment of that name, in no state."""
    assert world.engine.up(agent()) == ""
    world.engine.state = type(world.engine.state)()
    world.simulator.clear_requests()


def behind(world: World) -> None:
    """Make the first read of the wait return the deployment from before the change."""
    world.simulator.fail("GET", DEPLOYMENT, "stale", skip=1)


def slow(world: World) -> None:
    """Make a deletion last several reads."""
    world.simulator.deletion_seconds = 5.0


def overridden(world: World) -> None:
    """Make a change that is documented as in place create a revision."""
    world.simulator.override_revision(NAME, revision=True)


REQUESTS = (
    Request("create", "POST a deployment", "POST", COLLECTION, agent()),
    Request(
        "look-up",
        "GET it by name, after the answer to the POST was lost",
        "GET",
        COLLECTION,
        agent(),
        prepare=lost("POST", COLLECTION),
        lost_without_trace=True,
    ),
    Request(
        "explain",
        "GET what is in the way, after a 409",
        "GET",
        COLLECTION,
        agent(),
        prepare=somebodys,
        lost_without_trace=True,
        error="answered 409",
        served=lambda _, error: "import_=" in error,
    ),
    Request(
        "name",
        "PATCH the display name of a new deployment",
        "PATCH",
        DEPLOYMENT,
        agent(display_name="Support"),
        served=lambda world, _: world.told == [],
    ),
    Request(
        "compare",
        "GET what import_ names, to say what changes",
        "GET",
        DEPLOYMENT,
        agent(display_name="Support"),
        prepare=somebodys,
        served=lambda world, _: not any("could not be read" in told for told in world.told),
        adopts=True,
        longest_wait=400.0,
    ),
    Request(
        "adopt",
        "GET what import_ names, to adopt it",
        "GET",
        DEPLOYMENT,
        agent(display_name="Support"),
        prepare=somebodys,
        skip=1,
        adopts=True,
    ),
    Request(
        "align",
        "PATCH what import_ names",
        "PATCH",
        DEPLOYMENT,
        agent(display_name="Support"),
        prepare=somebodys,
        adopts=True,
    ),
    Request(
        "refresh", "GET at refresh", "GET", DEPLOYMENT, agent(), before=agent(), operation="refresh"
    ),
    Request(
        "before",
        "GET before a PATCH that makes a revision",
        "GET",
        DEPLOYMENT,
        image(source_config__resource_spec__max_scale=9),
        before=image(),
        revisions=2,
    ),
    Request(
        "in place",
        "PATCH a setting",
        "PATCH",
        DEPLOYMENT,
        agent(display_name="Support"),
        before=agent(),
    ),
    Request(
        "unplanned",
        "GET the revision that no plan predicted",
        "GET",
        REVISION,
        agent(display_name="Support"),
        before=agent(),
        prepare=overridden,
        revisions=2,
    ),
    Request(
        "revision",
        "PATCH what makes a revision",
        "PATCH",
        DEPLOYMENT,
        agent(source_revision_config__repo_ref="v2"),
        before=agent(),
        revisions=2,
    ),
    Request(
        "trigger",
        "PATCH the same again, for a new revision",
        "PATCH",
        DEPLOYMENT,
        agent(triggers={"prompt": "v2"}),
        before=agent(triggers={"prompt": "v1"}),
        revisions=2,
    ),
    Request(
        "proof",
        "GET what became of a PATCH whose answer was lost",
        "GET",
        DEPLOYMENT,
        agent(source_revision_config__repo_ref="v2"),
        before=agent(),
        prepare=lost("PATCH", DEPLOYMENT),
        skip=1,
        revisions=2,
    ),
    Request(
        "again",
        "GET the deployment whose rollout has failed",
        "GET",
        DEPLOYMENT,
        agent(source_revision_config__repo_ref="v2"),
        before=agent(),
        prepare=failed,
        revisions=3,
    ),
    Request(
        "retry?",
        "GET the revision that may have failed",
        "GET",
        REVISION,
        agent(source_revision_config__repo_ref="v2"),
        before=agent(),
        prepare=failed,
        revisions=3,
    ),
    Request(
        "redeploy",
        "POST a redeploy of it",
        "POST",
        f"{REVISION}/redeploy",
        agent(source_revision_config__repo_ref="v2"),
        before=agent(),
        prepare=failed,
        revisions=3,
    ),
    Request(
        "wait",
        "GET the deployment in the wait",
        "GET",
        DEPLOYMENT,
        agent(source_revision_config__repo_ref="v2"),
        before=agent(),
        skip=1,
        revisions=2,
        stale=True,
    ),
    Request(
        "watch",
        "GET the revision in the wait",
        "GET",
        REVISION,
        agent(source_revision_config__repo_ref="v2"),
        before=agent(),
        revisions=2,
    ),
    Request(
        "list",
        "GET the revisions, when the newest is older than ours",
        "GET",
        f"{DEPLOYMENT}/revisions",
        agent(source_revision_config__repo_ref="v2"),
        before=agent(),
        prepare=behind,
        revisions=2,
    ),
    Request(
        "log",
        "GET the build log",
        "GET",
        f"{REVISION}/logs",
        agent(source_revision_config__repo_ref="v2"),
        before=agent(),
        prepare=broken,
        error="BUILD_FAILED: no image",
        served=lambda _, error: "exit code 1" in error,
        revisions=3,
    ),
    Request("delete", "DELETE", "DELETE", DEPLOYMENT, agent(), before=agent(), operation="destroy"),
    Request(
        "gone",
        "GET until it is gone",
        "GET",
        DEPLOYMENT,
        agent(),
        before=agent(),
        prepare=slow,
        operation="destroy",
    ),
)
"""Columns of the matrix."""
