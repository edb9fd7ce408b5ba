"""Drift in a plan: the old values that were set outside of the program.

A preview compares with the last known state and does not say who made it. Three things tell: a
refresh in the same preview, whose step holds the state from before; the paths that a refresh of its
own has named in the state; and names of live variables that the program did not write.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.provider.properties import DRIFTED
from langsmith_pulumi.provider.variables import FINGERPRINTS, all_variables

if TYPE_CHECKING:
    from langsmith_pulumi.provider.properties import Properties

    from .plan import State


@dataclass(frozen=True)
class Drift:
    """The facts about one deployment that tell drift."""

    live: Properties = field(default_factory=dict)
    """The last known values."""
    recorded: Properties = field(default_factory=dict)
    """Those from before a refresh in the same preview, if there was one."""
    named: frozenset[str] = frozenset()
    """The paths that the last refresh has named."""
    known: frozenset[str] = frozenset()
    """Those that an earlier refresh had named."""
    settled: frozenset[str] = frozenset()
    """Those whose live value the program has taken over since.

    An `up` writes the program's inputs, which name nothing; it leaves the outputs of an unchanged
    resource as they are.
    """

    def of_value(self, path: str, before: Any, recorded: Any) -> bool:
        """Return True if the old value at a path has drifted from the recorded one."""
        return self._is_drift(path, altered=before != recorded)

    def of_variable(self, name: str) -> bool:
        """Return True if a variable has drifted.

        A refresh reads the live variables into the fingerprints and leaves ``secrets`` as the
        program wrote them, so an added or removed name shows in states of former versions, too.
        """
        path, live = f"{FINGERPRINTS}.{name}", fingerprints_in(self.live)
        written = all_variables(self.live) if FINGERPRINTS in self.live else None
        differs = isinstance(written, dict) and (name in written) != (name in live)
        altered = live.get(name) != fingerprints_in(self.recorded).get(name)
        return self._is_drift(path, altered=altered) or (differs and path not in self.settled)

    def _is_drift(self, path: str, *, altered: bool) -> bool:
        if path in self.named:
            return altered or path not in self.settled
        # What an earlier refresh had named, and this one does not, was put back in between.
        return altered and path not in self.known


def drift_of(before: State | None, before_refresh: State | None, live: Properties) -> Drift:
    """Return the facts in the states before an update, and before a refresh in the same plan."""
    first = before_refresh or before
    if before is None or first is None:
        return Drift(live, live)
    known = _named(first.outputs)
    recorded = last_known(before_refresh) if before_refresh else live
    return Drift(live, recorded, _named(before.outputs), known, known - _named(first.inputs))


def last_known(state: State | None) -> Properties:
    """Return the old side of a comparison, as the provider's diff sees it.

    The outputs hold what the last read or write returned.
    """
    outputs = (state.outputs or state.inputs) if state else {}
    return {"workspace_id": outputs.get("tenant_id"), **outputs} if outputs else {}


def fingerprints_in(inputs: Properties) -> Properties:
    """Return the fingerprints of the variables; empty if there are none."""
    fingerprints = inputs.get(FINGERPRINTS)
    return fingerprints if isinstance(fingerprints, dict) else {}


def _named(properties: Properties) -> frozenset[str]:
    found = properties.get(DRIFTED)
    return frozenset(found) if isinstance(found, dict) else frozenset()
