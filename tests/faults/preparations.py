"""The programs of the matrix, and what happens before the operation in which a request is sent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.faults.engine import NAME
from tests.support.scenario import CANARY, docker, github

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_pulumi.testing.simulator.settings import InterruptRoute
    from tests.faults.harness import Harness

Program = dict[str, Any]

DEPLOYMENTS_PATH = "/v2/deployments"
DEPLOYMENT_PATH = f"{DEPLOYMENTS_PATH}/{'?' * 36}"
REVISION_PATH = f"{DEPLOYMENT_PATH}/revisions/{'?' * 36}"
AGENT_PATH = "/_agents/*/ok"
UPLOAD_URL_PATH = f"{DEPLOYMENT_PATH}/upload-url"
UPLOAD_PATH = "/_uploads/*"
_FOLDERS = Path(__file__).with_name("folders")
BRIEF = {"rollout_timeout": 20.0}
"""Seconds: long enough for retries, short enough to time out."""
CHECKED = {"successes": 2, "interval": 5, "timeout": 20}
"""A health check that gives up after some seconds."""


def agent(**changes: Any) -> Program:
    return {**github(**changes), **BRIEF}


def dedicated(**changes: Any) -> Program:
    return agent(source_config__deployment_type="dedicated", **changes)


def image(**changes: Any) -> Program:
    return {**docker(**changes), **BRIEF}


def from_folder(version: str, **changes: Any) -> Program:
    """Return a program with a local folder, that waits long enough to upload it again."""
    return {
        "source": "internal_source",
        "source_config": {"deployment_type": "dev"},
        "path": str(_FOLDERS / version),
        "secrets": {"OPENAI_API_KEY": CANARY},
        "rollout_timeout": 400.0,
        **changes,
    }


def patient(**changes: Any) -> Program:
    """Return a program whose rollout waits longer than it takes to call a revision stuck."""
    return {**agent(**changes), "rollout_timeout": 1000.0, "interrupt_stuck": True}


def no_setup(_: Harness) -> None:
    """Leave everything as it is."""


def next_build_fails(harness: Harness) -> None:
    """Make the next build fail."""
    harness.simulator.outcome(NAME, "BUILD_FAILED", "no image", ["exit code 1"])


def last_build_failed(harness: Harness) -> None:
    """Run an `up` whose build fails."""
    next_build_fails(harness)
    assert "BUILD_FAILED" in harness.engine.up(agent(source_revision_config__repo_ref="v2"))
    harness.simulator.clear_requests()


def lose_response(method: str, path: str) -> Callable[[Harness], None]:
    """Return a preparation that loses the response to this request."""

    def setup(harness: Harness) -> None:
        harness.simulator.fail(method, path, "drop_response")

    return setup


def create_unmanaged(harness: Harness) -> None:
    """Create a deployment of that name that is in no state."""
    assert harness.engine.up(agent()) == ""
    harness.engine.state = type(harness.engine.state)()
    harness.simulator.clear_requests()


def first_read_is_stale(harness: Harness) -> None:
    """Make the first read of the wait return the deployment from before the change."""
    harness.simulator.fail("GET", DEPLOYMENT_PATH, "stale", skip=1)


def deletion_is_slow(harness: Harness) -> None:
    """Make a deletion last several reads."""
    harness.simulator.deletion_seconds = 5.0


def update_creates_revision(harness: Harness) -> None:
    """Make a change that is documented as in place create a revision."""
    harness.simulator.override_revision(NAME, revision=True)


def serve_agents(harness: Harness) -> None:
    """Have the agent answer at its URL."""
    harness.simulator.serve_agents = True


def second_revision_is_deployed(harness: Harness) -> None:
    """Deploy another ref, so that there is a revision to go back to."""
    assert harness.engine.up(agent(source_revision_config__repo_ref="v2")) == ""
    harness.simulator.clear_requests()


def hold_revision(route: InterruptRoute) -> Callable[[Harness], None]:
    """Return a preparation with a stuck revision by others, which ends by itself soon after.

    The service interrupts revisions by this route only.
    """

    def setup(harness: Harness) -> None:
        simulator, clock = harness.simulator, harness.clock
        simulator.interrupt_routes = (route,)
        simulator.revision_seconds = 6 * 1000.0
        simulator.drift(NAME, source_revision_config={"repo_ref": "theirs"})
        simulator.revision_seconds = 0.0
        clock.now += 4 * 1000.0
        assert " is QUEUED " in harness.engine.up(agent(source_revision_config__repo_ref="v2"))
        clock.now += 1000.0
        assert simulator.revisions(NAME)[1]["status"] == "DEPLOYING"
        clock.now += 940.0
        simulator.clear_requests()
        harness.row_messages.clear()

    return setup


def is_interrupted(harness: Harness, _error: str) -> bool:
    """Return True if the revision by others did not end by itself."""
    return bool(harness.simulator.revisions(NAME)[1]["status"] == "INTERRUPTED")
