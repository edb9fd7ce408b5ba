"""Random histories as plain data: programs, one edited into the next, and what befalls the world.

All is drawn before anything runs, so that a failing history prints as what it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from .arguments import FIXED, SECRET, SECRETS, SOURCES, WITH_URL, choices, made_valid, needed

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

    from .costs import Flat

Program = dict[str, "Flat"]
"""The arguments of each resource, by path; a resource refers to earlier ones only."""

MOST = 5
"""Deployments in a program."""


@dataclass(frozen=True)
class Event:
    """What somebody else does to a deployment; ``drift`` gives the values, by path."""

    kind: str
    resource: str
    drift: Flat = field(default_factory=dict)


@dataclass(frozen=True)
class Cycle:
    """One preview and one ``up`` of a program, and what happens before and meanwhile."""

    program: Program
    events: tuple[Event, ...] = ()
    refreshed: bool = False
    """Whether a refresh comes first; always after an event."""
    failing: tuple[str, ...] = ()
    """Resources whose next revision fails."""
    overrides: dict[str, bool] = field(default_factory=dict)
    """Resources whose next PATCH makes a revision, or none, against what is documented."""
    faults: tuple[dict[str, Any], ...] = ()
    """Answers that go wrong, once each."""
    doubly_checked: bool = False
    """Whether a refresh comes between ``up`` and the last preview."""
    settled: bool = False
    """Whether a failed ``up`` is repeated before the program goes on."""

    def undisturbed(self) -> Cycle:
        """The same program once more, and nothing happens."""
        return Cycle(self.program)


@dataclass(frozen=True)
class History:
    """One stack's life, and the service that it lives on."""

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
    """A life of so many cycles."""
    listeners = draw(st.booleans())
    service = {
        "commands_make_revisions": draw(st.booleans()),
        "as_built": draw(st.booleans()),
        "omitted": draw(st.sampled_from([frozenset(), frozenset({"build_command"})])),
    }
    drawn = _Drawing(draw, listeners=listeners)
    cycles: list[Cycle] = []
    program: Program = {}
    for _ in range(length):
        after = drawn.edited(program)
        cycles.append(drawn.cycle(program, after, service))
        program = after
    return History(service, listeners, tuple(cycles))


class _Drawing:
    """Draws the cycles of one history; no name is ever used twice."""

    def __init__(self, draw: DrawFn, *, listeners: bool) -> None:
        self._draw = draw
        self._listeners = listeners
        self._names = 0

    def edited(self, program: Program) -> Program:
        """A program, after several edits at once."""
        after: Program = {}
        for resource, flat in program.items():
            edit = self._draw(st.sampled_from(_EDITS))
            edited = edit(self, flat)
            if edited is not None:
                after[resource] = edited
        for _ in range(self._number_of_new(after)):
            source = self._draw(st.sampled_from(list(SOURCES)))
            after[self._fresh()] = self.arguments(source)
        return self._connected(after)

    def cycle(self, before: Program, after: Program, service: dict[str, Any]) -> Cycle:
        """What happens to a program on its way to the next one."""
        events = self._events(before, service)
        trouble = self._draw(st.sampled_from(["", "", "", "failing", "overrides", "faults"]))
        some = sorted(self._some(list(after))) if trouble else []
        return Cycle(
            program=after,
            events=events,
            refreshed=bool(events) or self._chance(4),
            failing=tuple(some) if trouble == "failing" else (),
            overrides={r: self._chance(2) for r in some} if trouble == "overrides" else {},
            faults=self._faults() if trouble == "faults" else (),
            doubly_checked=self._chance(3),
            settled=self._chance(2),
        )

    def arguments(self, source: str) -> Flat:
        """Arguments of a new deployment."""
        all_choices = choices(source, listeners=self._listeners)
        needs = needed(source, listeners=self._listeners)
        extra = self._some([path for path in all_choices if path not in needs], most=6)
        values = {path: self._draw(all_choices[path]) for path in (*needs, *extra)}
        return made_valid({"source": source, **values})

    def same(self, flat: Flat) -> Flat:
        return flat

    def change(self, flat: Flat) -> Flat:
        """Other values, more of them, or fewer."""
        all_choices = choices(flat["source"], listeners=self._listeners)
        needs = needed(flat["source"], listeners=self._listeners)
        after = dict(flat)
        for path in self._some([path for path in all_choices if path not in FIXED]):
            if path in after and path not in needs and self._chance(3):
                del after[path]
            else:
                after[path] = self._draw(all_choices[path])
        return self._with_secrets_kept(flat, made_valid(after))

    def replace(self, flat: Flat) -> Flat:
        """Another fixed value or another source, under the same name or a new one."""
        all_choices = choices(flat["source"], listeners=self._listeners)
        fixed = [path for path in FIXED if path in all_choices]
        if self._chance(4):
            after = self.arguments(self._draw(st.sampled_from(list(SOURCES))))
            after |= {path: flat[path] for path in ("name", "display_name") if path in flat}
        else:
            path = self._draw(st.sampled_from(fixed))
            after = {**flat, path: self._draw(all_choices[path])}
        if self._chance(2):
            after["name"] = self._fresh()
        else:
            after["delete_tracing_project"] = True
        return self._with_secrets_kept(flat, after)

    def rename(self, flat: Flat) -> Flat:
        return {**flat, "name": self._fresh()}

    def remove(self, _flat: Flat) -> None:
        return None

    def _with_secrets_kept(self, before: Flat, after: Flat) -> Flat:
        """The set cannot be emptied, and the provider says so; that is tested elsewhere."""
        if before.get("secrets") and after.get("secrets") == {}:
            return {**after, "secrets": before["secrets"]}
        return after

    def _connected(self, program: Program) -> Program:
        """The program, with references to what is there, and none to what is not."""
        after: Program = {}
        for resource, arguments in program.items():
            flat = dict(arguments)
            targets = [name for name, other in after.items() if other["source"] in WITH_URL]
            secrets = {
                name: value
                for name, value in (flat.get("secrets") or {}).items()
                if not isinstance(value, dict) or value["output"][0] in targets
            }
            if targets and self._chance(4):
                target = self._draw(st.sampled_from(targets))
                secrets["TOOL_URL"] = {"output": [target, "url"]}
            if "secrets" in flat and flat["secrets"] and not secrets:
                secrets = {"KEY": self._draw(SECRET)}
            if secrets or "secrets" in flat:
                flat["secrets"] = secrets
            after[resource] = flat
        return after

    def _events(self, program: Program, service: dict[str, Any]) -> tuple[Event, ...]:
        if not program or not self._chance(2):
            return ()
        return tuple(
            self._event(resource, program[resource], service)
            for resource in self._some(list(program), most=3)
        )

    def _event(self, resource: str, flat: Flat, service: dict[str, Any]) -> Event:
        kind = self._draw(st.sampled_from(["drift", "drift", "drift", "push", "redeploy", "gone"]))
        return Event(kind, resource, self._drift(flat, service) if kind == "drift" else {})

    def _drift(self, flat: Flat, service: dict[str, Any]) -> Flat:
        """Other values for arguments that are managed or not, as far as the service shows them."""
        hidden = {"source_config.build_command"} if service["omitted"] else set()
        if service["as_built"]:
            hidden.add("source_revision_config.repo_ref")
        possible = choices(flat["source"], listeners=self._listeners)
        paths = [path for path in possible if path not in (*FIXED, *_NOT_LIVE, *hidden)]
        drift = {path: self._draw(possible[path]) for path in self._some(paths)}
        if "secrets" in drift:
            drift["secrets"] = self._draw(SECRETS) or {"ADDED": self._draw(SECRET)}
        valid = made_valid({**flat, **drift})
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
        room = MOST - len(program)
        if not program:
            return self._draw(st.integers(3, MOST))
        return 1 if room and self._chance(2) else 0

    def _some(self, items: list[Any], *, most: int = 4) -> list[Any]:
        """One or several of them."""
        if not items:
            return []
        return self._draw(st.lists(st.sampled_from(items), min_size=1, max_size=most, unique=True))

    def _chance(self, of: int) -> bool:
        """Once in so many times."""
        return self._draw(st.integers(0, of - 1)) == of - 1

    def _fresh(self) -> str:
        self._names += 1
        return f"d{self._names}"


_NOT_LIVE = (
    "triggers",
    "delete_tracing_project",
    "rollout_timeout",
    "tracked_packages",
    "revision_source",
    "route_through_gateway",  # the service is not known to show it
)
_EDITS = (
    *[_Drawing.change] * 6,
    *[_Drawing.same] * 2,
    *[_Drawing.replace] * 2,
    _Drawing.rename,
    _Drawing.remove,
)
