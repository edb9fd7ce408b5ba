"""What to delete once the program is done, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .steps import Op, Step

if TYPE_CHECKING:
    from .state import Entry


def delete_steps(leftovers: list[Entry]) -> list[Step]:
    """A step for each entry that the program no longer wants."""
    return [Step(_kind(entry), entry.urn, entry, None) for entry in leftovers]


def _kind(entry: Entry) -> Op:
    half_gone = entry.delete or entry.pending_replacement
    return Op.DELETE_REPLACED if half_gone else Op.DELETE


def layers(steps: list[Step]) -> list[list[Step]]:
    """The deletes in batches: each batch may run in parallel, users before what they use."""
    left = list(steps)
    batches: list[list[Step]] = []
    while left:
        needed = {urn for step in left for urn in _needs(step)}
        batch = [step for step in left if step.urn not in needed] or left
        batches.append(batch)
        left = [step for step in left if step not in batch]
    return batches


def upheld(steps: list[Step], failed: list[Step]) -> set[str]:
    """The URNs that must stay because something that stays needs them, however indirectly."""
    needs = {step.urn: _needs(step) for step in steps}
    found: set[str] = set()
    ahead = [urn for step in failed for urn in _needs(step)]
    while ahead:
        urn = ahead.pop()
        if urn not in found:
            found.add(urn)
            ahead += needs.get(urn, ())
    return found


def _needs(step: Step) -> set[str]:
    return {urn for urn in (step.old.needs if step.old else []) if urn != step.urn}
