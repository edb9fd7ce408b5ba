"""What a change costs: one base, one edit a row, the expected answer."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from pulumi.output import Unknown

from langsmith_pulumi.provider import deployments, properties, rollouts
from langsmith_pulumi.provider.changes import FIELDS, compare, unmanaged
from langsmith_pulumi.provider.session import Session

UNKNOWN = Unknown()  # type: ignore[no-untyped-call]
ID = "5f3c4c1e-5a39-4b4e-8e6b-0c1d2e3f4a5b"

BASE: dict[str, Any] = {
    "name": "agent",
    "source": "github",
    "source_config": {
        "integration_id": "6f6c7b7e-0d5d-4a8c-9a52-6f5b7e9a1c11",
        "repo_url": "https://github.com/acme/agents",
        "deployment_type": "dev",
        "build_on_push": False,
        "resource_spec": {"cpu": 1, "labels": {"app.kubernetes.io/name": "agent"}},
    },
    "source_revision_config": {"repo_ref": "main", "langgraph_config_path": "langgraph.json"},
    "secrets": {"A": "1", "B": "2"},
    "secret_fingerprints": {"A": "f1", "B": "f2"},
    "secret_salt": "salt",
    "triggers": {"prompt": "v1"},
    "path": "./agent",
    "folder": {"digest": "digest", "count": 1, "files": {"a.py": "1"}},
    "delete_tracing_project": False,
}

REMOVED = object()
SESSION = Session(lambda _key: None)

ROWS: list[tuple[str, Any, list[str]]] = [
    ("name", "other", ["replace name"]),
    ("name", UNKNOWN, ["replace name"]),
    ("source_config.deployment_type", "prod", ["replace source_config.deployment_type"]),
    ("source_config.integration_id", REMOVED, []),
    ("source_config.repo_url", "https://x/y", ["in place source_config.repo_url"]),
    ("source_config.repo_url", "https://github.com/Acme/agents.git/", []),
    ("source_config.integration_id", BASE["source_config"]["integration_id"].upper(), []),
    ("source_config.build_on_push", True, ["in place source_config.build_on_push"]),
    ("source_config.build_on_push", REMOVED, []),
    ("source_config.custom_url", "https://x", ["in place source_config.custom_url"]),
    ("source_config.resource_spec.cpu", 1.0, []),
    ("source_config.resource_spec.cpu", 2, ["revision source_config.resource_spec.cpu"]),
    (
        "source_config.resource_spec.memory_mb",
        5,
        ["revision source_config.resource_spec.memory_mb"],
    ),
    ("source_config.resource_spec", {"cpu": 1}, []),
    ("source_config.resource_spec", UNKNOWN, ["revision source_config.resource_spec"]),
    ("source_config.resource_spec.labels", {}, ["revision source_config.resource_spec.labels"]),
    ("source_config.build_command", "make", ["revision source_config.build_command"]),
    ("source_config", REMOVED, []),
    ("source_revision_config.repo_ref", "v2", ["revision source_revision_config.repo_ref"]),
    ("source_revision_config.repo_ref", UNKNOWN, ["revision source_revision_config.repo_ref"]),
    ("secret_fingerprints.A", "g1", ["revision secrets.A"]),
    ("secret_fingerprints.C", "g3", ["revision secrets.C"]),
    ("secret_fingerprints.B", REMOVED, ["revision secrets.B"]),
    ("secret_fingerprints.A", UNKNOWN, ["revision secrets.A"]),
    ("secrets", REMOVED, []),
    ("secret_fingerprints", UNKNOWN, ["revision secrets"]),
    ("folder", {"digest": "other", "files": {"a.py": "1"}}, ["revision folder.digest"]),
    ("folder", UNKNOWN, ["revision folder.digest"]),
    ("folder.files", {"a.py": "2"}, []),
    ("path", "./other", ["in place path"]),
    ("triggers.prompt", "v2", ["revision triggers.prompt"]),
    ("triggers.prompt", REMOVED, ["revision triggers.prompt"]),
    ("triggers.with.dots", 1, ["revision triggers.with"]),
    ("triggers", ["a"], ["revision triggers"]),
    ("triggers", REMOVED, []),
    ("display_name", "Support", ["in place display_name"]),
    ("delete_tracing_project", True, ["in place delete_tracing_project"]),
    ("rollout_timeout", 60, ["in place rollout_timeout"]),
    ("interrupt_stuck", True, ["in place interrupt_stuck"]),
    ("health_check", True, ["in place health_check"]),
    ("health_check.path", "/ok", ["in place health_check"]),
    ("progress_urn", "urn:other", []),
    ("__provider", "other bytes", []),
]


def edited(path: str, value: Any) -> dict[str, Any]:
    news = deepcopy(BASE)
    if value is not REMOVED:
        properties.set_path(news, path, value)
        return news
    *parents, last = path.split(".")
    target = news
    for key in parents:
        target = target[key]
    del target[last]
    if path == "secrets":
        del news["secret_fingerprints"], news["secret_salt"]
    return news


@pytest.mark.parametrize(("path", "value", "expected"), ROWS, ids=map(str, range(len(ROWS))))
def test_each_change_is_told_by_its_cost(path: str, value: Any, expected: list[str]) -> None:
    """A changed value is found under its own path, with the cost that the table gives it."""
    changed = compare(BASE, edited(path, value))
    assert [f"{change.field.impact.value} {change.path}" for change in changed] == expected


def test_another_salt_is_no_other_secret() -> None:
    """Before a replacement the salt is new; then the values are compared, not the fingerprints."""
    news = {**deepcopy(BASE), "secret_salt": "new", "secret_fingerprints": {"A": "x", "B": "y"}}
    assert compare(BASE, news) == []
    news["secrets"]["A"] = "other"
    assert [change.path for change in compare(BASE, news)] == ["secrets.A"]


PLAIN: dict[str, Any] = {**BASE, "environment_variables": {"B": "2"}, "secrets": {"A": "1"}}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ({}, []),
        ({"environment_variables": {"A": "1", "B": "2"}, "secrets": {}}, []),
        ({"environment_variables": None, "secrets": {"A": "1", "B": "2"}}, []),
        ({"secret_fingerprints": {"A": "f1", "B": "g"}}, ["environment_variables.B"]),
        ({"secret_fingerprints": {"A": "g", "B": "f2"}}, ["secrets.A"]),
        (
            {"environment_variables": {}, "secret_fingerprints": {"A": "f1"}},
            ["environment_variables.B"],
        ),
        (
            {"environment_variables": None, "secret_fingerprints": {"A": "f1"}},
            ["environment_variables.B"],
        ),
        ({"secrets": None, "secret_fingerprints": {"B": "f2"}}, ["secrets.A"]),
        ({"secret_fingerprints": {"A": "f1", "B": UNKNOWN}}, ["environment_variables.B"]),
        (
            {"environment_variables": UNKNOWN, "secret_fingerprints": UNKNOWN},
            ["environment_variables"],
        ),
        ({"secrets": UNKNOWN, "secret_fingerprints": UNKNOWN}, ["secrets"]),
        (
            {"secrets": {"A": "1", "B": "9"}, "environment_variables": {}, "secret_salt": "new"},
            ["secrets.B"],
        ),
    ],
)
def test_the_two_maps_of_variables_are_compared_as_one_set(
    edit: dict[str, Any], expected: list[str]
) -> None:
    """A value counts in whatever map it is, and a change is named by the map of the program."""
    news = {key: value for key, value in {**PLAIN, **edit}.items() if value is not None}
    assert [change.path for change in compare(PLAIN, news)] == expected
    assert unmanaged(PLAIN, news) == []


def test_variables_are_unmanaged_only_without_any_map() -> None:
    """A program that drops both maps leaves the live variables alone."""
    news = {key: PLAIN[key] for key in PLAIN if key not in ("secrets", "environment_variables")}
    for key in ("secret_fingerprints", "secret_salt"):
        news.pop(key)
    assert compare(PLAIN, news) == []
    assert unmanaged(PLAIN, news) == ["secrets", "environment_variables"]


@pytest.mark.parametrize(
    ("path", "released"),
    [
        ("source_config.build_on_push", ["source_config.build_on_push"]),
        ("source_config.resource_spec.cpu", ["source_config.resource_spec.cpu"]),
        ("source_config.resource_spec", ["source_config.resource_spec"]),
        ("secrets", ["secrets"]),
        ("secrets.B", []),
        ("triggers", ["triggers"]),
        ("source_config.integration_id", []),
    ],
)
def test_what_the_program_names_no_more_leaves_the_state(path: str, released: list[str]) -> None:
    """It is let go of by an update without a request; fixed fields cannot move and stay."""
    news = edited(path, REMOVED)
    assert unmanaged(BASE, news) == released
    changes = compare(BASE, news)
    assert deployments.diff(SESSION, ID, BASE, news).changes == bool(released or changes)


def test_each_row_says_why() -> None:
    """Every field is listed once, with the reason for its cost."""
    paths = [field.path for field in FIELDS]
    assert len(paths) == len(set(paths))
    assert all(field.reason.endswith(".") for field in FIELDS)


@pytest.mark.parametrize(
    ("path", "value", "replaces", "deletes_first"),
    [
        ("source_config.deployment_type", "prod", ["source_config.deployment_type"], True),
        ("name", "other", ["name"], False),
        ("display_name", "x", [], True),
    ],
)
def test_a_replacement_under_the_same_name_deletes_first(
    path: str, value: str, replaces: list[str], *, deletes_first: bool
) -> None:
    """A name is free again when its deployment is gone; another name needs no gap.

    A change in place says so too, for a resource option may turn it into a replacement.
    """
    news = {**edited(path, value), "delete_tracing_project": True}
    result = deployments.diff(SESSION, ID, BASE, news)
    assert (result.changes, result.replaces) == (True, replaces)
    assert result.delete_before_replace is deletes_first


ROLLOUT: dict[str, Any] = {
    "deployment_id": ID,
    "revision_id": "r1",
    "source_revision_config": {"repo_ref": "main"},
    "secret_fingerprints": {"A": "f1"},
    "secret_salt": "salt",
    "url": "https://agent.example.com",
}


@pytest.mark.parametrize(
    ("edit", "changes", "replaces"),
    [
        ({}, False, []),
        ({"revision_id": UNKNOWN}, False, []),
        ({"revision_id": "r2"}, True, []),
        ({"source_revision_config": {"repo_ref": "v2"}}, True, []),
        ({"source_revision_config": UNKNOWN}, True, []),
        ({"source_revision_config": {"repo_ref": UNKNOWN}}, True, []),
        ({"secret_fingerprints": {"A": "f2"}}, True, []),
        ({"deployment_id": "another"}, True, ["deployment_id"]),
        ({"deployment_id": UNKNOWN}, True, ["deployment_id"]),
        ({"wait": False, "timeout": 5, "workspace_id": UNKNOWN, "progress_urn": "x"}, False, []),
    ],
)
def test_a_rollout_is_due_when_a_revision_is(
    edit: dict[str, Any], replaces: list[str], *, changes: bool
) -> None:
    """An unknown revision id says nothing by itself; an unknown revision part counts as changed."""
    result = rollouts.diff(Session(lambda _key: None), ID, ROLLOUT, {**ROLLOUT, **edit})
    assert (result.changes, result.replaces) == (changes, replaces)


@pytest.mark.parametrize(
    ("edit", "requested", "changes"),
    [
        ({"display_name": "Support"}, "r1", False),
        ({"display_name": "Support"}, "r2", True),
        ({"source_revision_config": {"repo_ref": "main"}}, "r2", True),
        ({"triggers": {"prompt": 1}}, "r1", True),
    ],
)
def test_a_rollout_is_foreseen_by_its_deployment(
    edit: dict[str, Any], requested: str, *, changes: bool
) -> None:
    """A change shows its rollout where the rollout's own inputs agree; so does a late retry."""
    session = Session(lambda _key: None)
    known = {**BASE, "requested_revision_id": requested}
    deployments.diff(session, ID, known, {**BASE, **edit})
    result = rollouts.diff(session, ID, ROLLOUT, {**ROLLOUT, "revision_id": UNKNOWN})
    assert result.changes == changes
