"""Tests of shortening a report until it fits into a comment."""

from __future__ import annotations

import json
from typing import Any

import pytest

from langsmith_pulumi.review import read_plan, report_on, review
from langsmith_pulumi.review.markdown import as_markdown
from langsmith_pulumi.review.truncate import GITHUB_LIMIT, LEVELS, WHOLE, truncate
from tests.review.building import bucket, error, inputs, plan, rollout, step

LIMITS = [200, 500, 1000, 2000, 4000, 8000, 16_000, 32_000, 65_536]


def mixed_steps(number: int, prefix: str = "") -> list[dict[str, Any]]:
    """Return steps that lose this many deployments and buckets, and change as many others."""
    steps = []
    for index in range(number):
        lost, changed = f"{prefix}lost-{index:03}", f"{prefix}changed-{index:03}"
        v2 = inputs(changed, source_revision_config__repo_ref="v2")
        steps += [
            step("delete", name=lost, old=inputs(lost)),
            step("update", name=changed, old=inputs(changed), new=v2),
            rollout("update", changed),
            bucket("delete", f"{prefix}lost-bucket-{index:03}", {}),
            bucket("create", f"{prefix}changed-bucket-{index:03}", None, {}),
        ]
    return steps


def of_stack(document: dict[str, Any], stack: str) -> tuple[str, str]:
    """Return a plan as that of another stack."""
    return f"{stack}.json", json.dumps(document).replace("urn:pulumi:prod:", f"urn:pulumi:{stack}:")


def failed_stack(stack: str) -> tuple[str, str]:
    """Return a plan of a stack whose preview failed before any change."""
    return of_stack(plan(diagnostics=[error("no " * 200)]), stack)


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("number", [1, 10, 40])
def test_nothing_lost_is_left_out_before_anything_else(number: int, limit: int) -> None:
    """If a lost deployment or resource is not named, then nothing else is named either."""
    text = review([("plan.json", plan(*mixed_steps(number)))], limit=limit).text
    lost_unnamed = any(f"lost-{index:03}`" not in text for index in range(number))
    lost_unnamed |= any(f"lost-bucket-{index:03}`" not in text for index in range(number))
    assert not (lost_unnamed and "`changed-" in text)


def test_a_report_of_losses_says_nothing_else_of_a_stack() -> None:
    """At the level of losses a stack is listed for its losses and messages alone."""
    document = plan(*mixed_steps(2))
    report = report_on([read_plan("a", document), read_plan(*of_stack(document, "b"))])
    text = as_markdown(report, LEVELS[2])
    assert (text.count("### `"), text.count("[!CAUTION]"), "New revision:" in text) == (2, 4, False)


@pytest.mark.parametrize("limit", LIMITS)
def test_a_report_says_that_it_was_shortened(limit: int) -> None:
    """The result and the text agree on what is left out."""
    result = review([("plan.json", plan(*mixed_steps(40)))], limit=limit)
    assert result.truncated is ("Left out: " in result.text)
    assert "40 deployments lose their databases and threads" in result.text


@pytest.mark.parametrize(
    ("stacks", "deployments"),
    [
        pytest.param(1, 300, id="hundreds of deployments"),
        pytest.param(1, 1000, id="a thousand deployments"),
        pytest.param(300, 1, id="hundreds of stacks"),
        pytest.param(100, 10, id="many stacks with many deployments"),
        pytest.param(60, 30, id="many losses in each of many stacks"),
    ],
)
def test_a_large_report_fits(stacks: int, deployments: int) -> None:
    """A report of any number of stacks and deployments fits into a comment."""
    document = plan(*mixed_steps(deployments), diagnostics=[error("x" * 5000)])
    result = review([of_stack(document, f"s{index}") for index in range(stacks)])
    assert len(result.text.encode()) <= GITHUB_LIMIT
    assert result.truncated
    assert f"{stacks * deployments} deployments lose" in result.text


def test_failed_stacks_do_not_hide_a_loss() -> None:
    """Stacks with losses are listed before others if there is no room for all."""
    documents = [failed_stack(f"failed-{index:03}") for index in range(300)]
    documents.append(of_stack(plan(step("delete", name="lost", old=inputs())), "last"))
    result = review(documents)
    assert result.truncated
    assert "`lost`" in result.text


def test_each_level_is_shorter_than_the_one_before() -> None:
    """A later level shows less of every part of a large report."""
    document = plan(*mixed_steps(60), diagnostics=[error(f"{n}" * 900) for n in range(30)])
    report = report_on([read_plan("plan.json", document)])
    sizes = [len(as_markdown(report, level)) for level in LEVELS]
    assert sizes == sorted(set(sizes), reverse=True)


def test_the_last_level_is_taken_whatever_its_size() -> None:
    """A limit that nothing fits still gives the summary and the counts."""
    report = report_on([read_plan("plan.json", plan(*mixed_steps(2)))])
    found = truncate(lambda level: as_markdown(report, level), 10)
    assert found.text == as_markdown(report, LEVELS[-1])
    assert (found.truncated, LEVELS[0] is WHOLE) == (True, True)
