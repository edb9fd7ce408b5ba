"""The order of deletes: each starts as soon as all that needs the resource is gone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.offline.toy import errors, steps, thing

if TYPE_CHECKING:
    from tests.offline.toy import Toy


def test_deletes_wait_for_dependents_only(toy: Toy) -> None:
    """While an unrelated delete takes long, a chain of others is deleted to its end."""
    toy.declare(thing("a"), thing("b", {"depends_on": ["a"]}), thing("slow"))
    assert toy.stack().up().ok
    toy.calls()
    toy.on_call(delete_slow={"wait_for": "delete-a.began"})
    destroyed = toy.stack().destroy()
    assert destroyed.ok, errors(destroyed)
    calls = toy.calls()
    assert calls.index("delete b") < calls.index("delete a")
    assert (toy.entries(), toy.live()) == ({}, {})


def test_what_a_failed_delete_needs_stays(toy: Toy) -> None:
    """After a failed delete its dependencies are kept, direct and indirect ones."""
    toy.declare(thing("a"), thing("b", {"depends_on": ["a"]}), thing("c", {"depends_on": ["b"]}))
    assert toy.stack().up().ok
    toy.calls()
    toy.on_call(delete_c={"fail": "in use"})
    assert not toy.stack().destroy().ok
    assert toy.calls() == ["delete c"]
    assert toy.entries().keys() == {"a", "b", "c"}


def test_entries_that_need_each_other_are_deleted(toy: Toy) -> None:
    """A replaced resource and its successor can have one URN, so that two URNs form a circle."""
    toy.declare(thing("a"), thing("b", {"depends_on": ["a"]}))
    assert toy.stack().up().ok
    state = json.loads(toy.state_file.read_text(encoding="utf-8"))
    resources = state["deployment"]["resources"]
    (a,) = (one for one in resources if one["urn"].endswith("::a"))
    (b,) = (one for one in resources if one["urn"].endswith("::b"))
    resources.append({**a, "id": "a-2", "dependencies": [b["urn"]]})
    a["delete"] = True
    toy.state_file.write_text(json.dumps(state), encoding="utf-8")

    destroyed = toy.stack().destroy()
    assert destroyed.ok, errors(destroyed)
    assert sorted(steps(destroyed)) == ["delete a", "delete b"]
    assert (toy.entries(), toy.live()) == ({}, {})
