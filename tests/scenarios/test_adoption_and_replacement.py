"""Adoptions, renames and forced replacements lose no deployment, whatever order they come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support.scenario import github

if TYPE_CHECKING:
    from langsmith_pulumi.testing.simulator import Simulator
    from tests.support.engines import OperationResult
    from tests.support.scenario import ScenarioRunner

REPLACE_ON_TRIGGERS = {"replace_on_changes": ["triggers"]}


def create_outside(simulator: Simulator, name: str = "agent") -> str:
    """Make a deployment as somebody else would; return its id."""
    body = {**github(), "name": name, "secrets": [{"name": "OPENAI_API_KEY", "value": "theirs"}]}
    made = httpx.post(
        f"{simulator.url}/v2/deployments", headers={"X-Api-Key": simulator.api_key}, json=body
    )
    return str(made.raise_for_status().json()["id"])


def urn(runner: ScenarioRunner, kind: str = "Deployment") -> str:
    return next(
        str(entry["urn"]) for entry in runner.engine.state() if entry["type"].endswith(kind)
    )


def assert_refused(outcome: OperationResult, *parts: str) -> None:
    """Assert that an operation failed with one error that says all of this."""
    assert not outcome.ok
    assert any(all(part in error for part in parts) for error in outcome.errors), outcome.errors
    assert "Traceback" not in outcome.text


def writes(simulator: Simulator) -> list[str]:
    return [one.method for one in simulator.requests if one.method != "GET"]


def live(simulator: Simulator) -> dict[str, str]:
    return {str(one["id"]): name for name, one in simulator.deployments().items()}


def set_up_adopted(runner: ScenarioRunner, **arguments: Any) -> str:
    """Bring up a program that adopts `agent`; return the deployment's id."""
    identifier = create_outside(runner.simulator)
    runner.write({"agent": github(**arguments, opts={"import_": identifier})})
    assert runner.engine.up().ok
    runner.simulator.clear_requests()
    return identifier


@pytest.mark.parametrize("delete_first", [None, True, False])
@pytest.mark.parametrize("permitted", [True, False])
def test_an_adopted_deployment_is_not_replaced_by_an_option(
    runner: ScenarioRunner, *, delete_first: bool | None, permitted: bool
) -> None:
    """The preview refuses, before any request, as long as import_ names it; so does `up`."""
    identifier = set_up_adopted(runner, triggers={"n": 1})
    opts: dict[str, Any] = {"import_": identifier, **REPLACE_ON_TRIGGERS}
    if delete_first is not None:
        opts["delete_before_replace"] = delete_first
    runner.write({"agent": github(triggers={"n": 2}, delete_tracing_project=permitted, opts=opts)})
    assert_refused(runner.engine.preview(), "import_", identifier, "Remove import_")
    assert runner.simulator.requests == []
    assert_refused(runner.engine.up(), "import_", identifier)
    assert writes(runner.simulator) == []
    assert live(runner.simulator) == {identifier: "agent"}


@pytest.mark.parametrize("delete_first", [None, True])
def test_a_replacement_by_an_option_deletes_first(
    runner: ScenarioRunner, *, delete_first: bool
) -> None:
    """Under the same name the old one goes first, whether the program says so or not."""
    runner.write({"agent": github(triggers={"n": 1})})
    assert runner.engine.up().ok
    [before] = live(runner.simulator)
    opts = {**REPLACE_ON_TRIGGERS, "delete_before_replace": delete_first}
    runner.write({"agent": github(triggers={"n": 2}, delete_tracing_project=True, opts=opts)})
    preview = runner.engine.preview()
    assert preview.ops == {"Deployment agent": "replace", "Rollout agent": "replace"}
    runner.simulator.clear_requests()
    outcome = runner.engine.up()
    assert outcome.ok, outcome.errors
    assert writes(runner.simulator) == ["DELETE", "POST"]
    assert list(live(runner.simulator).values()) == ["agent"]
    assert before not in live(runner.simulator)
    assert runner.engine.preview().ops == {}


@pytest.mark.parametrize(
    ("opts", "permitted", "parts"),
    [
        (REPLACE_ON_TRIGGERS, False, ("delete_tracing_project",)),
        ({**REPLACE_ON_TRIGGERS, "retain_on_delete": True}, True, ("retain_on_delete", "name")),
        (
            {**REPLACE_ON_TRIGGERS, "delete_before_replace": False},
            True,
            ("delete_before_replace", "True"),
        ),
    ],
    ids=["without permission", "retained", "made first"],
)
def test_a_replacement_that_cannot_succeed_is_refused_at_preview(
    runner: ScenarioRunner, opts: dict[str, Any], *, permitted: bool, parts: tuple[str, ...]
) -> None:
    """It would end in a taken name, with or without the loss of the old one."""
    runner.write({"agent": github(triggers={"n": 1})})
    assert runner.engine.up().ok
    before = live(runner.simulator)
    runner.simulator.clear_requests()
    runner.write({"agent": github(triggers={"n": 2}, delete_tracing_project=permitted, opts=opts)})
    assert_refused(runner.engine.preview(), *parts)
    assert_refused(runner.engine.up(), *parts)
    assert runner.simulator.requests == []
    assert live(runner.simulator) == before


def test_a_fixed_field_of_a_retained_deployment_needs_another_name(runner: ScenarioRunner) -> None:
    """What is retained keeps its name, so a replacement under it is refused at preview."""
    runner.write({"agent": github(opts={"retain_on_delete": True})})
    assert runner.engine.up().ok
    changed = github(
        source_config__deployment_type="prod",
        delete_tracing_project=True,
        opts={"retain_on_delete": True},
    )
    runner.write({"agent": changed})
    assert_refused(runner.engine.preview(), "retain_on_delete")


@pytest.mark.parametrize("imported", [False, True])
def test_a_renamed_resource_takes_its_deployment_over(
    runner: ScenarioRunner, *, imported: bool
) -> None:
    """Following the advice of the 409, the old resource goes and the deployment stays."""
    if imported:
        identifier = set_up_adopted(runner)
    else:
        runner.write({"agent": github()})
        assert runner.engine.up().ok
        [identifier] = live(runner.simulator)
    runner.write({"renamed": github(name="agent", opts={"import_": identifier})})
    assert runner.engine.preview().ok
    runner.simulator.clear_requests()
    outcome = runner.engine.up()
    assert outcome.ok, outcome.errors
    assert "DELETE" not in writes(runner.simulator)
    assert live(runner.simulator) == {identifier: "agent"}
    assert "left alone" in outcome.text
    assert runner.engine.preview().ops == {}
    runner.write({"renamed": github(name="agent")})
    assert runner.engine.preview().ops == {}
    assert runner.engine.up().ok
    assert runner.engine.destroy().ok
    assert live(runner.simulator) == {}


def test_the_advice_on_a_taken_name_knows_of_renames(runner: ScenarioRunner) -> None:
    """The deployment in the way may be in this very stack, under another resource name."""
    runner.write({"agent": github()})
    assert runner.engine.up().ok
    runner.write({"renamed": github(name="agent")})
    outcome = runner.engine.up()
    assert_refused(outcome, "aliases", "pulumi state rename", "import_", "may be removed")
    assert list(live(runner.simulator).values()) == ["agent"]


@pytest.mark.parametrize("workspace", [{}, {"workspace_id": True}])
def test_two_resources_cannot_adopt_one_deployment(
    runner: ScenarioRunner, workspace: dict[str, Any]
) -> None:
    """Removing either would delete what the other manages."""
    identifier = create_outside(runner.simulator)
    deployment = runner.simulator.deployment("agent")
    named = {"workspace_id": deployment["tenant_id"]} if workspace else {}
    opts = {"import_": identifier}
    runner.write(
        {"one": github(name="agent", opts=opts), "two": github(name="agent", **named, opts=opts)}
    )
    assert_refused(runner.engine.preview(), "'one'", "adopted")


@pytest.mark.parametrize("adopter_first", [False, True])
def test_what_a_resource_manages_another_cannot_adopt(
    runner: ScenarioRunner, *, adopter_first: bool
) -> None:
    """Whichever of the two comes first in the program."""
    runner.write({"agent": github()})
    assert runner.engine.up().ok
    [identifier] = live(runner.simulator)
    runner.simulator.clear_requests()
    workspace = runner.simulator.deployment("agent")["tenant_id"]
    other = github(name="agent", workspace_id=workspace, opts={"import_": identifier})
    both = {"agent": github(), "other": other}
    order = ["other", "agent"] if adopter_first else ["agent", "other"]
    runner.write({name: both[name] for name in order})
    assert_refused(runner.engine.preview(), identifier)
    assert writes(runner.simulator) == []


@pytest.mark.parametrize("delete_first", [None, True])
def test_replace_of_an_adopted_deployment_is_refused(
    runner: ScenarioRunner, *, delete_first: bool | None
) -> None:
    """`pulumi up --replace` asks no provider; the rollout tells."""
    engine = runner.engine
    identifier = set_up_adopted(runner, delete_tracing_project=True)
    opts = {"import_": identifier, "delete_before_replace": delete_first}
    runner.write({"agent": github(delete_tracing_project=True, opts=opts)})
    assert_refused(engine.preview(replace=(urn(runner),)), "import_", identifier)
    # It looks like a first adoption until its rollout is compared, so the plan's one read is sent.
    sent = [(one.method, one.path) for one in runner.simulator.requests]
    assert sent in ([], [("GET", f"/v2/deployments/{identifier}")])
    engine.up(replace=(urn(runner),))
    assert "DELETE" not in writes(runner.simulator)
    assert live(runner.simulator) == {identifier: "agent"}
    assert engine.preview().ops == {}


@pytest.mark.parametrize(
    ("opts", "permitted", "parts"),
    [
        ({}, True, ("delete_before_replace", "True")),
        ({"delete_before_replace": True}, False, ("delete_tracing_project",)),
        ({"delete_before_replace": True, "retain_on_delete": True}, True, ("retain_on_delete",)),
    ],
    ids=["made first", "without permission", "retained"],
)
def test_replace_that_cannot_succeed_is_refused_at_preview(
    runner: ScenarioRunner, opts: dict[str, Any], *, permitted: bool, parts: tuple[str, ...]
) -> None:
    """Nothing is deleted whose name would stay taken."""
    engine = runner.engine
    program = {"agent": github(delete_tracing_project=permitted, opts=opts)}
    runner.write(program)
    assert engine.up().ok
    before = live(runner.simulator)
    runner.simulator.clear_requests()
    assert_refused(engine.preview(replace=(urn(runner),)), *parts)
    assert runner.simulator.requests == []
    engine.up(replace=(urn(runner),))
    assert "DELETE" not in writes(runner.simulator)
    assert live(runner.simulator) == before
    assert engine.preview().ops == {}


def test_replace_that_can_succeed_does(runner: ScenarioRunner) -> None:
    """With the permission and the order, `--replace` makes a new deployment of that name."""
    engine = runner.engine
    opts = {"delete_before_replace": True}
    runner.write({"agent": github(delete_tracing_project=True, opts=opts)})
    assert engine.up().ok
    before = live(runner.simulator)
    preview = engine.preview(replace=(urn(runner),))
    assert preview.ops == {"Deployment agent": "replace", "Rollout agent": "replace"}
    outcome = engine.up(replace=(urn(runner),))
    assert outcome.ok, outcome.errors
    assert list(live(runner.simulator).values()) == ["agent"]
    assert not before.keys() & live(runner.simulator).keys()
    assert engine.preview().ops == {}


def test_replace_after_a_rename_is_refused_at_preview_too(runner: ScenarioRunner) -> None:
    """The state of a renamed rollout names the old row; the deployment's name tells then."""
    runner.write({"agent": github()})
    assert runner.engine.up().ok
    opts = {"aliases": [{"name": "agent"}], "delete_before_replace": True}
    runner.write({"renamed": github(name="agent", opts=opts)})
    assert runner.engine.up().ok
    before = live(runner.simulator)
    runner.simulator.clear_requests()
    assert_refused(runner.engine.preview(replace=(urn(runner),)), "delete_tracing_project")
    assert not runner.engine.up(replace=(urn(runner),)).ok
    assert writes(runner.simulator) == []
    assert live(runner.simulator) == before
