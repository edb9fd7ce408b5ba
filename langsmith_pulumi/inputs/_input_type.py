"""The decorator that turns a class of annotated fields into a Pulumi input type."""

from typing import TypeVar

import pulumi
from typing_extensions import dataclass_transform

_Class = TypeVar("_Class")


@dataclass_transform(kw_only_default=True, field_specifiers=(pulumi.property,))
def input_type(cls: type[_Class]) -> type[_Class]:
    """Mark a class as a Pulumi input type, with a constructor that editors and checkers can see.

    The SDK's own decorator makes the same constructor at run time, but its declaration does not say
    so. ``pulumi.property("wireName", default=None)`` names a field that is spelled otherwise on the
    wire.

    Modules that use this need real annotations, so no ``from __future__ import annotations``, and
    the ``TypedDict`` of ``typing``: that of ``typing_extensions`` the SDK takes for one more class
    to compare a nested dict with, and fails.
    """
    made = pulumi.input_type(cls)
    # A wrong argument is reported under this name, which the SDK leaves at that of its template.
    made.__dict__["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
    return made
