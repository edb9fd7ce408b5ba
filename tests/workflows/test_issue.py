"""Tests of the issue about drift: one per stack, on both forges."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.review import review
from langsmith_pulumi.review.posting import PostingFailed, issue
from tests.review.building import error, inputs, plan, step
from tests.review.test_gate import LISTENER_DRIFT
from tests.workflows.forges import ME, PAGE

if TYPE_CHECKING:
    from tests.workflows.forges import ForgeServer

Environ = dict[str, str]

LONGEST_TITLE = 255
PENDING = step("update", old=inputs(), new=inputs(display_name="New"))
NOTHING = plan(PENDING)
INCOMPLETE = plan(PENDING, diagnostics=[error("no")])


def drift(name: str, *others: dict[str, Any], stack: str = "prod") -> dict[str, Any]:
    """Return a plan that puts a display name back."""
    names = [inputs(display_name=one) for one in ("Ours", name)]
    refresh = step("refresh", old=names[0], stack=stack)
    return plan(refresh, step("update", old=names[1], new=names[0], stack=stack), *others)


def night(environ: Environ, document: dict[str, Any]) -> str:
    """Report on a plan as a nightly pipeline does, and return what was said."""
    documents = [("plan.json", document)]
    report = json.loads(review(documents, format="json").text)
    return issue(review(documents).text, environ, report)


def test_an_issue_lives_as_long_as_the_drift(forge: ForgeServer, environ: Environ) -> None:
    """The first drift opens it, the next edits it, its end closes it, and a new one opens again."""
    said = [
        night(environ, one)
        for one in (
            NOTHING,
            drift("Theirs"),
            drift("Theirs"),
            drift("Another", PENDING),
            INCOMPLETE,
            NOTHING,
            NOTHING,
            INCOMPLETE,
            drift("Again"),
        )
    ]

    assert said == [
        "Issue: there is no drift, and no open issue.",
        "Issue: opened an issue.",
        "Issue: the open issue is up to date.",
        "Issue: edited the open issue.",
        "Issue: left as it is, because the preview is incomplete.",
        "Issue: closed the issue, because there is no drift any more.",
        "Issue: there is no drift, and no open issue.",
        "Issue: left as it is, because the preview is incomplete.",
        "Issue: opened an issue.",
    ]
    first, second = forge.issues
    assert first.title == second.title == "Drift in support/prod"
    assert "Another" in first.body
    assert first.comments == ["There is no drift any more."]
    assert (first.is_open, second.is_open) == (False, True)


def test_only_the_stacks_own_issue_is_touched(forge: ForgeServer, environ: Environ) -> None:
    """It is found on any page, and neither people's issues nor another stack's are touched."""
    night(environ, drift("Theirs"))
    for number in range(2 * PAGE):
        forge.add_issue(ME, "another", f"issue {number}")
    forge.add_issue("someone", "a copy", forge.issues[0].body)
    night(environ, drift("Theirs", stack="dev"))
    before = [issue.body for issue in forge.issues[1:]]
    night(environ, drift("Another"))
    night(environ, NOTHING)

    assert [issue.is_open for issue in forge.issues] == [False] + [True] * len(before)
    assert [issue.body for issue in forge.issues[1:]] == before


def test_a_listener_and_many_stacks_have_an_issue_too(forge: ForgeServer, environ: Environ) -> None:
    """The title stays as short as a forge takes it."""
    text = json.dumps(plan(*LISTENER_DRIFT))
    names = [f"{number:03}-{'x' * 90}" for number in range(4)]
    documents = [(name, text.replace(":prod::", f":{name}::")) for name in names]
    report = json.loads(review(documents, format="json").text)

    assert issue(review(documents).text, environ, report) == "Issue: opened an issue."
    assert len(forge.issues[0].title) <= LONGEST_TITLE
    assert "(changed outside of the program)" in forge.issues[0].body


def test_a_text_without_a_marker_opens_nothing(forge: ForgeServer, environ: Environ) -> None:
    """An issue that could not be found again would be opened every night."""
    report = json.loads(review([("plan.json", drift("Theirs"))], format="json").text)

    with pytest.raises(PostingFailed, match="is no report"):
        issue("some text", environ, report)
    assert forge.issues == []
