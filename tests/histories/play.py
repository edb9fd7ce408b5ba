"""Plays a history on an engine and a simulator, and holds every deed to its promise."""

from __future__ import annotations

import base64
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from support.scenario import leaks

from langsmith_pulumi.review import read_plan, report_on, review

from .arguments import nested
from .foretelling import NOTHING, Foretold, Surroundings
from .stack import Model, State
from .world import World, is_as_wanted

if TYPE_CHECKING:
    from pathlib import Path

    from support.engines import Engine, Outcome

    from langsmith_pulumi.testing.simulator import Simulator

    from .costs import Flat
    from .history import Cycle, Program
    from .world import Clock

Told = dict[str, Foretold]
_DEEDS = ("POST", "PATCH", "DELETE")


@dataclass
class Before:
    """How the world was when ``up`` began."""

    live: dict[str, Flat]
    revisions: dict[str, list[dict[str, Any]]]
    state: State


class Play:
    """One stack, from its first preview on."""

    def __init__(self, engine: Engine, simulator: Simulator, clock: Clock, program: Path) -> None:
        self._engine = engine
        self._simulator = simulator
        self._clock = clock
        self._file = program
        self._world = World(simulator)
        self._model = Model()
        self._state = State({}, {}, [])
        self.steps = 0
        """Deployments to which something happened, summed over the cycles."""

    def cycle(self, cycle: Cycle) -> None:
        """Live through one cycle, and once more through its program where something failed."""
        self._clock.pass_an_hour()
        happened = self._happen(cycle)
        if cycle.refreshed:
            self._refresh()
        self._declare(cycle.program)
        promise = self._preview(cycle)
        self.steps += len({*happened, *(r for r, told in promise.items() if told != NOTHING)})
        if any(told.refused for told in promise.values()):
            return
        self._arrange(cycle)
        self._up(cycle, promise)
        self._forget_arrangements()

    def _happen(self, cycle: Cycle) -> list[str]:
        known = self._model.known
        happened = [event for event in cycle.events if event.resource in known]
        for event in happened:
            there = known[event.resource]
            if there.id in self._world.live():
                self._world.happen(event, there.values["name"], there.id)
        return [event.resource for event in happened]

    def _refresh(self) -> None:
        outcome = self._engine.refresh()
        assert outcome.ok, outcome.errors
        self._keeps_secrets(outcome)
        self._model.note_refresh(self._world.live())
        self._read_state()

    def _declare(self, program: Program) -> None:
        self._file.write_text(json.dumps({r: nested(flat) for r, flat in program.items()}))

    def _preview(self, cycle: Cycle) -> Told:
        promise = self._model.foretell(
            cycle.program, self._state, self._surroundings({}), promise=True
        )
        self._simulator.clear_requests()
        preview = self._engine.preview()
        assert self._simulator.requests == [], "a preview sends no request"
        self._keeps_secrets(preview)
        refused = [told.refused for told in promise.values() if told.refused]
        if refused:
            assert not preview.ok
            assert any(refused[0] in error for error in preview.errors), preview.errors
            return promise
        assert preview.ok, preview.errors
        assert preview.ops == _ops(promise), (
            "the preview lists what the documentation says",
            preview.ops,
            promise,
        )
        self._reports(preview, promise)
        return promise

    def _surroundings(self, surprises: dict[str, bool]) -> dict[str, Surroundings]:
        revisions = self._world.revisions()
        return {
            resource: Surroundings(
                rollout=self._state.rollouts.get(resource, {}).get("deployment_id", ""),
                newest_failed=self._world.failed(revisions.get(known.id, [])),
                surprise=surprises.get(resource),
                commands_make_revisions=self._simulator.commands_make_revisions,
            )
            for resource, known in self._model.known.items()
        }

    def _reports(self, preview: Outcome, promise: Told) -> None:
        """The review names each effect by the right kind, and what changes; no secret value."""
        plan, _ = json.JSONDecoder().raw_decode(preview.text)
        effects = {
            effect.name: effect
            for stack in report_on([read_plan("plan", plan)]).stacks
            for effect in stack.effects
        }
        told = {resource: told for resource, told in promise.items() if told != NOTHING}
        assert effects.keys() == told.keys(), (effects, told)
        for resource, effect in effects.items():
            assert effect.kind.value in told[resource].kinds, (resource, effect, told[resource])
            _names_changes(effect, told[resource])
        for style in ("markdown", "text", "json"):
            text = review([("plan", plan)], format=style).text
            assert _leaks(text) == []
            assert all(resource in text for resource in told)

    def _arrange(self, cycle: Cycle) -> None:
        known = self._model.known
        names = {r: flat.get("name", r) for r, flat in cycle.program.items()}
        for resource in cycle.failing:
            if resource in names:
                self._simulator.outcome(names[resource], "BUILD_FAILED", "exit code 1", ["no"])
        for resource, makes in cycle.surprises.items():
            if resource in known and resource in names:
                self._simulator.surprise(names[resource], revision=makes)
        for fault in cycle.faults:
            self._simulator.fail(**fault)

    def _forget_arrangements(self) -> None:
        self._simulator.clear_faults()
        self._simulator._plane.outcomes.clear()
        self._simulator._plane.surprises.clear()

    def _up(self, cycle: Cycle, promise: Told) -> None:
        before = Before(self._world.live(), self._world.revisions(), self._state)
        worlds = self._surroundings(cycle.surprises)
        self._simulator.clear_requests()
        outcome = self._engine.up()
        requests = [r for r in self._simulator.requests if r.method in _DEEDS]
        self._keeps_secrets(outcome)
        self._keeps_files_clean()
        self._read_state()
        assert self._state.ids == sorted(self._world.live()), (
            "no orphan and no double",
            self._state.ids,
            outcome.errors,
        )
        deed = self._model.foretell(cycle.program, self._state, worlds, promise=False)
        fails = self._fails(cycle, deed)
        assert outcome.ok != bool(fails), (outcome.errors, fails)
        if fails:
            self._failed_well(outcome, deed, fails, cycle.program)
        else:
            assert outcome.ops == _ops(deed), (
                "up does what its preview promised",
                outcome.ops,
                deed,
            )
            self._promised(promise, deed, cycle)
        self._made(outcome, deed, before)
        if not cycle.faults and not fails:
            self._wrote(requests, deed, before)
        self._note(cycle.program, deed, outcome, before)
        if not fails:
            self._live_is_as_declared(cycle.program, before)
            self._nothing_is_left(cycle)

    def _fails(self, cycle: Cycle, deed: Told) -> list[str]:
        return [r for r in cycle.failing if deed.get(r, NOTHING).revisions]

    def _promised(self, promise: Told, deed: Told, cycle: Cycle) -> None:
        """Less than promised only where a value was unknown; more only by surprise."""
        for resource, told in promise.items():
            done = deed[resource]
            if done.ops == told.ops or resource in cycle.surprises:
                continue
            assert done == NOTHING or done.ops.items() <= told.ops.items(), resource

    def _failed_well(
        self, outcome: Outcome, deed: Told, fails: list[str], program: Program
    ) -> None:
        """An error names a deployment that failed; nothing was done that was not due."""
        names = [program[r].get("name", r) for r in fails]
        assert any(name in error for name in names for error in outcome.errors), outcome.errors
        assert not any("Traceback" in error for error in outcome.errors)
        assert outcome.ops.items() <= _ops(deed).items(), (outcome.ops, _ops(deed))

    def _made(self, outcome: Outcome, deed: Told, before: Before) -> None:
        """As many revisions as promised, deployment by deployment."""
        after = self._world.revisions()
        for resource, told in deed.items():
            there = self._state.deployments.get(resource)
            if there is None:
                continue
            made = len(after[there["id"]]) - len(before.revisions.get(there["id"], []))
            done = f"Deployment {resource}" in outcome.ops or "Deployment" not in told.ops
            least = told.revisions - (told.retries and not outcome.ok) if done else 0
            assert least <= made <= (told.revisions if done else 0), (resource, made, told)

    def _wrote(self, requests: list[Any], deed: Told, before: Before) -> None:
        """As many requests that change something as promised, deployment by deployment."""
        wrote: dict[str, Counter[str]] = {}
        for request in requests:
            path = request.path.removeprefix("/v2/deployments").strip("/")
            wrote.setdefault(path.partition("/")[0], Counter())[request.method] += 1
        posts = sum(told.writes.count("POST") for told in deed.values() if _makes(told))
        assert wrote.pop("", Counter())["POST"] == posts, (requests, deed)
        expected: dict[str, Counter[str]] = {}
        for resource, told in deed.items():
            old = before.state.deployments.get(resource, {}).get("id", "")
            new = self._state.deployments.get(resource, {}).get("id", "")
            for method in told.writes:
                if method == "POST" and _makes(told):
                    continue
                where = old if method == "DELETE" else new
                expected.setdefault(where, Counter())[method] += 1
        assert wrote == expected, (wrote, expected, deed)

    def _note(self, program: Program, deed: Told, outcome: Outcome, before: Before) -> None:
        after = self._world.revisions()
        for resource, told in deed.items():
            wanted = self._model.wanted(resource, program, self._state, {})
            there = self._state.deployments.get(resource, {}).get("id", "")
            made = len(after.get(there, [])) != len(before.revisions.get(there, []))
            self._model.note_up(resource, wanted, told, outcome.ops, self._state, made=made)

    def _live_is_as_declared(self, program: Program, before: Before) -> None:
        """What is managed is as the program says; what is not is as it was."""
        live, revisions = self._world.live(), self._world.revisions()
        for resource in program:
            wanted = self._model.wanted(resource, program, self._state, {})
            assert wanted is not None
            there = self._state.deployments[resource]["id"]
            for path, value in wanted.items():
                hidden = path == "secrets" and (not value or not revisions[there])
                if path not in _NOT_LIVE and not hidden:
                    found = live[there].get(path)
                    assert is_as_wanted(path, value, found), (resource, path, value, found)
            for path, value in before.live.get(there, {}).items():
                if path not in wanted and path not in _MOVES and "revision" not in path:
                    assert live[there].get(path) == value, (resource, path, value)

    def _nothing_is_left(self, cycle: Cycle) -> None:
        if cycle.doubly_checked:
            self._refresh()
        self._simulator.clear_requests()
        again = self._engine.preview()
        assert again.ok, again.errors
        assert again.ops == {}, ("after up there is nothing left to do", again.ops)
        assert self._simulator.requests == []

    def _read_state(self) -> None:
        self._state = State.of(self._engine.state())

    def _keeps_secrets(self, outcome: Outcome) -> None:
        assert _leaks(outcome.text) == []
        assert all(_leaks(error) == [] for error in outcome.errors)

    def _keeps_files_clean(self) -> None:
        for file in self._engine.home.rglob("*"):
            if file.is_file():
                assert _leaks(file.read_bytes().decode(errors="replace")) == [], file


def _makes(told: Foretold) -> bool:
    return told.ops.get("Deployment") in ("create", "replace")


def _ops(told: Told) -> dict[str, str]:
    return {f"{kind} {r}": op for r, one in told.items() for kind, op in one.ops.items()}


def _names_changes(effect: Any, told: Foretold) -> None:
    """Every changed value is named, secrets by name, and no other."""
    if effect.kind.value not in ("revision", "in place", "replaced"):
        return
    secrets = {path for path in told.changed if path.startswith("secrets.")}
    if effect.kind.value != "replaced":
        named_secrets = {f"secrets.{change.name}" for change in effect.secrets}
        assert named_secrets == secrets, (effect, told)
    fields = {path for path in told.changed if path not in secrets}
    named = {change.path for change in effect.fields}
    for path in fields:
        assert any(_is_in(name, path) for name in named), (path, effect, told)
    for name in named:
        assert any(_is_in(name, path) for path in fields), (name, effect, told)


def _is_in(name: str, path: str) -> bool:
    return name.startswith(path)


_NOT_LIVE = (
    "triggers",
    "delete_tracing_project",
    "rollout_timeout",
    "tracked_packages",
    "revision_source",
    "workspace_id",
)
_MOVES = ("source_config.custom_url",)
_CANARY = "canary"
_FORMS = (_CANARY, *(base64.b64encode(b"_" * n + b"canary")[4:-4].decode() for n in range(3)))


def _leaks(text: str) -> list[str]:
    return [*leaks(text), *(form for form in (_CANARY,) if form in text)]
