"""Changes that others make between our requests are neither overwritten nor taken for ours."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.faults import faulty_transport
from tests.faults.engine import NAME, State
from tests.faults.preparations import (
    DEPLOYMENT_PATH,
    DEPLOYMENTS_PATH,
    REVISION_PATH,
    agent,
    create_unmanaged,
)
from tests.support.scenario import docker, github

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.faulty_transport import FaultyTransport
    from tests.faults.harness import Harness


def before_request(
    harness: Harness, method: str, path: str, act: Callable[[], object], skip: int = 0
) -> None:
    """Call a function right before a request arrives."""

    def handler(transport: FaultyTransport, request: httpx.Request) -> httpx.Response:
        act()
        return transport.forward(request)

    harness.transport.faults.append(faulty_transport.TransportFault(method, path, handler, 1, skip))


def create_by_others(harness: Harness, **changes: Any) -> Callable[[], object]:
    """Create a deployment of our name, as somebody does in the dashboard."""
    program = github(**changes)
    secrets = [{"name": name, "value": value} for name, value in program["secrets"].items()]
    body = {**program, "name": NAME, "secrets": secrets}
    return lambda: harness.simulator._service.create(body, "11111111-1111-4111-8111-111111111111")


def test_name_taken_between_two_posts_is_refused(harness: Harness) -> None:
    """If somebody takes the name after our first POST was lost, the create fails."""
    harness.simulator.fail("POST", DEPLOYMENTS_PATH, "drop_request")
    theirs = create_by_others(harness, source_config__deployment_type="prod")
    before_request(harness, "POST", DEPLOYMENTS_PATH, theirs, skip=1)

    error = harness.engine.up(agent())

    assert f"Deployment '{NAME}' exists already (id {harness.id})" in error
    assert f'import_="{harness.id}"' in error
    assert harness.engine.state == State()
    assert harness.live["source_config"]["deployment_type"] == "prod"


def test_revision_of_others_does_not_confirm_lost_patch(harness: Harness) -> None:
    """Our PATCH was lost and somebody else made a revision: the PATCH is sent again."""
    assert harness.engine.up(agent()) == ""
    harness.simulator.fail("PATCH", DEPLOYMENT_PATH, "drop_request")
    theirs = {"source_revision_config": {"repo_ref": "theirs"}}
    before_request(
        harness, "PATCH", DEPLOYMENT_PATH, lambda: harness.simulator.drift(NAME, **theirs)
    )

    assert harness.engine.up(agent(source_revision_config__repo_ref="v2")) == ""

    assert harness.live["source_revision_config"]["repo_ref"] == "v2"
    assert len(harness.simulator.revisions(NAME)) == 3


def test_push_does_not_confirm_removed_variable(harness: Harness) -> None:
    """The PATCH was lost, a push made a revision, the variable is still set: it is sent again."""
    pushed = agent(source_config__build_on_push=True)
    assert harness.engine.up(pushed) == ""
    harness.simulator.fail("PATCH", DEPLOYMENT_PATH, "drop_request")
    before_request(
        harness, "PATCH", DEPLOYMENT_PATH, lambda: harness.simulator.push(NAME, "a" * 40)
    )

    assert harness.engine.up({**pushed, "secrets": {"LOG_LEVEL": "info"}}) == ""

    assert [secret["name"] for secret in harness.live["secrets"]] == ["LOG_LEVEL"]
    assert len(harness.simulator.revisions(NAME)) == 3


def test_push_since_last_up_does_not_confirm_lost_patch(harness: Harness) -> None:
    """A revision that is not in the state and lacks the program's change does not confirm it."""
    pushed = agent(source_config__build_on_push=True)
    assert harness.engine.up(pushed) == ""
    harness.simulator.push(NAME, "a" * 40)

    assert harness.engine.up({**pushed, "triggers": {"prompt": "v2"}}) == ""

    assert len(harness.simulator.revisions(NAME)) == 3


def test_commit_does_not_confirm_branch(harness: Harness) -> None:
    """A service that returns commits does not confirm a branch: the change is sent."""
    harness.simulator.as_built = True
    pushed = agent(source_config__build_on_push=True)
    assert harness.engine.up(pushed) == ""
    harness.simulator.push(NAME, "a" * 40)

    error = harness.engine.up({**pushed, **agent(source_revision_config__repo_ref="v2")})

    harness.simulator.as_built = False
    assert error == ""
    assert len(harness.simulator.revisions(NAME)) == 3


def test_deployment_deleted_before_patch_asks_for_refresh(harness: Harness) -> None:
    """A PATCH that finds nothing advises a refresh; the `up` after it creates the deployment."""
    program = agent(display_name="Support")
    assert harness.engine.up(agent()) == ""
    service, gone = harness.simulator._service, harness.id
    before_request(
        harness,
        "PATCH",
        DEPLOYMENT_PATH,
        lambda: service.delete(gone, delete_tracing_project=True, force=False),
    )

    error = harness.engine.up(program)

    assert f"Deployment ID {gone} not found. The deployment was deleted outside" in error
    assert harness.engine.refresh() == ""
    assert harness.engine.up(program) == ""
    assert harness.live["display_name"] == "Support"


def test_local_setting_does_not_repeat_lost_change(harness: Harness) -> None:
    """A changed setting that is never sent does not make a completed PATCH run again."""
    program = agent(source_revision_config__repo_ref="v2", rollout_timeout=60)
    assert harness.engine.up(agent()) == ""
    before_it = harness.engine.state
    assert harness.engine.up(program) == ""
    harness.engine.state = before_it  # killed before the answer was written down

    assert harness.engine.up(program) == ""

    assert len(harness.simulator.revisions(NAME)) == 2


def test_missing_first_revision_is_awaited(harness: Harness) -> None:
    """A response without the first revision, while the database is created, is waited out."""

    def without_revision(transport: FaultyTransport, request: httpx.Request) -> httpx.Response:
        answer = transport.forward(request)
        told = {**answer.json(), "latest_revision_id": None, "status": "AWAITING_DATABASE"}
        return httpx.Response(answer.status_code, json=told)

    once = [faulty_transport.TransportFault(*what, without_revision) for what in _READS]
    harness.transport.faults += once

    assert harness.engine.up(agent()) == ""

    assert harness.engine.state.rollout
    assert harness.engine.state.rollout.outputs["active_revision_id"]
    assert [one.times for one in once] == [0, 0]


_READS = (("POST", DEPLOYMENTS_PATH), ("GET", DEPLOYMENT_PATH))


def test_cluster_defaults_do_not_repeat_lost_change(harness: Harness) -> None:
    """A sidecar that comes back with an imagePullPolicy confirms a PATCH with a lost response."""

    def with_default(answer: dict[str, Any]) -> None:
        for sidecar in answer["source_config"]["resource_spec"].get("sidecars") or ():
            sidecar["imagePullPolicy"] = "IfNotPresent"

    def program(image: str) -> dict[str, Any]:
        sidecars = [{"name": "proxy", "image": image}]
        return {**docker(source_config__resource_spec__sidecars=sidecars), "rollout_timeout": 60.0}

    assert harness.engine.up(program("acme/proxy:1")) == ""
    reads = faulty_transport.rewrite_response(with_default)
    harness.transport.faults.append(
        faulty_transport.TransportFault("GET", DEPLOYMENT_PATH, reads, times=-1)
    )
    harness.simulator.fail("PATCH", DEPLOYMENT_PATH, "status", status=502, after=True)

    assert harness.engine.up(program("acme/proxy:2")) == ""

    assert len(harness.simulator.revisions(NAME)) == 2
    assert harness.engine.refresh() == ""
    sent = harness.transport.request_count
    assert harness.engine.up(program("acme/proxy:2")) == ""
    assert harness.transport.request_count == sent


@pytest.mark.parametrize("arrives", [True, False])
def test_push_with_redacted_secrets_loses_no_change(harness: Harness, *, arrives: bool) -> None:
    """The PATCH of a secret is lost and a push makes a revision: the next up sends it again."""

    def redact(answer: dict[str, Any]) -> None:
        for secret in answer["secrets"]:
            secret["value"] = None

    pushed = agent(source_config__build_on_push=True)
    changed = {**pushed, "secrets": {**pushed["secrets"], "LOG_LEVEL": "debug"}}
    assert harness.engine.up(pushed) == ""
    hidden = faulty_transport.rewrite_response(redact)
    harness.transport.faults.append(
        faulty_transport.TransportFault("GET", DEPLOYMENT_PATH, hidden, times=-1)
    )
    harness.simulator.fail("PATCH", DEPLOYMENT_PATH, "drop_response" if arrives else "drop_request")
    if not arrives:
        before_request(
            harness, "PATCH", DEPLOYMENT_PATH, lambda: harness.simulator.push(NAME, "a" * 40)
        )

    error = harness.engine.up(changed)

    assert "Whether it was carried out cannot be told: revision " in error
    assert "the service does not show secrets.LOG_LEVEL" in error
    assert "debug" not in error
    assert harness.engine.up(changed) == ""
    assert {"name": "LOG_LEVEL", "value": "debug"} in harness.live["secrets"]
    sent = harness.transport.request_count
    assert harness.engine.up(changed) == ""
    assert harness.transport.request_count == sent


@pytest.mark.parametrize("shift", ["+2 hours", "no zone"])
@pytest.mark.parametrize("arrives", [True, False])
def test_clock_skew_neither_loses_nor_repeats_change(
    harness: Harness, shift: str, *, arrives: bool
) -> None:
    """Timestamps that are ahead or without a zone do not decide about a lost PATCH."""

    def shifted(answer: dict[str, Any]) -> None:
        made = datetime.fromisoformat(answer["created_at"]) + timedelta(hours=2)
        told = made if shift == "+2 hours" else made.replace(tzinfo=None)
        answer["created_at"] = told.isoformat()

    assert harness.engine.up(agent()) == ""
    for path in (DEPLOYMENT_PATH, REVISION_PATH):
        ahead = faulty_transport.rewrite_response(shifted)
        harness.transport.faults.append(
            faulty_transport.TransportFault("GET", path, ahead, times=-1)
        )
    harness.simulator.fail("PATCH", DEPLOYMENT_PATH, "drop_response" if arrives else "drop_request")

    assert harness.engine.up(agent(source_revision_config__repo_ref="v2")) == ""

    assert harness.live["source_revision_config"]["repo_ref"] == "v2"
    assert len(harness.simulator.revisions(NAME)) == 2


def test_preview_build_that_has_the_name_is_not_adopted(harness: Harness) -> None:
    """The error says whose it is, and advises neither to adopt it nor to delete its traces."""
    create_unmanaged(harness)
    preview = harness.simulator.add_preview(NAME, 7)

    error = harness.engine.up({**agent(), "name": preview["name"]})

    assert f"'{preview['name']}' (id {preview['id']}) has that name, which the service" in error
    assert "import_" not in error
    assert "tracing project of that name" not in error
