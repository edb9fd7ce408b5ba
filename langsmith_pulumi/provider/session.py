"""The session of one plugin process, which serves a single preview, up, refresh or destroy.

Both resources share it: the connection, the revisions requested in this operation, and the reads of
a refresh. Nothing in it is needed for correctness after a restart.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

from .declarations import Declarations
from .error_boundary import ProviderError
from .fingerprints import derived_salt, new_salt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.errors import ControlPlaneError
    from langsmith_pulumi.control_plane.responses import LiveDeployment
    from langsmith_pulumi.control_plane.settings import Location
    from langsmith_pulumi.control_plane.shared_reads import SharedReads

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
        self._given_client = client
        self._clients = [] if client is None else [client]
        self._secrets: list[str] = []
        self._reads: dict[tuple[str, str | None], SharedReads] = {}
        self.declarations: Declarations = Declarations()
        self.listener_declarations: Declarations = Declarations("listener", "compute_id")
        self._planned_changes: dict[str, PlannedChange] = {}
        self.requested_revisions: set[str] = set()
        """Revisions requested by this process. Their failure is reported; one of an earlier run is
        retried."""
        self._project_deletions: dict[str, bool] = {}
        self._access = Lock()
        self._access_errors: dict[tuple[str, str | None], ControlPlaneError | None] = {}

    def client(
        self, workspace_id: str | None = None, control_plane_url: str | None = None
    ) -> ControlPlaneClient:
        """Return a connection, opened on first use, so that a no-op preview opens none.

        The settings say where to; a resource may name another control plane or workspace.
        """
        url = control_plane_url or self.location.control_plane_url
        with self._lock:
            client = next((one for one in self._clients if self._leads_to(one, url)), None)
            if client is None:
                client = self._connect(url)
                self._clients.append(client)
        return client.for_workspace(workspace_id) if workspace_id else client

    @staticmethod
    def _leads_to(client: ControlPlaneClient, url: str) -> bool:
        from langsmith_pulumi.control_plane.settings import is_same_address

        return is_same_address(client.url, url)

    def _connect(self, url: str) -> ControlPlaneClient:
        from langsmith_pulumi.control_plane.client import ControlPlaneClient
        from langsmith_pulumi.control_plane.settings import resolve_api_keys, resolve_settings

        client = ControlPlaneClient(resolve_settings(self._config, os.environ, url))
        client.register_secrets(self._secrets)
        client.register_secrets(resolve_api_keys(self._config, os.environ).values())
        return client

    def check_credentials(self, inputs: dict[str, Any]) -> None:
        """Raise if the control plane of a resource refuses the key, where the settings ask for it.

        One request for each control plane and workspace; without ``checkCredentials`` none.
        """
        if not self._is_set("checkCredentials"):
            return
        workspace, url = inputs.get("workspace_id"), inputs.get("control_plane_url")
        client = self.client(
            workspace if isinstance(workspace, str) else None,
            url if isinstance(url, str) else None,
        )
        place = (client.url, client.workspace)
        with self._access:
            if place not in self._access_errors:
                self._access_errors[place] = _access_error(client)
            error = self._access_errors[place]
        if error:
            raise error

    def _is_set(self, name: str) -> bool:
        text = (self._config(name) or "false").strip().lower()
        if text not in ("true", "false"):
            raise ProviderError(
                f"{CONFIG_NAMESPACE}:{name} is {text[:40]!r}, but should be true or false."
            )
        return text == "true"

    def register_secrets(self, values: Iterable[Any]) -> None:
        """Register secrets of the program for redaction in every message.

        The clients alone would not know them: a rollout sends none, and some services show none.
        """
        secrets = [value for value in values if isinstance(value, str)]
        with self._lock:
            self._secrets += secrets
            for client in self._clients:
                client.register_secrets(secrets)

    @cached_property
    def location(self) -> Location:
        """Return the control plane and the workspace of the settings; needs no API key.

        Each check and each request asks for it, and it may stand in a file.
        """
        from langsmith_pulumi.control_plane.settings import Location, resolve_location

        if self._given_client is not None:
            return Location(self._given_client.url, self._given_client.workspace)
        return resolve_location(self._config, os.environ)

    def client_for(self, outputs: dict[str, Any]) -> ControlPlaneClient:
        """Return the connection to the control plane and the workspace of a resource.

        Raise ``ProviderError`` if the settings lead elsewhere: a "not found" from there would
        remove a live resource from the state.
        """
        url = self.require_known_location(outputs)
        return self.client(outputs.get("tenant_id") or outputs.get("workspace_id"), url)

    def require_known_location(self, outputs: dict[str, Any]) -> str | None:
        """Return the URL of a resource's control plane, or None if it is that of the settings.

        Raise ``ProviderError`` if neither the settings nor a key of its own belong to it.
        """
        from langsmith_pulumi.control_plane.settings import has_key_for

        url = outputs.get("control_plane_url")
        if url and not self.is_of_the_settings(url) and has_key_for(url, self._config, os.environ):
            return str(url)
        self.require_same_location(outputs, {"workspace_id": outputs.get("workspace_id")})
        return None

    def require_same_location(self, outputs: dict[str, Any], inputs: dict[str, Any]) -> None:
        """Raise ``ProviderError`` if the settings lead elsewhere than to the resource.

        What the program names in ``inputs`` overrides the settings; if it differs, that is a
        change of the resource. Unknown values do not differ.
        """
        url, workspace = outputs.get("control_plane_url"), outputs.get("tenant_id")
        label = _label(outputs)
        if url and not self.is_of_the_settings(url):
            if inputs.get("control_plane_url") is not None:
                return
            raise ProviderError(
                f"{label} is on the control plane {url}, but the settings name "
                f"{self.location.control_plane_url}. Set langsmith:controlPlaneUrl back to "
                f"{url}; or give the resource control_plane_url=... and its API key in "
                "langsmith:apiKeys, if both are in use; or, if it is the same control plane under "
                f"a new address, run `pulumi config set langsmith:movedFrom {url}` and then "
                "`pulumi up`."
            )
        setting = self.location.workspace_id
        named = inputs.get("workspace_id")
        if workspace and setting and not named and workspace.lower() != setting.lower():
            raise ProviderError(
                f"{label} is in the workspace {workspace}, but the settings name {setting}. Set "
                f"langsmith:workspaceId back to {workspace}; or give the resource "
                "workspace_id=..., which moves it by replacing it."
            )

    def missing_key(self, control_plane_url: str) -> str:
        """Return what to do if there is no key for a control plane; an empty text if there is."""
        from langsmith_pulumi.control_plane.errors import SettingsMissing
        from langsmith_pulumi.control_plane.settings import resolve_settings

        if self._given_client is not None:
            return ""
        try:
            resolve_settings(self._config, os.environ, control_plane_url)
        except SettingsMissing as missing:
            return str(missing)
        return ""

    def is_of_the_settings(self, url: str) -> bool:
        """Return True if a URL is that of the settings, or the one they say it has moved from."""
        from langsmith_pulumi.control_plane.settings import is_same_address

        known = (self.location.control_plane_url, self._config("movedFrom"))
        return any(one and is_same_address(url, one) for one in known)

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

    def salt_of(self, outputs: dict[str, Any]) -> str:
        """Return the salt of a deployment in the state, which has one if it has variables."""
        return str(outputs.get("secret_salt") or self.fingerprint_salt(outputs.get("progress_urn")))

    def read_once(
        self,
        client: ControlPlaneClient,
        reader: str,
        deployment_id: str,
        *,
        has_variables: bool = False,
    ) -> LiveDeployment:
        """Read a deployment for one of its two resources, and share the response with the other.

        A refresh reads both, and many deployments at once; see ``shared_reads``.
        """
        from langsmith_pulumi.control_plane.shared_reads import SharedReads

        with self._lock:
            workspace = (client.url, client.workspace)
            reads = self._reads.setdefault(workspace, SharedReads(client))
        return reads.read(reader, deployment_id, has_variables=has_variables)

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


def _access_error(client: ControlPlaneClient) -> ControlPlaneError | None:
    from langsmith_pulumi.control_plane.errors import ControlPlaneError

    try:
        client.verify_access()
    except ControlPlaneError as error:
        return error
    return None


def _label(outputs: dict[str, Any]) -> str:
    if "compute_id" in outputs:
        return f"Listener {outputs['compute_id']!r}"
    return f"Deployment {outputs.get('name') or outputs.get('deployment_id')!r}"


_SETTINGS = (
    *("apiKey", "apiKeys", "checkCredentials", "controlPlaneUrl", "endpoint", "movedFrom"),
    "workspaceId",
)

_sessions: dict[str, Session] = {}
_sessions_lock = Lock()


def session_for(config: Any) -> Session:
    """Return the session of a stack configuration, the same one for both providers."""

    def setting(key: str) -> str | None:
        value = config.get(f"{CONFIG_NAMESPACE}:{key}")
        return None if value is None else str(value)

    identity = repr([setting(key) for key in _SETTINGS])
    with _sessions_lock:
        return _sessions.setdefault(identity, Session(setting))
