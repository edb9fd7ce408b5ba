"""What is read of a preview, and what is refused."""

from __future__ import annotations

import json

import pytest

from langsmith_pulumi.review import UnreadablePlan, read_plan, review
from tests.review.building import inputs, plan, step


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (b"", "empty; the preview ended before it wrote a plan"),
        (b" \n", "empty; the preview ended before it wrote a plan"),
        (b"Previewing update (prod)", "not one JSON document"),
        (b'{"steps": []}\n{"steps": []}', "not one JSON document"),
        (b"\xff\xfe\xff", "not one JSON document"),
        (b"[]", "this JSON is no preview"),
        (b'{"version": 3, "deployment": {}}', "this JSON is no preview"),
        (b"{}", "this JSON is no preview"),
        (b'{"config": {}, "duration": 12}', "this JSON is no preview"),
        (b'{"steps": [], "a": ' + b"[" * 500 + b"]" * 500 + b"}", "more than 100 levels deep"),
        (b'{"steps": [], "a": ' + b"[" * 9999 + b"]" * 9999 + b"}", "not one JSON document"),
        (b'{"steps": {}}', "`steps` is no list"),
        (b'{"steps": [7]}', "step 1 lacks an operation or a URN"),
        (b'{"steps": [{"op": "create"}]}', "step 1 lacks an operation or a URN"),
        (b'{"steps": [{"op": "create", "urn": "agent"}]}', "step 1 lacks an operation or a URN"),
        (b'{"steps": [{"op": 1, "urn": "urn:pulumi:s::p::t::n"}]}', "step 1 lacks an operation"),
    ],
)
def test_what_is_no_preview_is_refused(document: bytes, says: str) -> None:
    """A document that may hide a change is no plan; the message names the file and the way out."""
    with pytest.raises(UnreadablePlan, match="pulumi preview --json") as refused:
        read_plan("plan.json", document)
    assert str(refused.value).startswith("plan.json: ")
    assert says in str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_of_shells_are_read(encoding: str) -> None:
    """A plan that a shell wrote with a byte-order mark or in UTF-16 is read all the same."""
    text = json.dumps(plan(step("create", new=inputs("ägent"))), ensure_ascii=False)
    assert read_plan("plan.json", text.encode(encoding)).steps[1].op == "create"


def test_newer_and_poorer_documents_are_read() -> None:
    """Unknown keys, missing states and odd values where nothing can hide are no error."""
    document = plan(step("create"), diagnostics=[None, 7, {"message": None}], news=[1])
    document["steps"][1]["newState"] = "later"
    document["changeSummary"] = ["odd"]
    assert "1 deployment created" in review([("plan.json", document)]).text


def test_only_errors_fail_a_preview() -> None:
    """What programs print, tracebacks of a stopped one included, is neither error nor warning."""
    printed = {"message": "Traceback (most recent call last):\n", "severity": "info#err"}
    warned = {"message": "deprecated", "severity": "warning"}
    text = review([("plan.json", plan(diagnostics=[printed, warned, warned]))]).text
    assert "failed" not in text
    assert "Traceback" not in text


def test_an_empty_plan_is_a_plan() -> None:
    """A preview that lists nothing is read, under the name of its file."""
    outcome = review([("plan.json", b'{"changeSummary": {}}')])
    assert "Nothing changes" in outcome.text
    assert "<!-- langsmith-pulumi review plan.json -->" in outcome.text
