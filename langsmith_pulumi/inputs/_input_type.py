"""The decorator of input types: it makes a Pulumi input type of a class of annotated fields."""

from typing import TypeVar

import pulumi
from typing_extensions import dataclass_transform

_Class = TypeVar("_Class")


@dataclass_transform(kw_only_default=True, field_specifiers=(pulumi.property,))
def input_type(cls: type[_Class]) -> type[_Class]:
    """Make a class a Pulumi input type with a constructor that editors and type checkers know.

    The SDK's decorator makes the same constructor at run time, but does not declare it.
    ``pulumi.property("wireName", default=None)`` gives a field another name on the wire.

    Modules that use this decorator need annotations that are evaluated, so they have no ``from
    __future__ import annotations``. They need the ``TypedDict`` of ``typing``: the SDK does not
    recognize that of ``typing_extensions`` and fails on a nested dict.
    """
    made = pulumi.input_type(cls)
    # Python reports a wrong argument under this name; the SDK leaves the name of its template.
    made.__dict__["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
    return made
