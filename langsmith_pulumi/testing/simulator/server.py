"""The simulator as tests and the command line use it."""

import contextlib
import shlex
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from starlette.types import ASGIApp

from langsmith_pulumi.testing.simulator import views
from langsmith_pulumi.testing.simulator.application import application
from langsmith_pulumi.testing.simulator.faults import Fault, Kind
from langsmith_pulumi.testing.simulator.gate import Below, Gate
from langsmith_pulumi.testing.simulator.hosts import Address, HostCheck
from langsmith_pulumi.testing.simulator.loopback import LoopbackServer, require_loopback
from langsmith_pulumi.testing.simulator.records import Deployment, Outcome
from langsmith_pulumi.testing.simulator.schemas import PatchRequest
from langsmith_pulumi.testing.simulator.service import ControlPlane
from langsmith_pulumi.testing.simulator.settings import Settings, random_api_key
from langsmith_pulumi.testing.simulator.storage import Storage
from langsmith_pulumi.testing.simulator.traffic import RecordedRequest, Traffic
from langsmith_pulumi.testing.simulator.workspace import Workspace

Json = dict[str, Any]
Result = TypeVar("Result")


@dataclass(kw_only=True, eq=False)
class Simulator(Settings):
    """The control plane on loopback, as a context manager; takes all of `Settings`, and these.

    It may be stopped and started again, and then comes back on the same port with all it knew.

    Args:
        port: 0 picks a free one.
        host: a loopback address, unless `allow_other_hosts`.
        allowed_hosts: what the `Host` header of a request may name beside the host and loopback;
            `name:port`, or `name` with any port, for a proxy or a port that is forwarded.
        base_path: serve below this path only; `/api-host` is that of self-hosted installations.
        database: a file that keeps the deployments, secrets in clear, beyond this process.
        clock: seconds since the epoch; a test may pass its own.
    """

    port: int = 0
    host: str = "127.0.0.1"
    allow_other_hosts: bool = False
    allowed_hosts: Sequence[str] = ()
    base_path: str = ""
    database: Path | str | None = None
    clock: Callable[[], float] = field(default=time.time, repr=False)

    def __post_init__(self) -> None:
        """Set everything up, but for the socket."""
        if not self.allow_other_hosts:
            require_loopback(self.host)
        _require_sendable(self.api_key)
        self._storage = Storage(Path(self.database) if self.database else None)
        self._workspace = Workspace(self, self.clock, self._storage.load())
        self._plane = ControlPlane(self._workspace)
        self._traffic = Traffic()
        self._app = self._application()
        self._server: LoopbackServer | None = None

    def __enter__(self) -> "Simulator":  # noqa: PYI034 - Self is not in Python 3.10
        """Start."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()

    def start(self) -> None:
        """Serve; returns as soon as requests are answered."""
        if self._server is None:
            self._server = LoopbackServer(self._app, self.host, self.port)
            self.port = self._server.port

    def stop(self) -> None:
        """Close every connection and the port."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    @property
    def url(self) -> str:
        """Where clients find it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}{self.base_path}"

    @property
    def env(self) -> dict[str, str]:
        """The environment variables that point clients here."""
        env = {"LANGSMITH_API_KEY": self.api_key, "LANGGRAPH_HOST_URL": self.url}
        return env | ({"LANGSMITH_WORKSPACE_ID": self.workspace_id} if self.workspace_id else {})

    @property
    def requests(self) -> list[RecordedRequest]:
        """The requests to the API so far, oldest first."""
        return self._do(lambda: list(self._traffic.requests))

    def clear_requests(self) -> None:
        """Forget the requests so far."""
        self._do(self._traffic.requests.clear)

    def fail(self, method: str, path: str, kind: Kind, **options: Any) -> None:
        """Let a request go wrong; `Fault` explains the kinds and the options."""
        fault = Fault(method=method, path=path, kind=kind, **options)
        self._do(lambda: self._traffic.faults.append(fault))

    def clear_faults(self) -> None:
        """Let nothing go wrong any more."""
        self._do(self._traffic.faults.clear)

    def outcome(
        self,
        name: str,
        status: str,
        status_message: str | None = None,
        build_log: Sequence[str] = (),
        deploy_log: Sequence[str] = (),
    ) -> None:
        """Arrange how the next revision of a deployment ends; it need not exist yet."""
        outcome = Outcome(status, status_message, list(build_log), list(deploy_log))
        self._do(lambda: self._plane.outcomes.setdefault(name, []).append(outcome))

    def clear_outcomes(self) -> None:
        """Let revisions end well again, and patches hold no surprise."""
        self._do(self._plane.outcomes.clear)
        self._do(self._plane.surprises.clear)

    def surprise(self, name: str, *, revision: bool) -> None:
        """Let the next patch of a deployment make a revision, or none, whatever it holds."""
        self._do(lambda: self._plane.surprises.update({name: revision}))

    def drift(self, name: str, **patch: Any) -> None:
        """Patch a deployment as a person would in the user interface, unrecorded."""
        body = PatchRequest(**patch).said()
        self._do(lambda: self._plane.patch(self._workspace.named(name).id, body))

    def push(self, name: str, commit: str) -> str | None:
        """Move the branch of a deployment; returns the id of the revision this made, if any."""
        revision = self._do(lambda: self._plane.push(name, commit))
        return revision.id if revision else None

    def deployments(self) -> dict[str, Json]:
        """Return the deployments that are not being deleted, by name, as the API shows them."""
        return self._do(
            lambda: {d.name: self._view(d) for d in self._workspace.all() if not d.leaving}
        )

    def deployment(self, name: str) -> Json:
        """Return one deployment as the API shows it, even while it is being deleted."""
        return self._do(lambda: self._view(self._workspace.named(name)))

    def revisions(self, name: str) -> list[Json]:
        """Return the revisions of a deployment as the API shows them, newest first."""
        return self._do(
            lambda: [
                views.revision_view(revision, self)
                for revision in reversed(self._workspace.named(name).revisions)
            ]
        )

    def _view(self, deployment: Deployment) -> Json:
        return views.deployment_view(deployment, self)

    def _do(self, action: Callable[[], Result]) -> Result:
        def act_and_save() -> Result:
            result = action()
            self._save()
            return result

        return self._server.call(act_and_save) if self._server else act_and_save()

    def _save(self) -> None:
        self._storage.save(self._workspace.records)

    def _application(self) -> ASGIApp:
        gate = Gate(application, self._plane, self._traffic, self._save)
        app = Below(self.base_path, gate) if self.base_path else gate
        return HostCheck(app, lambda: Address(self.host, self.port, self.allowed_hosts))


def run(
    *,
    port: int = 0,
    revision_seconds: float = 0.0,
    api_key: str | None = None,
    database: Path | str | None = None,
    allowed_hosts: Sequence[str] = (),
) -> None:
    """Serve until interrupted; prints, once requests are answered, what to paste into a shell.

    Without `api_key` each start has a key of its own.
    """
    simulator = Simulator(
        port=port,
        revision_seconds=revision_seconds,
        api_key=random_api_key() if api_key is None else api_key,
        database=database,
        allowed_hosts=allowed_hosts,
    )
    with simulator:
        print(_ready_text(simulator), flush=True)  # noqa: T201 - this is a command
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


def _ready_text(simulator: Simulator) -> str:
    # The two that are unset would win over those that are exported.
    return (
        f"The simulator is ready at {simulator.url}. Paste into another shell:\n\n"
        f"export LANGSMITH_API_KEY={shlex.quote(simulator.api_key)}\n"
        f"export LANGSMITH_CONTROL_PLANE_URL={shlex.quote(simulator.url)}\n"
        "unset LANGGRAPH_HOST_API_KEY LANGGRAPH_HOST_URL\n"
    )


def _require_sendable(api_key: str) -> None:
    if not (api_key and api_key.isascii() and api_key.isprintable() and api_key == api_key.strip()):
        raise ValueError(
            "The key cannot be sent in a header: it must be printable ASCII, not empty, and "
            "without a blank at either end."
        )
