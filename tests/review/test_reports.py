"""Tests of whole reports: golden files of recorded plans, truncation, labels and colours."""

from __future__ import annotations

import json
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from langsmith_pulumi.review import review, schema, wants_colour
from tests.review.building import bucket, error, inputs, plan, rollout, secrets, step

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

PLANS = sorted((Path(__file__).parent / "plans").glob("*.json"))
NAMES = [path.stem for path in PLANS]
MIXED = PLANS[NAMES.index("12_mixed")]


def recorded(*paths: Path) -> list[tuple[str, bytes]]:
    return [(path.name, path.read_bytes()) for path in paths]


def of_stack(path: Path, stack: str) -> tuple[str, bytes]:
    """Return a recorded plan as that of another stack."""
    text = path.read_text(encoding="utf-8").replace("urn:pulumi:prod::", f"urn:pulumi:{stack}::")
    return path.name, text.encode()


def hundred_deployments() -> dict[str, Any]:
    """Return a plan of a hundred deployments: three are lost, the others rebuilt or changed."""
    steps = []
    for number in range(100):
        name = f"agent-{number:03}"
        old = inputs(name, **secrets(OPENAI_API_KEY="1"))
        if number % 40 == 7:
            steps.append(step("delete", name=name, old=old))
        elif number % 2:
            ref = inputs(name, **secrets(OPENAI_API_KEY="2"))
            steps += [step("update", name=name, old=old, new=ref), rollout("update", name)]
        else:
            new = inputs(name, **secrets(OPENAI_API_KEY="1"), display_name=f"Agent {number}")
            steps.append(step("update", name=name, old=old, new=new))
    return plan(*steps)


@pytest.mark.parametrize("path", PLANS, ids=NAMES)
def test_markdown(path: Path, markdown: SnapshotAssertion) -> None:
    """The comment on a pull request for each recorded plan."""
    assert review(recorded(path)).text == markdown


@pytest.mark.parametrize("path", PLANS, ids=NAMES)
def test_json(path: Path) -> None:
    """Each JSON report is valid by the published schema."""
    result = review(recorded(path), format="json", fail_on=["replace"])
    Draft202012Validator(schema()).validate(json.loads(result.text))


def test_the_committed_schema_is_that_of_the_models() -> None:
    """The committed schema is the models': ``python docs/make_report_schema.py`` writes it."""
    file = files("langsmith_pulumi.review") / "report.schema.json"
    assert json.loads(file.read_text(encoding="utf-8")) == schema()


@pytest.mark.parametrize("path", PLANS, ids=NAMES)
def test_fingerprints_stay_inside(path: Path) -> None:
    """No format shows a fingerprint, so that nobody can compare them across reports."""
    fingerprints = {
        fingerprint
        for each in json.loads(path.read_text(encoding="utf-8"))["steps"]
        for state in ("oldState", "newState")
        for fingerprint in _fingerprints(each.get(state) or {})
    }
    texts = [review(recorded(path), format=each).text for each in ("markdown", "text", "json")]
    assert not [one for one in fingerprints for text in texts if one in text]


def _fingerprints(state: dict[str, Any]) -> list[str]:
    found = (state.get("inputs") or {}).get("secret_fingerprints") or {}
    return list(found.values()) if isinstance(found, dict) else []


def test_the_whole_json(json_file: SnapshotAssertion) -> None:
    """The JSON of one plan equals its golden file, so that a change of the format shows."""
    result = review(recorded(MIXED), format="json", fail_on=["replace", "delete"])
    assert result.text == json_file


def test_the_terminal(text: SnapshotAssertion) -> None:
    """The text of one plan equals its golden file."""
    assert review(recorded(MIXED), format="text").text == text


def test_colour_is_all_that_colour_adds() -> None:
    """Colour changes no text, and plain text holds no escape sequence."""
    import click

    plain = review(recorded(MIXED), format="text").text
    coloured = review(recorded(MIXED), format="text", colour=True).text
    assert click.unstyle(coloured) == plain
    assert "\x1b[31m" in coloured
    assert "\x1b" not in plain


@pytest.mark.parametrize(
    ("terminal", "environment", "coloured"),
    [
        pytest.param(True, {}, True, id="terminal"),
        pytest.param(True, {"NO_COLOR": ""}, True, id="empty NO_COLOR"),
        pytest.param(True, {"NO_COLOR": "1"}, False, id="NO_COLOR"),
        pytest.param(False, {}, False, id="no terminal"),
    ],
)
def test_when_to_colour(terminal: bool, environment: dict[str, str], coloured: bool) -> None:  # noqa: FBT001
    """Only terminals are coloured, and only if ``NO_COLOR`` is empty or not set."""
    stream = StringIO()
    stream.isatty = lambda: terminal  # type: ignore[method-assign]
    assert wants_colour(stream, environment) is coloured


def test_several_stacks(markdown: SnapshotAssertion) -> None:
    """Several stacks make one report with one summary, and each has its own marker."""
    quiet = PLANS[NAMES.index("10_nothing")]
    revision = PLANS[NAMES.index("03_new_revision")]
    failed = PLANS[NAMES.index("09_failed_preview")]
    documents = [
        of_stack(MIXED, "prod-eu"),
        of_stack(revision, "prod-us"),
        of_stack(quiet, "staging"),
        of_stack(failed, "dev"),
    ]
    assert review(documents).text == markdown


def test_a_hundred_deployments(markdown: SnapshotAssertion) -> None:
    """A hundred deployments stay readable: losses are open, the rest is folded by kind."""
    result = review([("plan.json", hundred_deployments())])
    assert not result.truncated
    assert result.text == markdown


def test_too_much_for_a_comment(markdown: SnapshotAssertion) -> None:
    """A report that is too long leaves out details first, and says what it leaves out."""
    result = review([("plan.json", hundred_deployments())], limit=3000)
    assert result.truncated
    assert len(result.text.encode()) <= 3000
    assert result.text == markdown


@pytest.mark.parametrize("format_", ["markdown", "text", "json"])
def test_messages(format_: str) -> None:
    """A warning is shown even if nothing changes; one about two resources names both."""
    warnings = [
        {**error("deprecated", name), "severity": "warning"} for name in ("first", "second")
    ]
    text = review([("plan.json", plan(diagnostics=warnings))], format=format_).text
    assert [text.count(word) for word in ("deprecated", "first", "second")] == [1, 1, 1]


def test_what_is_lost_is_named_to_the_end() -> None:
    """Lost deployments and resources are still named when there is no room for the rest."""
    updates = [step("update", name=f"a{n}", old=inputs(), new=inputs("b")) for n in range(300)]
    lost = [bucket("delete", "database", {}), step("delete", name="gone", old=inputs())]
    errors = [error(f"{n}: " + "x" * 500) for n in range(100)]
    result = review([("plan.json", plan(*updates, *lost, diagnostics=errors))], limit=8000)
    assert result.truncated
    assert "`database`" in result.text
    assert "`gone`" in result.text


def test_labels() -> None:
    """The labels for the pull request are the kinds of changes."""
    assert review(recorded(MIXED)).labels == (
        "langsmith:created",
        "langsmith:deleted",
        "langsmith:in-place",
        "langsmith:replaced",
        "langsmith:revision",
    )


@pytest.mark.parametrize("format_", ["markdown", "text", "json"])
def test_quiet(format_: str) -> None:
    """With ``quiet`` the report is empty if nothing changes, and whole if anything does."""
    nothing = recorded(PLANS[NAMES.index("10_nothing")])
    assert review(nothing, format=format_, quiet=True).text == ""
    assert review(nothing, format=format_).text != ""
    others = [("plan.json", plan(bucket("create", "b", None, {})))]
    assert review(others, format=format_, quiet=True).text != ""


def test_failures_are_never_silent() -> None:
    """A failed preview is reported even with ``quiet``."""
    failed = recorded(PLANS[NAMES.index("09_failed_preview")])
    assert "The preview failed" in review(failed, quiet=True).text


def test_the_marker_is_the_first_line() -> None:
    """The first line of a report, which identifies it, depends on project and stack alone."""
    first = {review(recorded(path)).text.splitlines()[0] for path in PLANS}
    assert first == {"<!-- langsmith-pulumi review support/prod -->"}
    other = review([of_stack(MIXED, "dev")]).text
    assert other.splitlines()[0] == "<!-- langsmith-pulumi review support/dev -->"


def test_an_unknown_format_is_an_error() -> None:
    """An unknown format is an error that names it."""
    with pytest.raises(ValueError, match="html"):
        review(recorded(MIXED), format="html")
