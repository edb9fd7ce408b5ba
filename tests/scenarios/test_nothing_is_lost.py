"""Adoptions, renames and forced replacements lose no deployment, whatever order they come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support.scenario import github

if TYPE_CHECKING:
    from langsmith_pulumi.testing.simulator import Simulator
    from tests.support.engines import Outcome
    from tests.support.scenario import Stage

REPLACE_ON_TRIGGERS = {"replace_on_changes": ["triggers"]}


def make_by_hand(simulator: Simulator, name: str = "agent") -> str:
    """Make a deployment as somebody else would; return its id."""
    body = {**github(), "name": name, "secrets": [{"name": "OPENAI_API_KEY", "value": "theirs"}]}
    made = httpx.post(
        f"{simulator.url}/v2/deployments", headers={"X-Api-Key": simulator.api_key}, json=body
    )
    return str(made.raise_for_status().json()["id"])


def urn(stage: Stage, kind: str = "Deployment") -> str:
    return next(str(entry["urn"]) for entry in stage.engine.state() if entry["type"].endswith(kind))


def refuses(outcome: Outcome, *parts: str) -> None:
    """Assert that an operation failed with one error that says all of this."""
    assert not outcome.ok
    assert any(all(part in error for part in parts) for error in outcome.errors), outcome.errors
    assert "Traceback" not in outcome.text


def writes(simulator: Simulator) -> list[str]:
    return [one.method for one in simulator.requests if one.method != "GET"]


def live(simulator: Simulator) -> dict[str, str]:
    return {str(one["id"]): name for name, one in simulator.deployments().items()}


def adopted(stage: Stage, **arguments: Any) -> str:
    """Bring up a program that adopts `agent`; return the deployment's id."""
    identifier = make_by_hand(stage.simulator)
    stage.write({"agent": github(**arguments, opts={"import_": identifier})})
    assert stage.engine.up().ok
    stage.simulator.clear_requests()
    return identifier


@pytest.mark.parametrize("delete_first", [None, True, False])
@pytest.mark.parametrize("permitted", [True, False])
def test_an_adopted_deployment_is_not_replaced_by_an_option(
    stage: Stage, *, delete_first: bool | None, permitted: bool
) -> None:
    """The preview refuses, before any request, as long as import_ names it; so does `up`."""
    identifier = adopted(stage, triggers={"n": 1})
    opts: dict[str, Any] = {"import_": identifier, **REPLACE_ON_TRIGGERS}
    if delete_first is not None:
        opts["delete_before_replace"] = delete_first
    stage.write({"agent": github(triggers={"n": 2}, delete_tracing_project=permitted, opts=opts)})
    refuses(stage.engine.preview(), "import_", identifier, "Remove import_")
    assert stage.simulator.requests == []
    refuses(stage.engine.up(), "import_", identifier)
    assert writes(stage.simulator) == []
    assert live(stage.simulator) == {identifier: "agent"}


@pytest.mark.parametrize("delete_first", [None, True])
def test_a_replacement_by_an_option_deletes_first(stage: Stage, *, delete_first: bool) -> None:
    """Under the same name the old one goes first, whether the program says so or not."""
    stage.write({"agent": github(triggers={"n": 1})})
    assert stage.engine.up().ok
    [before] = live(stage.simulator)
    opts = {**REPLACE_ON_TRIGGERS, "delete_before_replace": delete_first}
    stage.write({"agent": github(triggers={"n": 2}, delete_tracing_project=True, opts=opts)})
    preview = stage.engine.preview()
    assert preview.ops == {"Deployment agent": "replace", "Rollout agent": "replace"}
    stage.simulator.clear_requests()
    outcome = stage.engine.up()
    assert outcome.ok, outcome.errors
    assert writes(stage.simulator) == ["DELETE", "POST"]
    assert list(live(stage.simulator).values()) == ["agent"]
    assert before not in live(stage.simulator)
    assert stage.engine.preview().ops == {}


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
    stage: Stage, opts: dict[str, Any], *, permitted: bool, parts: tuple[str, ...]
) -> None:
    """It would end in a taken name, with or without the loss of the old one."""
    stage.write({"agent": github(triggers={"n": 1})})
    assert stage.engine.up().ok
    before = live(stage.simulator)
    stage.simulator.clear_requests()
    stage.write({"agent": github(triggers={"n": 2}, delete_tracing_project=permitted, opts=opts)})
    refuses(stage.engine.preview(), *parts)
    refuses(stage.engine.up(), *parts)
    assert stage.simulator.requests == []
    assert live(stage.simulator) == before


def test_a_fixed_field_of_a_retained_deployment_needs_another_name(stage: Stage) -> None:
    """What is retained keeps its name, so a replacement under it is refused at preview."""
    stage.write({"agent": github(opts={"retain_on_delete": True})})
    assert stage.engine.up().ok
    changed = github(
        source_config__deployment_type="prod",
        delete_tracing_project=True,
        opts={"retain_on_delete": True},
    )
    stage.write({"agent": changed})
    refuses(stage.engine.preview(), "retain_on_delete")


@pytest.mark.parametrize("imported", [False, True])
def test_a_renamed_resource_takes_its_deployment_over(stage: Stage, *, imported: bool) -> None:
    """Following the advice of the 409, the old resource goes and the deployment stays."""
    if imported:
        identifier = adopted(stage)
    else:
        stage.write({"agent": github()})
        assert stage.engine.up().ok
        [identifier] = live(stage.simulator)
    stage.write({"renamed": github(name="agent", opts={"import_": identifier})})
    assert stage.engine.preview().ok
    stage.simulator.clear_requests()
    outcome = stage.engine.up()
    assert outcome.ok, outcome.errors
    assert "DELETE" not in writes(stage.simulator)
    assert live(stage.simulator) == {identifier: "agent"}
    assert "left alone" in outcome.text
    assert stage.engine.preview().ops == {}
    stage.write({"renamed": github(name="agent")})
    assert stage.engine.preview().ops == {}
    assert stage.engine.up().ok
    assert stage.engine.destroy().ok
    assert live(stage.simulator) == {}


def test_the_advice_on_a_taken_name_knows_of_renames(stage: Stage) -> None:
    """The deployment in the way may be in this very stack, under another resource name."""
    stage.write({"agent": github()})
    assert stage.engine.up().ok
    stage.write({"renamed": github(name="agent")})
    outcome = stage.engine.up()
    refuses(outcome, "aliases", "pulumi state rename", "import_", "may be removed")
    assert list(live(stage.simulator).values()) == ["agent"]


@pytest.mark.parametrize("workspace", [{}, {"workspace_id": True}])
def test_two_resources_cannot_adopt_one_deployment(stage: Stage, workspace: dict[str, Any]) -> None:
    """Removing either would delete what the other manages."""
    identifier = make_by_hand(stage.simulator)
    deployment = stage.simulator.deployment("agent")
    named = {"workspace_id": deployment["tenant_id"]} if workspace else {}
    opts = {"import_": identifier}
    stage.write(
        {"one": github(name="agent", opts=opts), "two": github(name="agent", **named, opts=opts)}
    )
    refuses(stage.engine.preview(), "'one'", "adopted")


@pytest.mark.parametrize("adopter_first", [False, True])
def test_what_a_resource_manages_another_cannot_adopt(stage: Stage, *, adopter_first: bool) -> None:
    """Whichever of the two comes first in the program."""
    stage.write({"agent": github()})
    assert stage.engine.up().ok
    [identifier] = live(stage.simulator)
    stage.simulator.clear_requests()
    workspace = stage.simulator.deployment("agent")["tenant_id"]
    other = github(name="agent", workspace_id=workspace, opts={"import_": identifier})
    both = {"agent": github(), "other": other}
    order = ["other", "agent"] if adopter_first else ["agent", "other"]
    stage.write({name: both[name] for name in order})
    refuses(stage.engine.preview(), identifier)
    assert writes(stage.simulator) == []


@pytest.mark.parametrize("delete_first", [None, True])
def test_replace_of_an_adopted_deployment_is_refused(
    stage: Stage, *, delete_first: bool | None
) -> None:
    """`pulumi up --replace` asks no provider; the rollout tells."""
    engine = stage.engine
    identifier = adopted(stage, delete_tracing_project=True)
    opts = {"import_": identifier, "delete_before_replace": delete_first}
    stage.write({"agent": github(delete_tracing_project=True, opts=opts)})
    refuses(engine.preview(replace=(urn(stage),)), "import_", identifier)
    # It looks like a first adoption until its rollout is compared, so the plan's one read is sent.
    sent = [(one.method, one.path) for one in stage.simulator.requests]
    assert sent in ([], [("GET", f"/v2/deployments/{identifier}")])
    engine.up(replace=(urn(stage),))
    assert "DELETE" not in writes(stage.simulator)
    assert live(stage.simulator) == {identifier: "agent"}
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
    stage: Stage, opts: dict[str, Any], *, permitted: bool, parts: tuple[str, ...]
) -> None:
    """Nothing is deleted whose name would stay taken."""
    engine = stage.engine
    program = {"agent": github(delete_tracing_project=permitted, opts=opts)}
    stage.write(program)
    assert engine.up().ok
    before = live(stage.simulator)
    stage.simulator.clear_requests()
    refuses(engine.preview(replace=(urn(stage),)), *parts)
    assert stage.simulator.requests == []
    engine.up(replace=(urn(stage),))
    assert "DELETE" not in writes(stage.simulator)
    assert live(stage.simulator) == before
    assert engine.preview().ops == {}


def test_replace_that_can_succeed_does(stage: Stage) -> None:
    """With the permission and the order, `--replace` makes a new deployment of that name."""
    engine = stage.engine
    opts = {"delete_before_replace": True}
    stage.write({"agent": github(delete_tracing_project=True, opts=opts)})
    assert engine.up().ok
    before = live(stage.simulator)
    preview = engine.preview(replace=(urn(stage),))
    assert preview.ops == {"Deployment agent": "replace", "Rollout agent": "replace"}
    outcome = engine.up(replace=(urn(stage),))
    assert outcome.ok, outcome.errors
    assert list(live(stage.simulator).values()) == ["agent"]
    assert not before.keys() & live(stage.simulator).keys()
    assert engine.preview().ops == {}


def test_replace_after_a_rename_is_refused_at_preview_too(stage: Stage) -> None:
    """The state of a renamed rollout names the old row; the deployment's name tells then."""
    stage.write({"agent": github()})
    assert stage.engine.up().ok
    opts = {"aliases": [{"name": "agent"}], "delete_before_replace": True}
    stage.write({"renamed": github(name="agent", opts=opts)})
    assert stage.engine.up().ok
    before = live(stage.simulator)
    stage.simulator.clear_requests()
    refuses(stage.engine.preview(replace=(urn(stage),)), "delete_tracing_project")
    assert not stage.engine.up(replace=(urn(stage),)).ok
    assert writes(stage.simulator) == []
    assert live(stage.simulator) == before
