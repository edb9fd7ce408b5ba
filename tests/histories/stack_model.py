"""The stack's exported state, and a model of what it should contain."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.support.engines import label

from .folders import CONFIG_PATHS
from .impacts import BY_OTHERS, UNKNOWN, UNSENT, VARIABLE_MAPS, Flat, variables_of
from .live_state import matches_live
from .oracle import NOTHING, Context, Expected, RecordedDeployment, predict
from .strategies import DEFAULT_WORKSPACE, IMMUTABLE

if TYPE_CHECKING:
    from .assertions import UpRun
    from .history import Program


@dataclass(frozen=True)
class State:
    """The parts of an exported state from which effects are predicted."""

    deployments: dict[str, dict[str, Any]]
    """Id and outputs of each resource's deployment."""
    rollouts: dict[str, dict[str, Any]]
    ids: list[str]
    """All deployments in the state, including those pending deletion."""
    pending_deletion: list[str] = field(default_factory=list)
    """The deployments that an interrupted replacement has yet to delete."""

    @staticmethod
    def of(resources: list[dict[str, Any]]) -> State:
        """Return the state in an export."""
        found: dict[str, dict[str, dict[str, Any]]] = {"Deployment": {}, "Rollout": {}}
        ids: list[str] = []
        pending_deletion: list[str] = []
        for entry in resources:
            kind, _, name = label(entry["urn"]).partition(" ")
            if kind not in found:
                continue
            if kind == "Deployment":
                (pending_deletion if entry.get("delete") else ids).append(entry["id"])
            if not entry.get("delete"):
                half_replaced = entry.get("pendingReplacement", False)
                outputs = entry.get("outputs", {})
                found[kind][name] = {**outputs, "id": entry["id"], _HALF_REPLACED: half_replaced}
        return State(
            found["Deployment"],
            found["Rollout"],
            sorted([*ids, *pending_deletion]),
            pending_deletion,
        )

    def is_half_replaced(self, resource: str) -> bool:
        """Return True if a rollout is deleted and not yet replaced."""
        return bool(self.rollouts.get(resource, {}).get(_HALF_REPLACED))

    def output(self, resource: str, attribute: str) -> Any:
        """Return an output as the program sees it."""
        if attribute in _OF_ROLLOUT:
            return self.rollouts.get(resource, {}).get(attribute, UNKNOWN)
        return self.deployments.get(resource, {}).get(attribute, UNKNOWN)


_DEFAULTS = {"delete_tracing_project": False, "interrupt_stuck": False}
_HALF_REPLACED = "pendingReplacement"
_OF_ROLLOUT = ("url", "active_revision_id")


@dataclass
class StackModel:
    """The contents of the state, by the rules of the documentation."""

    known: dict[str, RecordedDeployment] = field(default_factory=dict)

    def predict(
        self, program: Program, state: State, contexts: dict[str, Context], *, promised: bool
    ) -> dict[str, Expected]:
        """Return the expected effects by resource; for a preview, changing outputs are unknown."""
        expected: dict[str, Expected] = {}
        for resource in [*program, *(self.known.keys() - program.keys())]:
            wanted = self.wanted(resource, program, state, expected if promised else {})
            context = contexts.get(resource, Context())
            expected[resource] = predict(self.known.get(resource), wanted, context)
        return expected

    def wanted(
        self, resource: str, program: Program, state: State, expected: dict[str, Expected]
    ) -> Flat | None:
        """Return the arguments with defaults and resolved references; None if not declared."""
        if resource not in program:
            return None

        def resolved(value: Any) -> Any:
            if isinstance(value, dict) and value.keys() == {"output"}:
                target, attribute = value["output"]
                named = program.get(target, {}).get("source_config.custom_url")
                if attribute == "url" and named is not None:
                    return named
                rollout = expected.get(target, NOTHING).ops.get("Rollout")
                # A revision does not change the URL.
                changing = rollout is not None and (attribute != "url" or rollout != "update")
                return UNKNOWN if changing else state.output(target, attribute)
            if isinstance(value, dict):
                return {key: resolved(item) for key, item in value.items()}
            return value

        flat = {"name": resource, **_DEFAULTS, **program[resource]}
        if "path" in flat:
            flat.setdefault("source_revision_config.langgraph_config_path", CONFIG_PATHS[0])
        return {path: resolved(value) for path, value in flat.items()}

    def note_up(self, resource: str, run: UpRun) -> None:
        """Record what an ``up`` did to a resource, also if only in part."""
        done = run.outcome.ops
        if f"Deployment {resource}" in done:
            before = self.known.pop(resource, None)
            wanted = run.wanted[resource]
            if wanted is not None:
                self.known[resource] = self._updated(resource, before, wanted, run)
        # If the old one is deleted first, the engine reports the replacement before the creation.
        rollout_done = f"Rollout {resource}" in done and not run.after.state.is_half_replaced(
            resource
        )
        if rollout_done and resource in self.known:
            self.known[resource].rollout_pending = False

    def _updated(
        self, resource: str, before: RecordedDeployment | None, wanted: Flat, run: UpRun
    ) -> RecordedDeployment:
        # Also one that makes no revision: the rollout holds the values of a revision, too.
        rollout_pending = run.made(resource) > 0 or "Rollout" in run.expected[resource].ops
        deployment_id = run.after.id_of(resource)
        # A new deployment is in the workspace of the key, wherever the one before it was.
        kept = before.values if before and before.id == deployment_id else {}
        workspace = kept.get("workspace_id", DEFAULT_WORKSPACE)
        return RecordedDeployment(
            deployment_id,
            {"workspace_id": workspace, **wanted},
            rollout_pending or bool(before and before.rollout_pending),
        )

    def note_refresh(self, live: dict[str, Flat]) -> None:
        """Record what a refresh reads."""
        for resource, known in list(self.known.items()):
            if known.id not in live:
                del self.known[resource]
            else:
                _take_over_live_values(known, live[known.id])


def _take_over_live_variables(known: Flat, live: Flat) -> None:
    """Record the live variables, if the program has named any: it cannot empty the set."""
    if not variables_of(known) or not live:
        return
    named: set[str] = set()
    for key in VARIABLE_MAPS:
        if key in known:
            named |= known[key].keys()
            known[key] = {name: live.get(name) for name in known[key]}
    known[BY_OTHERS] = {name: value for name, value in live.items() if name not in named}


def _take_over_live_values(known: RecordedDeployment, live: Flat) -> None:
    _take_over_live_variables(known.values, live.get("secrets") or {})
    for path, value in known.values.items():
        expected = path not in (
            *IMMUTABLE,
            *UNSENT,
            *VARIABLE_MAPS,
            "name",
            "source",
            "route_through_gateway",
        )
        live_value = live.get(path)
        if expected and live_value is not None and not matches_live(path, value, live_value):
            requested = known.drifted.pop(path, value)
            if not matches_live(path, requested, live_value):
                known.drifted[path] = requested
            known.values[path] = live_value
