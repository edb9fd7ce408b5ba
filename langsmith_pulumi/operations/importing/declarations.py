"""Live deployments as declarations of a program, which the provider would accept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane.text import printable
from langsmith_pulumi.operations.connection import OperationError
from langsmith_pulumi.provider.sources import SOURCES
from langsmith_pulumi.provider.validation import validate
from langsmith_pulumi.provider.variables import SECRETS

from .fields import arguments
from .names import identifier, take
from .variables import ConfigSecret, Hiding, unmanaged, variables_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from langsmith_pulumi.control_plane.responses import LiveDeployment
    from langsmith_pulumi.provider.validation_problem import ValidationProblem

_DELETING = ("AWAITING_DELETE", "AWAITING_FINAL_DELETE")
_DEPTH_OF_FIELDS = 3
"""Fields are left out one by one down to this depth, such as source_config.resource_spec.cpu."""


@dataclass(frozen=True)
class Declaration:
    """One call of ``Deployment``."""

    variable: str
    resource_name: str
    deployment_id: str
    arguments: dict[str, Any]
    """In the order of the call; a ``ConfigSecret`` stands for each secret value."""


@dataclass(frozen=True)
class Declarations:
    """The content of a program, and what it leaves out."""

    deployments: list[Declaration] = field(default_factory=list)
    secrets: list[ConfigSecret] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Each begins with the name of its deployment."""


def declare(
    deployments: Iterable[LiveDeployment],
    *,
    plain: Collection[str] = (),
    missing_listeners: Collection[str] = (),
) -> Declarations:
    """Return the declarations that adopt these deployments without a change.

    ``plain`` are the names of variables that the program may show.
    """
    hiding = Hiding(plain)
    writer = _Writer(hiding, missing_listeners)
    found = [one for live in deployments for one in writer.declare(live)]
    _check_plain(hiding, plain)
    return Declarations(found, hiding.secrets, writer.notes)


def _check_plain(hiding: Hiding, plain: Collection[str]) -> None:
    if hiding.refused:
        raise OperationError(
            f"--plain does not take {'; nor '.join(hiding.refused)}. Leave it out: the program "
            "then takes the value from its configuration, as a secret."
        )
    unknown = sorted(set(plain) - hiding.seen)
    if unknown:
        raise OperationError(
            f"--plain names {', '.join(unknown)}, which is no variable of these deployments."
        )


class _Writer:
    """Declarations one after the other, with names that are unique in the program."""

    def __init__(self, hiding: Hiding, missing_listeners: Collection[str]) -> None:
        self.notes: list[str] = []
        self._hiding = hiding
        self._missing_listeners = missing_listeners
        self._variables: set[str] = set()
        self._resources: set[str] = set()

    def declare(self, live: LiveDeployment) -> list[Declaration]:
        """Return the declaration of a deployment, or none if a program cannot have it."""
        refusal = _refusal(live)
        if refusal:
            self._note(live, f"is left out: {refusal}")
            return []
        given, notes = arguments(live)
        values, more = variables_of(live)
        given, values, problems = _accepted(live, given, values)
        needed = [one for one in problems if _is_needed(one.path, live.source)]
        if needed:
            self._note(live, f"is left out: {_sentence(needed)}")
            return []
        self._note(live, *notes, *more, *map(_problem_note, problems), *self._state_notes(live))
        hidden = self._hiding.hide(given, live.name) | self._hiding.in_maps(values, live.name)
        return [self._declaration(live, hidden)]

    def _declaration(self, live: LiveDeployment, given: dict[str, Any]) -> Declaration:
        resource = take(live.name, self._resources, "-")
        variable = take(identifier(resource), self._variables, "_")
        if variable != live.name.replace("-", "_"):
            self._note(live, f"the program's variable is {variable}")
        if resource != live.name:
            given = {"name": live.name, **given}
            self._note(live, f"the resource is named {resource!r}, because the name occurs twice")
        return Declaration(variable, resource, live.id, given)

    def _state_notes(self, live: LiveDeployment) -> list[str]:
        """Return notes on a deployment that cannot be deployed again, or is not as it should be."""
        listener, newest = live.source_config.get("listener_id"), live.latest_revision_id
        found = {
            f"its listener {listener} is gone, and a deployment cannot change its listener": (
                listener in self._missing_listeners
            ),
            "its newest revision is not active: `pulumi up` waits for it, and asks for it again if "
            "it has failed": newest not in (None, live.active_revision_id),
        }
        return [note for note, applies in found.items() if applies]

    def _note(self, live: LiveDeployment, *notes: str) -> None:
        self.notes += [f"{live.name}: {note}" for note in notes]


def _refusal(live: LiveDeployment) -> str:
    if live.source not in SOURCES:
        return f"this version does not know its source {printable(live.source)!r}"
    if live.status in _DELETING:
        return "it is being deleted"
    return ""


def _accepted(
    live: LiveDeployment, given: dict[str, Any], values: dict[str, str]
) -> tuple[dict[str, Any], dict[str, str], list[ValidationProblem]]:
    """Return what the provider accepts of a declaration, and the problems of the rest."""
    problems = validate({}, {"name": live.name, **given, SECRETS: values})
    if any(_is_of_variables(problem) for problem in problems):
        values = {}
    for problem in problems:
        given = _without(given, problem.path.split(".")[:_DEPTH_OF_FIELDS])
    return given, values, problems


def _without(value: dict[str, Any], path: list[str]) -> dict[str, Any]:
    """Return a copy without the value at a path, and without objects that are empty then."""
    first, *rest = path
    inner = value.get(first)
    kept = {first: _without(inner, rest)} if rest and isinstance(inner, dict) else {}
    return {
        key: kept.get(key, item) for key, item in value.items() if key != first or kept.get(key)
    }


def _is_needed(path: str, source: str) -> bool:
    return path in ("name", "source", *SOURCES[source].needs)


def _is_of_variables(problem: ValidationProblem) -> bool:
    return problem.path.startswith(f"{SECRETS}.")


def _problem_note(problem: ValidationProblem) -> str:
    if _is_of_variables(problem):
        return unmanaged(_sentence([problem]))
    return f"{_sentence([problem])}; it is left out"


def _sentence(problems: list[ValidationProblem]) -> str:
    return "; ".join(f"{printable(one.path)} {one.reason}" for one in problems)
