"""Gates: what a team forbids ends with an exit code of its own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from langsmith_pulumi.review import UnreadablePlan, review
from tests.review.building import DEPLOYMENT, bucket, error, inputs, plan, rollout, step

REPO = {"source_config__repo_url": "https://github.com/acme/next"}

REPLACED = step("replace", name="r", old=inputs("r"), new=inputs("r", **REPO))
DELETED = step("delete", name="d", old=inputs("d"))
RELEASED = step("delete", name="d", old=inputs("d"), state={"retainOnDelete": True})
REVISION = step(
    "update", name="v", old=inputs("v"), new=inputs("v", source_revision_config__repo_ref="v2")
)
IN_PLACE = step("update", name="i", old=inputs("i"), new=inputs("i", display_name="I"))
UNKNOWN = step("transmute", name="u")
COMPONENT = bucket("delete", "c", {}, state={"custom": False})
NINETY = [bucket("same", f"b{n}", {"size": 1}, {"size": 1}) for n in range(90)]
ALL = ("replace", "delete", "revision")


def judged(document: dict[str, Any], *fail_on: str, **options: Any) -> Any:
    return review([("plan.json", document)], fail_on=fail_on, **options)


def adopted(*, revision: bool) -> dict[str, Any]:
    """The inputs of an adoption that was compared with what is live."""
    return inputs(import_id="an-id", adoption={"compared": True, "revision": revision})


@pytest.mark.parametrize(
    ("document", "fail_on", "exit_code"),
    [
        (plan(REPLACED, DELETED, REVISION, UNKNOWN), (), 0),
        (plan(), ALL, 0),
        (plan(IN_PLACE, step("create", new=inputs())), ALL, 0),
        (plan(REPLACED), ("replace",), 3),
        (plan(REPLACED), ("delete", "revision"), 0),
        (plan(DELETED), ("delete",), 4),
        (plan(RELEASED), ALL, 0),
        (plan(REVISION), ("revision",), 5),
        (plan(REVISION), ("replace", "delete"), 0),
        (plan(rollout("update", "v")), ("revision",), 5),
        (plan(REVISION, DELETED, REPLACED), ALL, 3),
        (plan(REVISION, DELETED), ALL, 4),
        (plan(UNKNOWN), ("revision",), 7),
        (plan(UNKNOWN, REVISION), ALL, 7),
        (plan(bucket("transmute", "b")), ("replace",), 7),
        (plan(bucket("replace", "b", {}, {})), ("replace",), 3),
        (plan(bucket("import-replacement", "b", {}, {})), ("replace",), 3),
        (plan(bucket("delete", "b", {})), ("delete",), 4),
        (plan(bucket("update", "b", {}, {})), ALL, 0),
        (plan(COMPONENT), ALL, 0),
        (plan(bucket("delete", "b", {}, state={"retainOnDelete": True})), ALL, 0),
        (plan(step("create", new=inputs(import_id="an-id"))), ("revision",), 5),
        (plan(step("create", new=adopted(revision=True))), ("revision",), 5),
        (plan(step("create", new=adopted(revision=False))), ("revision",), 0),
        ({"steps": plan()["steps"]}, ("replace",), 7),
        (plan(diagnostics=[error("no")]), ("replace",), 7),
        (plan(diagnostics=[error("no")]), (), 0),
        ({**plan(), "changeSummary": {"same": 1, "replace": 1}}, ("replace",), 7),
    ],
)
def test_exit_codes(document: dict[str, Any], fail_on: tuple[str, ...], exit_code: int) -> None:
    """Each gate has its own code, the gravest wins, and what cannot be judged is refused."""
    outcome = judged(document, *fail_on)
    assert outcome.exit_code == exit_code
    assert bool(outcome.refusals) is bool(exit_code)


@pytest.mark.parametrize("format_", ["markdown", "text", "json"])
@pytest.mark.parametrize("position", [0, 45, 90])
def test_a_replacement_cannot_hide(position: int, format_: str) -> None:
    """Among ninety unchanged resources a replacement is found, wherever it stands."""
    steps = [*NINETY[:position], REPLACED, rollout("replace", "r"), *NINETY[position:]]
    outcome = judged(plan(*steps), "replace", format=format_)
    assert outcome.exit_code == 3
    assert outcome.refusals == ("replace: support/prod: r (Deployment) is replaced",)
    assert "loses its database and threads" in outcome.text


def test_a_replacement_that_the_report_has_no_room_for_is_refused_all_the_same() -> None:
    """Gates judge the plan, not the text."""
    outcome = judged(plan(REPLACED, *NINETY), "replace", limit=10)
    assert (outcome.truncated, outcome.exit_code) == (True, 3)


@pytest.mark.parametrize(
    ("allow", "exit_code"),
    [
        ("r", 0),
        ("r*", 0),
        ("*langsmith:Deployment::r", 0),
        ("Deployment", 0),
        (DEPLOYMENT, 0),
        ("R", 3),
        ("x", 3),
    ],
)
def test_exceptions(allow: str, exit_code: int) -> None:
    """A pattern excepts by name, type or URN, and by nothing that merely looks alike."""
    assert judged(plan(REPLACED), "replace", allow=[allow]).exit_code == exit_code


def test_an_exception_excepts_nothing_else() -> None:
    """What is not allowed by name is refused beside what is."""
    document = plan(REPLACED, bucket("replace", "b", {}, {}))
    outcome = judged(document, "replace", allow=["acme:storage:*"])
    assert outcome.refusals == ("replace: support/prod: r (Deployment) is replaced",)


@pytest.mark.parametrize(
    ("format_", "fail_on", "exit_code"),
    [("markdown", "truncated", 6), ("markdown", "replace", 0), ("json", "truncated", 0)],
)
def test_a_truncated_report(format_: str, fail_on: str, exit_code: int) -> None:
    """A report that does not show everything can be refused; only Markdown is ever cut."""
    steps = [bucket("create", f"b{n}", None, {}) for n in range(2500)]
    outcome = judged(plan(*steps), fail_on, format=format_)
    assert outcome.exit_code == exit_code


def test_every_stack_is_judged() -> None:
    """One forbidden change in one of several stacks is enough."""
    found = enumerate([plan(IN_PLACE), plan(DELETED), plan(IN_PLACE)])
    stacks = [(f"{n}", json.dumps(each).replace(":prod:", f":s{n}:")) for n, each in found]
    assert review(stacks, fail_on=["delete"]).exit_code == 4


def test_a_stack_is_counted_once() -> None:
    """Two plans of one stack are refused, for their numbers would add up to a lie."""
    with pytest.raises(UnreadablePlan, match=r"b\.json: a\.json already holds a plan"):
        review([("a.json", plan(DELETED)), ("b.json", plan())])


def test_an_unknown_gate_is_an_error() -> None:
    """A misspelt gate must not leave the door open."""
    with pytest.raises(ValueError, match="unknown gate 'replaced'; use replace, delete"):
        judged(plan(), "replaced")
