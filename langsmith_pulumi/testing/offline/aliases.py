"""The former URNs of a resource, by its own aliases and by those of its parent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .urns import make_urn, urn_name, urn_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@dataclass(frozen=True)
class Alias:
    """One alias of the program: a whole URN, or the parts that differed."""

    urn: str = ""
    name: str = ""
    type: str = ""
    stack: str = ""
    project: str = ""
    parent: str = ""
    no_parent: bool = False


def read_aliases(request: Any) -> list[Alias]:
    """Return the aliases of a `RegisterResourceRequest`; old SDKs send only URNs."""
    urns = [Alias(urn=urn) for urn in request.aliasURNs]
    return urns + [_read_alias(alias) for alias in request.aliases]


def _read_alias(alias: Any) -> Alias:
    if alias.WhichOneof("alias") != "spec":
        return Alias(urn=alias.urn)
    spec = alias.spec
    return Alias("", spec.name, spec.type, spec.stack, spec.project, spec.parentUrn, spec.noParent)


@dataclass(frozen=True)
class Naming:
    """The parts of a resource's current URN, from which the former URNs are derived."""

    stack: str
    project: str
    parent: str
    type: str
    name: str

    def former_urns(self, aliases: Sequence[Alias], found: Mapping[str, str]) -> list[str]:
        """Return the former URNs in order; `found` maps each renamed resource to its former URN.

        A child of a renamed parent also inherits an alias: the URN below the parent's former URN.
        If the child's name begins with the parent's name, the alias begins with the former name.
        """
        own = [self._former_urn(alias, found) for alias in aliases]
        return list(dict.fromkeys([*own, *self._inherited(own, found)]))

    def _former_urn(self, alias: Alias, found: Mapping[str, str]) -> str:
        if alias.urn:
            return alias.urn
        # The former URN has the former URN of the parent, if this run renames both.
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
