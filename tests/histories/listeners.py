"""A listener beside the deployments of a history: how it is drawn, and what each step does to it.

Its clusters are others than those of the listeners that place deployments.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
from hypothesis import strategies as st

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

    from langsmith_pulumi.testing.simulator import Simulator
    from tests.support.engines import OperationResult

    from .impacts import Flat

RESOURCE = "cluster"
GONE: Flat = {}
"""The change by others that deletes the listener."""
_LABEL = f"Listener {RESOURCE}"
_CLUSTERS = ("blue", "red")
_NAMESPACES = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3, unique=True)
_CHANGES = {"namespaces": _NAMESPACES, "version": st.sampled_from(["1", "2"])}


def draw_listener(draw: DrawFn, before: Flat | None) -> Flat | None:
    """Draw the listener of the next program."""
    if before is None:
        cluster, namespaces = draw(st.sampled_from(_CLUSTERS)), draw(_NAMESPACES)
        created = {"compute_id": cluster, "namespaces": namespaces}
        return created if draw(st.booleans()) else None
    edit = draw(st.sampled_from(["", "change", "change", "unmanage", "replace", "remove"]))
    if edit == "remove":
        return None
    after = before | (draw_drift(draw) if edit == "change" else {})
    if edit == "replace":
        after["compute_id"] = draw(st.sampled_from(_CLUSTERS))
    return {key: value for key, value in after.items() if (edit, key) != ("unmanage", "version")}


def draw_drift(draw: DrawFn) -> Flat:
    """Draw other values."""
    path = draw(st.sampled_from(list(_CHANGES)))
    return {path: draw(_CHANGES[path])}


def as_given(listener: Flat | None) -> dict[str, Any]:
    """Return the part of a program that declares the listener."""
    if listener is None:
        return {}
    others = {key: value for key, value in listener.items() if key != "namespaces"}
    return {RESOURCE: {**others, "compute_config": {"k8s_namespaces": listener["namespaces"]}}}


class ListenerModel:
    """The listener in the state, by the rules of the documentation, and the live one."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._known: Flat | None = None

    def expected(self, wanted: Flat | None) -> dict[str, str]:
        """Return the expected operation by label; none if nothing changes."""
        op = _operation(self._known, wanted)
        return {_LABEL: op} if op else {}

    def apply(self, change: Flat | None) -> None:
        """Change or delete the listener, if there is one, as a person does."""
        if self._known is None or change is None:
            return
        path = f"/{self._live()[self._known['compute_id']]['id']}"
        if change == GONE:
            self._request("DELETE", path)
            return
        others = {key: value for key, value in change.items() if key != "namespaces"}
        if "namespaces" in change:
            others["compute_config"] = {"k8s_namespaces": change["namespaces"]}
        self._request("PATCH", path, json=others)

    def note_refresh(self) -> None:
        """Record what a refresh reads."""
        if self._known is None:
            return
        live = self._live().get(self._known["compute_id"])
        if live is None:
            self._known = None
            return
        self._known |= {key: value for key, value in _shown(live).items() if key in self._known}

    def note_up(self, outcome: OperationResult, wanted: Flat | None) -> None:
        """Assert what an ``up`` did to the listener; after a failure it may not have come to it."""
        expected = self.expected(wanted)
        done = {key: op for key, op in outcome.ops.items() if key == _LABEL}
        assert done == expected or not (outcome.ok or done), (done, expected, outcome.errors)
        if done:
            self._known = None if wanted is None else dict(wanted)
        if outcome.ok:
            self._assert_live()

    def _assert_live(self) -> None:
        live = {key: one for key, one in self._live().items() if key in _CLUSTERS}
        known = self._known or {}
        assert live.keys() == ({known["compute_id"]} if known else set()), (live, known)
        for one in live.values():
            shown = _shown(one)
            assert all(_is_equal(shown[key], value) for key, value in known.items()), (live, known)

    def _live(self) -> dict[str, dict[str, Any]]:
        return {one["compute_id"]: one for one in self._request("GET").json()["resources"]}

    def _request(self, method: str, path: str = "", **options: Any) -> httpx.Response:
        url = f"{self._simulator.url}/v2/listeners{path}"
        headers = {"X-Api-Key": self._simulator.api_key}
        return httpx.request(method, url, headers=headers, **options).raise_for_status()


def without_listener(outcome: OperationResult) -> OperationResult:
    """Return a result with the operations on deployments and rollouts alone."""
    return replace(outcome, ops={key: op for key, op in outcome.ops.items() if key != _LABEL})


def _operation(known: Flat | None, wanted: Flat | None) -> str:
    if known is None or wanted is None:
        return "" if known is wanted else "create" if wanted else "delete"
    if known["compute_id"] != wanted["compute_id"]:
        return "replace"
    same = known.keys() == wanted.keys() and all(
        _is_equal(known[key], wanted[key]) for key in known
    )
    return "" if same else "update"


def _is_equal(one: Any, other: Any) -> bool:
    """Return True if two values are the same; the order of namespaces means nothing."""
    return sorted(one or "") == sorted(other or "")


def _shown(live: dict[str, Any]) -> Flat:
    return {
        "compute_id": live["compute_id"],
        "namespaces": live["compute_config"]["k8s_namespaces"],
        "version": live["version"],
    }
