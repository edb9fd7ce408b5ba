"""URNs: how a resource is named within a stack, and how a provider is referred to."""

from __future__ import annotations

ROOT_STACK_TYPE = "pulumi:pulumi:Stack"
DYNAMIC_PACKAGE = "pulumi-python"
PROVIDER_TYPE_PREFIX = "pulumi:providers:"


def make_urn(stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """The URN of a resource; the types of its parents, the stack's aside, qualify its own."""
    parents = urn_types(parent) if parent else ""
    qualified = type_ if parents in ("", ROOT_STACK_TYPE) else f"{parents}${type_}"
    return f"urn:pulumi:{stack}::{project}::{qualified}::{name}"


def urn_types(urn: str) -> str:
    """The qualified type of a URN: its parents' types and its own, joined by `$`."""
    return urn.split("::", 3)[2]


def urn_type(urn: str) -> str:
    """The resource's own type."""
    return urn_types(urn).rsplit("$", 1)[-1]


def urn_name(urn: str) -> str:
    """The resource's name in the program."""
    return urn.split("::", 3)[3]


def is_provider_type(type_: str) -> bool:
    """Tell whether a type is a provider's."""
    return type_.startswith(PROVIDER_TYPE_PREFIX)


def is_dynamic_type(type_: str) -> bool:
    """Tell whether a type is served by the SDK's dynamic provider plugin."""
    return type_.split(":", 1)[0] == DYNAMIC_PACKAGE


def provider_urn(reference: str) -> str:
    """The URN in a provider reference (`<urn>::<id>`), empty for an empty reference."""
    return reference.rsplit("::", 1)[0] if reference else ""


def is_dynamic_provider(type_: str) -> bool:
    """Tell whether a type is that of the provider of dynamic resources."""
    return type_ == f"{PROVIDER_TYPE_PREFIX}{DYNAMIC_PACKAGE}"
