"""What the stack's state says, and the model of what it should know."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.support.engines import label

from .arguments import FIXED, HERE
from .costs import UNKNOWN, UNSENT, Flat
from .foretelling import NOTHING, Foretold, Known, Surroundings, foretell
from .world import is_as_wanted

if TYPE_CHECKING:
    from .history import Program
    from .holding import Deed


@dataclass(frozen=True)
class State:
    """The parts of an exported state that promises are made from."""

    deployments: dict[str, dict[str, Any]]
    """Outputs and id of each resource's deployment."""
    rollouts: dict[str, dict[str, Any]]
    ids: list[str]
    """Of all deployments in the state, those that wait for their deletion too."""
    leaving: list[str] = field(default_factory=list)
    """Of those that a broken-off replacement has yet to delete."""

    @staticmethod
    def of(resources: list[dict[str, Any]]) -> State:
        """The state in an export."""
        found: dict[str, dict[str, dict[str, Any]]] = {"Deployment": {}, "Rollout": {}}
        ids: list[str] = []
        leaving: list[str] = []
        for entry in resources:
            kind, _, name = label(entry["urn"]).partition(" ")
            if kind not in found:
                continue
            if kind == "Deployment":
                (leaving if entry.get("delete") else ids).append(entry["id"])
            if not entry.get("delete"):
                half_replaced = entry.get("pendingReplacement", False)
                outputs = entry.get("outputs", {})
                found[kind][name] = {**outputs, "id": entry["id"], _HALF_REPLACED: half_replaced}
        return State(found["Deployment"], found["Rollout"], sorted([*ids, *leaving]), leaving)

    def is_half_replaced(self, resource: str) -> bool:
        """Whether a rollout is deleted and has no successor yet."""
        return bool(self.rollouts.get(resource, {}).get(_HALF_REPLACED))

    def output(self, resource: str, attribute: str) -> Any:
        """An attribute as the program sees it."""
        if attribute in _OF_ROLLOUT:
            return self.rollouts.get(resource, {}).get(attribute, UNKNOWN)
        return self.deployments.get(resource, {}).get(attribute, UNKNOWN)


_HALF_REPLACED = "pendingReplacement"
_OF_ROLLOUT = ("url", "active_revision_id")


@dataclass
class Model:
    """What the stack knows, by the rules of the documentation."""

    known: dict[str, Known] = field(default_factory=dict)

    def foretell(
        self, program: Program, state: State, worlds: dict[str, Surroundings], *, promise: bool
    ) -> dict[str, Foretold]:
        """What becomes of each resource; for a promise, what will change is unknown."""
        told: dict[str, Foretold] = {}
        for resource in [*program, *(self.known.keys() - program.keys())]:
            wanted = self.wanted(resource, program, state, told if promise else {})
            world = worlds.get(resource, Surroundings())
            told[resource] = foretell(self.known.get(resource), wanted, world)
        return told

    def wanted(
        self, resource: str, program: Program, state: State, told: dict[str, Foretold]
    ) -> Flat | None:
        """The arguments with their defaults and with references resolved; None: not declared."""
        if resource not in program:
            return None

        def resolved(value: Any) -> Any:
            if isinstance(value, dict) and value.keys() == {"output"}:
                target, attribute = value["output"]
                named = program.get(target, {}).get("source_config.custom_url")
                if attribute == "url" and named is not None:
                    return named
                rollout = told.get(target, NOTHING).ops.get("Rollout")
                # A URL does not change with a revision.
                changing = rollout is not None and (attribute != "url" or rollout != "update")
                return UNKNOWN if changing else state.output(target, attribute)
            if isinstance(value, dict):
                return {key: resolved(item) for key, item in value.items()}
            return value

        flat = {"name": resource, "delete_tracing_project": False, **program[resource]}
        return {path: resolved(value) for path, value in flat.items()}

    def note_up(self, resource: str, deed: Deed) -> None:
        """Learn from what an ``up`` did to a resource, if only in part."""
        done = deed.outcome.ops
        if f"Deployment {resource}" in done:
            before = self.known.pop(resource, None)
            wanted = deed.wanted[resource]
            if wanted is not None:
                self.known[resource] = self._renewed(resource, before, wanted, deed)
        # Where the old one goes first, the engine tells of the replacement before the new one is.
        rolled_out = f"Rollout {resource}" in done and not deed.after.state.is_half_replaced(
            resource
        )
        if rolled_out and resource in self.known:
            self.known[resource].due = False

    def _renewed(self, resource: str, before: Known | None, wanted: Flat, deed: Deed) -> Known:
        told = deed.told[resource].ops.get("Rollout")
        due = deed.made(resource) > 0 or told in ("create", "replace")
        return Known(
            deed.after.id_of(resource),
            {"workspace_id": before.values["workspace_id"] if before else HERE, **wanted},
            due or bool(before and before.due),
        )

    def note_refresh(self, live: dict[str, Flat]) -> None:
        """Take over what a refresh finds."""
        for resource, known in list(self.known.items()):
            if known.id not in live:
                del self.known[resource]
            else:
                _read_back(known.values, live[known.id])


def _read_back(known: Flat, live: Flat) -> None:
    for path, mine in known.items():
        told = path not in (*FIXED, *UNSENT, "name", "source", "route_through_gateway")
        theirs = live.get(path)
        settable = path != "secrets" or mine  # the service takes an empty set for "keep"
        if told and settable and theirs is not None and not is_as_wanted(path, mine, theirs):
            known[path] = theirs
