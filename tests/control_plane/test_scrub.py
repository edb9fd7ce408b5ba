"""No secret gets into a text, however it is written."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote, quote_plus

import pytest
from control_plane.samples import CANARY, KEY
from hypothesis import given
from hypothesis import strategies as st

from langsmith_pulumi.control_plane.scrub import HIDDEN, Scrubber

PLAIN = "sk-proj/4f7a+90c~2211 end"


@pytest.mark.parametrize(
    "shown",
    [
        PLAIN,
        json.dumps(PLAIN),
        quote(PLAIN),
        quote(PLAIN, safe=""),
        quote_plus(PLAIN),
        repr(PLAIN),
        PLAIN[:12],
        PLAIN[:15] + "...",
    ],
)
def test_each_way_of_writing_a_value_is_hidden(shown: str) -> None:
    """Raw, escaped, URL-encoded or cut off: what is left tells nothing."""
    text = Scrubber([PLAIN]).scrub(f"failed with {shown} here")

    assert HIDDEN in text
    assert "4f7a" not in text


@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "TOKEN="])
@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
def test_a_value_inside_of_base64_is_hidden(before: str, encode: type[object]) -> None:
    """Base64 is hidden at each alignment, and in both alphabets."""
    encoded = encode((before + PLAIN + "!").encode()).decode()  # type: ignore[call-arg, attr-defined]

    scrubbed = Scrubber([PLAIN]).scrub(encoded)

    assert HIDDEN in scrubbed
    assert len(scrubbed) < len(HIDDEN) + 16


@pytest.mark.parametrize(
    "shown",
    [CANARY, json.dumps(CANARY), json.dumps(CANARY, ensure_ascii=False), *CANARY.splitlines()],
)
def test_each_line_of_a_value_is_hidden(shown: str) -> None:
    """Newlines, quotes and Unicode change nothing."""
    text = Scrubber([CANARY]).scrub(f"<{shown}>")

    assert "hush" not in text
    assert "second line" not in text


def test_a_secret_inside_of_another_is_hidden_with_it() -> None:
    """The longer one goes first, so nothing of it is left standing."""
    scrubber = Scrubber(["inner-secret", "outer-inner-secret-outer"])

    assert scrubber.scrub("outer-inner-secret-outer, inner-secret") == f"{HIDDEN}, {HIDDEN}"


@pytest.mark.parametrize(
    ("value", "text", "scrubbed"),
    [
        ("on", "on and on", "on and on"),
        ("", "nothing", "nothing"),
        ("info", "information, info", f"information, {HIDDEN}"),
    ],
)
def test_short_values_leave_other_words_alone(value: str, text: str, scrubbed: str) -> None:
    """A value as short as a word must not blot out the message."""
    assert Scrubber([value]).scrub(text) == scrubbed


def test_api_keys_are_hidden_without_being_known() -> None:
    """Anything in the form of a LangSmith key goes."""
    assert Scrubber().scrub(f"key {KEY}!") == f"key {HIDDEN}!"


@given(st.text(min_size=8), st.text(max_size=20), st.text(max_size=20))
def test_no_value_survives(value: str, before: str, after: str) -> None:
    """Whatever the value is and wherever it stands, it is gone from the text."""
    text = Scrubber([value]).scrub(before + value + after)

    assert value not in text or not value.strip() or value in HIDDEN or len(value.strip()) < 8
