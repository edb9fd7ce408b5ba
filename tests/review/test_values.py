"""How values are shown: short, on one line, harmless."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.output import UNKNOWN

from langsmith_pulumi.provider.markers import marker
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
        (None, Placeholder("not set")),
        (UNKNOWN, Placeholder("known only during up")),
        ("[secret]", Placeholder("a secret")),
        ("", Untrusted("")),
        ("main", Untrusted("main")),
        (True, Untrusted("true")),
        (10.0, Untrusted("10")),
        (0.5, Untrusted("0.5")),
        (1e300, Untrusted("1e+300")),
        (float("inf"), Untrusted("Infinity")),
        ({"b": 1.0, "a": [UNKNOWN]}, Untrusted('{"a": ["(known only during up)"], "b": 1}')),
        ("a\nb\tc", Untrusted("a\\nb\\tc")),
        ("safe\u202etxt.exe", Untrusted("safe\\u202etxt.exe")),
        ("\ud800", Untrusted("\\ud800")),
        ("größer 🔴 日本", Untrusted("größer 🔴 日本")),
        ("https://me:pw@host/x", Untrusted("https://***@host/x")),
        ("git+https://token@host/x", Untrusted("git+https://***@host/x")),
        ("https://me:p@ss@host/x", Untrusted("https://***@host/x")),
        ("https://me:p/w@host/x", Untrusted("https://***@host/x")),
        ("https://host/x@v1", Untrusted("https://host/x@v1")),
        ("https://host:8080/x@v1", Untrusted("https://host:8080/x@v1")),
        ("https://host/?token=a&b=c", Untrusted("https://host/?token=***&b=c")),
        ("https://host/?key=a", Untrusted("https://host/?key=***")),
        ("make --api-key=a key=b", Untrusted("make --api-key=*** key=b")),
    ],
)
def test_a_value(value: Any, shown: str) -> None:
    """A value is shown on one line; what stands in its place is a word of the report's own."""
    found = format_pair(value, "other")[0]
    assert (found, type(found)) == (shown, type(shown))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x" * 500 + "a", "x" * 500 + "b"),
        ("a" + "x" * 500, "b" + "x" * 500),
        ("x" * 500, "x" * 499),
        ("x" * 200 + "a" + "x" * 300, "x" * 200 + "b" + "x" * 300),
    ],
)
def test_the_first_difference_stays_visible(before: str, after: str) -> None:
    """Two long values never look the same, wherever they differ."""
    old, new = format_pair(before, after)
    assert old != new
    assert max(len(old), len(new)) <= LENGTH


def test_a_long_text_keeps_both_ends() -> None:
    """The beginning and the end of a name or an image tell the most."""
    assert shorten("registry.example.com/" + "a" * 100 + ":v1.2.3").endswith(":v1.2.3")
    assert len(shorten("a" * 1000)) == LENGTH


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("main", "`main`"),
        ("", '`""`'),
        ("a`b", "``a`b``"),
        ("`a`", "`` `a` ``"),
        ("a``b`c", "```a``b`c```"),
        (" a ", "`  a  `"),
    ],
)
def test_a_code_span(text: str, span: str) -> None:
    """No text can end its own code span."""
    assert code_span(text) == span


def test_a_block_is_longer_fenced_than_what_it_holds() -> None:
    """A message that holds a fence stays inside its own."""
    assert code_block("a\n````\nb")[0] == "`````text"


def test_invisible_characters_are_spelled_out() -> None:
    """Control characters cannot steer a terminal."""
    assert escape_invisible("\x1b[31mred\x07") == "\\u001b[31mred\\u0007"


@pytest.mark.parametrize(
    ("spec", "changes", "said"),
    [
        (
            {"max_scale": 3, "cpu": 1, "memory_mb": 1024},
            {"max_scale": 10},
            ["at most 10 replicas of 1 CPU / 1 GB (10 CPU / 10 GB in all)"],
        ),
        ({"max_scale": 3, "cpu": 1}, {"max_scale": 1}, ["at most 1 replica of 1 CPU"]),
        ({"max_scale": 3}, {"max_scale": 4}, ["at most 4 replicas"]),
        (
            {"max_scale": 2, "memory_mb": 256},
            {"memory_mb": 512},
            ["at most 2 replicas of 512 MB (1 GB in all)"],
        ),
        (
            {"max_scale": 3, "cpu": 0.3},
            {"cpu": 0.1},
            ["at most 3 replicas of 0.1 CPU (0.3 CPU in all)"],
        ),
        ({"cpu": 1}, {"cpu": 2}, []),
        ({"max_scale": 3, "db_cpu": 1}, {"db_cpu": 2}, []),
        ({"max_scale": 3}, {"max_scale": "many"}, []),
        ({"max_scale": 3}, {"max_scale": 1e300}, []),
        (
            {"queue_max_scale": 1, "queue_cpu": 1},
            {"queue_max_scale": 2},
            ["at most 2 queue workers of 1 CPU (2 CPU in all)"],
        ),
    ],
)
def test_the_total_of_a_scale(
    spec: dict[str, Any], changes: dict[str, Any], said: list[str]
) -> None:
    """A changed scale is summed up in words where all that is needed is known."""
    old = inputs(source_config__resource_spec=spec)
    new = inputs(source_config__resource_spec={**spec, **changes})
    document = plan(step("update", old=old, new=new), rollout("update"))
    (effect,) = report_on([read_plan("plan", document)]).stacks[0].deployments
    assert list(totals(effect)) == said


def test_words() -> None:
    """Numbers agree with their nouns."""
    assert [count(n, "deployment") for n in (0, 1, 2)] == [
        "0 deployments",
        "1 deployment",
        "2 deployments",
    ]
    phrases = ["".join(listing([("a",), ("b",), ("c",)][:n])) for n in (1, 2, 3)]
    assert phrases == ["a", "a and b", "a, b and c"]


def test_a_marker_of_the_state_is_told_in_words() -> None:
    """What was changed outside is not in the state, and its fingerprint is not in a report."""
    before = marker("source_config.install_command", "npm ci --token x", "salt")
    old, new = format_pair(before, "npm ci")
    assert (old, new) == (OUTSIDE, "npm ci")
    assert isinstance(old, Placeholder)
    assert value_state(before) == {"state": "hidden"}
    assert value_state({"args": [before]}) == {
        "state": "set",
        "value": {"args": ["(changed outside, not shown)"]},
    }
