"""The engine end to end: real program, real plugin, toy cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langsmith_pulumi.testing.offline import UNKNOWN
from tests.offline.toy import errors, steps, thing

if TYPE_CHECKING:
    from pathlib import Path

    from tests.offline.toy import Toy


GROUP = {"name": "group", "group": True}


def test_up_and_destroy(toy: Toy) -> None:
    """Up does what preview showed, a second up does nothing, and destroy deletes everything."""
    a = thing("a", value="one", kind="x")
    b = thing("b", {"parent": "group"}, value={"ref": ["a", "size"]})
    toy.declare(a, GROUP, b, exports={"size": {"ref": ["a", "size"]}, "three": 3})
    stack = toy.stack()
    planned = stack.preview()
    assert (toy.calls(), toy.state_file.exists()) == ([], False)

    made = stack.up()
    assert sorted(steps(made)) == sorted(steps(planned)) == ["create a", "create b", "create group"]
    assert made.summary == planned.summary == {"create": 4}
    assert (planned.outputs, made.outputs) == (
        {"size": UNKNOWN, "three": 3},
        {"size": 3, "three": 3},
    )
    assert toy.entries()["b"]["urn"].endswith("toy:index:Group$pulumi-python:dynamic/toy:Thing::b")

    before = toy.state_file.read_bytes()
    again = stack.up()
    assert (steps(again), again.summary) == ([], {"same": 4})
    assert toy.state_file.read_bytes() == before

    toy.calls()
    assert steps(stack.destroy())[0] == "delete b"
    assert toy.calls() == ["delete b", "delete a"]
    assert (toy.entries(), toy.live()) == ({}, {})


def test_replacement_creates_first(toy: Toy) -> None:
    """Dependents are updated or replaced before the old resources are deleted."""
    stack = toy.stack()
    users = [
        thing("after", value={"ref": ["a", "value"]}),
        thing("kind", kind={"ref": ["a", "id"]}),
        thing("later", {"depends_on": ["a"]}, value="x"),
    ]
    toy.declare(thing("a", value="one", kind="x"), *users)
    assert stack.up().ok
    toy.calls()

    toy.declare(thing("a", value="two", kind="y"), *users)
    planned, done = stack.preview(), stack.up()
    assert planned.summary == done.summary == {"same": 2, "replace": 2, "update": 1}
    calls = toy.calls()
    assert [call for call in calls if "after" not in call] == [
        "create a",
        "create kind",
        "delete kind",
        "delete a",
    ]
    assert not any(entry.get("delete") for entry in toy.entries().values())

    toy.declare(thing("a", value="two", kind="y"))
    assert set(steps(stack.up())) == {"delete after", "delete kind", "delete later"}
    assert set(toy.live()) == {"a"}


def test_replacement_deletes_first(toy: Toy, tmp_path: Path) -> None:
    """Only dependents that would be replaced are deleted first, not those by depends_on."""
    stack = toy.stack()
    users = [
        thing("kind", kind={"ref": ["a", "id"]}),
        thing("after", value={"ref": ["a", "id"]}),
        thing("later", {"depends_on": ["a"]}),
    ]
    toy.declare(thing("a", kind="x", first=True), *users)
    assert stack.up().ok
    toy.calls()
    toy.on_call(create_a={"fail": "no room"})
    toy.declare(thing("a", kind="y", first=True), *users)
    assert not stack.up().ok
    assert toy.calls() == ["delete kind", "delete a", "create a"]
    assert [name for name, e in toy.entries().items() if e.get("pendingReplacement")] == [
        "a",
        "kind",
    ]

    toy.on_call()
    abandoned = toy.copy(tmp_path / "abandoned")
    assert abandoned.stack().destroy().ok
    assert set(abandoned.calls()) == {"delete later", "delete after"}
    assert sorted(steps(stack.up())) == ["replace a", "replace kind", "update after"]
    assert toy.calls()[0] == "create a"
    assert toy.live().keys() == {"a", "kind", "after", "later"}


def test_renaming_with_an_alias(toy: Toy) -> None:
    """A rename with an alias is no change for the resource, its children and dependents."""
    toy.declare(GROUP, thing("a", {"parent": "group"}), thing("b", value={"ref": ["a", "size"]}))
    stack = toy.stack()
    assert stack.up().ok
    toy.calls()
    team = {"name": "team", "group": True, "opts": {"aliases": ["group"]}}
    renamed = thing("z", {"parent": "team", "aliases": ["a"]}, label="a")
    toy.declare(team, renamed, thing("b", value={"ref": ["z", "size"]}))
    assert (steps(stack.up()), toy.calls()) == ([], [])
    assert toy.entries().keys() == {"team", "z", "b"}
    assert toy.entries()["b"]["dependencies"] == [toy.entries()["z"]["urn"]]


def test_resource_options(toy: Toy) -> None:
    """protect, retain_on_delete, deleted_with and ignore_changes work as on Pulumi."""
    stack = toy.stack()
    kept = thing("kept", {"retain_on_delete": True}, value="v")
    host, guest = thing("host"), thing("guest", {"deleted_with": "host"})
    loose = thing("loose", {"ignore_changes": ["value", "tags.b"]}, value="one", tags={"a": 1})
    toy.declare(thing("safe", {"protect": True}, kind="x"), kept, host, guest, loose)
    stack.up()
    toy.calls()

    other = thing("loose", {"ignore_changes": ["value", "tags.b"]}, value="two", tags={"b": 2})
    toy.declare(thing("safe", {"protect": True}, kind="y"), other)
    refused = stack.preview()
    assert not refused.ok
    assert "marked for protection" in errors(refused)
    assert "update loose" in steps(refused)

    toy.declare(other)
    result = stack.up()
    assert "cannot be deleted" in errors(result)
    assert set(toy.calls()) == {"update loose", "delete host"}
    assert set(toy.entries()) == {"safe", "loose"}
    assert toy.entries()["loose"]["inputs"]["value"] == "one"
    assert toy.live()["loose"]["tags"] == {}


def test_refresh(toy: Toy) -> None:
    """Refresh reports drift, which up reverts, and removes gone resources, which up creates."""
    stack = toy.stack()
    toy.declare(
        thing("a", value="one"), thing("b", value={"ref": ["a", "value"]}), thing("c", value="c")
    )
    stack.up()
    assert (stack.refresh().summary, steps(stack.refresh())) == ({"same": 4}, [])

    for file in (toy.cloud / "things").glob("*.json"):
        text = file.read_text(encoding="utf-8")
        if '"label": "a"' in text:
            file.unlink()
        if '"label": "c"' in text:
            file.write_text(text.replace('"value": "c"', '"value": "drifted"'), encoding="utf-8")
    refreshed = stack.refresh()
    assert sorted(steps(refreshed)) == ["delete a", "update c"]
    assert "dependencies" not in toy.entries()["b"]

    toy.calls()
    assert sorted(steps(stack.up())) == ["create a", "update c"]
    assert sorted(toy.calls()) == ["create a", "update c"]


def test_independent_steps_run_in_parallel(toy: Toy) -> None:
    """Two creates that wait for each other both succeed, and so do two deletes."""
    toy.on_call(create_a={"wait_for": "create-b.began"}, create_b={"wait_for": "create-a.began"})
    toy.declare(thing("a"), thing("b"))
    assert toy.stack().up().ok

    toy.on_call(delete_a={"wait_for": "delete-b.began"}, delete_b={"wait_for": "delete-a.began"})
    assert toy.stack().destroy().ok
