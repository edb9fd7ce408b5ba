"""Where the control plane is and which key is used."""

from __future__ import annotations

import pytest

from langsmith_pulumi.control_plane.errors import SettingsInvalid, SettingsMissing
from langsmith_pulumi.control_plane.settings import (
    Settings,
    dashboard_url,
    resolve_settings,
    validate_settings,
)
from tests.control_plane.factories import API_KEY, DEPLOYMENT_ID, WORKSPACE_ID

CLOUD = "https://api.host.langchain.com"


def resolved(config: dict[str, str] | None = None, **environ: str) -> Settings:
    return resolve_settings((config or {}).get, environ)


EU = "https://eu.api.host.langchain.com"


@pytest.mark.parametrize(
    ("url", "key", "workspace"),
    [(None, "own", WORKSPACE_ID), (CLOUD + "/", "own", WORKSPACE_ID), (EU, "eu", None)],
)
def test_another_control_plane_has_a_key_of_its_own(
    url: str | None, key: str, workspace: str | None
) -> None:
    """Neither the key nor the workspace of the settings belongs to it; spellings are the same."""
    config = {
        "apiKey": "own",
        "workspaceId": WORKSPACE_ID,
        "apiKeys": '{"https://EU.api.host.langchain.com:443/": " eu "}',
    }
    settings = resolve_settings(config.get, {}, url)
    assert (settings.api_key, settings.workspace_id) == (key, workspace)


def test_the_key_of_the_settings_goes_nowhere_else() -> None:
    """The error says how to give another control plane a key."""
    with pytest.raises(SettingsMissing, match=r"langsmith:apiKeys\[.*eu\.api\.host"):
        resolve_settings({"apiKey": "own"}.get, {}, EU)


@pytest.mark.parametrize("keys", ["[]", "lsv2_sk_key", '{"https://a.example": 1}'])
def test_malformed_keys_are_not_quoted(keys: str) -> None:
    """The error names the setting alone."""
    with pytest.raises(SettingsInvalid, match="langsmith:apiKeys") as failed:
        resolve_settings({"apiKey": "own", "apiKeys": keys}.get, {}, EU)
    assert keys not in str(failed.value)


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
def test_key_is_resolved_in_order(
    config: dict[str, str], environ: dict[str, str], key: str
) -> None:
    """The stack's configuration precedes the environment; blanks around a key are removed."""
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
def test_control_plane_url_is_resolved_in_order(
    config: dict[str, str], environ: dict[str, str], url: str
) -> None:
    """An explicit URL precedes one derived from the endpoint; the default is Cloud US."""
    assert resolved({"apiKey": API_KEY, **config}, **environ).control_plane_url == url


@pytest.mark.parametrize(
    ("config", "environ"),
    [
        ({"workspaceId": WORKSPACE_ID}, {"LANGSMITH_WORKSPACE_ID": "no"}),
        ({}, {"LANGSMITH_WORKSPACE_ID": WORKSPACE_ID, "LANGSMITH_TENANT_ID": "no"}),
        ({}, {"LANGSMITH_TENANT_ID": f" {WORKSPACE_ID} "}),
    ],
)
def test_workspace_is_resolved_in_order(config: dict[str, str], environ: dict[str, str]) -> None:
    """The workspace comes from the configuration, else from the environment."""
    assert resolved({"apiKey": API_KEY, **config}, **environ).workspace_id == WORKSPACE_ID


def test_missing_key_error_names_both_settings() -> None:
    """Without a key, the error names both ways to set one."""
    with pytest.raises(SettingsMissing) as missing:
        resolved()

    assert "pulumi config set --secret langsmith:apiKey" in str(missing.value)
    assert "LANGSMITH_API_KEY" in str(missing.value)


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ({"workspaceId": "my-workspace"}, "langsmith:workspaceId"),
        ({"workspaceId": f"{WORKSPACE_ID}0"}, "langsmith:workspaceId"),
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
def test_invalid_settings_are_rejected(config: dict[str, str], named: str) -> None:
    """The error names the setting and contains neither the key nor a password."""
    with pytest.raises(SettingsInvalid) as refused:
        resolved({"apiKey": API_KEY, **config})

    assert named in str(refused.value)
    assert not any(
        secret in str(refused.value) for secret in (API_KEY, "two words", "kéy", "pass@")
    )


@pytest.mark.parametrize("variable", ["CONTROL_PLANE_HOST", "LANGSMITH_ENDPOINT"])
def test_a_malformed_url_is_named_by_its_setting(variable: str) -> None:
    """Of all the variables that may hold an address, the error names the one to correct."""
    with pytest.raises(SettingsInvalid, match=f"in {variable} is no plain http"):
        resolved({"apiKey": API_KEY}, **{variable: "htp://x"})


@pytest.mark.parametrize("user", [":pass@", "user:pass@", "user@"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_settings_objects_are_validated(scheme: str, user: str) -> None:
    """A client rejects a URL with a user or password, and does not print it."""
    with pytest.raises(SettingsInvalid) as refused:
        validate_settings(Settings(API_KEY, f"{scheme}://{user}cp.example.com"))

    assert user not in str(refused.value)


@pytest.mark.parametrize("host", ["localhost:1984", "127.0.0.1", "127.8.9.10:80", "[::1]:1984"])
def test_plain_http_is_allowed_on_loopback(host: str) -> None:
    """Loopback needs no encryption."""
    url = f"http://{host}"

    assert resolved({"apiKey": API_KEY, "controlPlaneUrl": url}).control_plane_url == url


def test_plain_http_needs_permission_elsewhere() -> None:
    """One setting allows plain HTTP in a trusted network."""
    settings = resolved(
        {"apiKey": API_KEY, "controlPlaneUrl": "http://cp.example.com"},
        LANGSMITH_ALLOW_PLAIN_HTTP="1",
    )

    assert settings.allow_plain_http


def test_repr_of_settings_hides_key() -> None:
    """The repr of the settings does not contain the key."""
    assert API_KEY not in repr(resolved({"apiKey": API_KEY}))


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
def test_dashboard_url_is_derived_from_control_plane(url: str, root: str) -> None:
    """The page of a deployment is derived from the control plane's URL."""
    expected = f"{root}/o/{WORKSPACE_ID}/host/deployments/{DEPLOYMENT_ID}"

    assert dashboard_url(url, WORKSPACE_ID, DEPLOYMENT_ID) == expected
