"""Which resources an operation is about, as `--replace`, `--target` and `--exclude` say."""

from __future__ import annotations

from dataclasses import dataclass

from .urns import ROOT_STACK_TYPE, is_provider_type, urn_type


@dataclass(frozen=True)
class Selection:
    """URNs that an operation was given; without any it is about all resources."""

    replace: frozenset[str] = frozenset()
    """Replaced even if nothing has changed."""
    target: frozenset[str] = frozenset()
    """The only ones that are changed; every one if empty."""
    exclude: frozenset[str] = frozenset()
    """Left as they are."""

    def includes(self, urn: str, former: str = "") -> bool:
        """Return whether a resource is changed; `former` is the URN that it was found under.

        The stack itself and providers always are.
        """
        if urn_type(urn) == ROOT_STACK_TYPE or is_provider_type(urn_type(urn)):
            return True
        names = {urn, former}
        return bool(not self.target or names & self.target) and not names & self.exclude


EVERYTHING = Selection()
"""What an operation is about that was given no URNs."""
