"""The simulator's deployments in terms of a program's arguments."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

from .impacts import SPEC, Flat
from .strategies import unflatten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langsmith_pulumi.testing.simulator import Simulator

    from .history import Event

_ROUNDING = 0.0501
"""The service rounds CPU figures to one decimal."""
_FAILED_STATUSES = ("BUILD_FAILED", "DEPLOY_FAILED")


class Clock:
    """The simulator's clock, which each cycle advances by an hour."""

    def __init__(self) -> None:
        self.now = 1_750_000_000.0

    def __call__(self) -> float:
        self.now += 0.001
        return self.now

    def advance_one_hour(self) -> None:
        self.now += 3600


class LiveState:
    """Reads and changes the control plane, regardless of the simulator's settings."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def live(self) -> dict[str, Flat]:
        """Return the values of each live deployment by path, by id."""
        with self._default_view():
            return {view["id"]: _flatten(view) for view in self._simulator.deployments().values()}

    def revisions(self) -> dict[str, list[dict[str, Any]]]:
        """Return the revisions of each deployment by id, newest first."""
        views = self._simulator.deployments().values()
        return {view["id"]: self._simulator.revisions(view["name"]) for view in views}

    def failed(self, revisions: list[dict[str, Any]]) -> bool:
        """Return True if the newest revision failed."""
        return bool(revisions) and revisions[0]["status"] in _FAILED_STATUSES

    def apply(self, event: Event, name: str, deployment_id: str) -> None:
        """Apply a change by others; the service may reject it."""
        if event.kind == "drift":
            self._change(name, deployment_id, event.drift)
        elif event.kind == "push":
            self._simulator.push(name, "a" * 40)
        elif event.kind == "gone":
            self._request("DELETE", deployment_id, params={"delete_tracing_project": "true"})
        else:
            newest = self._simulator.deployment(name)["latest_revision_id"]
            self._request("POST", f"{deployment_id}/revisions/{newest}/redeploy")

    def _change(self, name: str, deployment_id: str, drift: Flat) -> None:
        """Change a deployment as a person does, keeping its other resources."""
        body = unflatten(drift)
        if "resource_spec" in body.get("source_config", {}):
            stored = self._simulator.deployment(name)["source_config"].get("resource_spec") or {}
            body["source_config"]["resource_spec"] = stored | body["source_config"]["resource_spec"]
        if "secrets" in body:
            body["secrets"] = [{"name": k, "value": v} for k, v in body["secrets"].items()]
        self._request("PATCH", deployment_id, json=body)

    def _request(self, method: str, path: str, **options: Any) -> None:
        headers = {"X-Api-Key": self._simulator.api_key}
        httpx.request(
            method, f"{self._simulator.url}/v2/deployments/{path}", headers=headers, **options
        )

    @contextmanager
    def _default_view(self) -> Iterator[None]:
        simulator = self._simulator
        settings = simulator.as_built, simulator.omitted
        simulator.as_built, simulator.omitted = False, frozenset()
        yield
        simulator.as_built, simulator.omitted = settings


def _flatten(view: dict[str, Any]) -> Flat:
    config = {**view["source_config"], **(view["source_config"].get("listener_config") or {})}
    spec = config.pop("resource_spec", None) or {}
    namespace = config.pop("k8s_namespace", None)
    config.pop("listener_config", None)
    values = {
        "workspace_id": view["tenant_id"],
        "secrets": {item["name"]: item["value"] for item in view["secrets"]} or None,
        **{key: view[key] for key in _PLAIN},
        **_with_prefix("source_config.", config),
        "source_config.listener_config.k8s_namespace": namespace,
        **_with_prefix(SPEC, spec),
        **_with_prefix("source_revision_config.", view["source_revision_config"]),
    }
    return {path: value for path, value in values.items() if value is not None}


_PLAIN = ("name", "source", "display_name", "secret_references", "route_through_gateway")


def _with_prefix(prefix: str, values: dict[str, Any]) -> Flat:
    return {f"{prefix}{key}": value for key, value in values.items()}


def matches_live(path: str, declared_value: Any, live_value: Any) -> bool:
    """Return True if a live value equals the declared one, apart from rounding."""
    if _is_cpu(path):
        return live_value is not None and abs(declared_value - live_value) <= _ROUNDING
    return bool(declared_value == live_value)


def _is_cpu(path: str) -> bool:
    return path.startswith(SPEC) and path.removesuffix("_limit").endswith("cpu")
