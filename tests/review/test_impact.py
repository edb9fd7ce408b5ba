"""What each plan means for a deployment, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.provider.changes import Change
from langsmith_pulumi.review import read_plan, report_on
from langsmith_pulumi.review.impact import Kind, Note
from tests.review.building import bucket, inputs, plan, step
from tests.review.impact_rows import REPO, ROWS, updated

if TYPE_CHECKING:
    from langsmith_pulumi.review.impact import DeploymentChange
    from tests.review.impact_rows import Row


def only_effect(*steps: dict[str, Any]) -> DeploymentChange:
    (stack,) = report_on([read_plan("plan.json", plan(*steps))]).stacks
    (effect,) = stack.deployments
    return effect


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.rule)
def test_effect(row: Row) -> None:
    """Each plan has the effect that its row says, and no other."""
    effect = only_effect(*row.steps)
    assert effect.kind is row.kind
    assert {f.path: (f.before, _said(f.after)) for f in effect.fields} == row.fields
    assert {secret.name: secret.action.value for secret in effect.secrets} == row.secrets
    assert effect.notes == row.notes
    assert effect.unmanaged == row.unmanaged
    drifted = [f.path for f in effect.fields if f.drift] + [
        s.name for s in effect.secrets if s.drift
    ]
    assert drifted == row.drift


def _said(value: Any) -> Any:
    return "unknown" if type(value).__name__ == "Unknown" else value


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [step("same", old=inputs(), new=inputs())],
        [step("refresh", old=inputs(), new=inputs())],
        [step("read", new=inputs())],
        [bucket("update", "b", {"size": 1}, {"size": 2})],
    ],
    ids=lambda steps: "+".join(each["op"] for each in steps) or "none",
)
def test_no_effect(steps: list[dict[str, Any]]) -> None:
    """What changes no deployment is no effect."""
    (stack,) = report_on([read_plan("plan.json", plan(*steps))]).stacks
    assert stack.deployments == ()


def test_an_old_leftover_hides_nothing() -> None:
    """What is left of a cut-short replacement is told beside what happens to the present one."""
    steps = [
        step("delete", old=inputs(), state={"delete": True}),
        updated(inputs(), inputs(source_revision_config__repo_ref="v2")),
    ]
    (stack,) = report_on([read_plan("plan.json", plan(*steps))]).stacks
    assert [effect.kind for effect in stack.deployments] == [Kind.DELETED, Kind.REVISION]


def test_order() -> None:
    """Deployments come by cost, then by name."""
    steps = [
        step("create", name="c", new=inputs("c")),
        step("update", name="b", old=inputs("b"), new=inputs("b", display_name="B")),
        step("update", name="a", old=inputs("a"), new=inputs("a", display_name="A")),
        step("delete", name="d", old=inputs("d")),
        step("replace", name="r", old=inputs("r"), new=inputs("r", **REPO)),
    ]
    (stack,) = report_on([read_plan("plan.json", plan(*steps))]).stacks
    assert [effect.name for effect in stack.deployments] == ["r", "d", "a", "b", "c"]


def test_kinds_follow_the_table_of_changes() -> None:
    """A field's cost in the report is its cost in the table that the provider plans by."""
    effect = only_effect(
        updated(inputs(), inputs(source_config__install_command="make", display_name="A"))
    )
    assert {change.path: change.change for change in effect.fields} == {
        "source_config.install_command": Change.REVISION,
        "display_name": Change.IN_PLACE,
    }


def test_a_rename_deletes_nothing() -> None:
    """What one resource leaves and another adopts is one deployment, which stays."""
    steps = [
        step("create", name="renamed", new=inputs(import_id="the-id")),
        {**step("delete", name="agent", old=inputs())},
    ]
    steps[1]["oldState"]["id"] = "the-id"
    (stack,) = report_on([read_plan("plan.json", plan(*steps))]).stacks
    kinds = {effect.name: (effect.kind, effect.notes) for effect in stack.deployments}
    assert kinds["agent"] == (Kind.RELEASED, (Note.TAKEN_OVER,))
    assert kinds["renamed"][0] is Kind.ADOPTED
