"""Replacements that the user forces: `--replace` and taint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from langsmith_pulumi.testing.offline import OfflineError, Op
from tests.offline.toy import thing

if TYPE_CHECKING:
    from tests.offline.toy import Toy


@pytest.mark.parametrize("how", ["replace", "taint"])
@pytest.mark.parametrize("first", [False, True])
def test_an_unchanged_resource_is_replaced_once(toy: Toy, how: str, *, first: bool) -> None:
    """The provider has no say; the order is the option's; the next preview shows no change."""
    toy.declare(thing("a", {"delete_before_replace": first}, value="one"))
    stack = toy.stack()
    assert stack.up().ok
    toy.calls()
    entries = stack.export()["deployment"]["resources"]
    urn = next(item["urn"] for item in entries if item["urn"].endswith("::a"))
    if how == "taint":
        stack.taint(urn)
    replace = [urn] if how == "replace" else []
    (step,) = stack.preview(replace=replace).steps
    assert (step.op, step.replace_reasons) == (Op.REPLACE, ("id",))
    assert stack.up(replace=replace).ok
    order = ["delete a", "create a"] if first else ["create a", "delete a"]
    assert toy.calls() == order
    assert stack.preview().steps == []
    assert "taint" not in str(stack.export())


def test_an_unknown_urn_is_refused(toy: Toy) -> None:
    """A URN that the state does not have is named, and nothing runs."""
    toy.declare(thing("a", value="one"))
    with pytest.raises(OfflineError, match="urn:nobody: the stack has no resource"):
        toy.stack().up(replace=["urn:nobody"])
    assert toy.calls() == []
