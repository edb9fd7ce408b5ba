"""Each response leads to the error that says what it means and what to do next."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.control_plane import errors
from langsmith_pulumi.control_plane.error_mapping import unsent_advice
from langsmith_pulumi.control_plane.models import DeploymentPatchRequest
from tests.control_plane.factories import (
    API_KEY,
    CANARY,
    DEPLOYMENT_ID,
    FIRST_REVISION_ID,
    OTHER_ID,
    create_request,
    deployment,
    not_found,
    patch,
)
from tests.control_plane.fake_server import RESET, FakeServer, Response

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
    ("response", "error", "says"),
    [
        (Response(400, detail("no such branch")), errors.BadRequest, ["400", "no such branch"]),
        (Response(408, detail("too slow")), errors.ServerError, ["408", "in a few minutes"]),
        (Response(425, ""), errors.ServerError, ["425", "in a few minutes"]),
        (Response(413, "too large"), errors.BadRequest, ["413", "too large"]),
        (Response(418, ""), errors.BadRequest, ["418"]),
        (Response(401, detail("Invalid token")), errors.NotAuthenticated, ["langsmith:apiKey"]),
        (Response(403, detail("no")), errors.Forbidden, ["403", "langsmith:workspaceId"]),
        (
            Response(403, detail("Invalid API key.")),
            errors.Forbidden,
            ["The API key is not accepted"],
        ),
        (Response(403, detail("The token has expired")), errors.Forbidden, ["is not accepted"]),
        (Response(403, detail("Forbidden")), errors.Forbidden, ["Use a key with permission"]),
        (
            Response(403, detail("No access to the workspace in 'X-Tenant-Id'.")),
            errors.Forbidden,
            ["not one of this workspace", "LANGSMITH_WORKSPACE_ID"],
        ),
        (
            Response(403, detail("The role lacks deployments:create in this workspace")),
            errors.Forbidden,
            ["Use a key with permission"],
        ),
        (Response(403, detail(ORG_KEY)), errors.Forbidden, ["config set langsmith:workspaceId"]),
        (
            Response(403, {"error": "org_scoped_key_requires_workspace"}),
            errors.Forbidden,
            ["config set langsmith:workspaceId"],
        ),
        (
            Response(403, detail("LangSmith Deployment is not enabled for this organization")),
            errors.Forbidden,
            ["administrator", "/host/deployments"],
        ),
        (not_found(), errors.DeploymentNotFound, ["404", "pulumi refresh"]),
        (not_found(DEPLOYMENT_ID.upper()), errors.DeploymentNotFound, ["404"]),
        (not_found(OTHER_ID), errors.NotFound, ["404"]),
        (Response(404, detail("Not Found")), errors.RouteNotFound, ["langsmith:controlPlaneUrl"]),
        (Response(404, {}), errors.RouteNotFound, ["/api-host"]),
        (Response(404, HTML, PAGE), errors.RouteNotFound, ["langsmith:controlPlaneUrl"]),
        (
            Response(404, f"Deployment ID {DEPLOYMENT_ID} not found.", PAGE),
            errors.RouteNotFound,
            ["says nothing about the deployment"],
        ),
        (Response(404, detail("Listener ID x not found.")), errors.NotFound, ["Listener ID x"]),
        (
            Response(404, detail(f"Listener ID {DEPLOYMENT_ID} not found.")),
            errors.NotFound,
            ["404"],
        ),
        (Response(409, detail("no")), errors.Conflict, ["409"]),
        (
            Response(422, REFUSED_BODY),
            errors.InvalidRequest,
            ["source_config.resource_spec.cpu: Input should be", "secrets.0: bad value [secret]"],
        ),
        (Response(422, {"detail": [7, {"loc": None}]}), errors.InvalidRequest, ["422"]),
        (Response(429, detail("slow down")), errors.RateLimited, ["429", "Wait a minute"]),
        (Response(500, detail("oops")), errors.ServerError, ["500", "oops"]),
        (Response(502, HTML, PAGE), errors.ServerError, ["Bad & Gateway."]),
        (Response(503, "x" * 5000), errors.ServerError, ["xxx…"]),
        (Response(504, "\x1b[31mred\x00\u202eder"), errors.ServerError, ["red der"]),
        (
            Response(500, {"detail": {"secret": CANARY}}),
            errors.ServerError,
            ["500 (request id req-17). "],
        ),
        (
            Response(307, "", {"Location": "https://evil.example.com/x?key=1"}),
            errors.Redirected,
            ["redirected to evil.example.com."],
        ),
        (Response(304), errors.Redirected, ["304"]),
        (Response(302, "", {"Location": "//[nonsense"}), errors.Redirected, [": redirected. "]),
        (Response(200, HTML, PAGE), errors.InvalidResponse, ["200", "is no JSON"]),
        (Response(200, b'{"id": "', {}), errors.InvalidResponse, ["is no JSON"]),
        (Response(200, [1]), errors.InvalidResponse, ["is no deployment"]),
        (Response(200, {"id": DEPLOYMENT_ID}), errors.InvalidResponse, ["name: field required"]),
        (Response(204), errors.InvalidResponse, ["204", "is no JSON"]),
    ],
)
def test_response_is_mapped_to_error(
    client: ControlPlaneClient,
    server: FakeServer,
    response: Response,
    error: type[errors.ControlPlaneError],
    says: list[str],
) -> None:
    """An error names the request, the response and the next step, and contains no secret."""
    known = {"X-Request-Id": "req-17"}
    server.respond_with(Response(response.status, response.body, {**response.headers, **known}))
    client._transport.redactor.register_secrets([CANARY])

    with pytest.raises(errors.ControlPlaneError) as failed:
        client.get(DEPLOYMENT_ID)

    assert type(failed.value) is error
    assert f"GET /v2/deployments/{DEPLOYMENT_ID}" in str(failed.value)
    assert "req-17" in str(failed.value)
    assert (failed.value.status, failed.value.request_id) == (response.status, "req-17")
    assert [part for part in says if part not in str(failed.value)] == []
    assert not any(
        part in str(failed.value) for part in ("hush", API_KEY, "?key", "<", "\x1b", "\n")
    )
    assert len(str(failed.value)) < 1000


CALLS: dict[str, Callable[[ControlPlaneClient], object]] = {
    "GET": lambda client: client.get(DEPLOYMENT_ID),
    "DELETE": lambda client: client.delete(DEPLOYMENT_ID, delete_tracing_project=False),
    "PATCH": lambda client: patch(client, DeploymentPatchRequest(display_name="A")),
}


@pytest.mark.parametrize(
    "response", [RESET, Response(503), Response(408), Response(200, HTML, PAGE)]
)
@pytest.mark.parametrize(
    ("method", "says", "says_not"),
    [
        ("GET", "the same command again", ("have been carried", "have carried", "`pulumi up")),
        ("DELETE", "a deployment that is gone is no error", ("`pulumi up",)),
        ("PATCH", "`pulumi up --refresh`", ("the same command",)),
    ],
)
def test_next_step_depends_on_method(  # noqa: PLR0913 - a table with its fixtures
    client: ControlPlaneClient,
    server: FakeServer,
    response: Response,
    *,
    method: str,
    says: str,
    says_not: tuple[str, ...],
) -> None:
    """A failed read or delete advises other steps than a failed write."""
    as_before = Response(body=deployment())
    server.respond_using(lambda request: response if request.method == method else as_before)

    with pytest.raises(errors.ControlPlaneError) as failed:
        CALLS[method](client)

    assert says in str(failed.value)
    assert [words for words in says_not if words in str(failed.value)] == []


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (Response(404, detail("Revision ID x not found.")), errors.RevisionNotFound),
        (not_found(), errors.DeploymentNotFound),
        (Response(404, detail("Not Found")), errors.RouteNotFound),
    ],
)
def test_missing_revision_is_not_missing_deployment(
    client: ControlPlaneClient, server: FakeServer, response: Response, error: type[errors.NotFound]
) -> None:
    """On a revision's route, only the deployment's own 404 means that the deployment is gone."""
    server.respond_with(response)

    with pytest.raises(errors.NotFound) as failed:
        client.revision(DEPLOYMENT_ID, FIRST_REVISION_ID)

    assert type(failed.value) is error


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (TRACING_PROJECT, "project_exists"),
        ("A deployment already exists for this agent environment.", "agent_environment"),
        ("Somebody was faster.", "other"),
    ],
)
def test_conflicts_are_distinguished(
    client: ControlPlaneClient, server: FakeServer, text: str, kind: str
) -> None:
    """The two known forms of a 409 lead to different advice."""
    server.respond_with(Response(409, detail(text)))

    with pytest.raises(errors.Conflict) as failed:
        client.get(DEPLOYMENT_ID)

    assert failed.value.kind == kind


@pytest.mark.parametrize(
    "identifier", ["", ".", "..", "a/b", "a?b", "a b", "ä/../x", f"{FIRST_REVISION_ID}\n"]
)
def test_invalid_id_is_not_sent(
    client: ControlPlaneClient, server: FakeServer, identifier: str
) -> None:
    """An id that would change the path is rejected before any request."""
    with pytest.raises(errors.InvalidRequest):
        client.delete(identifier, delete_tracing_project=True)

    assert server.requests == []


def test_sent_secrets_are_redacted(client: ControlPlaneClient, server: FakeServer) -> None:
    """A value that a request contained is redacted in responses."""
    server.respond_with(Response(400, detail(f"cannot use {CANARY!r} as a value")))

    with pytest.raises(errors.BadRequest) as failed:
        client.create(create_request())

    assert "cannot use '[secret]" in str(failed.value)
    assert "hush" not in str(failed.value)


def test_received_secrets_are_redacted(client: ControlPlaneClient, server: FakeServer) -> None:
    """A value that a response contained is redacted, as a waiting process has sent none."""
    secrets: list[dict[str, Any]] = [{"name": "A", "value": CANARY}]
    live = {"id": DEPLOYMENT_ID, "name": "a", "status": "READY", "secrets": secrets}
    server.respond_with(Response(body=live), Response(400, detail(CANARY)))
    client.get(DEPLOYMENT_ID)

    with pytest.raises(errors.BadRequest) as failed:
        client.get(DEPLOYMENT_ID)

    assert failed.value.detail == "[secret]"


def test_light_modules_import_no_http_client() -> None:
    """A program's process imports them without httpx, pydantic or tenacity."""
    program = (
        "import sys; from langsmith_pulumi.control_plane import errors, settings, revision_status; "
        "print({'httpx', 'pydantic', 'tenacity'} & set(sys.modules))"
    )

    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert found.stdout.strip() == "set()"


def test_docstring_shows_class_hierarchy() -> None:
    """The docstring shows each class once, below its base class."""
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


CLASSIFIED: dict[str, tuple[Response, type[errors.APIStatusError]]] = {
    "a deployment that is gone": (not_found(), errors.DeploymentNotFound),
    "a missing route": (Response(404, detail("Not Found")), errors.RouteNotFound),
    "a key of an organization": (Response(403, detail(ORG_KEY)), errors.Forbidden),
    "a tracing project": (Response(409, detail(TRACING_PROJECT)), errors.Conflict),
}
_SENSITIVE = [DEPLOYMENT_ID, "Deployment", "Deployment ID", "not found", "Not Found", "project"]


@pytest.mark.parametrize("case", CLASSIFIED)
@pytest.mark.parametrize("value", [*_SENSITIVE, "exists", "requires workspace"])
def test_secret_in_response_does_not_change_error_class(
    client: ControlPlaneClient, server: FakeServer, case: str, value: str
) -> None:
    """Errors are classified before redaction, and their messages are redacted."""
    response, error = CLASSIFIED[case]
    server.respond_with(response)
    client.register_secrets([value])

    with pytest.raises(errors.ControlPlaneError) as failed:
        client.get(DEPLOYMENT_ID)

    assert type(failed.value) is error
    assert value not in failed.value.detail
    assert value not in f"{failed.value.args}{failed.value.__cause__!r}"
    if isinstance(failed.value, errors.Conflict):
        assert failed.value.kind == "project_exists"
    if isinstance(failed.value, errors.Forbidden):
        assert "langsmith:workspaceId`" in str(failed.value)


@pytest.mark.parametrize(
    ("cause", "advice"),
    [
        ("[Errno -2] Name or service not known", "check its spelling"),
        ("[Errno 8] nodename nor servname provided, or not known", "check its spelling"),
        ("[Errno 11001] getaddrinfo failed", "check its spelling"),
        ("[Errno 111] Connection refused", "check host and port"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", "SSL_CERT_FILE"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", "https or http"),
        ("no connection within 10 s", "Check the network"),
    ],
)
def test_a_host_that_cannot_be_reached_gets_advice_that_fits(cause: str, advice: str) -> None:
    """A name, a port, a certificate and a network are corrected in different places."""
    error = errors.Unreachable(cause, advice=unsent_advice(cause))
    assert advice in str(error)
    assert "It changed nothing." in str(error)
    assert "langsmith:controlPlaneUrl (or LANGSMITH_ENDPOINT)" in str(error)
