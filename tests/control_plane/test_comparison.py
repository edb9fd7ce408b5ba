"""Comparison of a live deployment with what was requested."""

from __future__ import annotations

from typing import Any

import pytest

from langsmith_pulumi.control_plane.comparison import differences, is_same, is_same_repository
from langsmith_pulumi.control_plane.responses import LiveDeployment
from tests.control_plane.factories import DEPLOYMENT_ID, deployment


def variables(**values: str | None) -> list[dict[str, Any]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def live(**fields: Any) -> LiveDeployment:
    return LiveDeployment.model_validate(deployment(**fields))


def differing_paths(asked: dict[str, Any], live_deployment: LiveDeployment) -> list[str]:
    return [one.path for one in differences(asked, live_deployment, missing_means_unchanged=True)]


def hidden_paths(asked: dict[str, Any], live_deployment: LiveDeployment) -> list[str]:
    found = differences(asked, live_deployment, missing_means_unchanged=False)
    return [one.path for one in found if not one.is_shown]


@pytest.mark.parametrize(
    ("sent", "shown", "found"),
    [
        (variables(A="1"), variables(A="1"), []),
        (variables(A="1"), variables(A="2"), ["secrets.A"]),
        (variables(A="1", B="2"), variables(A="1"), ["secrets.B"]),
        (variables(A="1"), variables(A="1", B="2"), ["secrets.B"]),
        (variables(A="1"), variables(A=None, B=None), ["secrets.B"]),
        (variables(A="1"), variables(A="1", B=""), ["secrets.B"]),
        (variables(A="1"), variables(A=None), []),
        (variables(A="1"), [], []),
        (variables(A="1"), variables(A="1", LANGSMITH_PROJECT="x", PORT="8000"), []),
        ([], variables(A="1"), []),
    ],
)
def test_variables_are_compared_as_whole_set(
    sent: list[dict[str, Any]], shown: list[dict[str, Any]], found: list[str]
) -> None:
    """Missing and additional variables are differences; redacted and reserved ones are not."""
    assert differing_paths({"secrets": sent}, live(secrets=shown)) == found


def test_variables_that_were_not_sent_are_ignored() -> None:
    """A request without variables does not differ because of them."""
    assert differing_paths({"display_name": "a"}, live(display_name="a")) == []


@pytest.mark.parametrize(
    ("asked", "shown", "same"),
    [
        (1.0, 1.0, True),
        (1.0, 1, True),
        (0.25, 0.2, True),
        (0.25, 0.3, True),
        (1.04, 1.0, True),
        (1.0, 1.1, False),
        (0.2, 0.3, False),
        (2, 3, False),
    ],
)
def test_rounding_of_cpu_is_no_difference(asked: float, shown: float, *, same: bool) -> None:
    """A difference that rounding to one decimal explains is none."""
    sent = {"source_config": {"resource_spec": {"cpu": asked}}}

    found = differing_paths(sent, live(source_config={"resource_spec": {"cpu": shown}}))

    assert (found == []) is same


SPEC = "source_config.resource_spec"
SIDECAR = {"name": "s", "image": "i", "env": [{"name": "A", "value": "1"}]}


@pytest.mark.parametrize(
    ("path", "asked", "shown", "same"),
    [
        (f"{SPEC}.sidecars", [SIDECAR], [{**SIDECAR, "imagePullPolicy": "Always"}], True),
        (f"{SPEC}.sidecars", [SIDECAR], [{**SIDECAR, "image": "evil"}], False),
        (f"{SPEC}.sidecars", [SIDECAR], [SIDECAR, {"name": "evil"}], False),
        (f"{SPEC}.sidecars", [SIDECAR], [], False),
        (f"{SPEC}.sidecars", [SIDECAR], [{**SIDECAR, "env": [*SIDECAR["env"], {}]}], False),
        (f"{SPEC}.sidecars", [{**SIDECAR, "args": []}], [SIDECAR], True),
        (
            f"{SPEC}.volumes",
            [{"name": "v", "secret": {"secretName": "t"}}],
            [{"name": "v", "secret": {"secretName": "t", "defaultMode": 420}}],
            True,
        ),
        (f"{SPEC}.labels", {"team": "a"}, {"team": "a", "more": "b"}, False),
        ("source_config.integration_id", DEPLOYMENT_ID, DEPLOYMENT_ID.upper(), True),
        (
            "secret_references",
            [{"name": "A"}, {"name": "B"}],
            [{"name": "B"}, {"name": "A"}],
            True,
        ),
        ("display_name", "Support", "support", False),
    ],
)
def test_defaults_added_to_list_items_are_no_difference(
    path: str, asked: Any, shown: Any, *, same: bool
) -> None:
    """Defaults inside an item are ignored; added or removed items and other values differ."""
    assert is_same(path, asked, shown) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("git@github.com:acme/agents", "https://github.com/acme/agents.git", True),
        ("ssh://git@github.com/acme/agents.git", "https://github.com/acme/agents", True),
        ("ssh://git@ssh.github.com:443/acme/agents", "https://github.com/acme/agents", True),
        ("https://x:token@github.com/acme/agents", "https://github.com/Acme/Agents/", True),
        ("http://github.com/acme/agents", "https://github.com:443/acme/agents", True),
        ("github.com/acme/agents", "https://www.github.com/acme/agents", True),
        ("https://git.acme.test:8443/a/b", "https://git.acme.test/a/b", False),
        ("git@github.com:acme/agents", "git@gitlab.com:acme/agents", False),
        ("https://github.com/acme/agents", "https://github.com/acme/other", False),
        ("acme/agents", "https://github.com/acme/agents", False),
        ("acme/agents", "acme/agents", True),
        (None, "https://github.com/acme/agents", False),
    ],
)
def test_repository_urls_are_compared_normalized(one: Any, other: Any, *, same: bool) -> None:
    """Protocol, credentials, case and the .git suffix do not matter."""
    assert is_same_repository(one, other) is same
    assert is_same_repository(other, one) is same


COMMIT = "9fceb02d0ae598e95dc970b74767f19372d61af8"


@pytest.mark.parametrize(
    ("asked", "shown", "found", "hidden"),
    [
        ({"display_name": "A"}, {"display_name": None}, [], ["display_name"]),
        ({"secrets": {"A": "1"}}, {"secrets": []}, [], ["secrets.A"]),
        ({"secrets": {"A": "1"}}, {"secrets": variables(A=None)}, [], ["secrets.A"]),
        ({"secrets": {"A": "1"}}, {"secrets": variables(B="1")}, ["secrets.A", "secrets.B"], []),
        ({"repo_ref": "v2"}, {"repo_ref": COMMIT}, [], ["repo_ref"]),
        ({"repo_ref": "v2"}, {"repo_ref": "main"}, ["repo_ref"], []),
        ({"repo_ref": "v2"}, {"repo_ref": COMMIT, "repo_branch": "v2"}, [], []),
        ({"repo_ref": "v2"}, {"repo_ref": COMMIT, "repo_branch": "main"}, ["repo_ref"], []),
        (
            {"repo_ref": "refs/tags/v2"},
            {"repo_ref": COMMIT, "repo_branch": "main"},
            [],
            ["repo_ref"],
        ),
    ],
)
def test_hidden_values_are_neither_equal_nor_different(
    asked: dict[str, Any], shown: dict[str, Any], found: list[str], hidden: list[str]
) -> None:
    """A missing field, a redacted secret, or a commit instead of a branch proves nothing."""
    live_deployment = live(**_nested(shown))

    assert [
        path.split("config.")[-1] for path in differing_paths(_nested(asked), live_deployment)
    ] == found
    assert [
        path.split("config.")[-1] for path in hidden_paths(_nested(asked), live_deployment)
    ] == hidden


def _nested(fields: dict[str, Any]) -> dict[str, Any]:
    if "repo_ref" not in fields:
        return fields
    return {
        "source_revision_config": {"repo_ref": fields["repo_ref"]},
        "source_config": {key: fields[key] for key in ("repo_branch",) if key in fields},
    }


def test_cloud_reserved_names_are_compared_when_self_hosted() -> None:
    """When self-hosted, a variable such as PORT is the user's own."""
    live_deployment = live(source="external_docker", secrets=variables(A="1", PORT="8000"))

    assert differing_paths({"secrets": variables(A="1")}, live_deployment) == ["secrets.PORT"]


def test_repr_shows_no_value() -> None:
    """The repr of a difference contains no value, as it may be a secret."""
    found = differences({"secrets": {"A": "hush"}}, live(), missing_means_unchanged=True)

    assert "hush" not in repr(found)
