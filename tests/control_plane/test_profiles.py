"""Profiles of the vendor's tools supply what configuration and environment leave open."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.control_plane.errors import SettingsInvalid, SettingsMissing
from langsmith_pulumi.control_plane.settings import Settings, resolve_settings
from tests.control_plane.factories import WORKSPACE_ID

if TYPE_CHECKING:
    from pathlib import Path

EU = "https://eu.api.host.langchain.com"
US = "https://api.host.langchain.com"
KEY = "lsv2_pt_of_the_profile"
FILE: dict[str, Any] = {
    "current_profile": "eu",
    "future": 1,
    "profiles": {
        "eu": {
            "api_url": "https://eu.api.smith.langchain.com/api/v1",
            "api_key": f" {KEY}\n",
            "workspace_id": WORKSPACE_ID,
            "future": {},
        },
        "own": {"api_url": "https://own.example.com/api/v1", "api_key": "own"},
        "default": {"api_key": "of-default"},
        "login": {"oauth": {"access_token": "hidden-token", "refresh_token": "hidden-too"}},
    },
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / ".langsmith").mkdir()
    write(tmp_path, FILE)
    return tmp_path


def write(home: Path, document: Any) -> None:
    text = document if isinstance(document, str) else json.dumps(document)
    (home / ".langsmith/config.json").write_text(text, encoding="utf-8")


def resolved(home: Path, config: dict[str, str] | None = None, **environ: str) -> Settings:
    return resolve_settings((config or {}).get, {"HOME": str(home), **environ})


@pytest.mark.parametrize(
    ("config", "environ", "expected"),
    [
        # The file's own choice, with nothing set elsewhere.
        ({}, {}, (KEY, EU, WORKSPACE_ID)),
        ({"workspaceId": WORKSPACE_ID[::-1]}, {}, None),
        # It is left out where a key or an address is set.
        ({"apiKey": "a"}, {}, ("a", US, None)),
        ({}, {"LANGCHAIN_API_KEY": "a"}, ("a", US, None)),
        # A named one supplies what is left, setting by setting.
        ({}, {"LANGSMITH_PROFILE": "own"}, ("own", "https://own.example.com/api-host", None)),
        ({"apiKey": "a"}, {"LANGSMITH_PROFILE": " eu "}, ("a", EU, WORKSPACE_ID)),
        (
            {"endpoint": "https://api.smith.langchain.com"},
            {"LANGSMITH_PROFILE": "eu"},
            (KEY, US, WORKSPACE_ID),
        ),
        (
            {},
            {"LANGSMITH_PROFILE": "eu", "LANGSMITH_API_KEY": "a", "LANGGRAPH_HOST_URL": US},
            ("a", US, WORKSPACE_ID),
        ),
    ],
)
def test_settings_are_taken_in_order(
    home: Path, config: dict[str, str], environ: dict[str, str], expected: Any
) -> None:
    """Configuration, environment, profile; a profile nobody named never meets another's key."""
    if expected is None:
        with pytest.raises(SettingsInvalid, match="is no UUID"):
            resolved(home, config, **environ)
        return
    found = resolved(home, config, **environ)
    assert (found.api_key, found.control_plane_url, found.workspace_id) == expected


def test_the_file_is_found_and_a_profile_chosen_as_documented(home: Path, tmp_path: Path) -> None:
    """LANGSMITH_CONFIG_FILE names another file; without a current profile it is ``default``."""
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"profiles": {"default": {"api_key": "elsewhere"}}}))
    assert resolved(home, LANGSMITH_CONFIG_FILE=str(other)).api_key == "elsewhere"
    write(home, {**FILE, "current_profile": ""})
    assert resolved(home).api_key == "of-default"


@pytest.mark.parametrize(
    ("document", "environ", "text"),
    [
        ("", {}, "There is no LangSmith API key. Set it"),
        ({"profiles": {}}, {}, "There is no LangSmith API key. Set it"),
        ({**FILE, "current_profile": "gone"}, {}, "There is no LangSmith API key. Set it"),
        (FILE, {"LANGSMITH_ENDPOINT": "https://a.example.com"}, "There is no LangSmith API key. S"),
        (FILE, {"LANGSMITH_PROFILE": "login"}, "'login' in {file} holds none but a login, which"),
        (FILE, {"LANGSMITH_PROFILE": "prod"}, "names the profile 'prod', which is not in {file}"),
        ('{"api_key": "lsv2_hidden', {}, "in {file} are no JSON object"),
        ("[]", {"LANGSMITH_PROFILE": "eu"}, "in {file} are no JSON object"),
    ],
)
def test_what_is_wrong_is_a_sentence(
    home: Path, document: Any, environ: dict[str, str], text: str
) -> None:
    """It names the file and the profile, and shows nothing that stands in it."""
    write(home, document)
    with pytest.raises((SettingsMissing, SettingsInvalid)) as caught:
        resolved(home, {}, **environ)
    message = str(caught.value)
    assert text.format(file=home / ".langsmith/config.json") in message
    assert not any(secret in message for secret in (KEY, "hidden", "of-default", "lsv2"))


def test_a_file_that_cannot_be_read_is_a_sentence(home: Path) -> None:
    """A folder in its place, or bytes that are no text."""
    with pytest.raises(SettingsInvalid, match="cannot be read: Is a directory"):
        resolved(home, LANGSMITH_CONFIG_FILE=str(home))
    (home / ".langsmith/config.json").write_bytes(b"\xff")
    with pytest.raises(SettingsInvalid, match="cannot be read: it is no UTF-8"):
        resolved(home)


def test_nothing_shows_the_key(home: Path) -> None:
    """Neither a setting nor a profile shows its key when it is printed."""
    assert KEY not in repr(resolved(home))
