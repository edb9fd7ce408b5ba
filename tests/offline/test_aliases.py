"""Aliases: resources, their children and grandchildren are found under former URNs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.offline.pulumi_cli import PulumiCli, comparable_plan, comparable_state, needs_pulumi
from tests.offline.toy import Toy, errors, steps, thing

if TYPE_CHECKING:
    from pathlib import Path

URN = "urn:pulumi:dev::toy::"
THING = "pulumi-python:dynamic/toy:Thing"
GROUP = "toy:index:Group"


def group(name: str, opts: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"name": name, "group": True, "opts": opts or {}}


TREE = [
    group("old"),
    group("old-inner", {"parent": "old"}),
    thing("old-inner-leaf", {"parent": "old-inner"}, label="leaf"),
    thing("user", value={"ref": ["old-inner-leaf", "size"]}),
]
RENAMED_TREE = [
    group("new", {"aliases": ["old"]}),
    group("new-inner", {"parent": "new"}),
    thing("new-inner-leaf", {"parent": "new-inner"}, label="leaf"),
    thing("user", value={"ref": ["new-inner-leaf", "size"]}),
]
MOVES: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], list[str]]] = {
    "a component renamed, with what is in it named after it": (TREE, RENAMED_TREE, []),
    "a component renamed, and a child too": (
        [group("old"), thing("old-a", {"parent": "old"}, label="a")],
        [
            group("new", {"aliases": ["old"]}),
            thing("b", {"parent": "new", "aliases": ["old-a"]}, label="a"),
        ],
        [],
    ),
    "a component moved into another": (
        [group("g"), thing("a", {"parent": "g"})],
        [
            group("outer"),
            group("g", {"parent": "outer", "aliases": [{"parent": None}]}),
            thing("a", {"parent": "g"}),
        ],
        ["create outer"],
    ),
    "a resource and its child moved into a component": (
        [thing("a"), thing("a-child", {"parent": "a"})],
        [
            group("g"),
            thing("a", {"parent": "g", "aliases": [{"parent": None}]}),
            thing("a-child", {"parent": "a"}),
        ],
        ["create g"],
    ),
    "a resource moved out of a component that is gone": (
        [group("g"), thing("a", {"parent": "g"})],
        [thing("a", {"aliases": [{"parent": f"{URN}{GROUP}::g"}]})],
        ["delete g"],
    ),
    "a resource moved from one component to another": (
        [group("g"), group("h"), thing("a", {"parent": "g"})],
        [group("g"), group("h"), thing("a", {"parent": "h", "aliases": [{"parent": "g"}]})],
        [],
    ),
    "a resource moved out of a component that is renamed too": (
        [group("g"), thing("a", {"parent": "g"})],
        [group("h", {"aliases": ["g"]}), thing("a", {"aliases": [{"parent": "h"}]})],
        [],
    ),
    "a former URN": (
        [group("g"), thing("a", {"parent": "g"})],
        [thing("b", {"aliases": [{"urn": f"{URN}{GROUP}${THING}::a"}]}, label="a")],
        ["delete g"],
    ),
    "a former type": (
        [group("g")],
        [group("g", {"aliases": [{"type_": "toy:index:Club"}, {"stack": "prod"}]})],
        [],
    ),
    "renamed a second time, the first name still given": (
        [thing("a")],
        [thing("c", {"aliases": ["b", "a"]}, label="a")],
        [],
    ),
}


@pytest.mark.parametrize("move", MOVES)
def test_a_former_name_is_found(toy: Toy, move: str) -> None:
    """A rename or move with an alias changes only URNs, those of descendants included."""
    before, after, expected = MOVES[move]
    stack = toy.stack()
    toy.declare(*before)
    assert stack.up().ok
    live = toy.live()
    toy.calls()

    toy.declare(*after)
    preview, result = stack.preview(), stack.up()
    assert steps(preview) == steps(result) == expected, errors(result)
    assert (toy.calls(), toy.live()) == ([], live)
    assert toy.entries().keys() == {item["name"] for item in after}
    assert steps(stack.preview()) == []


CHANGED = (
    [thing("a", value="one"), thing("b", kind="x"), thing("c", value={"ref": ["b", "id"]})],
    [
        thing("d", {"aliases": ["a"]}, label="a", value="two"),
        thing("e", {"aliases": ["b"]}, label="b", kind="y"),
        thing("c", value={"ref": ["e", "id"]}),
    ],
    ["update d", "replace e", "update c"],
)


@needs_pulumi
@pytest.mark.parametrize("move", [*MOVES, "renamed and changed"])
def test_pulumi_finds_the_same(tmp_path: Path, move: str) -> None:
    """Both engines make the same plan and write the same state."""
    before, after, _ = MOVES.get(move, CHANGED)
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    one, other = Toy(tmp_path / "one"), Toy(tmp_path / "other")
    offline, pulumi = one.stack(), PulumiCli(other)
    for things in (before, after):
        for toy in (one, other):
            toy.declare(*things)
        assert comparable_plan(offline.preview().plan) == comparable_plan(pulumi.preview())
        assert offline.up().ok
        pulumi.operate("up")
        state = offline.export()["deployment"]["resources"]
        assert comparable_state(state) == comparable_state(pulumi.state())


@pytest.mark.parametrize(
    "things",
    [
        [thing("b", {"aliases": ["a"]}), thing("c", {"aliases": ["a"]})],
        [thing("b", {"aliases": ["a"]}), thing("a", {"depends_on": ["b"]})],
        [thing("a"), thing("b", {"aliases": ["a"], "depends_on": ["a"]})],
    ],
    ids=["two that name it", "one that still has it", "one that has it before"],
)
def test_an_alias_is_used_once(toy: Toy, things: list[dict[str, Any]]) -> None:
    """An alias that two resources use is an error, in either order."""
    toy.declare(thing("a"))
    assert toy.stack().up().ok
    toy.declare(*things)
    preview = toy.stack().preview()
    assert not preview.ok
    assert errors(preview).startswith("Duplicate resource")
    assert f"{URN}{THING}::a'" in errors(preview)
