"""Tests of the jobs of the GitLab pipeline, run with a fake forge."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.review import EXIT_CODES, Gate
from tests.workflows.forges import TOKEN
from tests.workflows.repository import ENCRYPTED, KEYS, NEEDED
from tests.workflows.runner import GITLAB, load

if TYPE_CHECKING:
    from tests.workflows.repository import Repository

pytestmark = NEEDED

UP = "up --yes --refresh --skip-preview --non-interactive"
ALLOWED = {"FAIL_ON": "unjudged"}
TRUNCATED, UNJUDGED = EXIT_CODES[Gate.TRUNCATED], EXIT_CODES[Gate.UNJUDGED]


def test_two_stacks_make_one_note_that_the_next_push_edits(repository: Repository) -> None:
    """Any number of stacks and pushes makes one note, and the labels follow the last report."""
    first = repository.gitlab("preview")
    repository.set_plan("dev", "10_nothing")
    second = repository.gitlab("preview")

    assert (first.returncode, second.returncode) == (0, 0), first.stdout
    assert len(repository.forge.own_bodies) == 1
    assert "1 deployment changed in place" in repository.forge.own_bodies[0]
    assert repository.forge.labels == {"langsmith:in-place"}


@pytest.mark.parametrize(
    ("variables", "code"),
    [pytest.param({}, 3, id="not labelled"), pytest.param(ALLOWED, 0, id="labelled")],
)
def test_a_replacement_needs_the_label(
    repository: Repository, variables: dict[str, str], code: int
) -> None:
    """A replacement is reported and then fails the job; the label allows it for one pipeline."""
    repository.set_plan("prod", "04_replacement")
    repository.forge.labels.add("allow-loss")

    done = repository.gitlab("preview", **variables)

    assert done.returncode == code
    assert "lose their databases" in repository.forge.own_bodies[0]
    assert "allow-loss" not in repository.forge.labels


@pytest.mark.parametrize("how", ["fails", "fails-late"])
def test_a_failure_replaces_the_old_report(repository: Repository, how: str) -> None:
    """A failed preview, with or without a plan, edits the note and is refused despite the label."""
    assert repository.gitlab("preview").returncode == 0
    repository.configure_fake(how, "^preview .*prod")

    done = repository.gitlab("preview", **ALLOWED)

    assert done.returncode == UNJUDGED, done.stdout
    (note,) = repository.forge.own_bodies
    assert "The preview failed" in note
    assert "langsmith:failed" in repository.forge.labels


def test_a_failed_preview_never_goes_up(repository: Repository) -> None:
    """A change that could not be planned is never brought up, even if its plan looks complete."""
    repository.configure_fake("fails-late", "^preview")

    done = repository.gitlab("deploy-dev", **ALLOWED)

    assert done.returncode == UNJUDGED, done.stdout
    assert not any(call.startswith("up ") for call in repository.calls)


def test_a_report_that_was_cut_is_refused(repository: Repository) -> None:
    """A truncated note is refused; the job's log shows everything."""
    name = repository.set_plan_of_many("dev", 1500)

    done = repository.gitlab("preview")

    assert done.returncode == TRUNCATED
    assert name not in repository.forge.own_bodies[0]
    assert name in done.stdout


@pytest.mark.parametrize(
    ("labels", "allowed"),
    [
        pytest.param("", False, id="no label"),
        pytest.param("allow-loss", True, id="the label"),
        pytest.param("bug,allow-loss", True, id="last"),
        pytest.param("allow-loss,bug", True, id="first"),
        pytest.param("do-not-allow-loss", False, id="a longer label"),
        pytest.param("allow-losses,bug", False, id="a label with a suffix"),
    ],
)
def test_the_label_is_compared_whole(labels: str, *, allowed: bool) -> None:
    """Only the label itself opens the gate."""
    (rule,) = (rule for rule in load(GITLAB)["preview"]["rules"] if "variables" in rule)
    assert rule["variables"] == ALLOWED
    pattern = rule["if"].partition("=~ /")[2].removesuffix("/")
    assert bool(re.search(pattern, labels)) is allowed


def test_forks_are_previewed_offline(repository: Repository) -> None:
    """A fork's pipeline uses neither Pulumi nor the forge, and names its empty state."""
    repository.write("Pulumi.dev.yaml", ENCRYPTED)
    repository.write("Pulumi.prod.yaml", ENCRYPTED)

    done = repository.gitlab("preview-fork", GITLAB_TOKEN="", PULUMI_ACCESS_TOKEN="")

    assert done.returncode == 0, done.stdout
    assert "against an empty state" in done.stdout
    assert "2 deployments created" in done.stdout
    assert repository.forge.requests == repository.calls == []


FORK = "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID != $CI_MERGE_REQUEST_PROJECT_ID"


def test_a_fork_gets_no_job_with_keys() -> None:
    """The first rule of each job with keys excludes forks."""
    jobs = load(GITLAB)
    rules: dict[str, Any] = {name: jobs[name]["rules"] for name in jobs if "rules" in jobs[name]}
    ours = {name for name, of in rules.items() if of[0] == {"if": FORK, "when": "never"}}
    assert ours == {"preview", "preview-environment", "remove-preview-environment"}
    assert rules["preview-fork"][0]["if"].endswith(FORK)


def test_an_environment_comes_and_goes_with_its_request(repository: Repository) -> None:
    """One note names the branch's URL, then its removal; the stack's whole name is given."""
    branch = {"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "feature"}
    up = repository.gitlab("preview-environment", **branch)

    assert up.returncode == 0, up.stdout
    assert repository.calls == [
        "stack select --create pr-7",
        "config cp --stack dev --dest pr-7",
        f"{UP} --stack pr-7 --config repoRef=feature",
    ]
    assert "served at https://agent.example" in repository.forge.own_bodies[0]

    down = repository.gitlab("remove-preview-environment")

    assert down.returncode == 0, down.stdout
    assert repository.calls[-1].startswith("destroy --yes --remove")
    assert repository.calls[-1].endswith("--stack pr-7")
    assert [("gone" in note) for note in repository.forge.own_bodies] == [True]


def test_both_ends_of_an_environment_agree() -> None:
    """The environment that is removed is the one brought up: same stack, name and queue."""
    jobs = load(GITLAB)
    up, down = jobs["preview-environment"], jobs["remove-preview-environment"]
    for key in ("variables", "resource_group"):
        assert up[key] == down[key]
    assert up["environment"]["name"] == down["environment"]["name"]
    assert up["environment"]["on_stop"] == "remove-preview-environment"
    assert down["environment"]["action"] == "stop"


@pytest.mark.parametrize(
    ("variables", "goes_up"),
    [pytest.param({}, False, id="not labelled"), pytest.param(ALLOWED, True, id="labelled")],
)
def test_no_replacement_goes_up_unreviewed(
    repository: Repository, variables: dict[str, str], *, goes_up: bool
) -> None:
    """A replacement that no review has allowed stops before anything is lost."""
    repository.set_plan("prod", "04_replacement")

    done = repository.gitlab("deploy-prod", **variables)

    assert done.returncode == (0 if goes_up else 3)
    assert [call.split()[0] for call in repository.calls] == ["refresh", *["up"] * goes_up]
    assert not any("--refresh" in call for call in repository.calls)


def test_no_secret_is_printed(repository: Repository) -> None:
    """No token and no key is in a log or a note."""
    logs = [repository.gitlab(job).stdout for job in ("preview", "deploy-dev")]
    shown = "".join([*logs, *repository.forge.own_bodies])
    assert not [secret for secret in (TOKEN, *KEYS.values()) if secret in shown]
