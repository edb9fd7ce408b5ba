"""Where we go and with which key."""

from __future__ import annotations

import pytest

from langsmith_pulumi.control_plane.errors import SettingsInvalid, SettingsMissing
from langsmith_pulumi.control_plane.settings import (
    Settings,
    dashboard_url,
    resolve_settings,
    validate_settings,
)
from tests.control_plane.samples import DEPLOYMENT, KEY, WORKSPACE

CLOUD = "https://api.host.langchain.com"


def resolved(config: dict[str, str] | None = None, **environ: str) -> Settings:
    return resolve_settings((config or {}).get, environ)


@pytest.mark.parametrize(
    ("config", "environ", "key"),
    [
        ({"apiKey": "a"}, {"LANGGRAPH_HOST_API_KEY": "b", "LANGSMITH_API_KEY": "c"}, "a"),
        ({}, {"LANGGRAPH_HOST_API_KEY": "b", "LANGSMITH_API_KEY": "c"}, "b"),
        ({}, {"LANGSMITH_API_KEY": "c", "LANGCHAIN_API_KEY": "d"}, "c"),
        ({}, {"LANGCHAIN_API_KEY": "d"}, "d"),
        ({"apiKey": " "}, {"LANGSMITH_API_KEY": "c"}, "c"),
        ({"apiKey": " a\r\n"}, {}, "a"),
    ],
)
def test_the_first_key_found_wins(
    config: dict[str, str], environ: dict[str, str], key: str
) -> None:
    """The program's configuration comes before the environment; blanks around a key are cut."""
    assert resolved(config, **environ).api_key == key


@pytest.mark.parametrize(
    ("config", "environ", "url"),
    [
        ({}, {}, CLOUD),
        (
            {"controlPlaneUrl": "https://cp.example.com/api-host/"},
            {},
            "https://cp.example.com/api-host",
        ),
        ({"controlPlaneUrl": "cp.example.com"}, {}, "https://cp.example.com"),
        (
            {"controlPlaneUrl": "https://a.example.com", "endpoint": "https://b.example.com"},
            {},
            "https://a.example.com",
        ),
        (
            {"endpoint": "https://b.example.com"},
            {"LANGGRAPH_HOST_URL": "https://c.example.com"},
            "https://b.example.com/api-host",
        ),
        (
            {},
            {
                "LANGGRAPH_HOST_URL": "https://c.example.com",
                "CONTROL_PLANE_HOST": "https://d.example.com",
            },
            "https://c.example.com",
        ),
        ({}, {"LANGSMITH_CONTROL_PLANE_URL": "https://c.example.com"}, "https://c.example.com"),
        (
            {},
            {
                "CONTROL_PLANE_HOST": "https://d.example.com",
                "LANGSMITH_ENDPOINT": "https://e.example.com",
            },
            "https://d.example.com",
        ),
        (
            {},
            {"LANGSMITH_ENDPOINT": "https://e.example.com/api/v1"},
            "https://e.example.com/api-host",
        ),
        (
            {},
            {"LANGSMITH_ENDPOINT": "https://e.example.com/base/api/"},
            "https://e.example.com/base/api-host",
        ),
        (
            {},
            {"LANGSMITH_ENDPOINT": "https://e.example.com:8443"},
            "https://e.example.com:8443/api-host",
        ),
        ({}, {"LANGSMITH_ENDPOINT": "http://127.0.0.1:1984"}, "http://127.0.0.1:1984/api-host"),
        ({}, {"LANGSMITH_ENDPOINT": "https://api.smith.langchain.com"}, CLOUD),
        (
            {},
            {"LANGSMITH_ENDPOINT": "https://eu.api.smith.langchain.com/"},
            "https://eu.api.host.langchain.com",
        ),
        (
            {},
            {"LANGSMITH_ENDPOINT": "https://apac.api.smith.langchain.com"},
            "https://apac.api.host.langchain.com",
        ),
        (
            {},
            {"LANGSMITH_ENDPOINT": "https://aws.api.smith.langchain.com"},
            "https://aws.api.host.langchain.com",
        ),
        (
            {},
            {"LANGSMITH_ENDPOINT": "https://api.smith.langchain.com.example.com"},
            "https://api.smith.langchain.com.example.com/api-host",
        ),
    ],
)
def test_the_control_plane_is_found_as_by_the_vendors_command_lines(
    config: dict[str, str], environ: dict[str, str], url: str
) -> None:
    """An explicit URL wins; else it is derived from the endpoint; else it is Cloud US."""
    assert resolved({"apiKey": KEY, **config}, **environ).control_plane_url == url


@pytest.mark.parametrize(
    ("config", "environ"),
    [
        ({"workspaceId": WORKSPACE}, {"LANGSMITH_WORKSPACE_ID": "no"}),
        ({}, {"LANGSMITH_WORKSPACE_ID": WORKSPACE, "LANGSMITH_TENANT_ID": "no"}),
        ({}, {"LANGSMITH_TENANT_ID": f" {WORKSPACE} "}),
    ],
)
def test_the_first_workspace_found_wins(config: dict[str, str], environ: dict[str, str]) -> None:
    """The workspace may be configured or come from the environment, in the ecosystem's order."""
    assert resolved({"apiKey": KEY, **config}, **environ).workspace_id == WORKSPACE


def test_a_missing_key_says_how_to_set_one() -> None:
    """Without a key the error names both ways of giving one."""
    with pytest.raises(SettingsMissing) as missing:
        resolved()

    assert "pulumi config set --secret langsmith:apiKey" in str(missing.value)
    assert "LANGSMITH_API_KEY" in str(missing.value)


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ({"workspaceId": "my-workspace"}, "langsmith:workspaceId"),
        ({"workspaceId": f"{WORKSPACE}0"}, "langsmith:workspaceId"),
        ({"controlPlaneUrl": "http://cp.example.com"}, "LANGSMITH_ALLOW_PLAIN_HTTP=1"),
        ({"endpoint": "http://10.0.0.1"}, "LANGSMITH_ALLOW_PLAIN_HTTP=1"),
        ({"controlPlaneUrl": "http://localhost.example.com"}, "LANGSMITH_ALLOW_PLAIN_HTTP=1"),
        ({"controlPlaneUrl": "ftp://cp.example.com"}, "langsmith:controlPlaneUrl"),
        ({"controlPlaneUrl": "https://"}, "langsmith:controlPlaneUrl"),
        ({"controlPlaneUrl": "https://cp.example.com:port"}, "langsmith:controlPlaneUrl"),
        ({"controlPlaneUrl": "https://[::1"}, "langsmith:controlPlaneUrl"),
        ({"controlPlaneUrl": "https://cp.example.com/?a=b"}, "langsmith:controlPlaneUrl"),
        ({"controlPlaneUrl": "https://cp example.com"}, "langsmith:controlPlaneUrl"),
        ({"endpoint": "http://:pass@cp.example.com"}, "langsmith:endpoint"),
        ({"endpoint": "https://@cp.example.com"}, "langsmith:endpoint"),
        ({"endpoint": "https://cp.example.com/\x9b31m\u202e"}, "langsmith:endpoint"),
        ({"endpoint": "https://user:pass@cp.example.com"}, "langsmith:endpoint"),
        ({"apiKey": "two words"}, "langsmith:apiKey"),
        ({"apiKey": "kéy"}, "langsmith:apiKey"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(config: dict[str, str], named: str) -> None:
    """A refusal names the setting to correct, and echoes neither the key nor a password."""
    with pytest.raises(SettingsInvalid) as refused:
        resolved({"apiKey": KEY, **config})

    assert named in str(refused.value)
    assert not any(secret in str(refused.value) for secret in (KEY, "two words", "kéy", "pass@"))


@pytest.mark.parametrize("user", [":pass@", "user:pass@", "user@"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_settings_made_by_hand_are_checked_too(scheme: str, user: str) -> None:
    """A client refuses an address with a user or a password, and does not print it."""
    with pytest.raises(SettingsInvalid) as refused:
        validate_settings(Settings(KEY, f"{scheme}://{user}cp.example.com"))

    assert user not in str(refused.value)


@pytest.mark.parametrize("host", ["localhost:1984", "127.0.0.1", "127.8.9.10:80", "[::1]:1984"])
def test_plain_http_is_fine_on_this_machine(host: str) -> None:
    """Loopback needs no encryption."""
    url = f"http://{host}"

    assert resolved({"apiKey": KEY, "controlPlaneUrl": url}).control_plane_url == url


def test_plain_http_elsewhere_must_be_allowed() -> None:
    """The one switch lets a trusted network be used without encryption."""
    settings = resolved(
        {"apiKey": KEY, "controlPlaneUrl": "http://cp.example.com"}, LANGSMITH_ALLOW_PLAIN_HTTP="1"
    )

    assert settings.allow_plain_http


def test_the_key_is_not_shown() -> None:
    """Printing the settings shows no key."""
    assert KEY not in repr(resolved({"apiKey": KEY}))


@pytest.mark.parametrize(
    ("url", "root"),
    [
        (CLOUD, "https://smith.langchain.com"),
        ("https://eu.api.host.langchain.com", "https://eu.smith.langchain.com"),
        ("https://api.smith.langchain.com", "https://smith.langchain.com"),
        ("https://ls.example.com/base/api-host", "https://ls.example.com/base"),
        ("http://127.0.0.1:1984", "http://127.0.0.1:1984"),
    ],
)
def test_the_dashboard_is_beside_the_control_plane(url: str, root: str) -> None:
    """The page of a deployment is found from the control plane's address."""
    expected = f"{root}/o/{WORKSPACE}/host/deployments/{DEPLOYMENT}"

    assert dashboard_url(url, WORKSPACE, DEPLOYMENT) == expected
