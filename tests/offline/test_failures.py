"""Failures: their messages, and the state afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.offline.toy import errors, steps, thing

if TYPE_CHECKING:
    from tests.offline.toy import Toy


def test_a_failed_create_stops_what_follows(toy: Toy) -> None:
    """After a failed create running steps finish, no step starts, and the next up continues."""
    stack = toy.stack()
    toy.declare(thing("old"))
    stack.up()
    toy.calls()

    toy.on_call(
        create_a={"fail": "no room for a", "wait_for": "create-b.began"},
        create_b={"wait_for": "create-a.began"},
    )
    toy.declare(
        thing("a"), thing("b"), thing("c", value={"ref": ["a", "size"]}), exports={"new": 1}
    )
    failed = stack.up()
    assert (failed.ok, failed.exit_code) == (False, 1)
    assert [d.urn.rsplit("::")[-1] for d in failed.diagnostics if d.severity == "error"] == ["a"]
    assert "no room for a" in errors(failed)
    assert steps(failed) == ["create b"]
    assert (set(toy.entries()), toy.pending()) == ({"old", "b"}, [])

    toy.on_call()
    assert sorted(steps(stack.up())) == ["create a", "create c", "delete old"]


def test_a_program_that_raises_deletes_nothing(toy: Toy) -> None:
    """A program that raises deletes nothing; its traceback starts at its own first line."""
    stack = toy.stack()
    toy.declare(thing("a"), exports={"one": 1})
    stack.up()

    toy.declare(exports={"two": 2}, **{"raise": "the program is wrong"})
    failed = stack.up()
    assert not failed.ok
    assert "the program is wrong" in errors(failed)
    assert "runpy" not in errors(failed)
    assert failed.outputs == {"one": 1, "two": 2}
    assert set(toy.entries()) == {"a"}


def test_check_failures_name_the_resource(toy: Toy) -> None:
    """A check failure fails the preview with Pulumi's message, with secrets redacted."""
    toy.declare(thing("a", value={"hidden": "bad"}))
    refused = toy.stack().preview()
    assert errors(refused) == (
        "pulumi-python:dynamic/toy:Thing resource 'a': property value value {[secret]} "
        "has a problem: [secret] is not allowed"
    )


UNSUPPORTED = {
    "transforms": "pulumi.runtime.register_resource_transform(lambda args: None)",
    "transforms of invokes": "pulumi.runtime.register_invoke_transform(lambda args: None)",
    "functions": "pulumi.runtime.invoke('aws:x:y', {})",
    "reading": "pulumi.StackReference('a/b/c')",
    "explicit providers": "pulumi.ProviderResource('aws', 'p', {})",
}


@pytest.mark.parametrize("feature", UNSUPPORTED)
def test_features_of_the_pulumi_cli_are_errors(toy: Toy, feature: str) -> None:
    """A program that uses an unsupported feature ends with one sentence."""
    toy.declare()
    lines = [
        "import pulumi",
        UNSUPPORTED[feature],
        "pulumi.ComponentResource('toy:index:Group', 'g')",
    ]
    (toy.project / "__main__.py").write_text("\n".join(lines), encoding="utf-8")
    (message,) = [d.message for d in toy.stack().preview().diagnostics]
    assert message.startswith(f"needs the Pulumi CLI: {feature.split(maxsplit=1)[0]}")


def test_duplicate_urns(toy: Toy) -> None:
    """A duplicate URN is an error."""
    toy.declare(thing("a"), thing("a"))
    assert "Duplicate resource URN" in errors(toy.stack().preview())
