"""Replacements that the user forces: `--replace` and taint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from langsmith_pulumi.testing.offline import OfflineError, Op
from tests.offline.toy import thing

if TYPE_CHECKING:
    from tests.offline.toy import Toy


@pytest.mark.parametrize("method", ["replace", "taint"])
@pytest.mark.parametrize("delete_first", [False, True])
def test_an_unchanged_resource_is_replaced_once(
    toy: Toy, method: str, *, delete_first: bool
) -> None:
    """A forced replacement needs no diff, follows the option's order, and happens once."""
    toy.declare(thing("a", {"delete_before_replace": delete_first}, value="one"))
    stack = toy.stack()
    assert stack.up().ok
    toy.calls()
    entries = stack.export()["deployment"]["resources"]
    urn = next(item["urn"] for item in entries if item["urn"].endswith("::a"))
    if method == "taint":
        stack.taint(urn)
    replace = [urn] if method == "replace" else []
    (step,) = stack.preview(replace=replace).steps
    assert (step.op, step.replace_reasons) == (Op.REPLACE, ("id",))
    assert stack.up(replace=replace).ok
    order = ["delete a", "create a"] if delete_first else ["create a", "delete a"]
    assert toy.calls() == order
    assert stack.preview().steps == []
    assert "taint" not in str(stack.export())


def test_an_unknown_urn_is_an_error(toy: Toy) -> None:
    """A URN that the state lacks is an error, and nothing runs."""
    toy.declare(thing("a", value="one"))
    with pytest.raises(OfflineError, match="urn:nobody: the stack has no resource"):
        toy.stack().up(replace=["urn:nobody"])
    assert toy.calls() == []
