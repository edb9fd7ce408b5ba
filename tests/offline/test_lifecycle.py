"""The engine from end to end: real program, real plugin, toy cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from offline.toy import errors, steps, thing

if TYPE_CHECKING:
    from offline.toy import Toy


def test_from_nothing_to_nothing(toy: Toy) -> None:
    """Preview promises what up does, the second up does nothing, destroy leaves nothing."""
    toy.declare(
        thing("a", value="one", kind="x"),
        {"name": "group", "group": True},
        thing("b", {"parent": "group"}, value={"ref": ["a", "size"]}),
        exports={"size": {"ref": ["a", "size"]}, "three": 3},
    )
    stack = toy.stack()

    planned = stack.preview()
    assert toy.calls() == []
    assert not toy.state_file.exists()

    made = stack.up()
    assert made.ok
    assert sorted(steps(made)) == sorted(steps(planned))
    assert steps(made) == ["create a", "create group", "create b"] or set(steps(made)) == {
        "create a",
        "create group",
        "create b",
    }
    assert made.summary == planned.summary == {"create": 4}
    assert made.outputs == {"size": 3, "three": 3}
    assert toy.entries()["b"]["urn"].endswith("toy:index:Group$pulumi-python:dynamic/toy:Thing::b")

    before = toy.state_file.read_bytes()
    again = stack.up()
    assert (steps(again), again.summary) == ([], {"same": 4})
    assert toy.state_file.read_bytes() == before

    toy.calls()
    gone = stack.destroy()
    assert steps(gone)[:1] == ["delete b"]
    assert toy.calls() == ["delete b", "delete a"]
    assert (toy.entries(), toy.live()) == ({}, {})


def test_changes(toy: Toy) -> None:
    """Update, replacement in both orders with and without dependents, and deletion."""
    stack = toy.stack()
    after_a = thing("after", value={"ref": ["a", "value"]})
    kind_of_a = thing("kind", kind={"ref": ["a", "id"]})
    merely_later = thing("later", {"depends_on": ["a"]}, value="x")
    toy.declare(thing("a", value="one", kind="x"), after_a, kind_of_a, merely_later)
    stack.up()
    toy.calls()

    toy.declare(thing("a", value="two", kind="y"), after_a, kind_of_a, merely_later)
    planned = stack.preview()
    created_first = stack.up()
    assert planned.summary == created_first.summary == {"same": 2, "replace": 2, "update": 1}
    calls = toy.calls()
    assert calls.index("create a") < calls.index("create kind") < calls.index("delete kind")
    assert calls.index("delete kind") < calls.index("delete a")
    assert not any(entry.get("delete") for entry in toy.entries().values())

    toy.declare(thing("a", value="two", kind="z", first=True), after_a, kind_of_a, merely_later)
    stack.up()
    calls = toy.calls()
    assert [call for call in calls if "update" not in call] == [
        "delete kind",
        "delete a",
        "create a",
        "create kind",
    ]

    toy.declare(thing("a", value="two", kind="z", first=True), merely_later)
    assert set(steps(stack.up())) == {"delete after", "delete kind"}
    assert set(toy.live()) == {"a", "later"}


def test_resource_options(toy: Toy) -> None:
    """protect, retain_on_delete, deleted_with and ignore_changes hold as with Pulumi."""
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
    """Drift is seen and put back by up; what is gone leaves the state and is made once again."""
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
    """Two creates that each wait for the other to begin both succeed; so do two deletes."""
    toy.order(create_a={"wait_for": "create-b.began"}, create_b={"wait_for": "create-a.began"})
    toy.declare(thing("a"), thing("b"))
    assert toy.stack().up().ok

    toy.order(delete_a={"wait_for": "delete-b.began"}, delete_b={"wait_for": "delete-a.began"})
    assert toy.stack().destroy().ok
