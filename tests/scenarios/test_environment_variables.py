"""Environment variables in clear, beside the secrets: one set of the service, two maps here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from langsmith_pulumi.review import review
from tests.support.scenario import (
    CANARY,
    CREATE,
    IN_PLACE,
    NOTHING,
    REPLACE,
    REVISION,
    Scenario,
    Step,
    github,
    leaks,
)

if TYPE_CHECKING:
    from langsmith_pulumi.testing.simulator import Simulator
    from tests.support.engines import OperationResult
    from tests.support.scenario import ScenarioRunner

KEY = {"OPENAI_API_KEY": CANARY}
ID = "6f6c7b7e-0d5d-4a8c-9a52-6f5b7e9a1c99"


def agent(
    plain: Any = None, secrets: Any = None, opts: dict[str, Any] | None = None, **changes: Any
) -> dict[str, dict[str, Any]]:
    """Return a program of one deployment with these maps of variables."""
    arguments = github(secrets=None, **changes)
    maps = {"environment_variables": plain, "secrets": secrets, "opts": opts}
    return {"agent": {**arguments, **{key: one for key, one in maps.items() if one is not None}}}


def sets(**variables: str) -> Any:
    """Return an act by which somebody sets the live variables, all of them."""
    return lambda simulator: simulator.drift("agent", secrets=listed(variables))


def listed(variables: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in variables.items()]


def live(simulator: Simulator) -> dict[str, str]:
    """Return the live variables."""
    return {one["name"]: one["value"] for one in simulator.deployment("agent")["secrets"]}


def up(runner: ScenarioRunner, program: dict[str, Any]) -> None:
    """Bring a program up and forget the requests of it."""
    runner.write(program)
    result = runner.engine.up()
    assert result.ok, result.errors
    assert leaks(result.text) == []
    runner.simulator.clear_requests()


def recorded(runner: ScenarioRunner) -> dict[str, Any]:
    """Return the deployment's outputs in the state."""
    [found] = [one for one in runner.engine.state() if one["type"].endswith(":Deployment")]
    return dict(found["outputs"])


def plan_of(result: OperationResult) -> Any:
    """Return the plan of a preview."""
    return json.JSONDecoder().raw_decode(result.text)[0]


def reported(result: OperationResult, format_: str = "text") -> str:
    """Return the report of a preview."""
    report = review([("plan", plan_of(result))], format=format_).text
    assert leaks(report) == []
    return report


SCENARIOS = [
    Scenario(
        "both maps are sent as one set",
        [
            Step(
                agent({"LOG_LEVEL": "info"}, {"OPENAI_API_KEY": CANARY}),
                CREATE,
                ["POST"],
                live={"secrets": listed({"LOG_LEVEL": "info", "OPENAI_API_KEY": CANARY})},
            ),
            Step(
                agent({"LOG_LEVEL": "debug"}, {"OPENAI_API_KEY": CANARY}),
                REVISION,
                ["PATCH"],
                live={"secrets": listed({"LOG_LEVEL": "debug", "OPENAI_API_KEY": CANARY})},
            ),
            Step(
                agent({"LOG_LEVEL": "debug"}, {"OPENAI_API_KEY": CANARY + "2"}),
                REVISION,
                ["PATCH"],
            ),
            Step(
                agent(None, {"OPENAI_API_KEY": CANARY + "2"}),
                REVISION,
                ["PATCH"],
                live={"secrets": listed({"OPENAI_API_KEY": CANARY + "2"})},
            ),
        ],
    ),
    Scenario(
        "plain variables alone own the whole set",
        [
            Step(agent(None), CREATE, ["POST"]),
            Step(agent({"A": "1", "B": "2"}), REVISION, ["PATCH"]),
            Step(agent({"A": "1"}), REVISION, ["PATCH"], live={"secrets": listed({"A": "1"})}),
            Step(
                agent({"A": "1"}),
                REVISION,
                ["PATCH"],
                before=sets(A="1", ADDED=CANARY),
                refresh=True,
                live={"secrets": listed({"A": "1"})},
            ),
            Step(
                agent({"A": "1"}),
                REVISION,
                ["PATCH"],
                before=sets(OTHER="other"),
                refresh=True,
                live={"secrets": listed({"A": "1"})},
            ),
            Step(agent({}), NOTHING, preview_error="environment_variables.* "),
            Step(agent(None), IN_PLACE, [], live={"secrets": listed({"A": "1"})}),
        ],
    ),
    Scenario(
        "a name moves between the maps without a request",
        [
            Step(agent({"A": "1"}, KEY), CREATE, ["POST"]),
            Step(agent(None, {**KEY, "A": "1"}), IN_PLACE, [], reads=0),
            Step(agent({"A": "1"}, KEY), IN_PLACE, [], reads=0),
            Step(agent({"A": "2"}, KEY), REVISION, ["PATCH"]),
            Step(agent(None, {**KEY, "A": "3"}), REVISION, ["PATCH"]),
            Step(agent({"A": "4"}, KEY), REVISION, ["PATCH"]),
        ],
    ),
    Scenario(
        "the last secret moves",
        [
            Step(agent(None, {"A": "1"}), CREATE, ["POST"]),
            Step(agent({"A": "1"}), IN_PLACE, [], reads=0),
            Step(agent({}, {"A": "1"}), IN_PLACE, [], reads=0),
        ],
    ),
    Scenario(
        "a replacement sends both maps",
        [
            Step(agent({"A": "1"}, KEY), CREATE, ["POST"]),
            Step(
                agent({"A": "1"}, KEY, name="agent-two"),
                REPLACE,
                ["POST", "DELETE"],
            ),
        ],
    ),
    Scenario(
        "replace_on_changes names one variable",
        [
            Step(agent({"A": "1", "B": "1"}, delete_tracing_project=True), CREATE, ["POST"]),
            Step(
                agent(
                    {"A": "1", "B": "2"},
                    None,
                    {"replace_on_changes": ["environment_variables.A"]},
                    delete_tracing_project=True,
                ),
                REVISION,
                ["PATCH"],
            ),
            Step(
                agent(
                    {"A": "2", "B": "2"},
                    None,
                    {"replace_on_changes": ["environment_variables.A"]},
                    delete_tracing_project=True,
                ),
                REPLACE,
                ["DELETE", "POST"],
                live={"secrets": listed({"A": "2", "B": "2"})},
            ),
        ],
    ),
    Scenario(
        "a lost answer is recognized by both maps",
        [
            Step(agent({"A": "1"}, KEY), CREATE, ["POST"]),
            Step(
                agent({"A": "2"}, KEY),
                REVISION,
                ["PATCH"],
                before=lambda simulator: simulator.fail("PATCH", "*", "drop_response"),
            ),
        ],
    ),
    Scenario(
        "the URL of another deployment is a plain value",
        [
            Step(
                {"tool": github(), **agent({"TOOL_URL": {"output": ["tool", "url"]}})},
                {
                    "Deployment tool": "create",
                    "Rollout tool": "create",
                    "Deployment agent": "create",
                    "Rollout agent": "create",
                },
                ["POST", "POST"],
            ),
        ],
    ),
]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_two_maps_are_one_set(scenario: Scenario, runner: ScenarioRunner) -> None:
    """Each step does what its plan says and no more, and leaves nothing to do and no secret."""
    for step in scenario.steps:
        runner.run(step)


def test_values_are_in_clear_in_state_plan_and_report(runner: ScenarioRunner) -> None:
    """A reviewer reads the old and the new value of a variable that the program gives in clear."""
    up(runner, agent({"LOG_LEVEL": "info"}, KEY))
    assert recorded(runner)["environment_variables"] == {"LOG_LEVEL": "info"}
    runner.write(agent({"LOG_LEVEL": "debug"}, KEY))
    preview = runner.engine.preview()
    assert '"LOG_LEVEL": "debug"' in preview.text
    assert "LOG_LEVEL: info → debug" in reported(preview)
    [change] = json.loads(reported(preview, "json"))["stacks"][0]["deployments"]
    assert change["kind"] == "revision"
    assert change["secrets"] == []
    assert change["fields"] == [
        {
            "path": "environment_variables.LOG_LEVEL",
            "impact": "revision",
            "before": {"state": "set", "value": "info"},
            "after": {"state": "set", "value": "debug"},
            "drift": False,
        }
    ]


def test_a_move_is_reported_and_the_state_follows(runner: ScenarioRunner) -> None:
    """A name that becomes visible stands in clear; one that becomes secret leaves no clear text."""
    value = "moving-0123456789"
    up(runner, agent(None, {**KEY, "REGION": value}))
    assert value not in json.dumps(runner.engine.state())
    runner.write(agent({"REGION": value}, KEY))
    preview = runner.engine.preview()
    assert preview.ops == {"Deployment agent": "update"}
    assert "REGION moves out of secrets: visible from now on" in reported(preview)
    [change] = json.loads(reported(preview, "json"))["stacks"][0]["deployments"]
    assert change["moved"] == [{"name": "REGION", "to": "environment_variables"}]
    assert (change["kind"], change["fields"], change["secrets"]) == ("in place", [], [])
    up(runner, agent({"REGION": value}, KEY))
    assert recorded(runner)["environment_variables"] == {"REGION": value}
    runner.write(agent(None, {**KEY, "REGION": value}))
    assert "REGION moves to secrets: hidden from now on" in reported(runner.engine.preview())
    up(runner, agent(None, {**KEY, "REGION": value}))
    assert value not in json.dumps(runner.engine.state())


@pytest.mark.parametrize(
    ("plain", "path"),
    [
        ({"TOKEN": {"secret": CANARY}}, "environment_variables.TOKEN"),
        ({"TOKEN": {"secret": None}}, "environment_variables.TOKEN"),
        ({"later": {"TOKEN": CANARY, "A": {"secret": "x"}}}, "environment_variables."),
        ({"secret": {"TOKEN": CANARY}}, "environment_variables.*"),
    ],
    ids=["value", "no value", "output of a map with one", "secret map"],
)
def test_a_secret_value_is_refused(
    runner: ScenarioRunner, plain: dict[str, Any], path: str
) -> None:
    """A secret of the program never gets into the plain map, and the error says where to put it."""
    up(runner, agent(None, KEY))
    runner.write(agent(plain))
    for result in (runner.engine.preview(), runner.engine.up()):
        assert not result.ok
        assert any(path in one and "secrets=" in one for one in result.errors), result.errors
        assert leaks(result.text + json.dumps(runner.engine.state())) == []
    assert live(runner.simulator) == KEY


def test_a_value_that_turns_out_secret_during_up_is_refused(runner: ScenarioRunner) -> None:
    """It is unknown in the preview, and refused before any request of the deployment."""
    hidden = {"TOKEN": {"after": ["tool", CANARY]}}
    runner.write({"tool": github(), **agent({"TOKEN": {"secret": hidden["TOKEN"]}})})
    result = runner.engine.up()
    assert not result.ok
    assert list(runner.simulator.deployments()) in ([], ["tool"])
    assert leaks(result.text + json.dumps(runner.engine.state())) == []


REFUSED: list[tuple[dict[str, Any], dict[str, Any] | None, str, str]] = [
    ({"OPENAI_API_KEY": "x"}, KEY, "environment_variables.OPENAI_API_KEY", "secrets too"),
    ({"A": None}, None, "environment_variables.A", "None"),
    ({"A": {"later": None}}, None, "environment_variables.A", "None"),
    ({"later": {"A": None}}, None, "environment_variables.A", "None"),
    ({"A": ""}, None, "environment_variables.A", "must not be empty"),
    ({"POSTGRES_URI": "x"}, None, "environment_variables.POSTGRES_URI", "reserved"),
    ({"NUMBER": 8080}, None, "environment_variables.NUMBER", "string"),
]


@pytest.mark.parametrize(("plain", "secrets", "path", "words"), REFUSED)
def test_a_wrong_variable_is_refused_by_name(
    runner: ScenarioRunner,
    plain: dict[str, Any],
    secrets: dict[str, Any] | None,
    path: str,
    words: str,
) -> None:
    """The rules for secrets hold for plain variables, and a name stands in one map only."""
    runner.write(agent(plain, secrets))
    preview = runner.engine.preview()
    assert not preview.ok
    assert any(path in one and words in one for one in preview.errors), preview.errors
    assert runner.simulator.requests == []


def test_drift_of_a_plain_variable_shows_its_live_value(runner: ScenarioRunner) -> None:
    """A variable that the program gives in clear is shown as it is live; others by name alone."""
    program = agent({"LOG_LEVEL": "info"}, KEY)
    up(runner, program)
    sets(LOG_LEVEL="trace", OPENAI_API_KEY="by hand", ADDED="their-own-0123")(runner.simulator)
    assert runner.engine.refresh().ok
    runner.simulator.clear_requests()
    preview = runner.engine.preview()
    report = reported(preview)
    assert "LOG_LEVEL: trace → info" in report
    assert "secret ADDED: removed" in report
    assert "secret OPENAI_API_KEY: changed" in report
    state = json.dumps(runner.engine.state())
    assert "their-own" not in preview.text + state
    assert "by hand" not in preview.text + state
    up(runner, program)
    assert live(runner.simulator) == {"LOG_LEVEL": "info", **KEY}
    assert runner.engine.preview().ops == {}


def test_a_secret_that_somebody_puts_into_a_plain_variable_stays_hidden(
    runner: ScenarioRunner,
) -> None:
    """The live value of a plain variable is not shown if it holds one of the program's secrets."""
    program = agent({"LOG_LEVEL": "info"}, KEY)
    runner.run(Step(program, CREATE, ["POST"]))
    runner.run(
        Step(
            program,
            REVISION,
            ["PATCH"],
            before=sets(LOG_LEVEL=f"x {CANARY}", **KEY),
            refresh=True,
        )
    )


@pytest.mark.parametrize(
    ("ignored", "kept"),
    [
        ("environment_variables.LOG_LEVEL", {"LOG_LEVEL"}),
        ('environment_variables["LOG_LEVEL"]', {"LOG_LEVEL"}),
        ("environment_variables", {"LOG_LEVEL", "ADDED"}),
        ("secrets", {"OPENAI_API_KEY", "ADDED"}),
        ("secrets.OPENAI_API_KEY", {"OPENAI_API_KEY"}),
    ],
)
@pytest.mark.parametrize("refreshed", [True, False])
def test_ignored_variables_stay_as_they_are_live(
    runner: ScenarioRunner, ignored: str, kept: set[str], *, refreshed: bool
) -> None:
    """A change of the other map, which is sent as one set, carries the live values along."""
    opts = {"ignore_changes": [ignored]}
    wanted = {"LOG_LEVEL": "info", "OPENAI_API_KEY": "mine-0123"}
    theirs = {"LOG_LEVEL": "trace", "OPENAI_API_KEY": "rotated-0123", "ADDED": "added-0123"}
    up(runner, agent({"LOG_LEVEL": "info", "A": "1"}, {"OPENAI_API_KEY": "mine-0123", "B": "1"}))
    sets(**theirs, A="1", B="1")(runner.simulator)
    if refreshed:
        assert runner.engine.refresh().ok
    plain, secrets = {"LOG_LEVEL": "info", "A": "2"}, {"OPENAI_API_KEY": "mine-0123", "B": "2"}
    expected = {name: theirs[name] if name in kept else wanted.get(name) for name in theirs}
    expected |= {"A": "2", "B": "2"}
    if ignored == "environment_variables":
        expected["A"] = "1"
    if ignored == "secrets":
        expected["B"] = "1"
    up(runner, agent(plain, secrets, opts))
    assert live(runner.simulator) == {name: one for name, one in expected.items() if one}
    assert runner.engine.preview().ops == {}


def test_an_ignored_map_leaves_a_drifted_set_alone(runner: ScenarioRunner) -> None:
    """With the only map ignored, nothing that others do to the variables is a change."""
    program = agent({"A": "1"}, opts={"ignore_changes": ["environment_variables"]})
    up(runner, program)
    sets(A="2", B="3")(runner.simulator)
    assert runner.engine.refresh().ok
    assert runner.engine.preview().ops == {}
    changed = agent(
        {"A": "9"},
        opts={"ignore_changes": ["environment_variables"]},
        source_revision_config__repo_ref="other",
    )
    up(runner, changed)
    assert live(runner.simulator) == {"A": "2", "B": "3"}


def test_a_name_that_moves_while_it_is_ignored_is_refused(runner: ScenarioRunner) -> None:
    """The engine keeps an ignored name in its former map, so it stands in both."""
    up(runner, agent({"A": "1"}, KEY))
    opts = {"ignore_changes": ["environment_variables.A"]}
    runner.write(agent({}, {**KEY, "A": "1"}, opts))
    preview = runner.engine.preview()
    assert not preview.ok
    assert any("ignore_changes" in one for one in preview.errors), preview.errors


def test_a_variable_that_a_transform_adds_in_clear_is_taken(runner: ScenarioRunner) -> None:
    """A platform team's transform may add what may be seen, and nothing to the secrets."""
    program = agent({"A": "1"}, KEY, {"injects_plain": {"TEAM": "blue"}})
    runner.run(Step(program, CREATE, ["POST"]))
    assert live(runner.simulator) == {"A": "1", "TEAM": "blue", **KEY}
    runner.run(
        Step(agent({"A": "1"}, KEY, {"injects": {"B": "x"}}), NOTHING, preview_error="secrets.B")
    )


def test_a_secret_that_a_transform_adds_is_never_in_clear(runner: ScenarioRunner) -> None:
    """The provider cannot tell it from a plain value, and the engine keeps it encrypted."""
    program = agent({"A": "1"}, None, {"injects_plain": {"TOKEN": {"secret": CANARY}}})
    runner.run(Step(program, CREATE, ["POST"]))
    drifted = sets(A="2", TOKEN=CANARY)
    runner.run(Step(program, REVISION, ["PATCH"], before=drifted, refresh=True))


def test_a_value_known_only_during_up_counts_as_changed(runner: ScenarioRunner) -> None:
    """An unknown value, or map, is planned as a revision of the variable or of the map."""
    fleet = {"tool": github()}
    up(runner, {**fleet, **agent({"A": "1"}, KEY)})
    late = {"other": github(), **fleet}
    runner.write({**late, **agent({"A": {"after": ["other", "2"]}}, KEY)})
    preview = runner.engine.preview()
    assert preview.ops["Rollout agent"] == "update"
    assert "A: 1 → known only during up" in reported(preview)
    runner.write({**late, **agent({"after": ["other", {"A": "1"}]}, KEY)})
    preview = runner.engine.preview()
    assert preview.ops["Rollout agent"] == "update"
    assert "environment_variables: something else → known only during up" in reported(preview)
    up(runner, {**late, **agent({"after": ["other", {"A": "3"}]}, KEY)})
    assert live(runner.simulator) == {"A": "3", **KEY}


def make_by_hand(simulator: Simulator, variables: dict[str, str]) -> str:
    """Make the deployment `agent` with variables of its own; return its id."""
    body = {**github(), "name": "agent", "secrets": listed(variables)}
    headers = {"X-Api-Key": simulator.api_key}
    made = httpx.post(f"{simulator.url}/v2/deployments", headers=headers, json=body)
    return str(made.raise_for_status().json()["id"])


def test_an_adoption_compares_both_maps(runner: ScenarioRunner) -> None:
    """The plan shows the program's values; a live value that somebody else has set stays hidden."""
    theirs = {"LOG_LEVEL": "their-level", "SAME": "same", "EXTRA": "extra-0123", **KEY}
    identifier = make_by_hand(runner.simulator, theirs)
    program = agent(
        {"LOG_LEVEL": "info", "SAME": "same", "NEW": "new"}, KEY, {"import_": identifier}
    )
    runner.write(program)
    preview = runner.engine.preview()
    assert preview.ok, preview.errors
    report = reported(preview)
    assert "LOG_LEVEL: something else → info" in report
    assert "NEW: not set → new" in report
    assert "secret EXTRA: removed" in report
    assert "SAME" not in report
    assert "their-level" not in preview.text + report
    assert "extra-0123" not in preview.text + report
    up(runner, program)
    assert live(runner.simulator) == {"LOG_LEVEL": "info", "SAME": "same", "NEW": "new", **KEY}
    assert runner.engine.preview().ops == {}


def test_a_first_map_of_variables_takes_over_the_live_set(runner: ScenarioRunner) -> None:
    """A deployment without variables in the program may have live ones, which a map then owns."""
    runner.run(Step(agent(), CREATE, ["POST"]))
    sets(THEIRS="theirs")(runner.simulator)
    runner.run(Step(agent({"A": "1"}), REVISION, ["PATCH"], live={"secrets": listed({"A": "1"})}))
