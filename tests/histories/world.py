"""What is really there: the simulator's deployments in the terms of a program's arguments."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

from .arguments import nested
from .costs import SPEC, Flat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langsmith_pulumi.testing.simulator import Simulator

    from .history import Event

_ROUNDING = 0.0501
"""The service keeps one decimal of a CPU figure."""
_FAILED = ("BUILD_FAILED", "DEPLOY_FAILED")


class Clock:
    """Time as the simulator tells it; every cycle comes an hour after the last."""

    def __init__(self) -> None:
        self.now = 1_750_000_000.0

    def __call__(self) -> float:
        self.now += 0.001
        return self.now

    def pass_an_hour(self) -> None:
        self.now += 3600


class World:
    """A look at the control plane that no setting of it distorts, and hands to change it."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def live(self) -> dict[str, Flat]:
        """The deployments by id, each with all its values by path."""
        with self._undistorted():
            return {view["id"]: _flat(view) for view in self._simulator.deployments().values()}

    def revisions(self) -> dict[str, list[dict[str, Any]]]:
        """The revisions of each deployment by its id, newest first."""
        views = self._simulator.deployments().values()
        return {view["id"]: self._simulator.revisions(view["name"]) for view in views}

    def failed(self, revisions: list[dict[str, Any]]) -> bool:
        """Whether the newest one failed."""
        return bool(revisions) and revisions[0]["status"] in _FAILED

    def happen(self, event: Event, name: str, deployment_id: str) -> None:
        """Let somebody else do something; the service may refuse it, and then nothing happens."""
        if event.kind == "drift":
            self._change(name, deployment_id, event.drift)
        elif event.kind == "push":
            self._simulator.push(name, "a" * 40)
        elif event.kind == "gone":
            self._ask("DELETE", deployment_id, params={"delete_tracing_project": "true"})
        else:
            newest = self._simulator.deployment(name)["latest_revision_id"]
            self._ask("POST", f"{deployment_id}/revisions/{newest}/redeploy")

    def _change(self, name: str, deployment_id: str, drift: Flat) -> None:
        """As a person does it: with the other resources as they are."""
        body = nested(drift)
        if "resource_spec" in body.get("source_config", {}):
            stored = self._simulator.deployment(name)["source_config"].get("resource_spec") or {}
            body["source_config"]["resource_spec"] = stored | body["source_config"]["resource_spec"]
        if "secrets" in body:
            body["secrets"] = [{"name": k, "value": v} for k, v in body["secrets"].items()]
        self._ask("PATCH", deployment_id, json=body)

    def _ask(self, method: str, path: str, **options: Any) -> None:
        headers = {"X-Api-Key": self._simulator.api_key}
        httpx.request(
            method, f"{self._simulator.url}/v2/deployments/{path}", headers=headers, **options
        )

    @contextmanager
    def _undistorted(self) -> Iterator[None]:
        simulator = self._simulator
        settings = simulator.as_built, simulator.omitted
        simulator.as_built, simulator.omitted = False, frozenset()
        yield
        simulator.as_built, simulator.omitted = settings


def _flat(view: dict[str, Any]) -> Flat:
    config = {**view["source_config"], **(view["source_config"].get("listener_config") or {})}
    spec = config.pop("resource_spec", None) or {}
    namespace = config.pop("k8s_namespace", None)
    config.pop("listener_config", None)
    values = {
        "workspace_id": view["tenant_id"],
        "secrets": {item["name"]: item["value"] for item in view["secrets"]} or None,
        **{key: view[key] for key in _PLAIN},
        **_below("source_config.", config),
        "source_config.listener_config.k8s_namespace": namespace,
        **_below(SPEC, spec),
        **_below("source_revision_config.", view["source_revision_config"]),
    }
    return {path: value for path, value in values.items() if value is not None}


_PLAIN = ("name", "source", "display_name", "secret_references", "route_through_gateway")


def _below(prefix: str, values: dict[str, Any]) -> Flat:
    return {f"{prefix}{key}": value for key, value in values.items()}


def is_as_wanted(path: str, mine: Any, theirs: Any) -> bool:
    """Whether a live value is what the program says, give or take the service's rounding."""
    if _is_cpu(path):
        return theirs is not None and abs(mine - theirs) <= _ROUNDING
    return bool(mine == theirs)


def _is_cpu(path: str) -> bool:
    return path.startswith(SPEC) and path.removesuffix("_limit").endswith("cpu")
