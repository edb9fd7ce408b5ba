"""Listeners: what counts as gone, and what a refused placement says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.control_plane import errors
from langsmith_pulumi.control_plane.listeners import ListenerClient
from tests.control_plane.factories import OTHER_ID, create_request
from tests.control_plane.fake_server import Request, Response

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from tests.control_plane.fake_server import FakeServer

ID = "33333333-3333-4333-8333-333333333333"
REQUIRED = "'source_config.listener_id' is required for workspace with available listener IDs: []"


def detail(text: str) -> dict[str, str]:
    return {"detail": text}


def listener(number: int) -> dict[str, Any]:
    config = {"k8s_namespaces": ["agents", "to\x1b[31mols"]}
    return {"id": f"id-{number}", "compute_id": f"c{number}", "compute_config": config}


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (Response(404, detail(f"Listener ID {ID} not found.")), errors.ListenerNotFound),
        (
            Response(404, detail(f"listener id '{ID.upper()}' was not found")),
            errors.ListenerNotFound,
        ),
        (Response(404, detail(f"Listener ID {OTHER_ID} not found.")), errors.NotFound),
        (Response(404, detail(f"Listener ID {ID[-4:]} not found.")), errors.NotFound),
        (Response(404, f"Listener ID {ID} not found."), errors.RouteNotFound),
        (Response(404, detail("Not Found")), errors.RouteNotFound),
    ],
)
def test_only_one_404_means_that_a_listener_is_gone(
    client: ControlPlaneClient, server: FakeServer, response: Response, error: type[Exception]
) -> None:
    """Any other 404 fails a deletion, and takes no listener out of a state."""
    server.respond_with(response, response)
    with pytest.raises(errors.NotFound) as failure:
        ListenerClient(client).get(ID)
    assert type(failure.value) is error
    if error is errors.ListenerNotFound:
        ListenerClient(client).delete(ID)
    else:
        with pytest.raises(errors.NotFound):
            ListenerClient(client).delete(ID)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "it has no listener"),
        (1, '{"listener_id": "id-0", "listener_config": {"k8s_namespace": "agents"}}'),
        (12, "id-9 (compute_id 'c9', namespaces: agents, tools) and more"),
    ],
)
def test_a_refused_placement_lists_the_listeners(
    client: ControlPlaneClient, server: FakeServer, count: int, words: str
) -> None:
    """Ten of them at most, as printable text."""
    resources = [listener(number) for number in range(count)]
    server.respond_with(Response(400, detail(REQUIRED)), Response(body={"resources": resources}))
    with pytest.raises(errors.BadRequest) as refused:
        client.create(create_request())
    assert words in str(refused.value)
    assert "\x1b" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "requests"), [("no such branch", ["POST"]), (REQUIRED, ["POST", "GET"])]
)
def test_the_look_up_never_replaces_the_refusal(
    client: ControlPlaneClient, server: FakeServer, text: str, requests: list[str]
) -> None:
    """What is not about listeners is not looked up, and a look-up may fail."""
    sent: list[str] = []

    def answer(request: Request) -> Response:
        sent.append(request.method)
        return Response(400, detail(text)) if request.method == "POST" else Response(403, "")

    server.respond_using(answer)
    with pytest.raises(errors.BadRequest, match="Correct what the answer names"):
        client.create(create_request())
    assert sent == requests
