"""What one plugin process knows; it serves a single preview, up, refresh or destroy.

Both resources are served by the same process, so they meet here: connections, which revisions were
asked for just now, which reads can be shared. Nothing of it is needed to be right after a restart.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from .declarations import Declarations
from .door import Refusal
from .fingerprints import derived_salt, new_salt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from langsmith_pulumi.control_plane.client import ControlPlane
    from langsmith_pulumi.control_plane.models import Deployment
    from langsmith_pulumi.control_plane.settings import Place

CONFIG_NAMESPACE = "langsmith"


@dataclass(frozen=True)
class Foreseen:
    """What a deployment's diff says of its rollout."""

    revision: bool
    """Whether the change makes a revision."""
    requested: str | None
    """The revision that the last change asked for."""


class Session:
    """Connections and short-lived knowledge shared by the two providers.

    ``client`` is for tests; without it the settings tell where to connect to.
    """

    def __init__(
        self, config: Callable[[str], str | None], client: ControlPlane | None = None
    ) -> None:
        self._config = config
        self._lock = Lock()
        self._client = self._given_client = client
        self._hidden: list[str] = []
        self._reading: dict[str, Lock] = {}
        self._reads: dict[str, tuple[str, Deployment]] = {}
        self.declarations = Declarations()
        self._foreseen: dict[str, Foreseen] = {}
        self.own_revisions: set[str] = set()
        """Revisions asked for by this process: their failure is news, an older one's is retried."""
        self._permissions: dict[str, bool] = {}

    def client(self, workspace_id: str | None = None) -> ControlPlane:
        """The connection to the control plane, made on first use: a no-op preview makes none."""
        with self._lock:
            if self._client is None:
                self._client = self._connect()
                self._client.hide(self._hidden)
        return self._client.for_workspace(workspace_id) if workspace_id else self._client

    def hide(self, values: Iterable[Any]) -> None:
        """Keep secrets of the program out of every message.

        The process that only waits sends none, and some versions of the service show none.
        """
        secrets = [value for value in values if isinstance(value, str)]
        with self._lock:
            self._hidden += secrets
            if self._client is not None:
                self._client.hide(secrets)

    @property
    def place(self) -> Place:
        """The control plane and the workspace that the present settings name; needs no key."""
        from langsmith_pulumi.control_plane.settings import Place, resolve_place

        if self._given_client is not None:
            return Place(self._given_client.url, self._given_client.workspace)
        return resolve_place(self._config, os.environ)

    def client_of(self, outputs: dict[str, Any]) -> ControlPlane:
        """Return the connection to the workspace that a deployment was made in.

        Raise a ``Refusal`` if the settings lead elsewhere since: an answer "not found" from there
        would drop a live deployment from the state.
        """
        self.require_same_place(outputs, outputs.get("workspace_id"))
        return self.client(outputs.get("tenant_id") or outputs.get("workspace_id"))

    def require_same_place(self, outputs: dict[str, Any], named_workspace: object) -> None:
        """Refuse to go on where the settings lead to another place than that of the deployment.

        ``named_workspace`` is the one that the program names for it, which beats the settings. What
        either side does not know cannot differ.
        """
        from langsmith_pulumi.control_plane.settings import is_same_address

        url, workspace = outputs.get("control_plane_url"), outputs.get("tenant_id")
        what = f"Deployment {outputs.get('name') or outputs.get('deployment_id')!r}"
        if url and not is_same_address(url, self.place.control_plane_url):
            moved_from = self._config("movedFrom")
            if not moved_from or not is_same_address(url, moved_from):
                raise Refusal(
                    f"{what} is on the control plane {url}, but the settings name "
                    f"{self.place.control_plane_url}. Set langsmith:controlPlaneUrl back to {url}; "
                    "or, if it is the same control plane under a new address, run "
                    f"`pulumi config set langsmith:movedFrom {url}` and then `pulumi up`."
                )
        setting = self.place.workspace_id
        if workspace and setting and not named_workspace and workspace.lower() != setting.lower():
            raise Refusal(
                f"{what} is in the workspace {workspace}, but the settings name {setting}. Set "
                f"langsmith:workspaceId back to {workspace}; or give the deployment "
                "workspace_id=..., which moves it by replacing it."
            )

    def salt(self, urn: object) -> str:
        """Return the salt for a new deployment's fingerprints.

        A preview and the ``up`` after it get the same one, which nobody without the API key can
        compute. Without a key it is random.
        """
        from langsmith_pulumi.control_plane.errors import SettingsMissing
        from langsmith_pulumi.control_plane.settings import resolve_api_key

        if not isinstance(urn, str):
            return new_salt()
        try:
            return derived_salt(resolve_api_key(self._config, os.environ), urn)
        except SettingsMissing:
            return new_salt()

    def _connect(self) -> ControlPlane:
        from langsmith_pulumi.control_plane.client import ControlPlane
        from langsmith_pulumi.control_plane.settings import resolve_settings

        return ControlPlane(resolve_settings(self._config, os.environ))

    def read_once(
        self, reader: str, deployment_id: str, read: Callable[[], Deployment]
    ) -> Deployment:
        """Read a deployment for one of the two resources; the other one gets the same answer.

        A refresh asks both for the same deployment, side by side. Each answer is used once by each
        reader, so a later refresh in the same process reads anew.
        """
        with self._lock:
            reading = self._reading.setdefault(deployment_id, Lock())
        with reading:
            shared = self._reads.pop(deployment_id, None)
            if shared and shared[0] != reader:
                return shared[1]
            live = read()
            self._reads[deployment_id] = (reader, live)
            return live

    def foresee(self, deployment_id: str, foreseen: Foreseen) -> None:
        """Note what a deployment's diff says, for its rollout's diff, which always comes later."""
        with self._lock:
            self._foreseen[deployment_id] = foreseen

    def foreseen(self, deployment_id: str) -> Foreseen | None:
        """What was noted of a deployment; None when it was not compared in this process."""
        with self._lock:
            return self._foreseen.get(deployment_id)

    def note_permission(self, deployment_id: str, permitted: Any) -> None:
        """Note whether the program that replaces a deployment lets its tracing project go too.

        The engine deletes with the old state, and the permission may be given, or taken back, by
        the very change that replaces.
        """
        if isinstance(permitted, bool):
            with self._lock:
                self._permissions[deployment_id] = permitted

    def permission(self, deployment_id: str, recorded: bool) -> bool:  # noqa: FBT001 - a value
        """Whether the tracing project may go: as the program says now, or else as recorded."""
        with self._lock:
            return self._permissions.get(deployment_id, recorded)


_sessions: dict[str, Session] = {}
_sessions_lock = Lock()


def session_for(config: Any) -> Session:
    """The session of a configuration, the same one for both providers.

    ``config`` is the engine's stack configuration, with its ``get``.
    """

    def setting(key: str) -> str | None:
        value = config.get(f"{CONFIG_NAMESPACE}:{key}")
        return None if value is None else str(value)

    keys = ("apiKey", "controlPlaneUrl", "endpoint", "workspaceId", "movedFrom")
    identity = repr([setting(key) for key in keys])
    with _sessions_lock:
        return _sessions.setdefault(identity, Session(setting))
