"""Runs a history on an engine and a simulator, and compares each ``up`` with its preview."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from . import assertions, listeners
from .assertions import Expectations, Snapshot, UpRun
from .folders import UPLOAD, as_given, assert_is_archive, method_of_write, write_folders
from .listeners import ListenerModel
from .live_state import LiveState
from .oracle import NOTHING, Context
from .secret_checks import assert_no_secrets_in_files, assert_no_secrets_in_result
from .stack_model import StackModel, State
from .strategies import unflatten

if TYPE_CHECKING:
    from pathlib import Path

    from langsmith_pulumi.testing.simulator import Simulator
    from tests.support.engines import Engine, OperationResult

    from .history import Cycle
    from .live_state import Clock

_DEPLOYMENTS = "/v2/deployments"
_WRITES = ("POST", "PATCH", "DELETE")


class HistoryRunner:
    """Runs the cycles of a history on one stack."""

    def __init__(self, engine: Engine, simulator: Simulator, clock: Clock, program: Path) -> None:
        self._engine = engine
        self._simulator = simulator
        self._clock = clock
        self._file = program
        self._live_state = LiveState(simulator)
        self._model = StackModel()
        self._listener = ListenerModel(simulator)
        self._state = State({}, {}, [])
        self.steps = 0
        """The number of changed deployments, summed over the cycles."""

    def cycle(self, cycle: Cycle) -> None:
        """Run one cycle; if its ``up`` fails, possibly a second one without events."""
        self._clock.advance_one_hour()
        changed = self._apply_events(cycle)
        self._listener.apply(cycle.listener_change)
        if cycle.refreshed:
            self._refresh()
        self._declare(cycle)
        promised = self._preview(cycle)
        self.steps += len(
            {*changed, *(r for r, expected in promised.items() if expected != NOTHING)}
        )
        if any(expected.refused for expected in promised.values()):
            return
        cycle = replace(cycle, overrides=self._applicable(cycle.overrides))
        self._inject_failures(cycle, promised)
        succeeded = self._up(cycle, promised)
        self._simulator.clear_outcomes()
        self._simulator.clear_faults()
        if succeeded:
            self._assert_no_changes(cycle)
        elif cycle.repeated_on_failure:
            self.cycle(cycle.without_events())

    def _apply_events(self, cycle: Cycle) -> set[str]:
        changed = set()
        for event in cycle.events:
            deployment = self._model.known.get(event.resource)
            if deployment and deployment.id in self._live_state.live():
                self._live_state.apply(event, deployment.values["name"], deployment.id)
                changed.add(event.resource)
        return changed

    def _refresh(self) -> None:
        outcome = self._engine.refresh()
        assert outcome.ok, outcome.errors
        assert_no_secrets_in_result(outcome)
        self._model.note_refresh(self._live_state.live())
        self._listener.note_refresh()
        self._read_state()

    def _declare(self, cycle: Cycle) -> None:
        write_folders(self._engine.program, cycle.program)
        given = {r: unflatten(as_given(r, flat)) for r, flat in cycle.program.items()}
        self._file.write_text(json.dumps({**given, **listeners.as_given(cycle.listener)}))

    def _preview(self, cycle: Cycle) -> Expectations:
        program, listener = cycle.program, self._listener.expected(cycle.listener)
        promised = self._model.predict(program, self._state, self._contexts({}), promised=True)
        preview = self._preview_without_requests()
        assertions.assert_preview(preview, promised, listener)
        if preview.ok:
            plan, _ = json.JSONDecoder().raw_decode(preview.text)
            assertions.assert_report(plan, promised)
        return promised

    def _preview_without_requests(self) -> OperationResult:
        self._simulator.clear_requests()
        preview = self._engine.preview()
        assert self._simulator.requests == [], "a preview sends no request"
        assert_no_secrets_in_result(preview)
        return preview

    def _contexts(self, overrides: dict[str, bool]) -> dict[str, Context]:
        revisions = self._live_state.revisions()
        return {
            resource: Context(
                rollout=self._state.rollouts.get(resource, {}).get("deployment_id", ""),
                half_replaced=self._state.is_half_replaced(resource),
                has_revision=bool(revisions.get(known.id)),
                newest_failed=self._live_state.failed(revisions.get(known.id, [])),
                override=overrides.get(resource),
                commands_make_revisions=self._simulator.commands_make_revisions,
            )
            for resource, known in self._model.known.items()
        }

    def _applicable(self, overrides: dict[str, bool]) -> dict[str, bool]:
        """Return the overrides that can have an effect: without a revision, a PATCH makes one."""
        revisions, known = self._live_state.revisions(), self._model.known
        made = {resource for resource, one in known.items() if revisions.get(one.id)}
        return {r: makes for r, makes in overrides.items() if makes or r in made}

    def _inject_failures(self, cycle: Cycle, promised: Expectations) -> None:
        for resource in cycle.failing:
            name = cycle.program[resource].get("name", resource)
            for _ in range(max(promised[resource].revisions, 1)):
                self._simulator.outcome(name, "BUILD_FAILED", "exit code 1", ["Step 3", "error"])
        for resource, makes in cycle.overrides.items():
            if promised[resource].ops.get("Deployment") == "update":
                name = cycle.program[resource].get("name", resource)
                self._simulator.override_revision(name, revision=makes)
        # An answer that is lost stays unclear if the service never shows what was asked for.
        is_clear = not any("revision_source" in one.changed for one in promised.values())
        for fault in cycle.faults if is_clear else ():
            self._simulator.fail(**fault)

    def _up(self, cycle: Cycle, promised: Expectations) -> bool:
        run = self._run_up(cycle)
        assertions.assert_no_orphan(run.after, run.outcome.errors)
        fails = [r for r in cycle.failing if run.expected[r].revisions]
        assert run.outcome.ok != bool(fails), (run.outcome.errors, fails)
        assertions.assert_revisions(run)
        if fails:
            assertions.assert_failure_reported(
                run, [cycle.program[r].get("name", r) for r in fails]
            )
        else:
            assertions.assert_operations(run, promised, set(cycle.overrides))
            assertions.assert_live_values(run)
            self._assert_archives(run, cycle)
            if not cycle.faults:
                assertions.assert_writes(run)
        self._record(run)
        return not fails

    def _run_up(self, cycle: Cycle) -> UpRun:
        before, contexts = self._snapshot(), self._contexts(cycle.overrides)
        self._simulator.clear_requests()
        outcome = self._engine.up()
        requests = list(self._simulator.requests)
        self._listener.note_up(outcome, cycle.listener)
        outcome = listeners.without_listener(outcome)
        sent = [one for one in requests if one.method in _WRITES and _DEPLOYMENTS in one.path]
        writes = [(method_of_write(one.method, one.path), one.path) for one in sent]
        assert_no_secrets_in_result(outcome)
        assert_no_secrets_in_files(self._engine.home)
        self._read_state()
        expected = self._model.predict(cycle.program, self._state, contexts, promised=False)
        wanted = {r: self._model.wanted(r, cycle.program, self._state, {}) for r in expected}
        return UpRun(expected, wanted, outcome, before, self._snapshot(), writes)

    def _assert_archives(self, run: UpRun, cycle: Cycle) -> None:
        """Assert that each folder that was uploaded is in the archive of the live deployment."""
        for resource, expected in run.expected.items():
            if UPLOAD in expected.writes and resource not in cycle.overrides:
                place = run.after.live[run.after.id_of(resource)][assertions.ARCHIVE]
                assert_is_archive(self._simulator, place, cycle.program[resource]["folder"])

    def _snapshot(self) -> Snapshot:
        return Snapshot(self._live_state.live(), self._live_state.revisions(), self._state)

    def _record(self, run: UpRun) -> None:
        for resource in run.expected:
            self._model.note_up(resource, run)

    def _assert_no_changes(self, cycle: Cycle) -> None:
        if cycle.refreshed_after:
            self._refresh()
        again = self._preview_without_requests()
        assert again.ok, again.errors
        assert again.ops == {}, again.ops

    def _read_state(self) -> None:
        self._state = State.of(self._engine.state())
