"""The URNs that a resource may have had: by its own aliases, and by what its parent was called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .urns import make_urn, urn_name, urn_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@dataclass(frozen=True)
class Alias:
    """One alias as the program gives it: a whole URN, or the parts that were different."""

    urn: str = ""
    name: str = ""
    type: str = ""
    stack: str = ""
    project: str = ""
    parent: str = ""
    no_parent: bool = False


def read_aliases(request: Any) -> list[Alias]:
    """Return the aliases of a `RegisterResourceRequest`; old SDKs send URNs only."""
    urns = [Alias(urn=urn) for urn in request.aliasURNs]
    return urns + [_read_alias(alias) for alias in request.aliases]


def _read_alias(alias: Any) -> Alias:
    if alias.WhichOneof("alias") != "spec":
        return Alias(urn=alias.urn)
    spec = alias.spec
    return Alias("", spec.name, spec.type, spec.stack, spec.project, spec.parentUrn, spec.noParent)


@dataclass(frozen=True)
class Naming:
    """A resource's present name, from which its former ones are derived."""

    stack: str
    project: str
    parent: str
    type: str
    name: str

    def former_urns(self, aliases: Sequence[Alias], found: Mapping[str, str]) -> list[str]:
        """Return the URNs to look under, in order; `found` has the former URN of each renamed one.

        A child of a renamed parent is looked for under the parent's former URN, and, where its
        name begins with the parent's, under a name that begins with the parent's former one.
        """
        own = [self._former_urn(alias, found) for alias in aliases]
        return list(dict.fromkeys([*own, *self._inherited(own, found)]))

    def _former_urn(self, alias: Alias, found: Mapping[str, str]) -> str:
        if alias.urn:
            return alias.urn
        # A parent that was renamed in this run had its former URN when this one had its own.
        former_parent = found.get(alias.parent, alias.parent) if alias.parent else self.parent
        return make_urn(
            alias.stack or self.stack,
            alias.project or self.project,
            "" if alias.no_parent else former_parent,
            alias.type or self.type,
            alias.name or self.name,
        )

    def _inherited(self, own: list[str], found: Mapping[str, str]) -> Iterator[str]:
        if self.parent not in found:
            return
        former_parent, parent_name = found[self.parent], urn_name(self.parent)
        named = [(self.type, self.name), *((urn_type(urn), urn_name(urn)) for urn in own)]
        for type_, name in named:
            if name.startswith(parent_name):
                name = urn_name(former_parent) + name.removeprefix(parent_name)  # noqa: PLW2901
            yield make_urn(self.stack, self.project, former_parent, type_, name)
