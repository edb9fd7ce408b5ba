"""A stack with one listener, on the in-process engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langsmith_pulumi.provider import ListenerProvider
from tests.faults.engine import CheckFailed, Resource, _apply, _error_text, _read
from tests.support.scenario import listener

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.harness import Harness
    from tests.faults.preparations import Program

LISTENERS_PATH = "/v2/listeners"
LISTENER_PATH = f"{LISTENERS_PATH}/{'?' * 36}"


def cluster(*namespaces: str, **changes: Any) -> Program:
    urn = "urn:pulumi:prod::agents::pulumi-python:dynamic/langsmith:Listener::cluster"
    return {"compute_type": "k8s", **listener(*namespaces), "progress_urn": urn, **changes}


class ListenerStack:
    """One listener in a state, on the in-process engine."""

    def __init__(self, harness: Harness) -> None:
        self.harness = harness
        self.state: Resource | None = None

    @property
    def live(self) -> dict[str, Any]:
        """Return the only listener; the service refuses a second one of its cluster."""
        [found] = self.harness.simulator._workspace.listeners()
        return {"id": found.id, "namespaces": found.k8s_namespaces}

    def up(self, program: Program) -> str:
        return self._run(lambda provider: _apply(provider, self.state, program))

    def refresh(self) -> str:
        return self._run(lambda provider: _read(provider, self.state))

    def destroy(self) -> str:
        return self._run(self._delete)

    def _delete(self, provider: Any) -> None:
        if self.state:
            provider.delete(self.state.id, self.state.outputs)

    def _run(self, act: Callable[[Any], Resource | None]) -> str:
        provider = ListenerProvider()
        provider._session = self.harness.session()
        try:
            self.state = act(provider)
        except CheckFailed as refused:
            return str(refused)
        except Exception as failure:  # noqa: BLE001 - every failure has to have the one form
            return _error_text(failure)
        return ""
