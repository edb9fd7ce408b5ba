"""The requests that the provider can send, and the operation in which it sends each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.faults.preparations import (
    AGENT_PATH,
    CHECKED,
    DEPLOYMENT_PATH,
    DEPLOYMENTS_PATH,
    REVISION_PATH,
    UPLOAD_PATH,
    UPLOAD_URL_PATH,
    agent,
    create_unmanaged,
    dedicated,
    deletion_is_slow,
    first_read_is_stale,
    from_folder,
    hold_revision,
    image,
    is_interrupted,
    last_build_failed,
    lose_response,
    next_build_fails,
    no_setup,
    patient,
    second_revision_is_deployed,
    serve_agents,
    update_creates_revision,
)
from tests.support.scenario import CANARY

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.harness import Harness
    from tests.faults.preparations import Program


@dataclass(frozen=True)
class Request:
    """One request in one operation."""

    name: str
    description: str
    """How MATRIX.md describes it."""
    method: str
    path: str
    program: Program
    initial_program: Program | None = None
    """The program that is up before the operation."""
    prepare: Callable[[Harness], None] = no_setup
    """Further preparation, right before the operation."""
    operation: str = "up"
    skip: int = 0
    """How many requests of that form come before it."""
    error: str = ""
    """The error with which the operation ends without a fault."""
    fulfilled: Callable[[Harness, str], bool] = lambda _world, _error: True
    """Returns False if the operation succeeded without what this request is for."""
    revisions: int = 1
    """The number of revisions at the end."""
    needs_adoption: bool = False
    """True if a failure leaves a deployment that is not in the state and has to be adopted."""
    adopts: bool = False
    """True if the program adopts the existing deployment by ``import_``."""
    max_wait: float = 300.0
    """Seconds, for a rollout timeout of 20; more where the preview reads as well."""
    stale: bool = False
    """True for a read that follows a write of this operation, so it can return older data."""


def _upload(name: str, description: str, method: str, path: str, *, first: bool) -> Request:
    """Return a request that an upload of a folder is made of."""
    return Request(
        name,
        f"{description}, for a {'new deployment' if first else 'folder that has changed'}",
        method,
        path,
        from_folder("v1" if first else "v2"),
        initial_program=None if first else from_folder("v1"),
        revisions=1 if first else 2,
        max_wait=800.0,
    )


UPLOADS = (
    _upload("first upload URL", "POST for an upload URL", "POST", UPLOAD_URL_PATH, first=True),
    _upload("first upload", "PUT of the archive", "PUT", UPLOAD_PATH, first=True),
    _upload("first build", "PATCH that builds the archive", "PATCH", DEPLOYMENT_PATH, first=True),
    _upload("upload URL", "POST for an upload URL", "POST", UPLOAD_URL_PATH, first=False),
    _upload("upload", "PUT of the archive", "PUT", UPLOAD_PATH, first=False),
    _upload("build", "PATCH that builds the archive", "PATCH", DEPLOYMENT_PATH, first=False),
)

REQUESTS = (
    Request("create", "POST a deployment", "POST", DEPLOYMENTS_PATH, agent()),
    Request(
        "find after lost POST",
        "GET the deployment by name, after the response to the POST was lost",
        "GET",
        DEPLOYMENTS_PATH,
        agent(),
        prepare=lose_response("POST", DEPLOYMENTS_PATH),
        needs_adoption=True,
    ),
    Request(
        "explain conflict",
        "GET the conflicting deployment, after a 409",
        "GET",
        DEPLOYMENTS_PATH,
        agent(),
        prepare=create_unmanaged,
        needs_adoption=True,
        error="answered 409",
        fulfilled=lambda _, error: "import_=" in error,
    ),
    Request(
        "set display name",
        "PATCH the display name of a new deployment",
        "PATCH",
        DEPLOYMENT_PATH,
        agent(display_name="Support"),
        fulfilled=lambda harness, _: harness.row_messages == [],
    ),
    Request(
        "set first size",
        "PATCH the size of a new deployment",
        "PATCH",
        f"{DEPLOYMENT_PATH}/resource-tiers",
        dedicated(compute_size="medium"),
        fulfilled=lambda harness, _: harness.row_messages == [],
        revisions=2,
    ),
    Request(
        "compare with import_",
        "GET the deployment that import_ names, to list the changes in the preview",
        "GET",
        DEPLOYMENT_PATH,
        agent(display_name="Support"),
        prepare=create_unmanaged,
        fulfilled=lambda harness, _: (
            not any("could not be read" in told for told in harness.row_messages)
        ),
        adopts=True,
        max_wait=400.0,
    ),
    Request(
        "adopt",
        "GET the deployment that import_ names, to adopt it",
        "GET",
        DEPLOYMENT_PATH,
        agent(display_name="Support"),
        prepare=create_unmanaged,
        skip=1,
        adopts=True,
    ),
    Request(
        "update adopted",
        "PATCH the deployment that import_ names",
        "PATCH",
        DEPLOYMENT_PATH,
        agent(display_name="Support"),
        prepare=create_unmanaged,
        adopts=True,
    ),
    Request(
        "refresh",
        "GET during refresh",
        "GET",
        DEPLOYMENT_PATH,
        agent(),
        initial_program=agent(),
        operation="refresh",
    ),
    Request(
        "read before update",
        "GET before a PATCH that makes a revision",
        "GET",
        DEPLOYMENT_PATH,
        image(source_config__resource_spec__max_scale=9),
        initial_program=image(),
        revisions=2,
    ),
    Request(
        "update in place",
        "PATCH a setting",
        "PATCH",
        DEPLOYMENT_PATH,
        agent(display_name="Support"),
        initial_program=agent(),
    ),
    Request(
        "read unplanned revision",
        "GET a revision that the plan did not predict",
        "GET",
        REVISION_PATH,
        agent(display_name="Support"),
        initial_program=agent(),
        prepare=update_creates_revision,
        revisions=2,
    ),
    Request(
        "update with revision",
        "PATCH a field that makes a revision",
        "PATCH",
        DEPLOYMENT_PATH,
        agent(source_revision_config__repo_ref="v2"),
        initial_program=agent(),
        revisions=2,
    ),
    Request(
        "update variables",
        "PATCH variables, of which one moves to environment_variables",
        "PATCH",
        DEPLOYMENT_PATH,
        agent(secrets={"OPENAI_API_KEY": CANARY}, environment_variables={"LOG_LEVEL": "debug"}),
        initial_program=agent(),
        revisions=2,
    ),
    Request(
        "resize",
        "PATCH the size, which makes a revision",
        "PATCH",
        f"{DEPLOYMENT_PATH}/resource-tiers",
        dedicated(compute_size="medium"),
        initial_program=dedicated(),
        revisions=2,
    ),
    Request(
        "update for triggers",
        "PATCH the same values again, for a new revision",
        "PATCH",
        DEPLOYMENT_PATH,
        agent(triggers={"prompt": "v2"}),
        initial_program=agent(triggers={"prompt": "v1"}),
        revisions=2,
    ),
    Request(
        "verify lost PATCH",
        "GET the deployment, after the response to a PATCH was lost",
        "GET",
        DEPLOYMENT_PATH,
        agent(source_revision_config__repo_ref="v2"),
        initial_program=agent(),
        prepare=lose_response("PATCH", DEPLOYMENT_PATH),
        skip=1,
        revisions=2,
    ),
    Request(
        "read after failure",
        "GET the deployment whose rollout has failed",
        "GET",
        DEPLOYMENT_PATH,
        agent(source_revision_config__repo_ref="v2"),
        initial_program=agent(),
        prepare=last_build_failed,
        revisions=3,
    ),
    Request(
        "read failed revision",
        "GET the revision that may have failed",
        "GET",
        REVISION_PATH,
        agent(source_revision_config__repo_ref="v2"),
        initial_program=agent(),
        prepare=last_build_failed,
        revisions=3,
    ),
    Request(
        "redeploy",
        "POST a redeploy of the failed revision",
        "POST",
        f"{REVISION_PATH}/redeploy",
        agent(source_revision_config__repo_ref="v2"),
        initial_program=agent(),
        prepare=last_build_failed,
        revisions=3,
    ),
    Request(
        "poll deployment",
        "GET the deployment while waiting",
        "GET",
        DEPLOYMENT_PATH,
        agent(source_revision_config__repo_ref="v2"),
        initial_program=agent(),
        skip=1,
        revisions=2,
        stale=True,
    ),
    Request(
        "poll revision",
        "GET the revision while waiting",
        "GET",
        REVISION_PATH,
        agent(source_revision_config__repo_ref="v2"),
        initial_program=agent(),
        revisions=2,
    ),
    Request(
        "list revisions",
        "GET the revisions, if the newest is older than the expected one",
        "GET",
        f"{DEPLOYMENT_PATH}/revisions",
        agent(source_revision_config__repo_ref="v2"),
        initial_program=agent(),
        prepare=first_read_is_stale,
        revisions=2,
    ),
    Request(
        "interrupt",
        "POST an interruption of the revision that is stuck",
        "POST",
        f"{REVISION_PATH}/interrupt",
        patient(source_revision_config__repo_ref="v2"),
        initial_program=agent(),
        prepare=hold_revision("interrupt"),
        fulfilled=is_interrupted,
        revisions=3,
    ),
    Request(
        "interrupt, older route",
        "POST an interruption by the older route, where the newer one is missing",
        "POST",
        f"{REVISION_PATH}/interruption",
        patient(source_revision_config__repo_ref="v2"),
        initial_program=agent(),
        prepare=hold_revision("interruption"),
        fulfilled=is_interrupted,
        revisions=3,
    ),
    Request(
        "health check",
        "GET /ok of the agent, until it has answered well twice in a row",
        "GET",
        AGENT_PATH,
        agent(source_revision_config__repo_ref="v2", health_check=CHECKED),
        initial_program=agent(),
        prepare=serve_agents,
        revisions=2,
    ),
    Request(
        "read build log",
        "GET the build log",
        "GET",
        f"{REVISION_PATH}/logs",
        agent(source_revision_config__repo_ref="v2"),
        initial_program=agent(),
        prepare=next_build_fails,
        error="BUILD_FAILED: no image",
        fulfilled=lambda _, error: "exit code 1" in error,
        revisions=3,
    ),
    *UPLOADS,
    Request(
        "roll back",
        "POST a redeploy of an earlier revision, by the command `rollback`",
        "POST",
        f"{REVISION_PATH}/redeploy",
        agent(source_revision_config__repo_ref="v2"),
        initial_program=agent(),
        prepare=second_revision_is_deployed,
        operation="rollback",
        revisions=3,
    ),
    Request(
        "delete",
        "DELETE",
        "DELETE",
        DEPLOYMENT_PATH,
        agent(),
        initial_program=agent(),
        operation="destroy",
    ),
    Request(
        "poll deletion",
        "GET the deployment until it is deleted",
        "GET",
        DEPLOYMENT_PATH,
        agent(),
        initial_program=agent(),
        prepare=deletion_is_slow,
        operation="destroy",
    ),
)
"""The rows of the matrix."""
