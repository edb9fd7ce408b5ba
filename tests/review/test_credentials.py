"""Tests of masking credentials in plain texts."""

from __future__ import annotations

import pytest

from langsmith_pulumi.control_plane.credentials import without_credentials

SECRET = "hunter2-0123456789"

MASKED = [
    f"TOKEN={SECRET} make",
    f"TOKEN='{SECRET}' make",
    f'TOKEN="{SECRET} with blanks" make',
    f"DB_PASS={SECRET}",
    f"export PGPASSWORD={SECRET}",
    f"tool --token {SECRET}",
    f"tool --token={SECRET} --verbose",
    f"tool --api-key '{SECRET}'",
    f"curl -H 'Authorization: Bearer {SECRET}'",
    f"npm config set //npm.acme.com/:_authToken {SECRET}",
    f"//npm.acme.com/:_authToken={SECRET}",
    f"curl -u user:{SECRET} https://acme.com",
    f"curl --user user:{SECRET}",
    f"pip install --index-url https://user:{SECRET}@pypi.acme.com/simple",
    f"https://acme.com/?sig={SECRET}&x=1",
    f'{{"password": "{SECRET}"}}',
    f"{{'client_secret': '{SECRET}'}}",
]
TOKENS = [
    "ghp_" + "a1" * 18,
    "github_pat_" + "a1_" * 12,
    "glpat-" + "a1" * 10,
    "lsv2_pt_" + "a1" * 16 + "_0123456789",
    "sk-ant-api03-" + "a1" * 16,
    "sk-" + "a1" * 20,
    "xoxb-1234567890-abcdef",
    "AKIA" + "A1" * 8,
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----",
]
SHOWN = [
    "pip install --upgrade tokenizers",
    "make passing",
    "https://github.com/acme/agents",
    "registry.acme.com:5000/agent:v1@sha256:0123456789abcdef",
    "author=acme",
    "tool --user acme",
    "the token is not accepted",
    "LOG_LEVEL=debug",
]


@pytest.mark.parametrize("text", MASKED)
def test_a_named_secret_is_hidden(text: str) -> None:
    """A secret is masked after its name, quoted or not, after an equals sign or a space."""
    shown = without_credentials(text)
    assert SECRET not in shown
    assert "***" in shown


@pytest.mark.parametrize("token", TOKENS, ids=lambda token: token[:8])
def test_a_token_is_known_by_its_prefix(token: str) -> None:
    """A token with a known prefix is masked anywhere in a text."""
    for text in (token, f"login {token} now", f"x={token}", f'"{token}"'):
        assert token not in without_credentials(text)


@pytest.mark.parametrize(
    "unit", [".-", "--a ", "a=\"b'", '"a":', "://a:", " -u a", "bearer ", "eyJa."]
)
def test_long_texts_take_linear_time(unit: str) -> None:
    """Masking half a million characters takes no time; with quadratic patterns it took an hour."""
    without_credentials(unit * (500_000 // len(unit)))


@pytest.mark.parametrize("text", SHOWN)
def test_other_texts_are_shown(text: str) -> None:
    """Texts that merely resemble credentials are shown."""
    assert without_credentials(text) == text
