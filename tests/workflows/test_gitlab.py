"""The pipeline for GitLab, job by job, with a forge on loopback."""

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
    """Whatever the number of stacks and pushes, reviewers read one note, and labels fit it."""
    first = repository.gitlab("preview")
    repository.plan("dev", "10_nothing")
    second = repository.gitlab("preview")

    assert (first.returncode, second.returncode) == (0, 0), first.stdout
    assert len(repository.forge.mine) == 1
    assert "1 deployment changed in place" in repository.forge.mine[0]
    assert repository.forge.labels == {"langsmith:in-place"}


@pytest.mark.parametrize(("variables", "code"), [({}, 3), (ALLOWED, 0)])
def test_a_replacement_needs_the_label(
    repository: Repository, variables: dict[str, str], code: int
) -> None:
    """A replacement fails the job after it was reported; a pipeline uses the allowance up."""
    repository.plan("prod", "04_replacement")
    repository.forge.labels.add("allow-loss")

    done = repository.gitlab("preview", **variables)

    assert done.returncode == code
    assert "lose their databases" in repository.forge.mine[0]
    assert "allow-loss" not in repository.forge.labels


@pytest.mark.parametrize("how", ["fails", "fails-late"])
def test_a_failure_takes_the_place_of_the_old_verdict(repository: Repository, how: str) -> None:
    """A failed preview, with a plan or without, edits the note and is refused despite the label."""
    assert repository.gitlab("preview").returncode == 0
    repository.fake(how, "^preview .*prod")

    done = repository.gitlab("preview", **ALLOWED)

    assert done.returncode == UNJUDGED, done.stdout
    (note,) = repository.forge.mine
    assert "The preview failed" in note
    assert "langsmith:failed" in repository.forge.labels


def test_a_failed_preview_never_goes_up(repository: Repository) -> None:
    """Nothing lets up what could not be planned, even if the plan looks like a good one."""
    repository.fake("fails-late", "^preview")

    done = repository.gitlab("deploy-dev", **ALLOWED)

    assert done.returncode == UNJUDGED, done.stdout
    assert not any(call.startswith("up ") for call in repository.calls)


def test_a_report_that_was_cut_is_refused(repository: Repository) -> None:
    """Nobody approves what the note left out; the log has all of it."""
    name = repository.plan_of_many("dev", 1500)

    done = repository.gitlab("preview")

    assert done.returncode == TRUNCATED
    assert name not in repository.forge.mine[0]
    assert name in done.stdout


@pytest.mark.parametrize(
    ("labels", "allowed"),
    [
        ("", False),
        ("allow-loss", True),
        ("bug,allow-loss", True),
        ("allow-loss,bug", True),
        ("do-not-allow-loss", False),
        ("allow-losses,bug", False),
    ],
)
def test_the_label_is_compared_whole(labels: str, *, allowed: bool) -> None:
    """Only the label itself opens the gate."""
    (rule,) = (rule for rule in load(GITLAB)["preview"]["rules"] if "variables" in rule)
    assert rule["variables"] == ALLOWED
    pattern = rule["if"].partition("=~ /")[2].removesuffix("/")
    assert bool(re.search(pattern, labels)) is allowed


def test_forks_are_previewed_offline(repository: Repository) -> None:
    """A fork's pipeline asks neither Pulumi nor the forge, and says what its plan is against."""
    repository.write("Pulumi.dev.yaml", ENCRYPTED)
    repository.write("Pulumi.prod.yaml", ENCRYPTED)

    done = repository.gitlab("preview-fork", GITLAB_TOKEN="", PULUMI_ACCESS_TOKEN="")

    assert done.returncode == 0, done.stdout
    assert "against an empty state" in done.stdout
    assert "2 deployments created" in done.stdout
    assert repository.forge.requests == repository.calls == []


FORK = "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID != $CI_MERGE_REQUEST_PROJECT_ID"


def test_a_fork_gets_no_job_with_keys() -> None:
    """The rules of each job for merge requests say first what becomes of a fork."""
    jobs = load(GITLAB)
    rules: dict[str, Any] = {name: jobs[name]["rules"] for name in jobs if "rules" in jobs[name]}
    ours = {name for name, of in rules.items() if of[0] == {"if": FORK, "when": "never"}}
    assert ours == {"preview", "preview-environment", "remove-preview-environment"}
    assert rules["preview-fork"][0]["if"].endswith(FORK)


def test_an_environment_comes_and_goes_with_its_request(repository: Repository) -> None:
    """One note tells where the branch is served, and that it is gone; the stack is named whole."""
    branch = {"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "feature"}
    up = repository.gitlab("preview-environment", **branch)

    assert up.returncode == 0, up.stdout
    assert repository.calls == [
        "stack select --create pr-7",
        "config cp --stack dev --dest pr-7",
        f"{UP} --stack pr-7 --config repoRef=feature --config code={repository.code}",
    ]
    assert "served at https://agent.example" in repository.forge.mine[0]

    down = repository.gitlab("remove-preview-environment")

    assert down.returncode == 0, down.stdout
    assert repository.calls[-1].startswith("destroy --yes --remove")
    assert repository.calls[-1].endswith("--stack pr-7")
    assert [("gone" in note) for note in repository.forge.mine] == [True]


def test_both_ends_of_an_environment_agree() -> None:
    """What is brought up is what is taken down: the same stack, name and queue."""
    jobs = load(GITLAB)
    up, down = jobs["preview-environment"], jobs["remove-preview-environment"]
    for key in ("variables", "resource_group"):
        assert up[key] == down[key]
    assert up["environment"]["name"] == down["environment"]["name"]
    assert up["environment"]["on_stop"] == "remove-preview-environment"
    assert down["environment"]["action"] == "stop"


@pytest.mark.parametrize(("variables", "goes_up"), [({}, False), (ALLOWED, True)])
def test_no_replacement_goes_up_unreviewed(
    repository: Repository, variables: dict[str, str], *, goes_up: bool
) -> None:
    """What a review has not allowed stops before anything is lost."""
    repository.plan("prod", "04_replacement")

    done = repository.gitlab("deploy-prod", **variables)

    assert done.returncode == (0 if goes_up else 3)
    assert [call.split()[0] for call in repository.calls] == ["refresh", *["up"] * goes_up]
    assert not any("--refresh" in call for call in repository.calls)


def test_no_secret_is_printed(repository: Repository) -> None:
    """No token and no key is in a log or a note."""
    logs = [repository.gitlab(job).stdout for job in ("preview", "deploy-dev")]
    shown = "".join([*logs, *repository.forge.mine])
    assert not [secret for secret in (TOKEN, *KEYS.values()) if secret in shown]
