"""The pure functions: steps, order of deletes, paths, integrity of the state."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from langsmith_pulumi.testing.offline import OfflineError, Op
from langsmith_pulumi.testing.offline.changes import Change, change_document, read_change
from langsmith_pulumi.testing.offline.formatting import (
    format_changes,
    format_value,
    strip_durations,
)
from langsmith_pulumi.testing.offline.integrity import integrity_problems
from langsmith_pulumi.testing.offline.paths import contains, parse_path, reset
from langsmith_pulumi.testing.offline.snapshot import Snapshot, with_changes
from langsmith_pulumi.testing.offline.state import (
    Checkpoint,
    Entry,
    Operation,
    entry_document,
    load,
)
from langsmith_pulumi.testing.offline.steps import (
    Decision,
    Diff,
    decide,
    replacement_steps,
)
from langsmith_pulumi.testing.offline.urns import make_urn

SAME, SOME = Diff(changed=False), Diff(changed=True)
FORCED = Diff(changed=True, replaces=("kind",))
FIRST = Diff(changed=True, replaces=("kind",), delete_before_replace=True)


def entry(name: str, **fields: Any) -> Entry:
    needs = fields.pop("needs", [])
    named = {"urn": f"urn:pulumi:s::p::t:::{name}".replace(":::", "::"), "type": "t:i:T"}
    wanted = {"custom": True, "id": name, "dependencies": [entry(n).urn for n in needs]}
    return Entry(**{**named, **wanted, **fields})


@pytest.mark.parametrize(
    ("diff", "option", "old", "op", "delete_first"),
    [
        (SAME, None, {}, "same", False),
        (SOME, None, {}, "update", False),
        (SOME, True, {}, "update", False),
        (FORCED, None, {}, "replace", False),
        (FORCED, True, {}, "replace", True),
        (FIRST, None, {}, "replace", True),
        (FIRST, False, {}, "replace", False),
        (SAME, None, {"pending_replacement": True}, "replace", False),
    ],
)
def test_decide(
    diff: Diff,
    option: bool | None,  # noqa: FBT001 - a column of the table
    old: dict[str, Any],
    op: str,
    *,
    delete_first: bool,
) -> None:
    """The diff decides the operation; the option on the order takes precedence over the diff."""
    decision = decide(entry("a", **old), entry("a"), diff, delete_before_replace=option)
    assert (decision.op.value, decision.delete_first) == (op, delete_first)


def test_replace_on_changes_forces_a_replacement() -> None:
    """Only a change of a property in the option forces a replacement."""
    old = entry("a", inputs={"x": {"y": 1}, "z": 1})
    for inputs, op in [({"x": {"y": 2}, "z": 1}, "replace"), ({"x": {"y": 1}, "z": 2}, "update")]:
        new = entry("a", inputs=inputs, replace_on_changes=["x"])
        assert decide(old, new, SOME).op.value == op


@pytest.mark.parametrize(
    ("decision", "old", "ops"),
    [
        (Decision(Op.REPLACE), {}, ["create-replacement", "replace"]),
        (
            Decision(Op.REPLACE, delete_first=True),
            {},
            ["delete-replaced", "replace", "create-replacement"],
        ),
        (
            Decision(Op.REPLACE, delete_first=True),
            {"pending_replacement": True},
            ["replace", "create-replacement"],
        ),
    ],
)
def test_steps_of_a_replacement(decision: Decision, old: dict[str, Any], ops: list[str]) -> None:
    """A replacement does not delete again what an earlier run has deleted."""
    steps = replacement_steps(entry("a", **old), entry("a"), decision)
    assert [step.op.value for step in steps] == ops


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a", ["a"]),
        ("a.b[0].c", ["a", "b", 0, "c"]),
        ('a["x.y"]', ["a", "x.y"]),
        ("a[*]", ["a", "*"]),
    ],
)
def test_property_paths(text: str, path: list[str | int]) -> None:
    """Paths are parsed in Pulumi's syntax."""
    assert parse_path(text) == path
    assert contains(path, [*path[:-1], "z" if path[-1] == "*" else path[-1], "below"])


@pytest.mark.parametrize(
    ("path", "new", "old", "result"),
    [
        ("a", {"a": 2}, {"a": 1}, {"a": 1}),
        ("a", {"a": 2}, {}, {}),
        ("a", {}, {"a": 1}, {"a": 1}),
        ("a.b", {"a": {"b": 2, "c": 2}}, {"a": {"b": 1, "c": 1}}, {"a": {"b": 1, "c": 2}}),
        ("a[1]", {"a": [2, 2]}, {"a": [1, 1]}, {"a": [2, 1]}),
        ("a[*].b", {"a": [{"b": 2}, {"b": 2}]}, {"a": [{"b": 1}]}, {"a": [{"b": 1}, {"b": 2}]}),
        ("a.b", {"a": 1}, {"a": {"b": 1}}, {"a": 1}),
    ],
)
def test_ignored_changes(path: str, new: Any, old: Any, result: Any) -> None:
    """Only the value at the path is reset to the old one."""
    assert reset(new, old, [path]) == result


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        ([entry("a"), entry("b", needs=["a"])], ""),
        ([entry("a"), entry("a", delete=True)], ""),
        ([entry("a"), entry("a", id="other")], "occurs twice"),
        ([entry("b", needs=["a"]), entry("a")], "precedes its dependency"),
        ([entry("a", parent="urn:pulumi:s::p::t::gone")], "precedes its dependency"),
        ([entry("a", custom=False)], "is a component with an id"),
        ([entry("p", type="pulumi:providers:x", id="")], "has no id"),
        ([entry("a", type="")], "has no type"),
    ],
)
def test_integrity(entries: list[Entry], problem: str) -> None:
    """Every broken invariant of a state is reported, and valid states have no problem."""
    problems = "; ".join(integrity_problems(entries))
    assert (problem in problems) if problem else not problems


MAGIC = hashlib.sha256(b"v3.260.0").hexdigest()


@pytest.mark.parametrize(
    "manifest",
    [
        {"magic": MAGIC, "version": "v3.260.0"},
        {"time": "0001-01-01T00:00:00Z", "magic": "", "version": ""},
        {"time": "0001-01-01T00:00:00Z"},
    ],
    ids=["released", "built without a version", "left out"],
)
def test_states_of_the_cli_are_read(manifest: dict[str, str]) -> None:
    """Fields that only the Pulumi CLI writes are kept; a damaged or unknown state is an error."""
    item = {"urn": "urn:pulumi:s::p::t::a", "custom": True, "type": "t", "sourcePosition": "here"}
    deployment = {"manifest": manifest, "resources": [item]}
    document = {"version": 3, "deployment": deployment}
    (entry,) = load(document, str).entries
    assert entry_document(entry, str) == item

    with pytest.raises(OfflineError, match="has version 4"):
        load({**document, "version": 4}, str)
    deployment["manifest"] = {"magic": MAGIC, "version": "v3.1.0"}
    with pytest.raises(OfflineError, match="magic does not fit"):
        load(document, str)


def test_snapshot_changes() -> None:
    """A pending operation is recorded before the call, its result after it, and nothing twice."""
    saved: list[Checkpoint] = []
    journal: list[str] = []
    old, user = entry("a"), entry("b", needs=["a"])
    earlier = [Operation(entry("x"), "creating"), Operation(entry("y"), "updating")]

    def record(changes: list[Change]) -> None:
        journal.extend(json.dumps(change_document(one, lambda leaf: leaf)) for one in changes)
        items = [read_change(json.loads(line), str) for line in journal]
        saved.append(with_changes(saved[0], items))

    def snapshot_of(checkpoint: Checkpoint) -> Snapshot:
        saved[:] = [checkpoint]
        journal.clear()
        return Snapshot(checkpoint, record)

    snapshot = snapshot_of(Checkpoint([old, user], earlier))
    operation = snapshot.begin("updating", old)
    assert [o.kind for o in saved[-1].pending] == ["creating", "updating"]
    snapshot.succeed(operation, old=old, new=old.copy_with(outputs={"n": 2}))
    assert [o.kind for o in saved[-1].pending] == ["creating"]
    assert [e.urn for e in saved[-1].entries] == [old.urn, user.urn]

    count = len(saved)
    snapshot.keep(user, user.copy_with(created="later"))
    assert len(saved) == count
    snapshot.amend(user, outputs={"n": 1})
    assert len(saved) == count + 1
    snapshot.keep(None, entry("c", needs=["b"]))
    assert [e.urn for e in saved[-1].entries] == [e.urn for e in snapshot.checkpoint.entries]

    renamed = snapshot_of(Checkpoint([old, user]))
    renamed.keep(old, old.copy_with(urn="urn:pulumi:s::p::t::renamed"))
    assert saved[-1].entries[1].dependencies == ["urn:pulumi:s::p::t::renamed"]

    repaired = snapshot_of(Checkpoint([old, user]))
    repaired.drop(old)
    assert [(e.urn, e.dependencies) for e in saved[-1].entries] == [(user.urn, [])]

    broken = snapshot_of(Checkpoint([old]))
    for new in (entry("d", needs=["missing"]), entry("e")):
        with pytest.raises(OfflineError, match=r"d precedes its dependency .*missing"):
            broken.keep(None, new)
    assert len(saved) == 1


def test_urns() -> None:
    """A resource's URN has its parents' types, except the stack's."""
    stack = make_urn("s", "p", "", "pulumi:pulumi:Stack", "p-s")
    group = make_urn("s", "p", stack, "toy:index:Group", "g")
    assert group == "urn:pulumi:s::p::toy:index:Group::g"
    assert make_urn("s", "p", group, "t:i:T", "x") == "urn:pulumi:s::p::toy:index:Group$t:i:T::x"


def test_formatted_changes() -> None:
    """A changed property is formatted with its old and new value."""
    old = entry("a", inputs={"n": 1, "m": {"x": "old", "same": 1}, "gone": True, "__provider": "p"})
    new = entry("a", inputs={"n": 2, "m": {"x": "new", "same": 1}, "more": [1], "__provider": "q"})
    steps = replacement_steps(old, new, Decision(Op.REPLACE, ("n",)))
    assert format_changes(steps[1]) == [
        "- gone: true",
        '~ m.x: "old" → "new"',
        "+ more: [1]",
        "~ n: 1 → 2 (forces the replacement)",
    ]
    assert "x" * 500 in format_value("x" * 500)
    assert strip_durations("BUILDING, 1m20s") == strip_durations("BUILDING, 5.0s")
    assert strip_durations("BUILDING, 1s") != strip_durations("DEPLOYING, 1s")
