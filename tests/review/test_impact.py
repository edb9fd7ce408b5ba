"""Tests of the kind, fields and notes that a plan gives each deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.provider.changes import Impact
from langsmith_pulumi.review import read_plan, report_on, review
from langsmith_pulumi.review.impact import Kind, Note
from tests.review.building import bucket, inputs, plan, rollout, step
from tests.review.impact_rows import ROWS, TIER, update_step

if TYPE_CHECKING:
    from langsmith_pulumi.review.impact import DeploymentChange
    from tests.review.impact_rows import Row


def only_change(*steps: dict[str, Any]) -> DeploymentChange:
    (stack,) = report_on([read_plan("plan.json", plan(*steps))]).stacks
    (change,) = stack.deployments
    return change


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.rule)
def test_change(row: Row) -> None:
    """Each plan changes its deployment as its row says, and in no other way."""
    change = only_change(*row.steps)
    assert change.kind is row.kind
    assert {f.path: (f.before, _readable(f.after)) for f in change.fields} == row.fields
    assert {secret.name: secret.action.value for secret in change.secrets} == row.secrets
    assert change.notes == row.notes
    assert change.unmanaged == row.unmanaged
    assert {one.name: one.to for one in change.moved} == row.moved
    drifted = [f.path for f in change.fields if f.drift] + [
        s.name for s in change.secrets if s.drift
    ]
    assert drifted == row.drift


def _readable(value: Any) -> Any:
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
def test_no_change(steps: list[dict[str, Any]]) -> None:
    """A plan that changes no deployment reports none."""
    (stack,) = report_on([read_plan("plan.json", plan(*steps))]).stacks
    assert stack.deployments == ()


def test_an_old_leftover_hides_nothing() -> None:
    """A leftover of an interrupted replacement is reported beside the present deployment."""
    steps = [
        step("delete", old=inputs(), state={"delete": True}),
        update_step(inputs(), inputs(source_revision_config__repo_ref="v2")),
    ]
    (stack,) = report_on([read_plan("plan.json", plan(*steps))]).stacks
    assert [change.kind for change in stack.deployments] == [Kind.DELETED, Kind.REVISION]


def test_order() -> None:
    """Deployments are sorted by cost, then by name."""
    steps = [
        step("create", name="c", new=inputs("c")),
        step("update", name="b", old=inputs("b"), new=inputs("b", display_name="B")),
        step("update", name="a", old=inputs("a"), new=inputs("a", display_name="A")),
        step("delete", name="d", old=inputs("d")),
        step("replace", name="r", old=inputs("r"), new=inputs("r", **TIER)),
    ]
    (stack,) = report_on([read_plan("plan.json", plan(*steps))]).stacks
    assert [change.name for change in stack.deployments] == ["r", "d", "a", "b", "c"]


def test_kinds_follow_the_table_of_changes() -> None:
    """A field costs in the report what it costs in the table that the provider plans by."""
    change = only_change(
        update_step(inputs(), inputs(source_config__install_command="make", display_name="A"))
    )
    assert {field.path: field.impact for field in change.fields} == {
        "source_config.install_command": Impact.REVISION,
        "display_name": Impact.IN_PLACE,
    }


def test_a_rename_deletes_nothing() -> None:
    """A deployment that another resource adopts is released and kept, not deleted."""
    steps = [
        step("create", name="renamed", new=inputs(import_id="the-id")),
        {**step("delete", name="agent", old=inputs())},
    ]
    steps[1]["oldState"]["id"] = "the-id"
    (stack,) = report_on([read_plan("plan.json", plan(*steps))]).stacks
    kinds = {change.name: (change.kind, change.notes) for change in stack.deployments}
    assert kinds["agent"] == (Kind.RELEASED, (Note.TAKEN_OVER,))
    assert kinds["renamed"][0] is Kind.ADOPTED
    for format_ in ("markdown", "text"):
        text = review([("plan.json", plan(*steps))], format=format_).text
        assert "1 deployment taken over, 1 handed over to another resource" in text
        assert "Another resource of this program takes it over, and it keeps running." in text


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (
            {"compute_size": "small"},
            {"compute_size": "medium"},
            "Dedicated S → M: 3 → 6 vCPU, 6 → 12 GiB a replica, up to 20 replicas",
        ),
        (
            {},
            {"compute_size": "large"},
            "Dedicated L: 10 vCPU, 24 GiB a replica, up to 40 replicas",
        ),
        (
            {"database_size": "medium"},
            {"database_size": "small"},
            "Dedicated database M → S: 2 → 1 vCPU, 8 → 4 GiB",
        ),
        (
            {"source_config__deployment_type": "serverless", "compute_size": "medium"},
            {"source_config__deployment_type": "serverless", "compute_size": "small"},
            "Serverless M → S: 4.6 → 1.1 vCPU, 5.5 → 2.75 GiB a replica, up to 1 replica",
        ),
    ],
    ids=["compute", "first size", "database", "serverless"],
)
def test_a_size_is_told_in_words(before: dict[str, Any], after: dict[str, Any], line: str) -> None:
    """A reviewer sees what the size holds, not its name alone."""
    document = plan(update_step(inputs(**before), inputs(**after)), rollout("update"))
    assert line in review([("plan.json", document)]).text
