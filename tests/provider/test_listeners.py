"""Listeners: what a change costs, and what a preview refuses; one base, one edit a row."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from pulumi.output import Unknown

from langsmith_pulumi.provider import listeners, properties
from langsmith_pulumi.provider.session import Session

UNKNOWN = Unknown()  # type: ignore[no-untyped-call]
ID = "5f3c4c1e-5a39-4b4e-8e6b-0c1d2e3f4a5b"
UUID = "6f6c7b7e-0d5d-4a8c-9a52-6f5b7e9a1c11"
NAMESPACES = "compute_config.k8s_namespaces"
BASE: dict[str, Any] = {
    "compute_type": "k8s",
    "compute_id": "blue",
    "compute_config": {"k8s_namespaces": ["agents", "tools"]},
    "version": "1",
    "progress_urn": "urn:pulumi:s::p::t::cluster",
}
STATE = {**BASE, "tenant_id": UUID}


def session() -> Session:
    return Session(lambda _key: None)


def edited(path: str, value: Any) -> dict[str, Any]:
    news = deepcopy(BASE)
    properties.set_path(news, path, value)
    return news


@pytest.mark.parametrize(
    ("path", "value", "changes", "replaces", "deletes_first"),
    [
        ("compute_id", "blue", False, [], True),
        ("compute_id", "red", True, ["compute_id"], False),
        ("compute_id", UNKNOWN, True, ["compute_id"], False),
        ("workspace_id", ID, True, ["workspace_id"], False),
        ("workspace_id", UUID.upper(), False, [], True),
        ("control_plane_url", "https://langsmith.example.com", True, ["control_plane_url"], False),
        (NAMESPACES, ["tools", "agents"], False, [], True),
        (NAMESPACES, ["agents"], True, [], True),
        (NAMESPACES, ["agents", UNKNOWN], True, [], True),
        (NAMESPACES, UNKNOWN, True, [], True),
        ("version", "2", True, [], True),
        ("version", None, True, [], True),
        ("options", {"replace_on_changes": ["version"]}, False, [], True),
    ],
)
def test_only_the_cluster_and_the_workspace_replace(
    path: str, value: Any, replaces: list[str], *, changes: bool, deletes_first: bool
) -> None:
    """The order of namespaces means nothing; the same cluster takes no second listener."""
    result = listeners.diff(session(), ID, STATE, edited(path, value))
    assert (result.changes, result.replaces) == (changes, replaces)
    assert result.delete_before_replace is deletes_first


@pytest.mark.parametrize(
    ("path", "value", "field", "words"),
    [
        (NAMESPACES, [], NAMESPACES, "at least one"),
        (NAMESPACES, None, NAMESPACES, "at least one"),
        (NAMESPACES, ["a", "b", "a"], NAMESPACES, "'a' 2 times"),
        (NAMESPACES, ["ok", "Not_ok"], f"{NAMESPACES}.1", "Kubernetes"),
        (NAMESPACES, ["-a"], f"{NAMESPACES}.0", "dash"),
        (NAMESPACES, ["a" * 64], f"{NAMESPACES}.0", "63"),
        (NAMESPACES, ["a\n"], f"{NAMESPACES}.0", "Kubernetes"),
        (NAMESPACES, [UNKNOWN, "A"], f"{NAMESPACES}.1", "Kubernetes"),
        (NAMESPACES, [7.0], f"{NAMESPACES}.0", "string"),
        (NAMESPACES, "agents", NAMESPACES, "list"),
        ("compute_config.namespaces", ["a"], "compute_config.namespaces", "no field"),
        ("compute_id", "", "compute_id", "must not be empty"),
        ("compute_id", " ", "compute_id", "must not be empty"),
        ("compute_type", "ecs", "compute_type", "k8s"),
        ("version", "", "version", "at least 1 character"),
        ("workspace_id", "mine", "workspace_id", "UUID"),
        ("control_plane_url", "https://a@b", "control_plane_url", "no plain http(s) URL"),
        ("import_id", "blue", "import_id", "UUID"),
    ],
)
def test_bad_input_is_refused_by_name(path: str, value: Any, field: str, words: str) -> None:
    """Each problem is put on its field, before any request."""
    result = listeners.check(session(), {}, edited(path, value))
    assert [failure.property for failure in result.failures] == [field]
    assert words in result.failures[0].reason


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("compute_id", UNKNOWN),
        ("compute_config", UNKNOWN),
        (NAMESPACES, UNKNOWN),
        (NAMESPACES, ["a", UNKNOWN]),
        ("version", UNKNOWN),
        ("version", None),
    ],
)
def test_what_is_unknown_or_left_out_is_not_judged(path: str, value: Any) -> None:
    """A value that is only known during `up` is no missing one."""
    assert listeners.check(session(), {}, edited(path, value)).failures == []


def test_a_cluster_declared_twice_is_refused() -> None:
    """The service would refuse the second; a deployment may have the same name."""
    shared = session()
    shared.declarations.claim_name(None, "blue", "urn:pulumi:s::p::t::agent")
    assert listeners.check(shared, {}, BASE).failures == []
    other = {**BASE, "progress_urn": "urn:pulumi:s::p::t::other"}
    [failure] = listeners.check(shared, {}, other).failures
    assert (failure.property, "'cluster'" in failure.reason) == ("compute_id", True)
