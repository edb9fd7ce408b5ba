"""Secrets are redacted in every encoding."""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode, encodebytes, urlsafe_b64encode
from collections import Counter
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langsmith_pulumi.control_plane import redaction
from langsmith_pulumi.control_plane.redaction import HIDDEN, Redactor
from tests.control_plane.factories import API_KEY, CANARY

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
def test_encodings_of_value_are_redacted(shown: str) -> None:
    """A value is redacted raw, escaped, URL-encoded or truncated."""
    text = Redactor([PLAIN]).redact(f"failed with {shown} here")

    assert HIDDEN in text
    assert "4f7a" not in text


@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "TOKEN="])
@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
def test_base64_is_redacted_at_any_alignment(before: str, encode: type[object]) -> None:
    """Base64 is redacted at each alignment and in both alphabets."""
    encoded = encode((before + PLAIN + "!").encode()).decode()  # type: ignore[call-arg, attr-defined]

    scrubbed = Redactor([PLAIN]).redact(encoded)

    assert HIDDEN in scrubbed
    assert len(scrubbed) < len(HIDDEN) + 16


@pytest.mark.parametrize(
    "shown",
    [CANARY, json.dumps(CANARY), json.dumps(CANARY, ensure_ascii=False), *CANARY.splitlines()],
)
def test_each_line_of_value_is_redacted(shown: str) -> None:
    """Each line of a value is redacted by itself."""
    text = Redactor([CANARY]).redact(f"<{shown}>")

    assert "hush" not in text
    assert "second line" not in text


def test_longer_secret_is_redacted_first() -> None:
    """A secret inside another one leaves no part of the longer one."""
    redactor = Redactor(["inner-secret", "outer-inner-secret-outer"])

    assert redactor.redact("outer-inner-secret-outer, inner-secret") == f"{HIDDEN}, {HIDDEN}"


@pytest.mark.parametrize(
    ("value", "text", "scrubbed"),
    [
        ("on", "on and on", "on and on"),
        ("", "nothing", "nothing"),
        ("info", "information, info", f"information, {HIDDEN}"),
        ("info", "LOG_info_2 info2", f"LOG_{HIDDEN}_2 {HIDDEN}2"),
        ("1234", "PIN1234 a1234b 12345", f"PIN{HIDDEN} a1234b 12345"),
        ("hunt2", "xhunt2y m_hunt2", f"x{HIDDEN}y m_{HIDDEN}"),
        ("p-w!", "np-w!n", f"n{HIDDEN}n"),
    ],
)
def test_short_values_are_redacted_as_whole_words(value: str, text: str, scrubbed: str) -> None:
    """A value as short as a word does not redact parts of other words."""
    assert Redactor([value]).redact(text) == scrubbed


def test_unknown_api_keys_are_redacted() -> None:
    """Text in the form of a LangSmith key is redacted."""
    assert Redactor().redact(f"key {API_KEY}!") == f"key {HIDDEN}!"


@given(st.text(min_size=8), st.text(max_size=20), st.text(max_size=20))
def test_any_value_is_redacted(value: str, before: str, after: str) -> None:
    """Any value is redacted at any place of a text."""
    text = Redactor([value]).redact(before + value + after)

    assert value not in text or not value.strip() or value in HIDDEN or len(value.strip()) < 8


RICH = "a&b<c>d/e 'f' \"g\" 90c~2211"


@pytest.mark.parametrize(
    "shown",
    [
        json.dumps(RICH).replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"),
        json.dumps(RICH).replace("&", "\\u0026").replace("<", "\\u003C").replace(">", "\\u003E"),
        json.dumps(RICH).replace("/", "\\/"),
        re.sub("%..", lambda code: code[0].lower(), quote(RICH, safe="")),
        RICH.encode().hex(),
        RICH.encode().hex().upper(),
        html.escape(RICH),
        html.escape(RICH).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),
    ],
)
def test_encodings_of_other_languages_are_redacted(shown: str) -> None:
    """The JSON of Go and PHP, lower-case percent codes and hex are redacted."""
    shown = shown.strip('"')

    assert Redactor([RICH]).redact(f"<<{shown}>>") == f"<<{HIDDEN}>>"


def test_wrapped_base64_is_redacted() -> None:
    """Wrapped base64 is redacted on each line, also behind a log prefix."""
    value = "".join(f"{n:04d}-long-" for n in range(30))
    lines = [f"#8 0.312 {line}" for line in encodebytes(value.encode()).decode().splitlines()]

    assert Redactor([value]).redact("\n".join(lines)).splitlines() == [f"#8 0.312 {HIDDEN}"] * len(
        lines
    )


def test_registering_many_secrets_is_fast(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each page adds its own values; only values that a text contains are compiled."""
    computed, compiled = Counter[str](), 0

    def counted_forms(value: str) -> set[str]:
        computed[value] += 1
        return all_forms(value)

    def counted(forms: list[str]) -> re.Pattern[str]:
        nonlocal compiled
        compiled += 1
        assert len(forms) < 10
        return compile_(forms)

    all_forms, compile_ = redaction._all_encodings, redaction._compile
    monkeypatch.setattr(redaction, "_all_encodings", counted_forms)
    monkeypatch.setattr(redaction, "_compile", counted)
    redactor = Redactor()
    values = [f"value-{n:05d}-of-many" for n in range(2000)]
    for first in range(0, len(values), 100):
        redactor.register_secrets(values[: first + 100])

    assert compiled == 0
    assert set(computed.values()) == {1}
    assert redactor.redact(f"no {values[-1]} here") == f"no {HIDDEN} here"
    assert compiled == 1


def test_huge_value_has_few_encodings() -> None:
    """A value of megabytes is redacted as a whole and by its beginning."""
    value = "".join(f"{n:07d}\n" for n in range(200_000))
    redactor = Redactor([value])

    assert "0000001" not in redactor.redact(f"a {value[:3000]}")
    assert sum(map(len, redactor._encodings)) < 4 * len(value)
