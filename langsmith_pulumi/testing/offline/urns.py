"""URNs, provider references, and the selection of resources by URN."""

from __future__ import annotations

from dataclasses import dataclass

ROOT_STACK_TYPE = "pulumi:pulumi:Stack"
DYNAMIC_PACKAGE = "pulumi-python"
PROVIDER_TYPE_PREFIX = "pulumi:providers:"


def make_urn(stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """Return the URN of a resource, whose type is qualified by those of its parents."""
    parents = urn_types(parent) if parent else ""
    qualified = type_ if parents in ("", ROOT_STACK_TYPE) else f"{parents}${type_}"
    return f"urn:pulumi:{stack}::{project}::{qualified}::{name}"


def urn_types(urn: str) -> str:
    """Return the qualified type of a URN: its parents' types and its own, joined by `$`."""
    return urn.split("::", 3)[2]


def urn_type(urn: str) -> str:
    """Return the resource's own type."""
    return urn_types(urn).rsplit("$", 1)[-1]


def urn_name(urn: str) -> str:
    """Return the resource's name in the program."""
    return urn.split("::", 3)[3]


def is_provider_type(type_: str) -> bool:
    """Return True if a type is that of a provider."""
    return type_.startswith(PROVIDER_TYPE_PREFIX)


def is_dynamic_type(type_: str) -> bool:
    """Return True if a type is served by the SDK's plugin for dynamic providers."""
    return type_.split(":", 1)[0] == DYNAMIC_PACKAGE


def provider_urn(reference: str) -> str:
    """Return the URN of a provider reference (`<urn>::<id>`), empty for an empty reference."""
    return reference.rsplit("::", 1)[0] if reference else ""


def is_dynamic_provider(type_: str) -> bool:
    """Return True if a type is that of the provider of dynamic resources."""
    return type_ == f"{PROVIDER_TYPE_PREFIX}{DYNAMIC_PACKAGE}"


@dataclass(frozen=True)
class Selection:
    """The URNs of `--replace`, `--target` and `--exclude`; without any, all resources change."""

    replace: frozenset[str] = frozenset()
    """Resources to replace even if nothing has changed."""
    target: frozenset[str] = frozenset()
    """The only resources to change; all of them if empty."""
    exclude: frozenset[str] = frozenset()
    """Resources to leave unchanged."""

    def includes(self, urn: str, former: str = "") -> bool:
        """Return True if a resource may change; `former` is the URN it was found under.

        The stack itself and providers always may.
        """
        if urn_type(urn) == ROOT_STACK_TYPE or is_provider_type(urn_type(urn)):
            return True
        names = {urn, former}
        return bool(not self.target or names & self.target) and not names & self.exclude


EVERYTHING = Selection()
"""The selection of all resources."""
