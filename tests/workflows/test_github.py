"""Tests of the workflows for GitHub, run with a fake forge."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.workflows.expressions import interpolate
from tests.workflows.forges import HEAD, TOKEN
from tests.workflows.repository import ENCRYPTED, KEYS, NEEDED
from tests.workflows.runner import ACTION, EXAMPLES, GITHUB, load

if TYPE_CHECKING:
    from tests.workflows.repository import Repository
    from tests.workflows.runner import JobResult

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


def completed(result: JobResult | None) -> JobResult:
    assert result is not None, "the job did not run"
    return result


def test_two_stacks_make_one_comment_that_the_next_push_edits(repository: Repository) -> None:
    """Any number of stacks and pushes makes one comment, and the labels follow the last report."""
    first = completed(repository.github("preview", "preview", event("opened")))
    repository.set_plan("dev", "10_nothing")
    second = completed(repository.github("preview", "preview", event("synchronize")))

    assert first.failed == second.failed == []
    assert len(repository.forge.own_bodies) == 1
    assert "1 deployment changed in place" in repository.forge.own_bodies[0]
    assert repository.forge.labels == {"langsmith:in-place"}
    assert "rebuilt and redeployed" in first.summary


GATES = {
    "a new request": (event("opened"), False),
    "the label was there before it was opened": (event("opened", "allow-loss"), False),
    "the label was there before the push": (event("synchronize", "allow-loss"), False),
    "the label is set": (event("labeled", "bug", "allow-loss"), True),
    "another label is set beside it": (event("labeled", "allow-loss", "bug"), False),
    "a label that looks like it is set": (event("labeled", "do-not-allow-loss"), False),
    "the label is removed": (event("unlabeled", "allow-loss"), False),
}


@pytest.mark.parametrize(("github_event", "allowed"), GATES.values(), ids=GATES)
def test_the_label_holds_for_one_plan(github_event: dict[str, Any], *, allowed: bool) -> None:
    """Only setting the label opens the gate, for that run; every other run removes the label."""
    workflow = load(PREVIEW)
    (review,) = (s["with"] for s in workflow["jobs"]["preview"]["steps"] if "name" in s)
    context: dict[str, Any] = {"github": {"event": github_event}}
    context["env"] = {"ALLOWED": interpolate(workflow["env"]["ALLOWED"], context)}

    gates = "unjudged" if allowed else "replace,delete,truncated"
    assert interpolate(review["fail-on"], context) == gates
    assert interpolate(review["drop-label"], context) == ("" if allowed else "allow-loss")


@pytest.mark.parametrize(
    ("action", "passes"),
    [
        pytest.param("synchronize", False, id="not labelled"),
        pytest.param("labeled", True, id="labelled"),
    ],
)
def test_a_replacement_needs_the_label(
    repository: Repository, action: str, *, passes: bool
) -> None:
    """A replacement is reported and then fails the job, unless it was allowed."""
    repository.set_plan("prod", "04_replacement")
    repository.forge.labels.add("allow-loss")

    result = completed(repository.github("preview", "preview", event(action, "allow-loss")))

    assert result.failed == ([] if passes else ["Gate"])
    assert "lose their databases" in repository.forge.own_bodies[0]
    assert ("allow-loss" in repository.forge.labels) is passes


def test_a_failed_preview_is_reported_and_refused(repository: Repository) -> None:
    """A plan that ended in an error is reported, and no label lets it pass."""
    repository.set_plan("prod", "09_failed_preview")

    result = completed(repository.github("preview", "preview", event("labeled", "allow-loss")))

    assert result.failed == ["Gate"]
    assert "The preview failed" in repository.forge.own_bodies[0]


def test_several_projects_make_one_comment(repository: Repository) -> None:
    """Each stack of each project is previewed, and a project that fails hides no other."""
    for project in ("support", "triage"):
        repository.write(f"agents/{project}/Pulumi.yaml", f"name: {project}\n")
        repository.set_plan("dev", "03_new_revision", project=project)
        repository.set_plan("prod", "02_in_place", project=project)
    (repository.folder / "fake/plans/agents/triage/prod.json").unlink()
    repository.inputs = {"projects": "agents/support agents/triage"}

    result = completed(repository.github("preview", "preview", event("opened")))

    assert result.failed == ["Gate"]
    (comment,) = repository.forge.own_bodies
    for name in ("support/dev", "support/prod", "triage/dev", "triage/prod"):
        assert f"### `{name}`" in comment
    assert "exit code 1" in comment


def test_a_project_in_a_folder_goes_up(repository: Repository) -> None:
    """Each project of the matrix is checked, refreshed, judged and brought up in its folder."""
    python = "{name: python, options: {virtualenv: ../../.venv}}"
    repository.write("agents/triage/Pulumi.yaml", f"name: triage\nruntime: {python}\n")
    repository.set_plan("prod", "02_in_place", project="triage")
    matrix = {"stack": "prod", "project": "agents/triage"}

    result = completed(repository.github("deploy", "up", {}, name="push", **matrix))

    assert result.failed == [], result.log
    assert "triage/prod" in result.summary
    folders = {line.rpartition("/run-1/")[2] for line in repository.folders}
    assert folders == {"agents/triage"}


def test_a_folder_that_is_not_committed_fails_the_preview(repository: Repository) -> None:
    """A misspelt folder of an agent is an error, not a hash that never changes."""
    program = repository.folder / "origin/__main__.py"
    text = program.read_text().replace('committed("agent")', 'committed("agnet")')
    repository.write("__main__.py", text)
    repository.write("Pulumi.dev.yaml", ENCRYPTED)
    repository.inputs = {"stacks": "dev"}

    result = completed(repository.github("preview", "preview", event("opened", fork=True)))

    assert result.failed == ["Gate"]
    assert "No folder 'agnet' is committed here" in result.log
    assert "Traceback" not in result.log


FAILURES = {
    "nothing is written": ("", 1),
    "half a plan is written": ('{"steps": [', 1),
    "no plan is written": ("[]", 1),
    "a plan without the failure is written": ('{"steps": [], "diagnostics": null}', 255),
}


@pytest.mark.parametrize(("written", "code"), FAILURES.values(), ids=FAILURES)
def test_a_failure_replaces_the_old_report(repository: Repository, written: str, code: int) -> None:
    """The comment of a failed preview says so whatever the preview wrote, and the gate refuses.

    That holds for a single stack, too, whose comment is found by that stack's name alone.
    """
    repository.inputs = {"stacks": "acme/prod"}
    repository.set_plan("acme/prod", "02_in_place")
    completed(repository.github("preview", "preview", event("opened")))
    assert "changed in place" in repository.forge.own_bodies[0]

    repository.configure_fake("plans/acme/prod.json", written)
    repository.configure_fake("fails" if code == 1 else "fails-late", "^preview")
    result = completed(repository.github("preview", "preview", event("labeled", "allow-loss")))

    assert result.failed == ["Gate"]
    (comment,) = repository.forge.own_bodies
    assert f"exit code {code}" in comment
    assert "changed in place" not in comment
    assert repository.forge.labels == {"langsmith:failed"}


def test_a_failed_stack_hides_no_other(repository: Repository) -> None:
    """If one stack has no plan, the comment still reports the other one."""
    (repository.folder / "fake/plans/prod.json").unlink()

    result = completed(repository.github("preview", "preview", event("opened")))

    assert result.failed == ["Gate"]
    assert "agents/prod" in repository.forge.own_bodies[0]
    assert "rebuilt and redeployed" in repository.forge.own_bodies[0]


@pytest.mark.parametrize(
    ("action", "passes"),
    [
        pytest.param("synchronize", False, id="not labelled"),
        pytest.param("labeled", True, id="labelled"),
    ],
)
def test_a_report_that_was_cut_is_refused(
    repository: Repository, action: str, *, passes: bool
) -> None:
    """A truncated comment is refused without the label; the job's log shows everything."""
    name = repository.set_plan_of_many("dev", 1500)

    result = completed(repository.github("preview", "preview", event(action, "allow-loss")))

    assert result.failed == ([] if passes else ["Gate"])
    assert name not in repository.forge.own_bodies[0]
    assert (name in result.log) is not passes


@pytest.mark.parametrize(
    "without",
    [
        pytest.param({"fork": True}, id="fork"),
        pytest.param({"author": "dependabot[bot]"}, id="Dependabot"),
    ],
)
def test_forks_are_previewed_offline(repository: Repository, without: dict[str, Any]) -> None:
    """Without secrets the report goes to the summary, names its empty state, and posts nothing."""
    repository.write("Pulumi.dev.yaml", ENCRYPTED)
    repository.write("Pulumi.prod.yaml", ENCRYPTED)

    result = completed(repository.github("preview", "preview", event("opened", **without)))

    assert result.failed == [], result.log
    assert "against an empty state" in result.summary
    assert "2 deployments created" in result.summary
    assert repository.forge.requests == []
    assert repository.calls == []


def test_a_merge_is_brought_up(repository: Repository) -> None:
    """A merged change is brought up as the state is after a refresh."""
    repository.forge.merged = []

    result = completed(repository.github("deploy", "up", {}, name="push", stack="dev"))

    assert result.failed == []
    assert repository.calls == [
        "refresh --yes --skip-preview --non-interactive --stack dev",
        "up --yes --skip-preview --non-interactive --stack dev",
    ]


def test_a_failed_preview_never_goes_up(repository: Repository) -> None:
    """A change that could not be planned is never brought up, even if its plan looks complete."""
    repository.configure_fake("fails-late", "^preview")
    repository.forge.merged = [["allow-loss"]]

    result = completed(repository.github("deploy", "up", {}, name="push", stack="dev"))

    assert result.failed == ["Gate"]
    assert "exit code 255" in result.summary
    assert not any(call.startswith("up ") for call in repository.calls)


def test_the_gate_plans_what_goes_up() -> None:
    """Gate and `up` have the same settings, and neither of them refreshes the state again."""
    steps = {step.get("name"): step for step in load(DEPLOY)["jobs"]["up"]["steps"]}
    assert steps["Gate"]["env"] == steps["Up"]["env"]
    for name in ("Gate", "Up"):
        assert '--stack "$STACK"' in steps[name]["run"]
        assert "--config" not in steps[name]["run"]
        assert "--refresh" not in steps[name]["run"]


@pytest.mark.parametrize(
    ("labels", "goes_up"),
    [
        pytest.param([], False, id="no label"),
        pytest.param(["bug"], False, id="another label"),
        pytest.param(["bug", "allow-loss"], True, id="the label"),
    ],
)
def test_no_replacement_goes_up_unreviewed(
    repository: Repository, labels: list[str], *, goes_up: bool
) -> None:
    """A replacement that no review has allowed stops before anything is lost."""
    repository.set_plan("prod", "04_replacement")
    repository.forge.merged = [labels]

    result = completed(repository.github("deploy", "up", {}, name="push", stack="prod"))

    assert result.failed == ([] if goes_up else ["Gate"])
    assert any(call.startswith("up ") for call in repository.calls) is goes_up


def test_only_a_cancelled_up_is_unlocked(repository: Repository) -> None:
    """The lock of another run is never removed."""
    repository.configure_fake("fails", "^up ")

    result = completed(repository.github("deploy", "up", {}, name="push", stack="dev"))

    assert result.outcomes["Unlock the stack after a cancellation"] == "skipped"


def test_an_environment_comes_and_goes_with_its_request(repository: Repository) -> None:
    """One comment names the branch's URL, then a push that broke it, then its removal."""
    forge = repository.forge
    up = ["stack select --create pr-7", "config cp --stack dev --dest pr-7"]

    completed(repository.github("preview-environment", "up", event("opened")))
    assert repository.calls[:2] == up
    assert repository.calls[2].endswith("--stack pr-7 --config repoRef=feature")
    assert "served at https://agent.example" in forge.own_bodies[0]

    repository.configure_fake("fails", "^up ")
    assert completed(
        repository.github("preview-environment", "up", event("synchronize"))
    ).failed == ["Up"]
    assert "could not be brought up" in forge.own_bodies[0]

    forge.states[7] = "closed"
    repository.configure_fake("stacks", "dev\npr-7\n")
    assert completed(repository.github("preview-environment", "down", event("closed"))).failed == []
    assert repository.calls[-1].endswith("--stack pr-7")
    assert "the deployment is gone" in forge.own_bodies[0]
    assert len(forge.own_bodies) == 1


HOSTILE = (
    "    ::set-output name=url::https://evil.example\n::error::forged\n::add-mask::a\n"
    "some line ##[set-env name=PATH]/evil\n::stop-commands::x\n"
)


@pytest.mark.parametrize(
    ("workflow", "job", "github_event", "name"),
    [
        ("preview", "preview", event("opened"), "pull_request"),
        ("preview-environment", "up", event("opened"), "pull_request"),
        ("preview-environment", "down", event("closed"), "pull_request"),
    ],
    ids=["preview", "up", "down"],
)
def test_no_output_of_a_build_is_executed(
    repository: Repository, workflow: str, job: str, github_event: dict[str, Any], name: str
) -> None:
    """A build log cannot set a URL, an error or a mask."""
    repository.configure_fake("prints", HOSTILE)
    repository.configure_fake("stacks", "pr-7\n")
    repository.forge.states[7] = "closed"
    result = completed(repository.github(workflow, job, github_event, name=name))
    assert "evil" in result.log
    assert result.commands == []
    assert not any("evil" in body for body in repository.forge.own_bodies)


def test_every_step_that_runs_pulumi_stops_commands() -> None:
    """Each step stops the runner's commands before a program or a build prints anything."""
    for path in [*GITHUB, ACTION]:
        workflow = load(path)
        for job in workflow.get("jobs", {"action": workflow.get("runs")}).values():
            for step in job["steps"]:
                script = step.get("run", "")
                if "pulumi " in script and "pip install" not in script:
                    assert "::stop-commands::" in script.partition("pulumi ")[0] or (
                        step["name"] in ("Report", "Comment", "Issue")
                    ), (path.name, step["name"])


STACKS = "dev\nprod\npr-1\npr-12\nacme/pr-121\nold-pr-1\npr-1-copy\nxpr-12\npr-\nacme/npr-1\n"


@pytest.mark.parametrize(
    ("number", "states", "destroyed"),
    [
        pytest.param(1, {1: "closed", 12: "closed"}, ["pr-1"], id="closed"),
        pytest.param(12, {1: "closed", 12: "closed"}, ["pr-12"], id="a longer number"),
        pytest.param(121, {121: "closed"}, ["acme/pr-121"], id="an organisation's stack"),
        pytest.param(1, {1: "open"}, [], id="open"),
        pytest.param(2, {2: "closed"}, [], id="without a stack"),
        pytest.param(
            None,
            {1: "closed", 12: "open", 121: "closed"},
            ["pr-1", "acme/pr-121"],
            id="sweep of two closed",
        ),
        pytest.param(None, {1: "open", 12: "open", 121: "open"}, [], id="sweep of none"),
    ],
)
def test_only_what_is_closed_is_destroyed(
    repository: Repository, number: int | None, states: dict[int, str], destroyed: list[str]
) -> None:
    """Numbers are compared whole: closing 1 keeps 12, and open requests keep their stacks."""
    repository.configure_fake("stacks", STACKS)
    repository.forge.states = states
    github_event = {} if number is None else event("closed", number=number)

    name = "schedule" if number is None else "pull_request"
    result = completed(repository.github("preview-environment", "down", github_event, name=name))

    assert result.failed == [], result.log
    gone = [
        call.split()[-1] for call in repository.calls if call.startswith("destroy --yes --remove")
    ]
    assert gone == destroyed


def test_one_failure_keeps_no_other_from_being_swept(repository: Repository) -> None:
    """A stack that cannot be destroyed, or checked, fails the job after the others are done."""
    repository.configure_fake("stacks", "pr-1\npr-2\npr-3\n")
    repository.configure_fake("fails", "^destroy .*pr-2")
    repository.forge.states = {2: "closed", 3: "closed"}

    result = completed(repository.github("preview-environment", "down", {}, name="schedule"))

    assert result.failed == ["Down"]
    assert repository.calls[-1].endswith("--stack pr-3")
    assert not any("pr-1" in call for call in repository.calls)


@pytest.mark.parametrize("job", ["up", "down"])
@pytest.mark.parametrize("without", [{"fork": True}, {"author": "dependabot[bot]"}])
def test_no_environment_without_secrets(
    repository: Repository, job: str, without: dict[str, Any]
) -> None:
    """A fork gets no deployment, and no failing job."""
    action = "opened" if job == "up" else "closed"
    assert repository.github("preview-environment", job, event(action, **without)) is None


def test_no_secret_is_printed(repository: Repository) -> None:
    """No token and no key is in a log, a summary or a comment."""
    repository.set_plan("prod", "04_replacement")
    repository.forge.states[7] = "closed"
    repository.configure_fake("stacks", "pr-7\n")
    results = [
        repository.github("preview", "preview", event("opened")),
        repository.github("deploy", "up", {}, name="push", stack="dev"),
        repository.github("preview-environment", "up", event("opened")),
        repository.github("preview-environment", "down", event("closed")),
    ]

    shown = json.dumps([(result.log, result.summary) for result in map(completed, results)])
    shown += "".join(repository.forge.own_bodies)
    assert not [secret for secret in (TOKEN, *KEYS.values()) if secret in shown]
