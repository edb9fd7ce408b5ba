"""The simulator: its Python interface and its application."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar, cast

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp
from typing_extensions import Unpack

from langsmith_pulumi.testing.simulator import (
    admin_api,
    api,
    listeners_api,
    logs_api,
    other_hosts,
    views,
)
from langsmith_pulumi.testing.simulator.error_responses import ApiError
from langsmith_pulumi.testing.simulator.hosts import Address, HostMiddleware
from langsmith_pulumi.testing.simulator.loopback import LoopbackServer, require_loopback
from langsmith_pulumi.testing.simulator.middleware import PrefixMiddleware, RequestMiddleware
from langsmith_pulumi.testing.simulator.records import (
    DeploymentRecord,
    LogKind,
    LogLevel,
    Outcome,
    Storage,
)
from langsmith_pulumi.testing.simulator.schemas import PatchRequest, ResourceTiersRequest
from langsmith_pulumi.testing.simulator.service import Service
from langsmith_pulumi.testing.simulator.settings import Settings
from langsmith_pulumi.testing.simulator.traffic import (
    ExternalRequest,
    Fault,
    FaultKind,
    FaultOptions,
    Health,
    RecordedRequest,
    Traffic,
)
from langsmith_pulumi.testing.simulator.workspace import Workspace

Json = dict[str, Any]
Result = TypeVar("Result")


async def _handle_api_error(_request: Request, error: Exception) -> JSONResponse:
    api_error = cast("ApiError", error)
    return JSONResponse({"detail": api_error.detail}, api_error.status)


# One for all simulators, because it takes a while to make: the middleware of each simulator puts
# its service into the scope of every request.
application: FastAPI = FastAPI(
    openapi_url=None, redirect_slashes=False, exception_handlers={ApiError: _handle_api_error}
)
application.include_router(api.router)
application.include_router(logs_api.router)
application.include_router(listeners_api.router)
application.include_router(admin_api.router)
application.include_router(other_hosts.router)


@dataclass(kw_only=True, eq=False, repr=False)
class Simulator(Settings):
    """The control plane on loopback, as a context manager; takes all of `Settings`, and these.

    A simulator that was stopped starts again on the same port with the same data.

    Args:
        port: 0 picks a free one.
        host: a loopback address, unless `allow_other_hosts`.
        allowed_hosts: hosts that the `Host` header of a request may name besides `host` and
            loopback; `name:port`, or `name` with any port, for a proxy or a forwarded port.
        base_path: serve below this path only; `/api-host` is that of self-hosted installations.
        database: a file that keeps the deployments between processes, secrets in plain text.
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
        """Set up everything except the socket."""
        super().__post_init__()
        if not self.allow_other_hosts:
            require_loopback(self.host)
        _require_valid_key(self.api_key)
        self._storage = Storage(Path(self.database) if self.database else None)
        self._workspace = Workspace(self, self.clock, self._storage.load())
        self._service = Service(self._workspace)
        self._traffic = Traffic()
        self._app = self._application()
        self._server: LoopbackServer | None = None

    def __repr__(self) -> str:
        """Return the URL, or that it does not run."""
        return f"<Simulator at {self.url}>" if self._server else "<Simulator, stopped>"

    def __enter__(self) -> "Simulator":  # noqa: PYI034 - Self is not in Python 3.10
        """Start the simulator."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the simulator."""
        self.stop()

    def start(self) -> None:
        """Start the server, and return as soon as it answers requests."""
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
        """Return the base URL for clients."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}{self.base_path}"

    @property
    def env(self) -> dict[str, str]:
        """Return the environment variables that point clients to this simulator."""
        env = {"LANGSMITH_API_KEY": self.api_key, "LANGGRAPH_HOST_URL": self.url}
        return env | ({"LANGSMITH_WORKSPACE_ID": self.workspace_id} if self.workspace_id else {})

    @property
    def config(self) -> dict[str, str]:
        """Return the configuration of a stack on this simulator, such as `langsmith:apiKey`.

        It takes precedence over the environment, as the configuration in a stack's file does.
        """
        config = {"langsmith:apiKey": self.api_key, "langsmith:controlPlaneUrl": self.url}
        return config | ({"langsmith:workspaceId": self.workspace_id} if self.workspace_id else {})

    @property
    def requests(self) -> list[RecordedRequest]:
        """Return the requests to the API so far, oldest first."""
        return self._do(lambda: list(self._traffic.requests))

    def clear_requests(self) -> None:
        """Clear the recorded requests, those to agents and upload targets included."""
        self._do(self._traffic.requests.clear)
        self._do(self._traffic.external_requests.clear)

    @property
    def external_requests(self) -> list[ExternalRequest]:
        """Return the requests to agents and upload targets so far, oldest first."""
        return self._do(lambda: list(self._traffic.external_requests))

    def health(self, name: str, *statuses: int, body: str | None = None) -> None:
        """Set the next answers of an agent to `/ok`; the last one is repeated."""
        answers = [Health(status, body) for status in statuses]
        self._do(lambda: self._traffic.health.update({name: answers}))

    def fail(
        self, method: str, path: str, kind: FaultKind, **options: Unpack[FaultOptions]
    ) -> None:
        """Add a fault for the next matching request.

        Kinds: `status` answers with that status; `garbage` answers 200 with a body that is not
        JSON; `delay` waits; `drip` spreads the response over the seconds; `truncated` sends the
        first half of the response as if it were all; `stale` answers from the data before the last
        write, if the fault was set before that write; `drop_request` closes the connection before
        the request is carried out, `drop_response` after, `drop_body` in the middle of the
        response.

        Args:
            method: one method, or `*` for any.
            path: a glob, such as `/v2/deployments*`; its `*` spans slashes.
            kind: what goes wrong.
            options: `status` of the response (500), `seconds` of `delay` and `drip` (0), `times`
                (1, or `ALWAYS`), how many requests to `skip` first (0), `after` to carry the
                request out first, and `headers`, `body` and `content_type` of the response.
        """
        fault = Fault(method=method, path=path, kind=kind, **options)
        self._do(lambda: self._traffic.faults.append(fault))

    def clear_faults(self) -> None:
        """Remove all faults."""
        self._do(self._traffic.faults.clear)

    def outcome(
        self,
        name: str,
        status: str,
        status_message: str | None = None,
        build_log: Sequence[str] = (),
        deploy_log: Sequence[str] = (),
    ) -> None:
        """Set how the next revision of a deployment ends; the deployment need not exist yet."""
        outcome = Outcome(status, status_message, list(build_log), list(deploy_log))
        self._do(lambda: self._service.outcomes.setdefault(name, []).append(outcome))

    def log(
        self, name: str, *lines: str, kind: LogKind = "deploy", level: LogLevel | None = None
    ) -> None:
        """Add lines to the log of the server that runs, or of the newest build.

        Without a level it is the one that a line names, or INFO.
        """
        self._do(lambda: self._service.add_log_lines(name, lines, kind, level))

    def clear_outcomes(self) -> None:
        """Remove all outcomes and revision overrides."""
        self._do(self._service.outcomes.clear)
        self._do(self._service.revision_overrides.clear)

    def override_revision(self, name: str, *, revision: bool) -> None:
        """Make the next patch of a deployment create a revision, or none, against the rules."""
        self._do(lambda: self._service.revision_overrides.update({name: revision}))

    def drift(self, name: str, **patch: Any) -> None:
        """Patch a deployment as a person would in the user interface, unrecorded."""
        body = PatchRequest(**patch).without_nulls()
        self._do(lambda: self._service.patch(self._workspace.find_by_name(name).id, body))

    def resize(self, name: str, **tiers: str) -> None:
        """Change the sizes of a deployment as a person would in the user interface, unrecorded."""
        body = ResourceTiersRequest.model_validate(tiers).without_nulls()
        self._do(lambda: self._service.resize(self._workspace.find_by_name(name).id, body))

    def add_preview(self, name: str, number: int = 1) -> Json:
        """Add the preview build of a pull request, and return it in the form of the API."""
        return self._do(lambda: self._view(self._service.add_preview(name, number)))

    def push(self, name: str, commit: str) -> str | None:
        """Push a commit to the branch of a deployment; return the id of its revision, if any."""
        revision = self._do(lambda: self._service.push(name, commit))
        return revision.id if revision else None

    def uploads(self, name: str) -> list[Json]:
        """Return the uploads of a deployment, oldest first: object path, size and files."""
        return self._do(lambda: self._service.uploads.all(self._workspace.find_by_name(name).id))

    def archive(self, object_path: str) -> bytes | None:
        """Return an archive as it was uploaded, or None if this process received none."""
        return self._do(lambda: self._service.uploads.content(object_path))

    def deployments(self) -> dict[str, Json]:
        """Return the deployments that are not being deleted, by name, in the form of the API."""
        return self._do(
            lambda: {d.name: self._view(d) for d in self._workspace.all() if not d.is_deleting}
        )

    def deployment(self, name: str) -> Json:
        """Return one deployment in the form of the API, even while it is being deleted."""
        return self._do(lambda: self._view(self._workspace.find_by_name(name)))

    def revisions(self, name: str) -> list[Json]:
        """Return the revisions of a deployment in the form of the API, newest first."""
        return self._do(
            lambda: [
                views.revision_view(revision, self)
                for revision in reversed(self._workspace.find_by_name(name).revisions)
            ]
        )

    def _view(self, deployment: DeploymentRecord) -> Json:
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
        app: ASGIApp = RequestMiddleware(application, self._service, self._traffic, self._save)
        if self.base_path:
            app = PrefixMiddleware(self.base_path, app)
        return HostMiddleware(app, lambda: Address(self.host, self.port, self.allowed_hosts))


def _require_valid_key(api_key: str) -> None:
    if not (api_key and api_key.isascii() and api_key.isprintable() and api_key == api_key.strip()):
        raise ValueError(
            "The key cannot be sent in a header: it must be printable ASCII, not empty, and "
            "without a blank at either end."
        )
