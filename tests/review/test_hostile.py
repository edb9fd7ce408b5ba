"""Tests of reports on hostile plans: complete, well-formed, without secrets or injections."""

from __future__ import annotations

import json
import os
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from langsmith_pulumi.review import UnreadablePlan, review, schema
from langsmith_pulumi.review.values import escape_invisible, shorten
from tests.review.building import bucket, error, inputs, plan, rollout, step
from tests.review.rendering import ALLOWED_ELEMENTS, Page
from tests.workflows.runner import executed_commands

if TYPE_CHECKING:
    from collections.abc import Iterator

VALIDATOR = Draft202012Validator(schema())
CANARY = "canary-7f3a"
ROUNDS = int(os.environ.get("LANGSMITH_PULUMI_ROUNDS", "30"))
MARKUP = ("|", "`", "``", "```", "~~~", "*", "_", "> ", "- ", "\\", "===", "---", "$x$", "&lt;")
HTML = (
    "</details>",
    "<details>",
    "</summary>",
    "<!--",
    "-->",
    "<script>",
    "</code>",
    "<img src=x>",
)
LINKS = ("@octocat", "#1", "https://evil.example", "www.evil.example", "[x](javascript:x)")
COMMANDS = ("\n::error::x", "\n  ::set-output name=url::x", "##[add-mask]x", "##vso[task]x")
LINES = (*COMMANDS, "\n", "\n\n", "\r\n# heading\n", "| a |\n| - |\n", "[!CAUTION]")
UNSEEN = ("\u202e", "\u200b", "\u2028", "\x1b[31m", "\x00", "\ud800")
PLAIN = ("%", "{}", "'", '"', "é", "日本", "🔴")
FRAGMENTS = (*MARKUP, *HTML, *LINKS, *LINES, *UNSEEN, *PLAIN)
hostile = st.lists(
    st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=8), st.just("x" * 300)), max_size=5
).map("".join)
names = hostile.map(lambda text: text or "agent")
values = st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), hostile)
objects = st.dictionaries(hostile, values, max_size=3)
ops = st.sampled_from(
    ["create", "update", "delete", "replace", "import", "delete-replaced", "<b>op</b>|`x`\n"]
)


@st.composite
def deployment_inputs(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """Draw the inputs of a deployment with hostile values, and secrets in plain text."""
    held = draw(st.dictionaries(names, st.just(CANARY), max_size=2))
    prints = {secret: draw(st.sampled_from(["1", "2"])) + CANARY for secret in held}
    return {
        **inputs(name, display_name=draw(values), triggers=draw(objects)),
        "source_config": {"repo_url": draw(hostile), "resource_spec": draw(objects)},
        "secrets": held,
        "secret_fingerprints": prints,
        "secret_salt": CANARY,
    }


@st.composite
def deployments(draw: st.DrawFn) -> list[dict[str, Any]]:
    name, op = draw(names), draw(ops)
    steps = [
        step(op, name=name, old=draw(deployment_inputs(name)), new=draw(deployment_inputs(name)))
    ]
    return [*steps, *([rollout("update", name)] if draw(st.booleans()) else [])]


@st.composite
def buckets(draw: st.DrawFn) -> list[dict[str, Any]]:
    return [bucket(draw(ops), draw(names), draw(objects), draw(objects))]


@st.composite
def plans(draw: st.DrawFn) -> dict[str, Any]:
    groups = draw(st.lists(st.one_of(deployments(), buckets()), max_size=5))
    errors = [error(message) for message in draw(st.lists(hostile, max_size=2))]
    return plan(*(each for group in groups for each in group), diagnostics=errors)


def of_stack(found: dict[str, Any], stack: str) -> dict[str, Any]:
    """Return the plan as that of another stack."""
    return {
        **found,
        "steps": [
            {**each, "urn": each["urn"].replace("urn:pulumi:prod::", f"urn:pulumi:{stack}::")}
            for each in found["steps"]
        ],
    }


def documents(*found: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [("<plan>|`.json`", each) for each in found]


@settings(max_examples=ROUNDS, deadline=None, suppress_health_check=list(HealthCheck))
@given(plans())
def test_a_report_on_a_hostile_plan(found: dict[str, Any]) -> None:
    """A report is well-formed, executes no text of a plan, hides secrets and names each change."""
    markdown, text, data = (
        review(documents(found), format=each).text for each in ("markdown", "text", "json")
    )
    assert not [each for each in (markdown, text, data) if CANARY in each]
    assert_well_formed(markdown)
    assert_each_change_is_named(found, markdown, data)
    assert all(escape_invisible(line) == line for line in text.split("\n"))
    assert executed_commands(text) == executed_commands(markdown) == []
    VALIDATOR.validate(json.loads(data))
    small = review(documents(found, of_stack(plan(), "b"), of_stack(found, "c")), limit=1500)
    assert len(small.text.encode()) <= 1500
    assert_well_formed(small.text)


def assert_well_formed(markdown: str) -> None:
    page = Page(markdown)
    assert (page.open, page.unbalanced) == ([], [])
    assert page.elements <= ALLOWED_ELEMENTS
    assert not [word for word in ("@octocat", "evil.example", "#1") if word in page.prose]
    assert all(comment.startswith(" langsmith-pulumi review ") for comment in page.comments)


def assert_each_change_is_named(found: dict[str, Any], markdown: str, data: str) -> None:
    changed = {each["urn"].split("::", 3)[3] for each in found["steps"] if each["op"] != "same"}
    codes = {code.strip() for code in Page(markdown).codes}
    assert {escape_invisible(shorten(name)).strip() for name in changed} <= {*codes, ""}
    (stack,) = json.loads(data)["stacks"]
    assert {each["name"] for each in (*stack["deployments"], *stack["others"])} == changed


@pytest.mark.parametrize(
    ("number", "truncated"),
    [
        pytest.param(1, False, id="one"),
        pytest.param(100, False, id="a hundred"),
        pytest.param(700, True, id="seven hundred"),
    ],
)
def test_many_stacks(number: int, truncated: bool) -> None:  # noqa: FBT001 - a row of a table
    """However many stacks there are, the summary and the counts are shown."""
    lost = json.dumps(plan(step("delete", name="x" * 500, old=inputs())))
    stacks = [json.loads(lost.replace("prod", f"s{n}")) for n in range(number)]
    result = review(documents(*stacks))
    assert len(result.text.encode()) <= 65_536
    assert f"{number} deployment" in result.text
    assert result.truncated is truncated


def test_a_message_shows_where_it_ends() -> None:
    """The end of a long traceback is kept, because it holds the cause."""
    result = review(documents(plan(diagnostics=[error("frame\n" * 5000 + "ValueError: cause")])))
    assert "ValueError: cause" in result.text
    assert len(result.text) < 6000


@settings(max_examples=max(ROUNDS // 3, 5), deadline=None, suppress_health_check=list(HealthCheck))
@given(names, names)
def test_a_failed_stack_with_a_hostile_name(project: str, stack: str) -> None:
    """The name of a stack in the headline of a report is escaped."""
    failed = plan(step("update", old=inputs(), new=inputs()), diagnostics=[error("no")])
    text = json.dumps(failed).replace("urn:pulumi:prod::agents", "urn:pulumi:S-T::P-J")
    renamed = json.loads(text)
    for each in (*renamed["steps"], *renamed["diagnostics"]):
        if each.get("urn"):
            named = each["urn"].replace("S-T", stack.replace("::", ":"))
            each["urn"] = named.replace("P-J", project.replace("::", ":"))
    both = documents(renamed, of_stack(plan(step("create", new=inputs())), "other"))
    markdown = review(both, format="markdown").text
    assert_well_formed(markdown)
    for written in (markdown, review(both, format="text").text):
        assert executed_commands(written) == []
        assert all(escape_invisible(line) == line for line in written.split("\n"))


PAYLOAD = (
    "![x](https://evil.example/x.png) [y](javascript:z) @octocat #1 <img src=x> </details> --> "
    "\n# heading\n```\n::error::forged\n  ::set-output name=url::x\n##[add-mask]a ##vso[b]c"
    "\x1b[31m\x1b]8;;https://evil.example\x07\x1b]52;c;aGk=\x07\x08\x85\x9b1m\u2028::warning::d"
    "\u202e\u2066\u200b\x00\ud800|`end"
)


def text_paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each text in a plan, and of each key below inputs and outputs."""
    if isinstance(value, dict):
        for key, item in value.items():
            if {"inputs", "outputs"} & set(path):
                yield (*path, key, KEY)
            yield from text_paths(item, (*path, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from text_paths(item, (*path, place))
    elif isinstance(value, str) and path[-1] != "urn":
        yield path
    elif isinstance(value, str):
        yield (*path, NAME)


KEY = "its key"
NAME = "the name in it"


def with_payload(value: Any, path: tuple[Any, ...]) -> Any:
    """Return the plan with a hostile text at one path."""
    head, *rest = path
    found = deepcopy(value)
    if rest == [KEY]:
        found[PAYLOAD] = found.pop(head)
    elif rest == [NAME]:
        found[head] = f"{found[head]}{PAYLOAD.replace('::', ':')}"
    elif rest:
        found[head] = with_payload(value[head], tuple(rest))
    else:
        found[head] = PAYLOAD
    return found


FULL = plan(
    step("update", name="u", old=inputs("u"), new=inputs("u", triggers={"t": "x"})),
    rollout("update", "u"),
    step(
        "create",
        name="a",
        new=inputs(
            "a",
            import_id="an-id",
            adoption={
                "compared": True,
                "revision": True,
                "differences": [{"path": "display_name", "live": "old"}],
                "variables_added": ["A"],
                "variables_changed": ["B"],
                "variables_removed": ["C"],
            },
        ),
    ),
    step("replace", name="r", old=inputs("r"), new=inputs("r", display_name="x")),
    step("delete", name="d", old=inputs("d")),
    bucket("update", "b", {"size": "x"}, {"size": "y"}),
    bucket("transmute", "t", {}, {}),
    diagnostics=[error("no"), {**error("careful"), "severity": "warning"}],
)


@pytest.mark.parametrize("path", list(text_paths(FULL)), ids=lambda path: ".".join(map(str, path)))
def test_no_text_of_a_plan_is_executed(path: tuple[Any, ...]) -> None:
    """No text anywhere in a plan can inject anything; new fields of a plan are included."""
    both = documents(with_payload(FULL, path), of_stack(plan(), "b"))
    written = [_report_or_error(both, each) for each in ("markdown", "text")]
    assert_well_formed(written[0])
    for each in written:
        assert executed_commands(each) == []
        assert all(escape_invisible(line) == line for line in each.split("\n"))


def _report_or_error(found: list[tuple[str, dict[str, Any]]], form: str) -> str:
    try:
        return review(found, format=form).text
    except UnreadablePlan as error:
        return str(error)
