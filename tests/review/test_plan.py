"""Tests of reading previews."""

from __future__ import annotations

import json

import pytest

from langsmith_pulumi.review import UnreadablePlan, read_plan, review
from tests.review.building import inputs, plan, step


@pytest.mark.parametrize(
    ("document", "message"),
    [
        pytest.param(b"", "empty; the preview ended before it wrote a plan", id="empty"),
        pytest.param(b" \n", "empty; the preview ended before it wrote a plan", id="blank lines"),
        pytest.param(
            b"Previewing update (prod)", "not one JSON document", id="a terminal's output"
        ),
        pytest.param(b'{"steps": []}\n{"steps": []}', "not one JSON document", id="two documents"),
        pytest.param(b"\xff\xfe\xff", "not one JSON document", id="no encoding"),
        pytest.param(b"[]", "this JSON is no preview", id="a list"),
        pytest.param(b'{"version": 3, "deployment": {}}', "this JSON is no preview", id="a state"),
        pytest.param(b"{}", "this JSON is no preview", id="an empty object"),
        pytest.param(b'{"config": {}, "duration": 12}', "this JSON is no preview", id="other keys"),
        pytest.param(
            b'{"steps": [], "a": ' + b"[" * 500 + b"]" * 500 + b"}",
            "more than 100 levels deep",
            id="deeply nested",
        ),
        pytest.param(
            b'{"steps": [], "a": ' + b"[" * 9999 + b"]" * 9999 + b"}",
            "not one JSON document",
            id="too deep to parse",
        ),
        pytest.param(b'{"steps": {}}', "`steps` is no list", id="steps are an object"),
        pytest.param(
            b'{"steps": [7]}', "step 1 lacks an operation or a URN", id="a step is a number"
        ),
        pytest.param(
            b'{"steps": [{"op": "create"}]}',
            "step 1 lacks an operation or a URN",
            id="a step without a URN",
        ),
        pytest.param(
            b'{"steps": [{"op": "create", "urn": "agent"}]}',
            "step 1 lacks an operation or a URN",
            id="a URN without parts",
        ),
        pytest.param(
            b'{"steps": [{"op": 1, "urn": "urn:pulumi:s::p::t::n"}]}',
            "step 1 lacks an operation",
            id="an operation that is a number",
        ),
    ],
)
def test_other_documents_are_refused(document: bytes, message: str) -> None:
    """A document that may hide a change is refused; the error names the file and a way out."""
    with pytest.raises(UnreadablePlan, match="pulumi preview --json") as refused:
        read_plan("plan.json", document)
    assert str(refused.value).startswith("plan.json: ")
    assert message in str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_of_shells_are_read(encoding: str) -> None:
    """A plan that a shell wrote with a byte-order mark or in UTF-16 is read."""
    text = json.dumps(plan(step("create", new=inputs("ägent"))), ensure_ascii=False)
    assert read_plan("plan.json", text.encode(encoding)).steps[1].op == "create"


def test_newer_and_poorer_documents_are_read() -> None:
    """Unknown keys, missing states and odd values are read where they can hide no change."""
    document = plan(step("create"), diagnostics=[None, 7, {"message": None}], news=[1])
    document["steps"][1]["newState"] = "later"
    document["changeSummary"] = ["odd"]
    assert "1 deployment created" in review([("plan.json", document)]).text


def test_only_errors_fail_a_preview() -> None:
    """Output of a program, also the traceback of a stopped one, is neither error nor warning."""
    printed = {"message": "Traceback (most recent call last):\n", "severity": "info#err"}
    warned = {"message": "deprecated", "severity": "warning"}
    text = review([("plan.json", plan(diagnostics=[printed, warned, warned]))]).text
    assert "failed" not in text
    assert "Traceback" not in text


def test_an_empty_plan_is_a_plan() -> None:
    """A preview without steps is read, under the name of its file."""
    result = review([("plan.json", b'{"changeSummary": {}}')])
    assert "Nothing changes" in result.text
    assert "<!-- langsmith-pulumi review plan.json -->" in result.text
