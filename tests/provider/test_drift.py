"""What of a live deployment counts as drift, and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from langsmith_pulumi.control_plane.responses import LiveDeployment
from langsmith_pulumi.provider import properties
from langsmith_pulumi.provider.drift import with_drift
from langsmith_pulumi.provider.fingerprints import fingerprints, marker
from langsmith_pulumi.provider.normalize import normalize_inputs

SALT = "salt"
ADDED = "source_config.resource_spec.sidecars.0.env.0.value"
SECRETS = {"A": "one", "B": "two"}
INPUTS: dict[str, Any] = {
    "name": "agent",
    "display_name": "Agent",
    "source_config": {
        "deployment_type": "dev",
        "build_on_push": False,
        "resource_spec": {
            "cpu": 0.25,
            "max_scale": 3,
            "labels": {"team": "a"},
            "sidecars": [{"name": "s", "image": "i"}],
        },
    },
    "source_revision_config": {"repo_ref": "main", "langgraph_config_path": "langgraph.json"},
    "secrets": SECRETS,
    "secret_salt": SALT,
    "secret_fingerprints": fingerprints(SECRETS, SALT),
}


def live(**answer: Any) -> LiveDeployment:
    base: dict[str, Any] = {
        "id": "1",
        "name": "agent",
        "status": "READY",
        "display_name": "Agent",
        "source_config": {},
        "source_revision_config": {},
        "secrets": [{"name": name, "value": value} for name, value in SECRETS.items()],
    }
    return LiveDeployment.model_validate({**base, **answer})


ROWS: list[tuple[dict[str, Any], str, Any]] = [
    ({"display_name": "Other"}, "display_name", "Other"),
    ({"display_name": None}, "display_name", "Agent"),
    ({"source_config": {"build_on_push": True}}, "source_config.build_on_push", True),
    ({"source_config": {"deployment_type": "prod"}}, "source_config.deployment_type", "dev"),
    ({"source_config": {"custom_url": "https://x"}}, "source_config.custom_url", None),
    ({"source_config": {"resource_spec": {"cpu": 0.3}}}, "source_config.resource_spec.cpu", 0.25),
    ({"source_config": {"resource_spec": {"cpu": 0.5}}}, "source_config.resource_spec.cpu", 0.5),
    (
        {"source_config": {"resource_spec": {"max_scale": 4}}},
        "source_config.resource_spec.max_scale",
        4,
    ),
    (
        {"source_config": {"resource_spec": {"labels": {"team": "a", "more": "b"}}}},
        "source_config.resource_spec.labels",
        {"team": "a", "more": marker("source_config.resource_spec.labels.more", "b", SALT)},
    ),
    (
        {"source_config": {"resource_spec": {"sidecars": [{"name": "s", "image": "i", "x": 1}]}}},
        "source_config.resource_spec.sidecars",
        [{"name": "s", "image": "i"}],
    ),
    (
        {"source_config": {"resource_spec": {"sidecars": [{"name": "s", "image": "evil"}]}}},
        "source_config.resource_spec.sidecars",
        [{"name": "s", "image": "evil"}],
    ),
    ({"source_revision_config": {"repo_ref": "other"}}, "source_revision_config.repo_ref", "other"),
    (
        {"source_revision_config": {"repo_ref": "c0ffee", "repo_commit_sha": "c0ffee"}},
        "source_revision_config.repo_ref",
        "main",
    ),
    (
        {
            "source_revision_config": {"repo_ref": "abc", "repo_commit_sha": "abcdef"},
            "source_config": {"repo_branch": "main"},
        },
        "source_revision_config.repo_ref",
        "main",
    ),
    (
        {
            "source_revision_config": {"repo_ref": "abcdef", "repo_commit_sha": "abcdef"},
            "source_config": {"repo_branch": "theirs"},
        },
        "source_revision_config.repo_ref",
        "theirs",
    ),
    (
        {
            "source_config": {
                "resource_spec": {
                    "sidecars": [
                        {"name": "s", "image": "i", "env": [{"name": "ADDED", "value": "hunter2"}]},
                        {"name": "evil"},
                    ]
                }
            }
        },
        "source_config.resource_spec.sidecars",
        [
            {
                "name": "s",
                "image": "i",
                "env": [{"name": "ADDED", "value": marker(ADDED, "hunter2", SALT)}],
            },
            {"name": "evil"},
        ],
    ),
    (
        {"source_revision_config": {"image_uri": "built:by-service"}},
        "source_revision_config.image_uri",
        None,
    ),
]


@pytest.mark.parametrize(("answer", "path", "expected"), ROWS, ids=lambda item: str(item)[:50])
def test_only_what_the_program_manages_drifts(
    answer: dict[str, Any], path: str, expected: Any
) -> None:
    """A managed value follows the live one; what is unsaid, rounded or defaulted is no drift."""
    assert properties.get_path(with_drift(INPUTS, live(**answer)), path) == expected


@pytest.mark.parametrize(
    ("secrets", "drifted"),
    [
        ([("A", "one"), ("B", "two")], set()),
        ([("B", "two"), ("A", "one")], set()),
        ([("A", "changed"), ("B", "two")], {"A"}),
        ([("A", "one")], {"B"}),
        ([("A", "one"), ("B", "two"), ("C", "three")], {"C"}),
        ([("A", None), ("B", "two")], set()),
        ([("A", "one"), ("B", "two"), ("LANGSMITH_PROJECT", "set by the service")], set()),
        ([("A", "one"), ("B", "two"), ("C", "")], set()),
        ([("A", ""), ("B", "two")], {"A"}),
        ([], set()),
    ],
)
def test_drift_of_a_secret_shows_as_its_fingerprint(
    secrets: list[tuple[str, str | None]], drifted: set[str]
) -> None:
    """A changed, added or removed variable is named; its live value goes nowhere."""
    answer = live(secrets=[{"name": name, "value": value} for name, value in secrets])
    current = with_drift(INPUTS, answer)
    before, after = INPUTS["secret_fingerprints"], current["secret_fingerprints"]
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    assert changed == drifted
    assert current["secrets"] == SECRETS
    assert "changed" not in str(current)


PLAIN: dict[str, Any] = {
    **INPUTS,
    "environment_variables": {"LOG_LEVEL": "info"},
    "secrets": {"KEY": "a-secret-0123", "PIN": "42"},
    "secret_fingerprints": fingerprints(
        {"LOG_LEVEL": "info", "KEY": "a-secret-0123", "PIN": "42"}, SALT
    ),
}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("info", "info"),
        ("debug", "debug"),
        (None, "info"),
        ("42", marker("environment_variables.LOG_LEVEL", "42", SALT)),
        ("420", "420"),
        ("x a-secret-0123", marker("environment_variables.LOG_LEVEL", "x a-secret-0123", SALT)),
    ],
)
def test_a_variable_in_clear_follows_the_live_one(value: str | None, expected: str) -> None:
    """It is shown unless it holds a secret of the program; a redacted one counts as unchanged."""
    listed = [{"name": "LOG_LEVEL", "value": value}, {"name": "THEIRS", "value": "theirs-0123"}]
    current = with_drift(PLAIN, live(secrets=listed))
    assert current["environment_variables"] == {"LOG_LEVEL": expected}
    assert current["secrets"] == PLAIN["secrets"]
    assert "theirs" not in str(current)
    changed = (
        current["secret_fingerprints"]["LOG_LEVEL"] != PLAIN["secret_fingerprints"]["LOG_LEVEL"]
    )
    assert changed == (value not in ("info", None))


def test_a_variable_in_clear_that_somebody_removes_is_gone() -> None:
    """A response without any variables proves nothing."""
    others = [{"name": "KEY", "value": "a-secret-0123"}]
    assert with_drift(PLAIN, live(secrets=others))["environment_variables"] == {}
    assert with_drift(PLAIN, live(secrets=[])) == PLAIN


def test_objects_are_stored_in_the_names_of_the_wire() -> None:
    """A name of its own on the wire is found, or each refresh would see drift."""
    volume = {"name": "v", "downward_api": {"items": []}}
    stored = normalize_inputs({}, {"source_config": {"resource_spec": {"volumes": [volume]}}})
    wired = properties.get_path(stored, "source_config.resource_spec.volumes")
    assert wired == [{"name": "v", "downwardAPI": {"items": []}}]
