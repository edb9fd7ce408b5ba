"""Reports of recorded plans, as golden files."""

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


def elsewhere(path: Path, stack: str) -> tuple[str, bytes]:
    """The plan as if it were that of another stack."""
    text = path.read_text(encoding="utf-8").replace("urn:pulumi:prod::", f"urn:pulumi:{stack}::")
    return path.name, text.encode()


def hundred() -> dict[str, Any]:
    """A hundred deployments: three of them lost, the others rebuilt or changed in place."""
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
    """Each JSON report keeps to the schema that is shipped with it."""
    outcome = review(recorded(path), format="json", fail_on=["replace"])
    Draft202012Validator(schema()).validate(json.loads(outcome.text))


def test_the_committed_schema_is_that_of_the_models() -> None:
    """Readers of the file see today's format: ``python docs/make_report_schema.py`` writes it."""
    file = files("langsmith_pulumi.review") / "report.schema.json"
    assert json.loads(file.read_text(encoding="utf-8")) == schema()


@pytest.mark.parametrize("path", PLANS, ids=NAMES)
def test_fingerprints_stay_inside(path: Path) -> None:
    """No format shows a fingerprint, and so nobody can compare them across reports."""
    prints = {
        print_
        for each in json.loads(path.read_text(encoding="utf-8"))["steps"]
        for state in ("oldState", "newState")
        for print_ in _prints(each.get(state) or {})
    }
    texts = [review(recorded(path), format=each).text for each in ("markdown", "text", "json")]
    assert not [print_ for print_ in prints for text in texts if print_ in text]


def _prints(state: dict[str, Any]) -> list[str]:
    bag = (state.get("inputs") or {}).get("secret_fingerprints") or {}
    return list(bag.values()) if isinstance(bag, dict) else []


def test_the_whole_json(json_file: SnapshotAssertion) -> None:
    """The JSON of one plan in full, so that a change of the format is seen."""
    outcome = review(recorded(MIXED), format="json", fail_on=["replace", "delete"])
    assert outcome.text == json_file


def test_the_terminal(text: SnapshotAssertion) -> None:
    """The text of one plan in full."""
    assert review(recorded(MIXED), format="text").text == text


def test_colour_is_all_that_colour_adds() -> None:
    """Coloured or not, the text says the same, and plain text holds no escape."""
    import click

    plain = review(recorded(MIXED), format="text").text
    coloured = review(recorded(MIXED), format="text", colour=True).text
    assert click.unstyle(coloured) == plain
    assert "\x1b[31m" in coloured
    assert "\x1b" not in plain


@pytest.mark.parametrize(
    ("terminal", "environment", "coloured"),
    [
        (True, {}, True),
        (True, {"NO_COLOR": ""}, True),
        (True, {"NO_COLOR": "1"}, False),
        (False, {}, False),
    ],
)
def test_when_to_colour(terminal: bool, environment: dict[str, str], coloured: bool) -> None:  # noqa: FBT001
    """Colour is for terminals, and only where ``NO_COLOR`` is empty or not set."""
    stream = StringIO()
    stream.isatty = lambda: terminal  # type: ignore[method-assign]
    assert wants_colour(stream, environment) is coloured


def test_several_stacks(markdown: SnapshotAssertion) -> None:
    """Several stacks are one report with one verdict, and each has its own marker."""
    quiet = PLANS[NAMES.index("10_nothing")]
    revision = PLANS[NAMES.index("03_new_revision")]
    failed = PLANS[NAMES.index("09_failed_preview")]
    documents = [
        elsewhere(MIXED, "prod-eu"),
        elsewhere(revision, "prod-us"),
        elsewhere(quiet, "staging"),
        elsewhere(failed, "dev"),
    ]
    assert review(documents).text == markdown


def test_a_hundred_deployments(markdown: SnapshotAssertion) -> None:
    """A hundred deployments stay readable: what is lost is open, the rest is folded by kind."""
    outcome = review([("plan.json", hundred())])
    assert not outcome.truncated
    assert outcome.text == markdown


def test_too_much_for_a_comment(markdown: SnapshotAssertion) -> None:
    """With less room the details go first, and the report says what is missing."""
    outcome = review([("plan.json", hundred())], limit=3000)
    assert outcome.truncated
    assert len(outcome.text.encode()) <= 3000
    assert outcome.text == markdown


@pytest.mark.parametrize("format_", ["markdown", "text", "json"])
def test_messages(format_: str) -> None:
    """A warning is shown though nothing changes; one said of two resources names both."""
    said = [{**error("deprecated", name), "severity": "warning"} for name in ("first", "second")]
    text = review([("plan.json", plan(diagnostics=said))], format=format_).text
    assert [text.count(word) for word in ("deprecated", "first", "second")] == [1, 1, 1]


def test_what_is_lost_is_named_to_the_end() -> None:
    """However little room there is for the rest, lost deployments and resources keep names."""
    calm = [step("update", name=f"a{n}", old=inputs(), new=inputs("b")) for n in range(300)]
    lost = [bucket("delete", "database", {}), step("delete", name="gone", old=inputs())]
    errors = [error(f"{n}: " + "x" * 500) for n in range(100)]
    outcome = review([("plan.json", plan(*calm, *lost, diagnostics=errors))], limit=8000)
    assert outcome.truncated
    assert "`database`" in outcome.text
    assert "`gone`" in outcome.text


def test_labels() -> None:
    """Labels for the pull request tell the kinds of effects."""
    assert review(recorded(MIXED)).labels == (
        "langsmith:created",
        "langsmith:deleted",
        "langsmith:in-place",
        "langsmith:replaced",
        "langsmith:revision",
    )


@pytest.mark.parametrize("format_", ["markdown", "text", "json"])
def test_silence(format_: str) -> None:
    """With ``quiet`` nothing is said where nothing changes, and everything where something does."""
    nothing = recorded(PLANS[NAMES.index("10_nothing")])
    assert review(nothing, format=format_, quiet=True).text == ""
    assert review(nothing, format=format_).text != ""
    others = [("plan.json", plan(bucket("create", "b", None, {})))]
    assert review(others, format=format_, quiet=True).text != ""


def test_failures_are_never_silent() -> None:
    """A failed preview is told even where silence was asked for."""
    failed = recorded(PLANS[NAMES.index("09_failed_preview")])
    assert "The preview failed" in review(failed, quiet=True).text


def test_the_marker_is_the_first_line() -> None:
    """A comment is found by the report's first line, which depends on project and stack alone."""
    first = {review(recorded(path)).text.splitlines()[0] for path in PLANS}
    assert first == {"<!-- langsmith-pulumi review support/prod -->"}
    other = review([elsewhere(MIXED, "dev")]).text
    assert other.splitlines()[0] == "<!-- langsmith-pulumi review support/dev -->"


def test_an_unknown_format_is_an_error() -> None:
    """A format that does not exist is named."""
    with pytest.raises(ValueError, match="html"):
        review(recorded(MIXED), format="html")
