"""A change is carried out once, whatever happens to its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.control_plane import errors
from langsmith_pulumi.control_plane.models import DeploymentPatchRequest
from langsmith_pulumi.provider.payloads import makes_revision
from tests.control_plane import samples
from tests.control_plane.samples import (
    CANARY,
    DEPLOYMENT,
    FIRST,
    SECOND,
    at,
    deployment,
    gone,
    revision,
)
from tests.control_plane.scripted import RESET, Reply, Request, Scripted, Time

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.client import ControlPlaneClient

OPEN = [RESET, Reply(body={"id": 1}, missing=3), Reply(200, "<html>"), Reply(500), Reply(504)]
BODIES: dict[str, dict[str, Any]] = {
    "a setting": {"display_name": "Support"},
    "two settings": {"display_name": "Support", "source_config": {"build_on_push": True}},
    "a ref": {"source_revision_config": {"repo_ref": "dev"}},
    "the same ref": {"source_revision_config": {"repo_ref": "main"}},
    "figures": {"source_config": {"resource_spec": {"cpu": 0.25, "max_scale": 3}}},
    "a secret": {"secrets": [{"name": "TOKEN", "value": "a new value of it"}]},
    "the same secrets": {"secrets": [{"name": "TOKEN", "value": CANARY}]},
    "references": {"secret_references": []},
}


class Shelf:
    """A control plane with one deployment, which it changes; its answers may go wrong."""

    def __init__(self, server: Scripted, time: Time) -> None:
        self.live = deployment(created_at=at(-3600))
        self.revisions = {FIRST: revision(created_at=at(-3600))}
        self.faults: list[Reply] = []
        self.arrives: list[bool] = []
        self.changes = 0
        self._time = time
        self._server = server
        server.acts(self.answer)

    def answer(self, request: Request) -> Reply:
        if request.method != "GET":
            return self._change(request)
        if "/revisions/" in request.path:
            return Reply(body=self.revisions[request.path.rpartition("/")[2]])
        return Reply(body=self.live)

    def _change(self, request: Request) -> Reply:
        if self.arrives.pop(0) if self.arrives else True:
            self.changes += 1
            self._apply(request.body or {})
            body = DeploymentPatchRequest.model_validate(request.body or {})
            if request.method == "POST" or makes_revision(body):
                self._add_revision()
        return self.faults.pop(0) if self.faults else Reply(body=self.live)

    def _apply(self, body: dict[str, Any]) -> None:
        for key, value in body.items():
            merged = {**self.live[key], **value} if isinstance(value, dict) else value
            self.live[key] = merged
        spec = self.live["source_config"].get("resource_spec")
        if spec and "cpu" in spec:
            spec["cpu"] = round(spec["cpu"], 1)

    def _add_revision(self) -> None:
        self.live["latest_revision_id"] = SECOND
        self.revisions[SECOND] = revision("QUEUED", id=SECOND, created_at=at(self._time.now))


@pytest.fixture
def shelf(server: Scripted, time: Time) -> Shelf:
    return Shelf(server, time)


def patch(client: ControlPlaneClient, body: dict[str, Any]) -> Any:
    return samples.patch(client, DeploymentPatchRequest.model_validate(body))


def test_an_answer_is_enough(client: ControlPlaneClient, shelf: Shelf, server: Scripted) -> None:
    """When all is well, a change is one request."""
    patch(client, BODIES["a ref"])

    assert server.lines == [f"PATCH /v2/deployments/{DEPLOYMENT}"]


@pytest.mark.parametrize("fault", OPEN)
@pytest.mark.parametrize("change", BODIES)
def test_a_change_that_was_carried_out_is_not_sent_again(
    client: ControlPlaneClient, shelf: Shelf, change: str, fault: Reply
) -> None:
    """What was sent shows, and a revision was made since: the answer is read from there."""
    shelf.faults = [fault]

    patch(client, BODIES[change])

    assert shelf.changes == 1


@pytest.mark.parametrize("fault", OPEN)
@pytest.mark.parametrize("change", BODIES)
def test_a_change_that_was_not_carried_out_is_sent_again(
    client: ControlPlaneClient, shelf: Shelf, change: str, fault: Reply
) -> None:
    """Nothing shows it, or no revision is young enough: it is sent again."""
    shelf.faults, shelf.arrives = [fault] * 2, [False] * 2

    live = patch(client, BODIES[change])

    assert shelf.changes == 1
    makes = makes_revision(DeploymentPatchRequest.model_validate(BODIES[change]))
    assert live.latest_revision_id == (SECOND if makes else FIRST)


def test_the_next_attempt_waits_as_long_as_asked(
    client: ControlPlaneClient, shelf: Shelf, time: Time
) -> None:
    """Retry-After holds for a change too, although a look comes before the next attempt."""
    shelf.faults, shelf.arrives = [Reply(503, headers={"Retry-After": "40"})], [False]

    patch(client, BODIES["a setting"])

    assert time.slept[0] == 40


def test_changes_that_never_arrive_end(
    client: ControlPlaneClient, shelf: Shelf, server: Scripted
) -> None:
    """After three attempts the failure is raised as it is."""
    shelf.faults, shelf.arrives = [Reply(500)] * 3, [False] * 3

    with pytest.raises(errors.ServerError, match="PATCH"):
        patch(client, BODIES["a ref"])

    assert server.lines.count(f"PATCH /v2/deployments/{DEPLOYMENT}") == 3


def test_an_outage_is_not_written_into(client: ControlPlaneClient, server: Scripted) -> None:
    """When looking is not answered either, the change is not sent again."""
    server.plays(RESET, Reply(503))

    with pytest.raises(errors.ResponseLost, match="may have been carried out"):
        patch(client, BODIES["a ref"])

    assert [line for line in server.lines if line.startswith("PATCH")] == server.lines[:1]


def test_a_deployment_gone_meanwhile_is_reported_as_gone(
    client: ControlPlaneClient, server: Scripted
) -> None:
    """The look tells more than the lost answer."""
    server.plays(RESET, gone())

    with pytest.raises(errors.DeploymentNotFound):
        patch(client, BODIES["a setting"])


@pytest.mark.parametrize("fault", OPEN)
@pytest.mark.parametrize("arrived", [True, False])
def test_a_redeploy_happens_once(
    client: ControlPlaneClient, shelf: Shelf, fault: Reply, *, arrived: bool
) -> None:
    """A redeploy whose answer was lost shows as a new revision, or is asked for again."""
    shelf.faults, shelf.arrives = [fault], [arrived]

    live = client.redeploy(DEPLOYMENT, FIRST)

    assert (live.latest_revision_id, shelf.changes) == (SECOND, 1)


@pytest.mark.parametrize(("status", "posts"), [("QUEUED", 1), ("BUILD_FAILED", 3)])
def test_a_redeploy_may_take_the_same_revision_up_again(
    client: ControlPlaneClient, server: Scripted, status: str, posts: int
) -> None:
    """However young it is, the revision asked for counts as repeated only when it is on its way."""

    def act(request: Request) -> Reply:
        if request.method == "POST":
            return RESET
        return Reply(body=revision(status) if "/revisions/" in request.path else deployment())

    server.acts(act)

    try:
        client.redeploy(DEPLOYMENT, FIRST)
    except errors.ResponseLost:
        assert posts == 3

    assert sum(line.startswith("POST") for line in server.lines) == posts


NAIVE = "2027-01-15T09:00:00"
"""The time of the tests' server, without a zone."""


@pytest.mark.parametrize("made", [at(3600), NAIVE, None], ids=["clock ahead", "no zone", "untold"])
@pytest.mark.parametrize("arrived", [True, False])
def test_a_revision_of_no_known_age_is_no_proof(
    client: ControlPlaneClient, shelf: Shelf, made: str | None, *, arrived: bool
) -> None:
    """What nobody can date may be older than the request: that is said, and nothing is sent again.

    Where the revision from before is known, the new one needs no age.
    """
    shelf.faults, shelf.arrives = [RESET], [arrived]
    shelf.revisions[FIRST] = revision(created_at=made)
    body = DeploymentPatchRequest.model_validate(BODIES["the same ref"])

    with pytest.raises(
        errors.ResponseLost, match="cannot be told: the service does not tell relia"
    ):
        samples.patch(client, body) if not arrived else _patch_undated(client, shelf, made)

    assert shelf.changes == arrived
    shelf.faults, shelf.arrives = [RESET], [True]
    shelf.live["latest_revision_id"] = FIRST

    assert samples.patch(client, body, FIRST).latest_revision_id == SECOND


def _patch_undated(client: ControlPlaneClient, shelf: Shelf, made: str | None) -> None:
    add = shelf._add_revision

    def undated() -> None:
        add()
        shelf.revisions[SECOND]["created_at"] = made

    shelf._add_revision = undated  # type: ignore[method-assign]
    patch(client, BODIES["the same ref"])


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ("a secret", {"secrets": [{"name": "TOKEN", "value": None}]}),
        ("a secret", {"secrets": []}),
        ("a ref", {"source_revision_config": {"repo_ref": "9" * 40}}),
    ],
)
@pytest.mark.parametrize("arrived", [True, False])
def test_what_is_hidden_is_no_proof(
    client: ControlPlaneClient, shelf: Shelf, change: str, shown: dict[str, Any], *, arrived: bool
) -> None:
    """A push has come between, and the service does not show what was sent: the next up settles it.

    The failure names what is not shown, and no value.
    """
    shelf.faults, shelf.arrives = [RESET], [arrived]
    answer = shelf.answer

    def register_secrets(request: Request) -> Reply:
        reply = answer(request)
        if request.method == "PATCH" and not arrived:
            shelf._add_revision()
        if request.path.endswith(DEPLOYMENT) and isinstance(reply.body, dict):
            return Reply(body={**reply.body, **shown})
        return reply

    shelf._server.acts(register_secrets)

    with pytest.raises(errors.ResponseLost, match=f"revision {SECOND} has come since") as failure:
        samples.patch(client, DeploymentPatchRequest.model_validate(BODIES[change]), FIRST)

    assert next(iter(shown)).split("_config")[0] in str(failure.value)
    assert "a new value of it" not in str(failure.value)
    assert "Run `pulumi up` again" in str(failure.value)
    assert shelf.changes == arrived


@pytest.mark.parametrize("made", [at(3600), NAIVE, None], ids=["clock ahead", "no zone", "untold"])
def test_a_redeploy_of_no_known_age_is_no_proof(
    client: ControlPlaneClient, shelf: Shelf, made: str | None
) -> None:
    """Another revision is there, and nobody can tell whether it is older than the request."""
    shelf.faults, shelf.arrives = [RESET], [False]
    shelf.live["latest_revision_id"] = SECOND
    shelf.revisions[SECOND] = revision(id=SECOND, created_at=made)

    with pytest.raises(
        errors.ResponseLost, match="cannot be told: the service does not tell relia"
    ):
        client.redeploy(DEPLOYMENT, FIRST)
