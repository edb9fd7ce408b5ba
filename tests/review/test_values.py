"""Tests of formatting values, and of the wording of counts and totals."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.output import UNKNOWN

from langsmith_pulumi.provider.fingerprints import marker
from langsmith_pulumi.review import read_plan, report_on
from langsmith_pulumi.review.lines import count, listing, totals
from langsmith_pulumi.review.markdown import code_block, code_span
from langsmith_pulumi.review.values import (
    LENGTH,
    OUTSIDE,
    Placeholder,
    Untrusted,
    escape_invisible,
    format_pair,
    shorten,
    value_state,
)
from tests.review.building import inputs, plan, rollout, step


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param(None, Placeholder("not set"), id="unset"),
        pytest.param(UNKNOWN, Placeholder("known only during up"), id="unknown"),
        pytest.param("[secret]", Placeholder("a secret"), id="secret"),
        pytest.param("", Untrusted(""), id="empty text"),
        pytest.param("main", Untrusted("main"), id="text"),
        pytest.param(True, Untrusted("true"), id="boolean"),
        pytest.param(10.0, Untrusted("10"), id="whole number"),
        pytest.param(0.5, Untrusted("0.5"), id="fraction"),
        pytest.param(1e300, Untrusted("1e+300"), id="huge number"),
        pytest.param(float("inf"), Untrusted("Infinity"), id="infinity"),
        pytest.param(
            {"b": 1.0, "a": [UNKNOWN]},
            Untrusted('{"a": ["(known only during up)"], "b": 1}'),
            id="nested",
        ),
        pytest.param("a\nb\tc", Untrusted("a\\nb\\tc"), id="control characters"),
        pytest.param("safe\u202etxt.exe", Untrusted("safe\\u202etxt.exe"), id="text direction"),
        pytest.param("\ud800", Untrusted("\\ud800"), id="lone surrogate"),
        pytest.param("größer 🔴 日本", Untrusted("größer 🔴 日本"), id="other scripts"),
        pytest.param(
            "https://me:pw@host/x", Untrusted("https://***@host/x"), id="user and password in a URL"
        ),
        pytest.param(
            "git+https://token@host/x", Untrusted("git+https://***@host/x"), id="token in a URL"
        ),
        pytest.param(
            "https://me:p@ss@host/x", Untrusted("https://***@host/x"), id="at sign in a password"
        ),
        pytest.param(
            "https://me:p/w@host/x", Untrusted("https://***@host/x"), id="slash in a password"
        ),
        pytest.param("https://host/x@v1", Untrusted("https://host/x@v1"), id="at sign in a path"),
        pytest.param(
            "https://host:8080/x@v1",
            Untrusted("https://host:8080/x@v1"),
            id="port before an at sign",
        ),
        pytest.param(
            "https://host/?token=a&b=c",
            Untrusted("https://host/?token=***&b=c"),
            id="token in a query",
        ),
        pytest.param(
            "https://host/?key=a", Untrusted("https://host/?key=***"), id="key in a query"
        ),
        pytest.param(
            "make --api-key=a key=b",
            Untrusted("make --api-key=*** key=b"),
            id="option and key in a command",
        ),
        pytest.param(
            ["-v", "--password", "a", "b", "-u", "me:pw"],
            Untrusted('["-v", "--password", "***", "b", "-u", "***"]'),
            id="options in a list",
        ),
    ],
)
def test_a_value(value: Any, shown: str) -> None:
    """A value is shown on one line; a placeholder is told apart from untrusted text."""
    found = format_pair(value, "other")[0]
    assert (found, type(found)) == (shown, type(shown))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("x" * 500 + "a", "x" * 500 + "b", id="at the end"),
        pytest.param("a" + "x" * 500, "b" + "x" * 500, id="at the start"),
        pytest.param("x" * 500, "x" * 499, id="in length"),
        pytest.param("x" * 200 + "a" + "x" * 300, "x" * 200 + "b" + "x" * 300, id="in the middle"),
    ],
)
def test_the_first_difference_stays_visible(before: str, after: str) -> None:
    """Two different long values never look the same."""
    old, new = format_pair(before, after)
    assert old != new
    assert max(len(old), len(new)) <= LENGTH


def test_a_long_text_keeps_both_ends() -> None:
    """Both ends of a long name or image are kept."""
    assert shorten("registry.example.com/" + "a" * 100 + ":v1.2.3").endswith(":v1.2.3")
    assert len(shorten("a" * 1000)) == LENGTH


@pytest.mark.parametrize(
    ("text", "span"),
    [
        pytest.param("main", "`main`", id="plain"),
        pytest.param("", '`""`', id="empty"),
        pytest.param("a`b", "``a`b``", id="one backtick"),
        pytest.param("`a`", "`` `a` ``", id="backticks at the ends"),
        pytest.param("a``b`c", "```a``b`c```", id="two lengths of backticks"),
        pytest.param(" a ", "`  a  `", id="spaces at the ends"),
    ],
)
def test_a_code_span(text: str, span: str) -> None:
    """No text can end its own code span."""
    assert code_span(text) == span


def test_a_block_is_longer_fenced_than_what_it_holds() -> None:
    """A code block has a longer fence than any inside."""
    assert code_block("a\n````\nb")[0] == "`````text"


def test_invisible_characters_are_spelled_out() -> None:
    """Control characters do not reach a terminal."""
    assert escape_invisible("\x1b[31mred\x07") == "\\u001b[31mred\\u0007"


@pytest.mark.parametrize(
    ("spec", "changes", "expected"),
    [
        pytest.param(
            {"max_scale": 3, "cpu": 1, "memory_mb": 1024},
            {"max_scale": 10},
            ["at most 10 replicas of 1 CPU / 1 GB (10 CPU / 10 GB in all)"],
            id="CPU and memory",
        ),
        pytest.param(
            {"max_scale": 3, "cpu": 1},
            {"max_scale": 1},
            ["at most 1 replica of 1 CPU"],
            id="one replica",
        ),
        pytest.param(
            {"max_scale": 3}, {"max_scale": 4}, ["at most 4 replicas"], id="maximum alone"
        ),
        pytest.param(
            {"max_scale": 2, "memory_mb": 256},
            {"memory_mb": 512},
            ["at most 2 replicas of 512 MB (1 GB in all)"],
            id="memory alone",
        ),
        pytest.param(
            {"max_scale": 3, "cpu": 0.3},
            {"cpu": 0.1},
            ["at most 3 replicas of 0.1 CPU (0.3 CPU in all)"],
            id="fractions of a CPU",
        ),
        pytest.param({"cpu": 1}, {"cpu": 2}, [], id="no maximum"),
        pytest.param(
            {"max_scale": 3, "db_cpu": 1}, {"db_cpu": 2}, [], id="another resource's size"
        ),
        pytest.param({"max_scale": 3}, {"max_scale": "many"}, [], id="not a number"),
        pytest.param({"max_scale": 3}, {"max_scale": 1e300}, [], id="absurd number"),
        pytest.param(
            {"queue_max_scale": 1, "queue_cpu": 1},
            {"queue_max_scale": 2},
            ["at most 2 queue workers of 1 CPU (2 CPU in all)"],
            id="queue workers",
        ),
    ],
)
def test_the_total_of_a_scale(
    spec: dict[str, Any], changes: dict[str, Any], expected: list[str]
) -> None:
    """A changed scale is summed up if its maximum is known."""
    old = inputs(source_config__resource_spec=spec)
    new = inputs(source_config__resource_spec={**spec, **changes})
    document = plan(step("update", old=old, new=new), rollout("update"))
    (change,) = report_on([read_plan("plan", document)]).stacks[0].deployments
    assert list(totals(change)) == expected


def test_counts_and_listings() -> None:
    """A noun agrees with its number, and phrases are joined with commas and "and"."""
    assert [count(n, "deployment") for n in (0, 1, 2)] == [
        "0 deployments",
        "1 deployment",
        "2 deployments",
    ]
    phrases = ["".join(listing([("a",), ("b",), ("c",)][:n])) for n in (1, 2, 3)]
    assert phrases == ["a", "a and b", "a, b and c"]


def test_a_marker_of_the_state_is_a_placeholder() -> None:
    """A value that was changed outside is shown as such, without its fingerprint."""
    before = marker("source_config.install_command", "npm ci --token x", "salt")
    old, new = format_pair(before, "npm ci")
    assert (old, new) == (OUTSIDE, "npm ci")
    assert isinstance(old, Placeholder)
    assert value_state(before) == {"state": "hidden"}
    assert value_state({"args": [before]}) == {
        "state": "set",
        "value": {"args": ["(changed outside, not shown)"]},
    }
