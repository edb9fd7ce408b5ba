"""The same program on both engines: the same plans, the same states, and a state import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.offline.pulumi_cli import PulumiCli, comparable_plan, comparable_state, needs_pulumi
from tests.offline.toy import Toy, thing

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_pulumi

GROUP = {"name": "group", "group": True, "props": {"n": 1}}
SECRET = {"hidden": "canary-123"}
LATER = thing("later", {"depends_on": ["a"]}, value="x")
AFTER = thing("after", {"parent": "group"}, value={"ref": ["a", "value"]}, secret=SECRET)
SIZED = thing("sized", kind={"ref": ["a", "size"]}, tags={"deep": [SECRET, 1.5], "on": True})
SAFE = thing("safe", {"protect": True, "ignore_changes": ["value"]}, value="v")
EXPORTS = {"size": {"ref": ["a", "size"]}, "hidden": SECRET, "n": 1}

REBUILT = thing("rebuilt", value={"ref": ["z", "value"]}, kind={"ref": ["z", "id"]})
UPDATED = thing("updated", value={"ref": ["z", "id"]})

PROGRAMS: list[list[dict[str, Any]]] = [
    [
        thing("a", value="one", kind="x"),
        thing("z", value="one", kind="x", first=True),
        *(GROUP, AFTER, SIZED, LATER, SAFE, REBUILT, UPDATED),
    ],
    [
        thing("a", value="two", kind="y"),
        thing("z", value="two", kind="y", first=True),
        *({**GROUP, "props": {"n": 2}}, AFTER, SIZED, LATER, SAFE, REBUILT, UPDATED),
    ],
    [thing("a", value="two", kind="y"), thing("safe", value="w")],
]


def test_same_plans_and_states(tmp_path: Path) -> None:
    """Plans and states are the same for create, update, replace in both orders, and delete."""
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    one, other = Toy(tmp_path / "one"), Toy(tmp_path / "other")
    offline, pulumi = one.stack(), PulumiCli(other)
    for things in PROGRAMS:
        for toy in (one, other):
            toy.declare(*things, exports=EXPORTS)
        assert comparable_plan(offline.preview().plan) == comparable_plan(pulumi.preview())
        assert offline.up().ok
        pulumi.operate("up")
        state = offline.export()["deployment"]["resources"]
        assert comparable_state(state) == comparable_state(pulumi.state())
        assert sorted(one.calls()) == sorted(other.calls())


def test_pulumi_imports_the_state(toy: Toy) -> None:
    """After an import of the offline state, a preview on Pulumi shows no change."""
    toy.declare(*PROGRAMS[0], exports=EXPORTS)
    stack = toy.stack()
    assert stack.up().ok
    pulumi = PulumiCli(toy)
    pulumi.import_state(stack.export())
    assert pulumi.preview()["changeSummary"] == {"same": 10}


def test_same_check_failures(toy: Toy) -> None:
    """Check failures have the same messages."""
    toy.declare(thing("a", value="bad"))

    def check_failures(plan: dict[str, Any]) -> list[str]:
        return [d["message"] for d in plan["diagnostics"] if "has a problem" in d["message"]]

    offline = check_failures(toy.stack().preview().plan)
    assert len(offline) == 1
    assert offline == check_failures(PulumiCli(toy).preview())


FORCED = [
    thing("a", value="one", kind="x"),
    thing("z", {"delete_before_replace": True, "ignore_changes": ["value"]}, value="one"),
    REBUILT,
    UPDATED,
]


@pytest.mark.parametrize("method", ["replace", "taint"])
def test_forced_replacements(tmp_path: Path, method: str) -> None:
    """`--replace` and taint make the same calls, plans and states."""
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    one, other = Toy(tmp_path / "one"), Toy(tmp_path / "other")
    offline, pulumi = one.stack(), PulumiCli(other)
    for toy in (one, other):
        toy.declare(*FORCED)
    assert offline.up().ok
    pulumi.operate("up")
    urns = [item["urn"] for item in pulumi.state() if item["urn"].endswith(("::a", "::z"))]
    assert len(urns) == 2
    if method == "taint":
        for urn in urns:
            offline.taint(urn)
            pulumi.taint(urn)
    replace = urns if method == "replace" else []
    given = [text for urn in replace for text in ("--replace", urn)]
    one.declare(*FORCED, {**FORCED[1], "name": "new"})
    other.declare(*FORCED, {**FORCED[1], "name": "new"})
    one.calls(), other.calls()
    mine = offline.preview(replace=replace).plan
    assert comparable_plan(mine) == comparable_plan(pulumi.preview(*given))
    assert offline.up(replace=replace).ok
    pulumi.operate("up", *given)
    assert sorted(one.calls()) == sorted(other.calls())
    state = offline.export()["deployment"]["resources"]
    assert comparable_state(state) == comparable_state(pulumi.state())
    assert set(offline.preview().summary) == {"same"}, "a taint goes with the replacement"
