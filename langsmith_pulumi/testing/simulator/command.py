"""The command that serves a simulator, and the form of its options."""

import contextlib
import shlex
import threading
import uuid
from collections.abc import Sequence
from pathlib import Path

from langsmith_pulumi.testing.simulator.server import Simulator
from langsmith_pulumi.testing.simulator.settings import (
    Behaviour,
    Integration,
    Listener,
    random_api_key,
)

_NAMES = uuid.UUID("5f0c0a52-5a53-4b7b-9a55-0d4a2f6c7e10")


def run(  # noqa: PLR0913 - each is an option
    *,
    port: int = 0,
    revision_seconds: float = 0.0,
    api_key: str | None = None,
    database: Path | str | None = None,
    allowed_hosts: Sequence[str] = (),
    behaviour: Behaviour | None = None,
    workspace_id: str | None = None,
    listeners: Sequence[str] = (),
    integrations: Sequence[str] = (),
    fail_next: Sequence[str] = (),
    serve_agents: bool = False,
) -> None:
    """Serve until interrupted; print the shell commands for clients once requests are answered.

    Without `api_key` each start makes a new key.
    """
    simulator = Simulator(
        port=port,
        revision_seconds=revision_seconds,
        api_key=random_api_key() if api_key is None else api_key,
        database=database,
        allowed_hosts=allowed_hosts,
        behaviour=behaviour,
        workspace_id=None if workspace_id is None else _parse_workspace(workspace_id),
        listeners=[parse_listener(text) for text in listeners],
        integrations=[parse_integration(text) for text in integrations] or None,
        serve_agents=serve_agents,
    )
    for text in fail_next:
        simulator.outcome(*parse_outcome(text))
    with simulator:
        print(_ready_text(simulator), flush=True)  # noqa: T201 - this is a command
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


def parse_listener(text: str) -> Listener:
    """Parse ID_OR_NAME[:NAMESPACE,...]; a name gets an id that is the same at each start."""
    name, _, namespaces = text.partition(":")
    if not name:
        raise ValueError(f"--listener {text}: expected ID_OR_NAME[:NAMESPACE,...].")
    return Listener(name, _split(namespaces) or ("default",), id=_id_of(name))


def parse_integration(text: str) -> Integration:
    """Parse NAME[=REPO,...]; a repository without a host is one on GitHub."""
    name, _, repositories = text.partition("=")
    if not name:
        raise ValueError(f"--integration {text}: expected NAME[=REPO,...].")
    urls = [_repository_url(name, repository) for repository in _split(repositories)]
    return Integration(name, urls, id=_id_of(name))


def parse_outcome(text: str) -> tuple[str, str]:
    """Parse NAME=STATUS."""
    name, _, status = text.partition("=")
    if not (name and status):
        raise ValueError(f"--fail-next {text}: expected NAME=STATUS.")
    return name, status


def _repository_url(account: str, repository: str) -> str:
    if "://" in repository:
        return repository
    path = repository if "/" in repository else f"{account}/{repository}"
    return f"https://github.com/{path}"


def _parse_workspace(text: str) -> str:
    if _uuid(text) is None:
        raise ValueError(f"--workspace {text}: a workspace id is a UUID.")
    return text


def _id_of(name: str) -> str:
    return _uuid(name) or str(uuid.uuid5(_NAMES, name))


def _uuid(text: str) -> str | None:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return None


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _ready_text(simulator: Simulator) -> str:
    workspace = simulator.workspace_id
    lines = [
        f"The simulator is ready at {simulator.url}. Paste into another shell:\n",
        f"export LANGSMITH_API_KEY={shlex.quote(simulator.api_key)}",
        f"export LANGSMITH_CONTROL_PLANE_URL={shlex.quote(simulator.url)}",
        # These two variables would take precedence over the exported ones.
        "unset LANGGRAPH_HOST_API_KEY LANGGRAPH_HOST_URL",
        *([f"export LANGSMITH_WORKSPACE_ID={workspace}"] if workspace else ()),
        *(f"# listener_id of {one.compute_id!a}: {one.id}" for one in simulator.listeners),
        *(f"# integration_id of {one.name!a}: {one.id}" for one in simulator.integrations or ()),
    ]
    return "\n".join(lines) + "\n"
