"""The workflows for GitHub, run as a runner would, with a forge on loopback."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.workflows.expressions import fill
from tests.workflows.forges import HEAD, TOKEN
from tests.workflows.repository import ENCRYPTED, KEYS, NEEDED
from tests.workflows.runner import EXAMPLES, GITHUB, load

if TYPE_CHECKING:
    from tests.workflows.repository import Repository
    from tests.workflows.runner import Result

PREVIEW = EXAMPLES / "github/preview.yml"
DEPLOY = EXAMPLES / "github/deploy.yml"

pytestmark = NEEDED


def event(
    action: str, *labels: str, fork: bool = False, author: str = "ada", number: int = 7
) -> dict[str, Any]:
    return {
        "action": action,
        "number": number,
        "label": {"name": labels[-1] if labels else ""},
        "pull_request": {
            "number": number,
            "labels": [{"name": label} for label in labels],
            "user": {"login": author},
            "head": {
                "ref": "feature",
                "sha": HEAD,
                "repo": {"full_name": "mallory/agents" if fork else "acme/agents"},
            },
        },
    }


def done(result: Result | None) -> Result:
    assert result is not None, "the job did not run"
    return result


def test_two_stacks_make_one_comment_that_the_next_push_edits(repository: Repository) -> None:
    """Whatever the number of stacks and pushes, reviewers read one comment, and labels fit it."""
    first = done(repository.github("preview", "preview", event("opened")))
    repository.plan("dev", "10_nothing")
    second = done(repository.github("preview", "preview", event("synchronize")))

    assert first.failed == second.failed == []
    assert len(repository.forge.mine) == 1
    assert "1 deployment changed in place" in repository.forge.mine[0]
    assert repository.forge.labels == {"langsmith:in-place"}
    assert "rebuilt and redeployed" in first.summary


GATES = {
    "a new request": (event("opened"), False),
    "the label was there before it was opened": (event("opened", "allow-loss"), False),
    "the label was there before the push": (event("synchronize", "allow-loss"), False),
    "the label is set": (event("labeled", "bug", "allow-loss"), True),
    "another label is set beside it": (event("labeled", "allow-loss", "bug"), False),
    "a label that looks like it is set": (event("labeled", "do-not-allow-loss"), False),
    "the label is taken off": (event("unlabeled", "allow-loss"), False),
}


@pytest.mark.parametrize(("happening", "allowed"), GATES.values(), ids=GATES)
def test_the_label_holds_for_one_plan(happening: dict[str, Any], *, allowed: bool) -> None:
    """Only setting the label opens the gate, for that run; every other run takes it off."""
    workflow = load(PREVIEW)
    (comment,) = (s for s in workflow["jobs"]["preview"]["steps"] if s.get("name") == "Comment")
    context: dict[str, Any] = {"github": {"event": happening}}
    context["env"] = {"ALLOWED": fill(workflow["env"]["ALLOWED"], context)}

    assert context["env"]["ALLOWED"] == str(allowed).lower()
    assert fill(comment["env"]["DROP"], context) == ("" if allowed else "allow-loss")


@pytest.mark.parametrize(("action", "passes"), [("synchronize", False), ("labeled", True)])
def test_a_replacement_needs_the_label(
    repository: Repository, action: str, *, passes: bool
) -> None:
    """A replacement fails the job, after it was reported, unless it was allowed."""
    repository.plan("prod", "04_replacement")
    repository.forge.labels.add("allow-loss")

    result = done(repository.github("preview", "preview", event(action, "allow-loss")))

    assert result.failed == ([] if passes else ["Gate"])
    assert "lose their databases" in repository.forge.mine[0]
    assert ("allow-loss" in repository.forge.labels) is passes


def test_a_failed_preview_is_reported_and_refused(repository: Repository) -> None:
    """A plan that ended in an error is shown, and no label lets it pass."""
    repository.plan("prod", "09_failed_preview")

    result = done(repository.github("preview", "preview", event("labeled", "allow-loss")))

    assert result.failed == ["Gate"]
    assert "The preview failed" in repository.forge.mine[0]


FAILURES = {
    "nothing is written": ("", 1),
    "half a plan is written": ('{"steps": [', 1),
    "no plan is written": ("[]", 1),
    "a plan without the failure is written": ('{"steps": [], "diagnostics": null}', 255),
}


@pytest.mark.parametrize(("written", "code"), FAILURES.values(), ids=FAILURES)
def test_a_failure_takes_the_place_of_the_old_verdict(
    repository: Repository, written: str, code: int
) -> None:
    """Whatever a failing preview leaves, the one comment says that it failed, and the gate shuts.

    So it is for a single stack too, whose comment is found by nothing but that stack's name.
    """
    repository.extra = {"STACKS": "acme/prod"}
    repository.plan("acme/prod", "02_in_place")
    done(repository.github("preview", "preview", event("opened")))
    assert "changed in place" in repository.forge.mine[0]

    repository.fake("plans/acme/prod.json", written)
    repository.fake("fails" if code == 1 else "fails-late", "^preview")
    result = done(repository.github("preview", "preview", event("labeled", "allow-loss")))

    assert result.failed == ["Gate"]
    (comment,) = repository.forge.mine
    assert f"exit code {code}" in comment
    assert "changed in place" not in comment
    assert repository.forge.labels == {"langsmith:failed"}


def test_a_failed_stack_hides_no_other(repository: Repository) -> None:
    """Where one stack has no plan, the comment still tells what the other one would do."""
    (repository.folder / "fake/plans/prod.json").unlink()

    result = done(repository.github("preview", "preview", event("opened")))

    assert result.failed == ["Gate"]
    assert "agents/prod" in repository.forge.mine[0]
    assert "rebuilt and redeployed" in repository.forge.mine[0]


@pytest.mark.parametrize(("action", "passes"), [("synchronize", False), ("labeled", True)])
def test_a_report_that_was_cut_is_refused(
    repository: Repository, action: str, *, passes: bool
) -> None:
    """Nobody approves what the comment left out; the refusing job's log has all of it."""
    name = repository.plan_of_many("dev", 1500)

    result = done(repository.github("preview", "preview", event(action, "allow-loss")))

    assert result.failed == ([] if passes else ["Gate"])
    assert name not in repository.forge.mine[0]
    assert (name in result.log) is not passes


@pytest.mark.parametrize("without", [{"fork": True}, {"author": "dependabot[bot]"}])
def test_forks_are_previewed_offline(repository: Repository, without: dict[str, Any]) -> None:
    """Without secrets the report is in the summary, says what it is against, and posts nothing."""
    repository.write("Pulumi.dev.yaml", ENCRYPTED)
    repository.write("Pulumi.prod.yaml", ENCRYPTED)

    result = done(repository.github("preview", "preview", event("opened", **without)))

    assert result.failed == [], result.log
    assert "against an empty state" in result.summary
    assert "2 deployments created" in result.summary
    assert repository.forge.requests == []
    assert repository.calls == []


def test_a_merge_is_brought_up(repository: Repository) -> None:
    """A reviewed change goes up with the code's hash, so that a revision is made for new code."""
    repository.forge.merged = []

    result = done(repository.github("deploy", "up", {}, name="push", stack="dev"))

    assert result.failed == []
    assert repository.calls == [
        "refresh --yes --skip-preview --non-interactive --stack dev",
        f"up --yes --skip-preview --non-interactive --stack dev --config code={repository.code}",
    ]


def test_a_failed_preview_never_goes_up(repository: Repository) -> None:
    """No label lets up what could not be planned, even if the plan looks like a good one."""
    repository.fake("fails-late", "^preview")
    repository.forge.merged = [["allow-loss"]]

    result = done(repository.github("deploy", "up", {}, name="push", stack="dev"))

    assert result.failed == ["Gate"]
    assert "exit code 255" in result.summary
    assert not any(call.startswith("up ") for call in repository.calls)


@pytest.mark.parametrize("shared", ['--stack "$STACK"', '--config "code=$CODE"'])
def test_the_gate_plans_what_goes_up(shared: str) -> None:
    """Gate and `up` have the same arguments, and neither of them refreshes the state anew."""
    steps = {step.get("name"): step for step in load(DEPLOY)["jobs"]["up"]["steps"]}
    for name in ("Gate", "Up"):
        assert shared in steps[name]["run"]
        assert "--refresh" not in steps[name]["run"]


@pytest.mark.parametrize(
    ("labels", "goes_up"), [([], False), (["bug"], False), (["bug", "allow-loss"], True)]
)
def test_no_replacement_goes_up_unreviewed(
    repository: Repository, labels: list[str], *, goes_up: bool
) -> None:
    """What another merge or a fork's preview has hidden stops before anything is lost."""
    repository.plan("prod", "04_replacement")
    repository.forge.merged = [labels]

    result = done(repository.github("deploy", "up", {}, name="push", stack="prod"))

    assert result.failed == ([] if goes_up else ["Gate"])
    assert any(call.startswith("up ") for call in repository.calls) is goes_up


def test_only_a_cancelled_up_is_unlocked(repository: Repository) -> None:
    """The lock of a run that was not ours is never broken."""
    repository.fake("fails", "^up ")

    result = done(repository.github("deploy", "up", {}, name="push", stack="dev"))

    assert result.outcomes["Unlock the stack after a cancellation"] == "skipped"


def test_an_environment_comes_and_goes_with_its_request(repository: Repository) -> None:
    """One comment tells where the branch is served, that a push broke it, and that it is gone."""
    forge = repository.forge
    up = ["stack select --create pr-7", "config cp --stack dev --dest pr-7"]

    done(repository.github("preview-environment", "up", event("opened")))
    assert repository.calls[:2] == up
    assert "--stack pr-7 --config repoRef=feature --config code=" in repository.calls[2]
    assert "served at https://agent.example" in forge.mine[0]

    repository.fake("fails", "^up ")
    assert done(repository.github("preview-environment", "up", event("synchronize"))).failed == [
        "Up"
    ]
    assert "could not be brought up" in forge.mine[0]

    forge.states[7] = "closed"
    repository.fake("stacks", "dev\npr-7\n")
    assert done(repository.github("preview-environment", "down", event("closed"))).failed == []
    assert repository.calls[-1].endswith("--stack pr-7")
    assert "the deployment is gone" in forge.mine[0]
    assert len(forge.mine) == 1


HOSTILE = (
    "    ::set-output name=url::https://evil.example\n::error::forged\n::add-mask::a\n"
    "some line ##[set-env name=PATH]/evil\n::stop-commands::x\n"
)


@pytest.mark.parametrize(
    ("workflow", "job", "happening", "name"),
    [
        ("preview", "preview", event("opened"), "pull_request"),
        ("preview-environment", "up", event("opened"), "pull_request"),
        ("preview-environment", "down", event("closed"), "pull_request"),
    ],
    ids=["preview", "up", "down"],
)
def test_what_a_build_prints_commands_no_runner(
    repository: Repository, workflow: str, job: str, happening: dict[str, Any], name: str
) -> None:
    """A build log forges no URL, no error and no mask."""
    repository.fake("prints", HOSTILE)
    repository.fake("stacks", "pr-7\n")
    repository.forge.states[7] = "closed"
    result = done(repository.github(workflow, job, happening, name=name))
    assert "evil" in result.log
    assert result.commands == []
    assert not any("evil" in body for body in repository.forge.mine)


def test_every_step_that_runs_pulumi_stops_commands() -> None:
    """In each workflow, before anything of a program or a build is printed."""
    for path in GITHUB:
        for job in load(path)["jobs"].values():
            for step in job["steps"]:
                script = step.get("run", "")
                if "pulumi " in script and "pip install" not in script:
                    assert "::stop-commands::" in script.partition("pulumi ")[0] or (
                        step["name"] in ("Report", "Comment")
                    ), (path.name, step["name"])


STACKS = "dev\nprod\npr-1\npr-12\nacme/pr-121\nold-pr-1\npr-1-copy\nxpr-12\npr-\nacme/npr-1\n"


@pytest.mark.parametrize(
    ("number", "states", "destroyed"),
    [
        (1, {1: "closed", 12: "closed"}, ["pr-1"]),
        (12, {1: "closed", 12: "closed"}, ["pr-12"]),
        (121, {121: "closed"}, ["acme/pr-121"]),
        (1, {1: "open"}, []),
        (2, {2: "closed"}, []),
        (None, {1: "closed", 12: "open", 121: "closed"}, ["pr-1", "acme/pr-121"]),
        (None, {1: "open", 12: "open", 121: "open"}, []),
    ],
)
def test_only_what_is_closed_is_destroyed(
    repository: Repository, number: int | None, states: dict[int, str], destroyed: list[str]
) -> None:
    """Names are compared whole: closing 1 leaves 12 alone, and open requests keep theirs."""
    repository.fake("stacks", STACKS)
    repository.forge.states = states
    happening = {} if number is None else event("closed", number=number)

    name = "schedule" if number is None else "pull_request"
    result = done(repository.github("preview-environment", "down", happening, name=name))

    assert result.failed == [], result.log
    gone = [
        call.split()[-1] for call in repository.calls if call.startswith("destroy --yes --remove")
    ]
    assert gone == destroyed


def test_one_failure_keeps_no_other_from_being_swept(repository: Repository) -> None:
    """What cannot be destroyed, or is not known to be closed, fails the job at its end."""
    repository.fake("stacks", "pr-1\npr-2\npr-3\n")
    repository.fake("fails", "^destroy .*pr-2")
    repository.forge.states = {2: "closed", 3: "closed"}

    result = done(repository.github("preview-environment", "down", {}, name="schedule"))

    assert result.failed == ["Down"]
    assert repository.calls[-1].endswith("--stack pr-3")
    assert not any("pr-1" in call for call in repository.calls)


@pytest.mark.parametrize("job", ["up", "down"])
@pytest.mark.parametrize("without", [{"fork": True}, {"author": "dependabot[bot]"}])
def test_no_environment_without_secrets(
    repository: Repository, job: str, without: dict[str, Any]
) -> None:
    """A fork is given no deployment, and no failing job either."""
    action = "opened" if job == "up" else "closed"
    assert repository.github("preview-environment", job, event(action, **without)) is None


def test_no_secret_is_printed(repository: Repository) -> None:
    """No token and no key is in a log, a summary or a comment."""
    repository.plan("prod", "04_replacement")
    repository.forge.states[7] = "closed"
    repository.fake("stacks", "pr-7\n")
    results = [
        repository.github("preview", "preview", event("opened")),
        repository.github("deploy", "up", {}, name="push", stack="dev"),
        repository.github("preview-environment", "up", event("opened")),
        repository.github("preview-environment", "down", event("closed")),
    ]

    shown = json.dumps([(result.log, result.summary) for result in map(done, results)])
    shown += "".join(repository.forge.mine)
    assert not [secret for secret in (TOKEN, *KEYS.values()) if secret in shown]
