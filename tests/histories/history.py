"""Random histories as plain data: programs, edits and external events.

Everything is drawn before anything runs, so that a failing history can be printed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from .folders import CONTENTS, GONE
from .impacts import VARIABLE_MAPS, declares_variables, variables_of
from .listeners import GONE as GONE_LISTENER
from .listeners import draw_drift, draw_listener
from .strategies import (
    IMMUTABLE,
    LOCAL_FOLDER,
    SECRET,
    SECRETS,
    SHOWN,
    SOURCES,
    SOURCES_WITH_URL,
    argument_strategies,
    make_valid,
    required_arguments,
)

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

    from .impacts import Flat

Program = dict[str, "Flat"]
"""The arguments of each resource by path; a resource refers to earlier ones only."""

MAX_DEPLOYMENTS = 5
"""Deployments in a program."""


@dataclass(frozen=True)
class Event:
    """A change of a deployment by others; ``drift`` has the values by path."""

    kind: str
    resource: str
    drift: Flat = field(default_factory=dict)


@dataclass(frozen=True)
class Cycle:
    """One preview and one ``up`` of a program, with the events before and during it."""

    program: Program
    events: tuple[Event, ...] = ()
    refreshed: bool = False
    """Refresh first; always true after an event."""
    failing: tuple[str, ...] = ()
    """Resources whose next revision fails."""
    overrides: dict[str, bool] = field(default_factory=dict)
    """Resources whose next PATCH makes a revision (or none), contrary to the documentation."""
    faults: tuple[dict[str, Any], ...] = ()
    """Requests that fail, once each."""
    refreshed_after: bool = False
    """Refresh between ``up`` and the last preview."""
    repeated_on_failure: bool = False
    """Repeat a failed ``up`` before the next cycle."""

    listener: Flat | None = None
    """The listener of the program."""
    listener_change: Flat | None = None
    """A change of the live listener by others, before the refresh."""

    def without_events(self) -> Cycle:
        """Return a cycle with the same program and no events."""
        return Cycle(self.program, listener=self.listener)


@dataclass(frozen=True)
class History:
    """The cycles of one stack, and the settings of its service."""

    service: dict[str, Any]
    """Settings of the simulator."""
    listeners: bool
    cycles: tuple[Cycle, ...]


FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "status", "status": 429},
    {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}},
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 502, "after": True},
    {"kind": "drop_request"},
    {"kind": "drop_response"},
    {"kind": "truncated"},
)


@st.composite
def histories(draw: DrawFn, length: int) -> History:
    """Draw a history of this many cycles."""
    listeners = draw(st.booleans())
    service = {
        "commands_make_revisions": draw(st.booleans()),
        "as_built": draw(st.booleans()),
        "omitted": draw(st.sampled_from([frozenset(), frozenset({"build_command"})])),
    }
    builder = _HistoryBuilder(draw, listeners=listeners)
    cycles: list[Cycle] = []
    program: Program = {}
    listener: Flat | None = None
    for _ in range(length):
        after = builder.edit(program)
        cycle = builder.cycle(program, after, service)
        if listeners:
            listener = draw_listener(draw, listener)
            cycle = builder.with_listener(cycle, listener)
        cycles.append(cycle)
        program = after
    return History(service, listeners, tuple(cycles))


class _HistoryBuilder:
    """Draws the cycles of one history; each name is used once."""

    def __init__(self, draw: DrawFn, *, listeners: bool) -> None:
        self._draw = draw
        self._listeners = listeners
        self._names = 0

    def edit(self, program: Program) -> Program:
        """Return the program after several edits."""
        after: Program = {}
        for resource, flat in program.items():
            edit_resource = self._draw(st.sampled_from(_EDITS))
            edit = edit_resource(self, self._with_folder(flat))
            if edit is not None:
                after[resource] = edit
        for _ in range(self._number_of_new(after)):
            source = self._draw(st.sampled_from(list(SOURCES)))
            after[self._new_name()] = self.arguments(source)
        return self._with_references(after)

    def cycle(self, before: Program, after: Program, service: dict[str, Any]) -> Cycle:
        """Draw the events on the way from one program to the next."""
        events = self._events(before, service)
        disturbance = self._draw(st.sampled_from(["", "", "", "failing", "overrides", "faults"]))
        sample = sorted(self._sample(list(after))) if disturbance else []
        return Cycle(
            program=after,
            events=events,
            refreshed=bool(events) or self._chance(4),
            failing=tuple(sample) if disturbance == "failing" else (),
            overrides={r: self._chance(2) for r in sample} if disturbance == "overrides" else {},
            faults=self._faults() if disturbance == "faults" else (),
            refreshed_after=self._chance(3),
            repeated_on_failure=self._chance(2),
        )

    def with_listener(self, cycle: Cycle, listener: Flat | None) -> Cycle:
        """Draw what others do to the listener of the program before."""
        if not self._chance(4):
            return replace(cycle, listener=listener)
        change = GONE_LISTENER if self._chance(4) else draw_drift(self._draw)
        return replace(cycle, listener=listener, listener_change=change, refreshed=True)

    def arguments(self, source: str) -> Flat:
        """Draw the arguments of a new deployment."""
        all_choices = argument_strategies(source, listeners=self._listeners)
        required = required_arguments(source, listeners=self._listeners)
        extra = self._sample([path for path in all_choices if path not in required], most=6)
        if source == "internal_source" and not self._chance(3):
            extra = list(dict.fromkeys([*extra, *LOCAL_FOLDER]))
        values = {path: self._draw(all_choices[path]) for path in (*required, *extra)}
        return make_valid({"source": source, **values})

    def same(self, flat: Flat) -> Flat:
        return flat

    def change(self, flat: Flat) -> Flat:
        """Change, add or remove values."""
        all_choices = argument_strategies(flat["source"], listeners=self._listeners)
        required = required_arguments(flat["source"], listeners=self._listeners)
        after = dict(flat)
        for path in self._sample([path for path in all_choices if path not in IMMUTABLE]):
            if path in after and path not in required and self._chance(3):
                del after[path]
            else:
                after[path] = self._draw(all_choices[path])
        return self._with_secrets_kept(flat, make_valid(after))

    def replace(self, flat: Flat) -> Flat:
        """Change an immutable value or the source, under the same name or a new one."""
        all_choices = argument_strategies(flat["source"], listeners=self._listeners)
        fixed = [path for path in IMMUTABLE if path in all_choices]
        if self._chance(4):
            after = self.arguments(self._draw(st.sampled_from(list(SOURCES))))
            after |= {path: flat[path] for path in ("name", "display_name") if path in flat}
        else:
            path = self._draw(st.sampled_from(fixed))
            after = {**flat, path: self._draw(all_choices[path])}
        if self._chance(2):
            after["name"] = self._new_name()
        else:
            after["delete_tracing_project"] = True
        return self._with_secrets_kept(flat, after)

    def edit_folder(self, flat: Flat) -> Flat:
        """Edit, grow, revert or remove the folder, and perhaps its variables at the same time."""
        if "path" not in flat:
            return self.change(flat)
        gone = [GONE] if self._chance(4) else list(CONTENTS)
        after = {**flat, "folder": self._draw(st.sampled_from(gone))}
        if self._chance(2):
            after["secrets"] = self._draw(SECRETS)
        return self._with_secrets_kept(flat, make_valid(after))

    def _with_folder(self, flat: Flat) -> Flat:
        """Put a folder back that was removed."""
        gone = flat.get("folder") == GONE
        return {**flat, "folder": self._draw(st.sampled_from(list(CONTENTS)))} if gone else flat

    def rename(self, flat: Flat) -> Flat:
        return {**flat, "name": self._new_name()}

    def remove(self, _flatten: Flat) -> None:
        return None

    def move(self, flat: Flat) -> Flat:
        """Move a variable with its value between the maps, if it may stand in clear."""
        movable = [
            (key, other, name)
            for key, other in (VARIABLE_MAPS, VARIABLE_MAPS[::-1])
            for name, value in (flat.get(key) or {}).items()
            if value in SHOWN
        ]
        if not movable:
            return flat
        key, other, name = self._draw(st.sampled_from(sorted(movable)))
        rest = {one: value for one, value in flat[key].items() if one != name}
        return {**flat, key: rest, other: {**(flat.get(other) or {}), name: flat[key][name]}}

    def _with_secrets_kept(self, before: Flat, after: Flat) -> Flat:
        """Keep the variables rather than empty the set, which the provider rejects."""
        if not variables_of(before) or not declares_variables(after) or variables_of(after):
            return after
        others = {path: value for path, value in after.items() if path not in VARIABLE_MAPS}
        return {**others, **{key: before[key] for key in VARIABLE_MAPS if key in before}}

    def _with_references(self, program: Program) -> Program:
        """Add references to existing resources and remove those to missing ones."""
        after: Program = {}
        for resource, arguments in program.items():
            flat = dict(arguments)
            targets = [name for name, other in after.items() if other["source"] in SOURCES_WITH_URL]
            had_variables = bool(variables_of(flat))
            for key in VARIABLE_MAPS:
                if key in flat:
                    flat[key] = {
                        name: value
                        for name, value in (flat[key] or {}).items()
                        if not isinstance(value, dict) or value["output"][0] in targets
                    }
            if targets and self._chance(4):
                self._refer_to(flat, self._draw(st.sampled_from(targets)))
            if had_variables and not variables_of(flat):
                flat["secrets"] = {"KEY": self._draw(SECRET)}
            after[resource] = flat
        return after

    def _refer_to(self, flat: Flat, target: str) -> None:
        """Give a deployment the URL of another one, in either map."""
        key, other = VARIABLE_MAPS if self._chance(2) else VARIABLE_MAPS[::-1]
        flat[key] = {**(flat.get(key) or {}), "TOOL_URL": {"output": [target, "url"]}}
        if other in flat:
            flat[other] = {name: one for name, one in flat[other].items() if name != "TOOL_URL"}

    def _events(self, program: Program, service: dict[str, Any]) -> tuple[Event, ...]:
        if not program or not self._chance(2):
            return ()
        return tuple(
            self._event(resource, program[resource], service)
            for resource in self._sample(list(program), most=3)
        )

    def _event(self, resource: str, flat: Flat, service: dict[str, Any]) -> Event:
        kind = self._draw(st.sampled_from(["drift", "drift", "drift", "push", "redeploy", "gone"]))
        return Event(kind, resource, self._drift(flat, service) if kind == "drift" else {})

    def _drift(self, flat: Flat, service: dict[str, Any]) -> Flat:
        """Draw other values for arguments that the service returns, managed or not."""
        hidden = {"source_config.build_command"} if service["omitted"] else set()
        if service["as_built"]:
            hidden.add("source_revision_config.repo_ref")
        possible = argument_strategies(flat["source"], listeners=self._listeners)
        paths = [path for path in possible if path not in (*IMMUTABLE, *_NOT_LIVE, *hidden)]
        drift = {path: self._draw(possible[path]) for path in self._sample(paths)}
        if "secrets" in drift:
            drift["secrets"] = self._draw(SECRETS) or {"ADDED": self._draw(SECRET)}
            shown = st.sampled_from(SHOWN)
            for name in drift["secrets"].keys() & (flat.get("environment_variables") or {}).keys():
                drift["secrets"][name] = self._draw(shown)
        valid = make_valid({**flat, **drift})
        return {path: value for path, value in valid.items() if path in drift}

    def _faults(self) -> tuple[dict[str, Any], ...]:
        methods = ["POST", "PATCH", "DELETE"]
        return tuple(
            {
                **self._draw(st.sampled_from(FAULTS)),
                "method": self._draw(st.sampled_from(methods)),
                "path": "/v2/deployments*",
                "skip": self._draw(st.integers(0, 2)),
            }
            for _ in range(self._draw(st.integers(1, 3)))
        )

    def _number_of_new(self, program: Program) -> int:
        room = MAX_DEPLOYMENTS - len(program)
        if not program:
            return self._draw(st.integers(3, MAX_DEPLOYMENTS))
        return 1 if room and self._chance(2) else 0

    def _sample(self, items: list[Any], *, most: int = 4) -> list[Any]:
        """Draw one or several items."""
        if not items:
            return []
        return self._draw(st.lists(st.sampled_from(items), min_size=1, max_size=most, unique=True))

    def _chance(self, of: int) -> bool:
        """Return True once in this many times."""
        return self._draw(st.integers(0, of - 1)) == of - 1

    def _new_name(self) -> str:
        self._names += 1
        return f"d{self._names}"


_NOT_LIVE = (
    "triggers",
    "path",
    "folder",
    "delete_tracing_project",
    "rollout_timeout",
    "tracked_packages",
    "revision_source",
    "route_through_gateway",  # the service may not return it
    "compute_size",
    "environment_variables",  # live among the secrets
    "interrupt_stuck",
    "health_check",
)
_EDITS = (
    *[_HistoryBuilder.change] * 5,
    *[_HistoryBuilder.edit_folder] * 2,
    *[_HistoryBuilder.same] * 2,
    *[_HistoryBuilder.replace] * 2,
    _HistoryBuilder.move,
    _HistoryBuilder.rename,
    _HistoryBuilder.remove,
)
