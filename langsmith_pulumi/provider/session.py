"""The session of one plugin process, which serves a single preview, up, refresh or destroy.

Both resources share it: the connection, the revisions requested in this operation, and the reads of
a refresh. Nothing in it is needed for correctness after a restart.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from .declarations import Declarations
from .error_boundary import ProviderError
from .fingerprints import derived_salt, new_salt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.responses import LiveDeployment
    from langsmith_pulumi.control_plane.settings import Location

CONFIG_NAMESPACE = "langsmith"


@dataclass(frozen=True)
class PlannedChange:
    """The result of a deployment's diff that its rollout needs."""

    makes_revision: bool
    """True if the change makes a revision."""
    requested_revision_id: str | None
    """The revision that the last change requested."""


class Session:
    """The connection and the short-lived state that both providers share.

    ``client`` is for tests; without it the settings configure the connection.
    """

    def __init__(
        self, config: Callable[[str], str | None], client: ControlPlaneClient | None = None
    ) -> None:
        self._config = config
        self._lock = Lock()
        self._client = self._given_client = client
        self._secrets: list[str] = []
        self._read_locks: dict[str, Lock] = {}
        self._reads: dict[str, tuple[str, LiveDeployment]] = {}
        self.declarations = Declarations()
        self._planned_changes: dict[str, PlannedChange] = {}
        self.requested_revisions: set[str] = set()
        """Revisions requested by this process. Their failure is reported; one of an earlier run is
        retried."""
        self._project_deletions: dict[str, bool] = {}

    def client(self, workspace_id: str | None = None) -> ControlPlaneClient:
        """Return the connection, opened on first use, so that a no-op preview opens none."""
        with self._lock:
            if self._client is None:
                self._client = self._connect()
                self._client.register_secrets(self._secrets)
        return self._client.for_workspace(workspace_id) if workspace_id else self._client

    def register_secrets(self, values: Iterable[Any]) -> None:
        """Register secrets of the program for redaction in every message.

        The client alone would not know them: a rollout sends none, and some services show none.
        """
        secrets = [value for value in values if isinstance(value, str)]
        with self._lock:
            self._secrets += secrets
            if self._client is not None:
                self._client.register_secrets(secrets)

    @property
    def location(self) -> Location:
        """Return the control plane and the workspace of the settings; needs no API key."""
        from langsmith_pulumi.control_plane.settings import Location, resolve_location

        if self._given_client is not None:
            return Location(self._given_client.url, self._given_client.workspace)
        return resolve_location(self._config, os.environ)

    def client_for(self, outputs: dict[str, Any]) -> ControlPlaneClient:
        """Return the connection to the workspace of a deployment.

        Raise ``ProviderError`` if the settings name another location: its "not found" would remove
        a live deployment from the state.
        """
        self.require_same_location(outputs, outputs.get("workspace_id"))
        return self.client(outputs.get("tenant_id") or outputs.get("workspace_id"))

    def require_same_location(self, outputs: dict[str, Any], named_workspace: object) -> None:
        """Raise ``ProviderError`` if the settings name another location than the deployment's.

        ``named_workspace`` is the workspace in the program, which overrides the settings. Unknown
        values do not differ.
        """
        from langsmith_pulumi.control_plane.settings import is_same_address

        url, workspace = outputs.get("control_plane_url"), outputs.get("tenant_id")
        label = f"Deployment {outputs.get('name') or outputs.get('deployment_id')!r}"
        if url and not is_same_address(url, self.location.control_plane_url):
            moved_from = self._config("movedFrom")
            if not moved_from or not is_same_address(url, moved_from):
                raise ProviderError(
                    f"{label} is on the control plane {url}, but the settings name "
                    f"{self.location.control_plane_url}. Set langsmith:controlPlaneUrl back to "
                    f"{url}; or, if it is the same control plane under a new address, run "
                    f"`pulumi config set langsmith:movedFrom {url}` and then `pulumi up`."
                )
        setting = self.location.workspace_id
        if workspace and setting and not named_workspace and workspace.lower() != setting.lower():
            raise ProviderError(
                f"{label} is in the workspace {workspace}, but the settings name {setting}. Set "
                f"langsmith:workspaceId back to {workspace}; or give the deployment "
                "workspace_id=..., which moves it by replacing it."
            )

    def fingerprint_salt(self, urn: object) -> str:
        """Return the salt for a new deployment's fingerprints.

        It is the same in a preview and the following ``up``, and only the API key can compute it.
        Without a key it is random.
        """
        from langsmith_pulumi.control_plane.errors import SettingsMissing
        from langsmith_pulumi.control_plane.settings import resolve_api_key

        if not isinstance(urn, str):
            return new_salt()
        try:
            return derived_salt(resolve_api_key(self._config, os.environ), urn)
        except SettingsMissing:
            return new_salt()

    def _connect(self) -> ControlPlaneClient:
        from langsmith_pulumi.control_plane.client import ControlPlaneClient
        from langsmith_pulumi.control_plane.settings import resolve_settings

        return ControlPlaneClient(resolve_settings(self._config, os.environ))

    def read_once(
        self, reader: str, deployment_id: str, read: Callable[[], LiveDeployment]
    ) -> LiveDeployment:
        """Read a deployment for one of the two resources, and share the response with the other.

        A refresh reads both at the same time. Each reader uses a response once, so a later refresh
        in the same process reads again.
        """
        with self._lock:
            read_lock = self._read_locks.setdefault(deployment_id, Lock())
        with read_lock:
            shared = self._reads.pop(deployment_id, None)
            if shared and shared[0] != reader:
                return shared[1]
            live = read()
            self._reads[deployment_id] = (reader, live)
            return live

    def record_planned_change(self, deployment_id: str, planned_change: PlannedChange) -> None:
        """Note what a deployment's diff says, for its rollout's diff, which always comes later."""
        with self._lock:
            self._planned_changes[deployment_id] = planned_change

    def planned_change(self, deployment_id: str) -> PlannedChange | None:
        """Return the recorded result of a deployment's diff, or None."""
        with self._lock:
            return self._planned_changes.get(deployment_id)

    def record_project_deletion(self, deployment_id: str, permitted: Any) -> None:
        """Record whether the program lets the tracing project be deleted with a deployment.

        The engine deletes with the old state, and the change that replaces may also give or
        withdraw the permission.
        """
        if isinstance(permitted, bool):
            with self._lock:
                self._project_deletions[deployment_id] = permitted

    def project_deletion(self, deployment_id: str, *, default: bool) -> bool:
        """Return the recorded permission to delete the tracing project, or the default."""
        with self._lock:
            return self._project_deletions.get(deployment_id, default)


_sessions: dict[str, Session] = {}
_sessions_lock = Lock()


def session_for(config: Any) -> Session:
    """Return the session of a stack configuration, the same one for both providers."""

    def setting(key: str) -> str | None:
        value = config.get(f"{CONFIG_NAMESPACE}:{key}")
        return None if value is None else str(value)

    keys = ("apiKey", "controlPlaneUrl", "endpoint", "workspaceId", "movedFrom")
    identity = repr([setting(key) for key in keys])
    with _sessions_lock:
        return _sessions.setdefault(identity, Session(setting))
