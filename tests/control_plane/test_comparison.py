"""What of a live deployment differs from what was asked for, and what the service may do to it."""

from __future__ import annotations

from typing import Any

import pytest

from langsmith_pulumi.control_plane.comparison import differences, is_same, is_same_repository
from langsmith_pulumi.control_plane.responses import LiveDeployment
from tests.control_plane.samples import DEPLOYMENT, deployment


def variables(**values: str | None) -> list[dict[str, Any]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def live(**fields: Any) -> LiveDeployment:
    return LiveDeployment.model_validate(deployment(**fields))


def told(asked: dict[str, Any], there: LiveDeployment) -> list[str]:
    return [one.path for one in differences(asked, there, missing_means_unchanged=True)]


def untold(asked: dict[str, Any], there: LiveDeployment) -> list[str]:
    found = differences(asked, there, missing_means_unchanged=False)
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
def test_a_set_of_variables_is_sent_as_a_whole(
    sent: list[dict[str, Any]], shown: list[dict[str, Any]], found: list[str]
) -> None:
    """More contradicts it as less does; an empty set, one not shown and reserved names do not."""
    assert told({"secrets": sent}, live(secrets=shown)) == found


def test_variables_that_were_not_sent_are_of_no_interest() -> None:
    """A request without variables is contradicted by none."""
    assert told({"display_name": "a"}, live(display_name="a")) == []


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
def test_figures_are_rounded_to_one_decimal(asked: float, shown: float, *, same: bool) -> None:
    """What rounding explains is no difference; a tenth is one."""
    sent = {"source_config": {"resource_spec": {"cpu": asked}}}

    found = told(sent, live(source_config={"resource_spec": {"cpu": shown}}))

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
        ("source_config.integration_id", DEPLOYMENT, DEPLOYMENT.upper(), True),
        (
            "secret_references",
            [{"name": "A"}, {"name": "B"}],
            [{"name": "B"}, {"name": "A"}],
            True,
        ),
        ("display_name", "Support", "support", False),
    ],
)
def test_what_a_cluster_adds_to_an_object_of_a_list_is_no_difference(
    path: str, asked: Any, shown: Any, *, same: bool
) -> None:
    """Defaults inside an item are none; more items, fewer items and other values are."""
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
def test_a_repository_has_many_urls(one: Any, other: Any, *, same: bool) -> None:
    """Protocol, credentials, case and the ending do not make it another."""
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
def test_what_is_not_told_is_neither_the_same_nor_another(
    asked: dict[str, Any], shown: dict[str, Any], found: list[str], hidden: list[str]
) -> None:
    """A missing field, a redacted secret, a commit in place of a branch: nothing is known of it."""
    there = live(**_nested(shown))

    assert [path.split("config.")[-1] for path in told(_nested(asked), there)] == found
    assert [path.split("config.")[-1] for path in untold(_nested(asked), there)] == hidden


def _nested(fields: dict[str, Any]) -> dict[str, Any]:
    if "repo_ref" not in fields:
        return fields
    return {
        "source_revision_config": {"repo_ref": fields["repo_ref"]},
        "source_config": {key: fields[key] for key in ("repo_branch",) if key in fields},
    }


def test_a_name_that_only_cloud_keeps_for_itself_is_a_variable_elsewhere() -> None:
    """Self-hosted, a variable such as PORT is somebody's own."""
    there = live(source="external_docker", secrets=variables(A="1", PORT="8000"))

    assert told({"secrets": variables(A="1")}, there) == ["secrets.PORT"]


def test_values_do_not_show_in_a_repr() -> None:
    """A difference may be of a secret."""
    found = differences({"secrets": {"A": "hush"}}, live(), missing_means_unchanged=True)

    assert "hush" not in repr(found)
