"""Plays a history on an engine and a simulator, and holds every deed to its promise."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from . import holding
from .arguments import nested
from .foretelling import NOTHING, Surroundings
from .holding import Deed, Scene, Told
from .leaking import files_keep_secrets, outcome_keeps_secrets
from .stack import Model, State
from .world import World

if TYPE_CHECKING:
    from pathlib import Path

    from langsmith_pulumi.testing.simulator import Simulator
    from tests.support.engines import Engine, Outcome

    from .history import Cycle, Program
    from .world import Clock

_WRITES = ("POST", "PATCH", "DELETE")


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
        """Live through one cycle; where its ``up`` failed, perhaps through another, undisturbed."""
        self._clock.pass_an_hour()
        happened = self._happen(cycle)
        if cycle.refreshed:
            self._refresh()
        self._declare(cycle.program)
        promise = self._preview(cycle.program)
        self.steps += len({*happened, *(r for r, told in promise.items() if told != NOTHING)})
        if any(told.refused for told in promise.values()):
            return
        cycle = replace(cycle, overrides=self._possible(cycle.overrides))
        self._arrange(cycle, promise)
        succeeded = self._up(cycle, promise)
        self._simulator.clear_outcomes()
        self._simulator.clear_faults()
        if succeeded:
            self._nothing_is_left(cycle)
        elif cycle.settled:
            self.cycle(cycle.undisturbed())

    def _happen(self, cycle: Cycle) -> set[str]:
        happened = set()
        for event in cycle.events:
            there = self._model.known.get(event.resource)
            if there and there.id in self._world.live():
                self._world.happen(event, there.values["name"], there.id)
                happened.add(event.resource)
        return happened

    def _refresh(self) -> None:
        outcome = self._engine.refresh()
        assert outcome.ok, outcome.errors
        outcome_keeps_secrets(outcome)
        self._model.note_refresh(self._world.live())
        self._read_state()

    def _declare(self, program: Program) -> None:
        self._file.write_text(json.dumps({r: nested(flat) for r, flat in program.items()}))

    def _preview(self, program: Program) -> Told:
        promise = self._model.foretell(program, self._state, self._surroundings({}), promise=True)
        preview = self._silent_preview()
        holding.preview_tells(preview, promise)
        if preview.ok:
            plan, _ = json.JSONDecoder().raw_decode(preview.text)
            holding.report_tells(plan, promise)
        return promise

    def _silent_preview(self) -> Outcome:
        self._simulator.clear_requests()
        preview = self._engine.preview()
        assert self._simulator.requests == [], "a preview sends no request"
        outcome_keeps_secrets(preview)
        return preview

    def _surroundings(self, overrides: dict[str, bool]) -> dict[str, Surroundings]:
        revisions = self._world.revisions()
        return {
            resource: Surroundings(
                rollout=self._state.rollouts.get(resource, {}).get("deployment_id", ""),
                half_replaced=self._state.is_half_replaced(resource),
                has_revision=bool(revisions.get(known.id)),
                newest_failed=self._world.failed(revisions.get(known.id, [])),
                override=overrides.get(resource),
                commands_make_revisions=self._simulator.commands_make_revisions,
            )
            for resource, known in self._model.known.items()
        }

    def _possible(self, overrides: dict[str, bool]) -> dict[str, bool]:
        """Without any revision, what a PATCH configures is kept in the one that it makes."""
        revisions, known = self._world.revisions(), self._model.known
        made = {resource for resource, one in known.items() if revisions.get(one.id)}
        return {r: makes for r, makes in overrides.items() if makes or r in made}

    def _arrange(self, cycle: Cycle, promise: Told) -> None:
        for resource in cycle.failing:
            name = cycle.program[resource].get("name", resource)
            self._simulator.outcome(name, "BUILD_FAILED", "exit code 1", ["Step 3", "error"])
        for resource, makes in cycle.overrides.items():
            if promise[resource].ops.get("Deployment") == "update":
                name = cycle.program[resource].get("name", resource)
                self._simulator.override_revision(name, revision=makes)
        for fault in cycle.faults:
            self._simulator.fail(**fault)

    def _up(self, cycle: Cycle, promise: Told) -> bool:
        deed = self._deed(cycle)
        holding.no_orphan(deed.after, deed.outcome.errors)
        fails = [r for r in cycle.failing if deed.told[r].revisions]
        assert deed.outcome.ok != bool(fails), (deed.outcome.errors, fails)
        holding.made_revisions(deed)
        if fails:
            holding.failed_well(deed, [cycle.program[r].get("name", r) for r in fails])
        else:
            holding.did_as_told(deed, promise, set(cycle.overrides))
            holding.live_is_as_declared(deed)
            if not cycle.faults:
                holding.sent_writes(deed)
        self._learn(deed)
        return not fails

    def _deed(self, cycle: Cycle) -> Deed:
        before, worlds = self._scene(), self._surroundings(cycle.overrides)
        self._simulator.clear_requests()
        outcome = self._engine.up()
        writes = [(r.method, r.path) for r in self._simulator.requests if r.method in _WRITES]
        outcome_keeps_secrets(outcome)
        files_keep_secrets(self._engine.home)
        self._read_state()
        told = self._model.foretell(cycle.program, self._state, worlds, promise=False)
        wanted = {r: self._model.wanted(r, cycle.program, self._state, {}) for r in told}
        return Deed(told, wanted, outcome, before, self._scene(), writes)

    def _scene(self) -> Scene:
        return Scene(self._world.live(), self._world.revisions(), self._state)

    def _learn(self, deed: Deed) -> None:
        for resource in deed.told:
            self._model.note_up(resource, deed)

    def _nothing_is_left(self, cycle: Cycle) -> None:
        if cycle.doubly_checked:
            self._refresh()
        again = self._silent_preview()
        assert again.ok, again.errors
        assert again.ops == {}, again.ops

    def _read_state(self) -> None:
        self._state = State.of(self._engine.state())
