"""Each answer becomes the error that says what it means and what to do."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.control_plane import errors
from langsmith_pulumi.control_plane.models import DeploymentPatchRequest
from tests.control_plane.samples import (
    CANARY,
    DEPLOYMENT,
    FIRST,
    KEY,
    OTHER,
    create_request,
    deployment,
    gone,
    patch,
)
from tests.control_plane.scripted import RESET, Reply, Scripted

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_pulumi.control_plane.client import ControlPlaneClient

HTML = (
    "<html><head><title>502</title></head><body><style>b{}</style>"
    "<h1>Bad &amp; Gateway</h1></body></html>"
)
TRACING_PROJECT = (
    "Deployments create a tracing project in LangSmith with the same name as the deployment. "
    "There already exists a project in LangSmith named: support-agent."
)
PAGE = {"Content-Type": "text/html"}
ORG_KEY = (
    "This API key is org-scoped and requires workspace specification. "
    "Please provide 'X-Tenant-ID' header."
)
REFUSED_BODY = {
    "detail": [
        {
            "loc": ["body", "source_config", "resource_spec", "cpu"],
            "msg": "Input should be less than or equal to 8",
            "type": "less_than_equal",
            "input": CANARY,
        },
        {"loc": ["body", "secrets", 0], "msg": f"bad value {CANARY}", "input": CANARY},
    ]
}


def detail(text: str) -> dict[str, str]:
    return {"detail": text}


@pytest.mark.parametrize(
    ("reply", "error", "says"),
    [
        (Reply(400, detail("no such branch")), errors.BadRequest, ["400", "no such branch"]),
        (Reply(408, detail("too slow")), errors.ServerError, ["408", "in a few minutes"]),
        (Reply(425, ""), errors.ServerError, ["425", "in a few minutes"]),
        (Reply(413, "too large"), errors.BadRequest, ["413", "too large"]),
        (Reply(418, ""), errors.BadRequest, ["418"]),
        (Reply(401, detail("Invalid token")), errors.NotAuthenticated, ["langsmith:apiKey"]),
        (Reply(403, detail("no")), errors.Forbidden, ["403", "langsmith:workspaceId"]),
        (Reply(403, detail(ORG_KEY)), errors.Forbidden, ["config set langsmith:workspaceId"]),
        (
            Reply(403, {"error": "org_scoped_key_requires_workspace"}),
            errors.Forbidden,
            ["config set langsmith:workspaceId"],
        ),
        (
            Reply(403, detail("LangSmith Deployment is not enabled for this organization")),
            errors.Forbidden,
            ["administrator", "/host/deployments"],
        ),
        (gone(), errors.DeploymentNotFound, ["404", "pulumi refresh"]),
        (gone(DEPLOYMENT.upper()), errors.DeploymentNotFound, ["404"]),
        (gone(OTHER), errors.NotFound, ["404"]),
        (Reply(404, detail("Not Found")), errors.RouteNotFound, ["langsmith:controlPlaneUrl"]),
        (Reply(404, {}), errors.RouteNotFound, ["/api-host"]),
        (Reply(404, HTML, PAGE), errors.RouteNotFound, ["langsmith:controlPlaneUrl"]),
        (
            Reply(404, f"Deployment ID {DEPLOYMENT} not found.", PAGE),
            errors.RouteNotFound,
            ["says nothing about the deployment"],
        ),
        (Reply(404, detail("Listener ID x not found.")), errors.NotFound, ["Listener ID x"]),
        (Reply(409, detail("no")), errors.Conflict, ["409"]),
        (
            Reply(422, REFUSED_BODY),
            errors.InvalidRequest,
            ["source_config.resource_spec.cpu: Input should be", "secrets.0: bad value [secret]"],
        ),
        (Reply(422, {"detail": [7, {"loc": None}]}), errors.InvalidRequest, ["422"]),
        (Reply(429, detail("slow down")), errors.RateLimited, ["429", "Wait a minute"]),
        (Reply(500, detail("oops")), errors.ServerError, ["500", "oops"]),
        (Reply(502, HTML, PAGE), errors.ServerError, ["Bad & Gateway."]),
        (Reply(503, "x" * 5000), errors.ServerError, ["xxx…"]),
        (Reply(504, "\x1b[31mred\x00\u202eder"), errors.ServerError, ["red der"]),
        (
            Reply(500, {"detail": {"secret": CANARY}}),
            errors.ServerError,
            ["500 (request id req-17). "],
        ),
        (
            Reply(307, "", {"Location": "https://evil.example.com/x?key=1"}),
            errors.Redirected,
            ["redirected to evil.example.com."],
        ),
        (Reply(304), errors.Redirected, ["304"]),
        (Reply(302, "", {"Location": "//[nonsense"}), errors.Redirected, [": redirected. "]),
        (Reply(200, HTML, PAGE), errors.InvalidResponse, ["200", "is no JSON"]),
        (Reply(200, b'{"id": "', {}), errors.InvalidResponse, ["is no JSON"]),
        (Reply(200, [1]), errors.InvalidResponse, ["is no deployment"]),
        (Reply(200, {"id": DEPLOYMENT}), errors.InvalidResponse, ["name: field required"]),
        (Reply(204), errors.InvalidResponse, ["204", "is no JSON"]),
    ],
)
def test_each_answer_has_its_error(
    client: ControlPlaneClient,
    server: Scripted,
    reply: Reply,
    error: type[errors.ControlPlaneError],
    says: list[str],
) -> None:
    """An error names the request, the answer and the next step, and holds no secret."""
    known = {"X-Request-Id": "req-17"}
    server.plays(Reply(reply.status, reply.body, {**reply.headers, **known}))
    client._transport.redactor.register_secrets([CANARY])

    with pytest.raises(errors.ControlPlaneError) as failed:
        client.get(DEPLOYMENT)

    assert type(failed.value) is error
    assert f"GET /v2/deployments/{DEPLOYMENT}" in str(failed.value)
    assert "req-17" in str(failed.value)
    assert (failed.value.status, failed.value.request_id) == (reply.status, "req-17")
    assert [part for part in says if part not in str(failed.value)] == []
    assert not any(part in str(failed.value) for part in ("hush", KEY, "?key", "<", "\x1b", "\n"))
    assert len(str(failed.value)) < 1000


CALLS: dict[str, Callable[[ControlPlaneClient], object]] = {
    "GET": lambda client: client.get(DEPLOYMENT),
    "DELETE": lambda client: client.delete(DEPLOYMENT, delete_tracing_project=False),
    "PATCH": lambda client: patch(client, DeploymentPatchRequest(display_name="A")),
}


@pytest.mark.parametrize("reply", [RESET, Reply(503), Reply(408), Reply(200, HTML, PAGE)])
@pytest.mark.parametrize(
    ("method", "says", "says_not"),
    [
        ("GET", "the same command again", ("have been carried", "have carried", "`pulumi up")),
        ("DELETE", "a deployment that is gone is no error", ("`pulumi up",)),
        ("PATCH", "`pulumi up --refresh`", ("the same command",)),
    ],
)
def test_the_next_step_fits_the_method(  # noqa: PLR0913 - a table with its fixtures
    client: ControlPlaneClient,
    server: Scripted,
    reply: Reply,
    *,
    method: str,
    says: str,
    says_not: tuple[str, ...],
) -> None:
    """A read changes nothing, and after a deletion an `up` would make the deployment anew."""
    as_before = Reply(body=deployment())
    server.acts(lambda request: reply if request.method == method else as_before)

    with pytest.raises(errors.ControlPlaneError) as failed:
        CALLS[method](client)

    assert says in str(failed.value)
    assert [words for words in says_not if words in str(failed.value)] == []


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(404, detail("Revision ID x not found.")), errors.RevisionNotFound),
        (gone(), errors.DeploymentNotFound),
        (Reply(404, detail("Not Found")), errors.RouteNotFound),
    ],
)
def test_a_missing_revision_is_no_missing_deployment(
    client: ControlPlaneClient, server: Scripted, reply: Reply, error: type[errors.NotFound]
) -> None:
    """On a revision's route, only the deployment's own 404 says that the deployment is gone."""
    server.plays(reply)

    with pytest.raises(errors.NotFound) as failed:
        client.revision(DEPLOYMENT, FIRST)

    assert type(failed.value) is error


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (TRACING_PROJECT, "project_exists"),
        ("A deployment already exists for this agent environment.", "agent_environment"),
        ("Somebody was faster.", "other"),
    ],
)
def test_conflicts_are_told_apart(
    client: ControlPlaneClient, server: Scripted, text: str, kind: str
) -> None:
    """A 409 has two known forms, which need different ways out."""
    server.plays(Reply(409, detail(text)))

    with pytest.raises(errors.Conflict) as failed:
        client.get(DEPLOYMENT)

    assert failed.value.kind == kind


@pytest.mark.parametrize("identifier", ["", ".", "..", "a/b", "a?b", "a b", "ä/../x", f"{FIRST}\n"])
def test_a_strange_id_is_not_sent(
    client: ControlPlaneClient, server: Scripted, identifier: str
) -> None:
    """An id that would make the path that of something else is refused before any request."""
    with pytest.raises(errors.InvalidRequest):
        client.delete(identifier, delete_tracing_project=True)

    assert server.requests == []


def test_secrets_are_hidden_once_sent(client: ControlPlaneClient, server: Scripted) -> None:
    """A value that a request carried is hidden in what the server says of it."""
    server.plays(Reply(400, detail(f"cannot use {CANARY!r} as a value")))

    with pytest.raises(errors.BadRequest) as failed:
        client.create(create_request())

    assert "cannot use '[secret]" in str(failed.value)
    assert "hush" not in str(failed.value)


def test_secrets_are_hidden_once_seen(client: ControlPlaneClient, server: Scripted) -> None:
    """A value that the service showed is hidden too: the process that waits has sent none."""
    secrets: list[dict[str, Any]] = [{"name": "A", "value": CANARY}]
    live = {"id": DEPLOYMENT, "name": "a", "status": "READY", "secrets": secrets}
    server.plays(Reply(body=live), Reply(400, detail(CANARY)))
    client.get(DEPLOYMENT)

    with pytest.raises(errors.BadRequest) as failed:
        client.get(DEPLOYMENT)

    assert failed.value.detail == "[secret]"


def test_errors_settings_and_statuses_are_cheap_to_import() -> None:
    """A program's process imports them without httpx, pydantic or tenacity."""
    program = (
        "import sys; from langsmith_pulumi.control_plane import errors, settings, revision_status; "
        "print({'httpx', 'pydantic', 'tenacity'} & set(sys.modules))"
    )

    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert found.stdout.strip() == "set()"


def test_the_tree_in_the_docstring_is_the_tree_in_the_code() -> None:
    """Each class is drawn, once, below its base."""
    drawn: dict[str, str] = {}
    bases: dict[int, str] = {}
    for line in (errors.__doc__ or "").splitlines():
        name = line.replace("│", " ").replace("├──", "   ").replace("└──", "   ")
        indent = len(name) - len(name.lstrip())
        word = name.split()[0] if name.split() else ""
        if indent and hasattr(errors, word):
            drawn[word] = bases.get(indent - 4, "Exception")
            bases[indent] = word
    classes = {
        name: cls.__base__.__name__
        for name, cls in vars(errors).items()
        if isinstance(cls, type) and issubclass(cls, Exception) and cls.__base__
    }

    assert drawn == classes


CLASSIFIED: dict[str, tuple[Reply, type[errors.APIStatusError]]] = {
    "a deployment that is gone": (gone(), errors.DeploymentNotFound),
    "a missing route": (Reply(404, detail("Not Found")), errors.RouteNotFound),
    "a key of an organization": (Reply(403, detail(ORG_KEY)), errors.Forbidden),
    "a tracing project": (Reply(409, detail(TRACING_PROJECT)), errors.Conflict),
}
_SENSITIVE = [DEPLOYMENT, "Deployment", "Deployment ID", "not found", "Not Found", "project"]


@pytest.mark.parametrize("case", CLASSIFIED)
@pytest.mark.parametrize("value", [*_SENSITIVE, "exists", "requires workspace"])
def test_a_secret_that_the_answer_holds_does_not_change_the_kind(
    client: ControlPlaneClient, server: Scripted, case: str, value: str
) -> None:
    """Kinds are told from what was received; what is shown, or kept, lacks the value."""
    reply, error = CLASSIFIED[case]
    server.plays(reply)
    client.register_secrets([value])

    with pytest.raises(errors.ControlPlaneError) as failed:
        client.get(DEPLOYMENT)

    assert type(failed.value) is error
    assert value not in failed.value.detail
    assert value not in f"{failed.value.args}{failed.value.__cause__!r}"
    if isinstance(failed.value, errors.Conflict):
        assert failed.value.kind == "project_exists"
    if isinstance(failed.value, errors.Forbidden):
        assert "langsmith:workspaceId`" in str(failed.value)
