"""The grid of engine operations and kinds of change: what comes of each, and that nothing is lost.

A row is what is done to the resource or asked of the engine, a column what changes in the program
at the same time. The suite plays a few cells, `make grid` all of them.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support.scenario import github

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.engines import OperationResult
    from tests.support.scenario import Program, ScenarioRunner

LEGEND = {
    "=": "nothing is planned and nothing is sent",
    "~": "changed in place by one PATCH",
    "r": "a new revision by one PATCH",
    "R": "replaced: deleted, then made again under its name",
    "c": "made",
    "a": "taken over by another resource: nothing is deleted or made",
    "x": "refused at preview; `up` writes nothing",
    "X": "refused at preview; `up` without one makes the other resource's own change at most",
    "!": "fails in `up`, and everything is as before",
    "t": "a new revision by one PATCH, which the next `up` waits for; the preview warns",
    "o": "left out: nothing is sent, and the change is still to be made",
    ".": "does not apply",
}

#                          n  i  r  f  n  s  s  g
#                          o  n  e  i  o  e  e  o
#                          n     v  x     c  c  n
#                          e  p  i  e  p  r  r  e
#                             l  s  d  e  e  e
#                             a  i     r  t  t
#                             c  o     m
#                             e  n     i  n  l
#                                      t  e  e
#                                         w  s
#                                            s
TABLE = """\
plain                      =  ~  r  R  x  r  r  c
after a refresh            =  ~  r  R  x  r  r  c
renamed with an alias      =  ~  r  R  x  r  r  c
moved into a component     =  ~  r  R  x  r  r  c
renamed without an alias   !  !  !  !  !  !  !  c
renamed with import_       a  a  a  x  x  a  a  x
import_ of its own id      =  ~  r  x  x  r  r  x
import_ of another id      x  x  x  x  x  x  x  .
a second adopter           x  X  X  X  x  X  X  .
--replace                  x  x  x  x  x  x  x  .
--replace, deleted first   R  R  R  R  x  R  R  .
tainted, deleted first     R  R  R  R  x  R  R  .
replace_on_changes         =  R  R  R  x  R  R  c
retain_on_delete           =  ~  r  x  x  r  r  c
ignore_changes             =  =  =  =  =  =  =  c
--target, deployment alone =  ~  t  .  .  t  t  .
--target, rollout alone    =  o  o  o  o  o  o  .
--exclude, both            =  o  o  o  o  o  o  .
"""

COLUMNS: dict[str, dict[str, Any]] = {
    "none": {},
    "in place": {"display_name": "Support"},
    "revision": {"source_revision_config__repo_ref": "other"},
    "fixed field": {"source_config__deployment_type": "prod"},
    "fixed field, no permission": {
        "source_config__deployment_type": "prod",
        "delete_tracing_project": False,
    },
    "variable rotated": {"secrets__LOG_LEVEL": "debug"},
    "variable removed": {"secrets__LOG_LEVEL": None},
    "deleted by somebody": {},
}
NOT_GRID = {
    ("renamed with an alias", "revision"),
    ("moved into a component", "none"),
    ("renamed without an alias", "in place"),
    ("renamed with import_", "variable removed"),
    ("import_ of its own id", "fixed field"),
    ("import_ of another id", "none"),
    ("a second adopter", "none"),
    ("--replace", "none"),
    ("--replace, deleted first", "revision"),
    ("replace_on_changes", "in place"),
    ("ignore_changes", "variable rotated"),
    ("--target, deployment alone", "revision"),
    ("--exclude, both", "in place"),
}


@dataclass
class Case:
    """One cell while it is played."""

    runner: ScenarioRunner
    arguments: dict[str, Any]
    """Of the resource in the program as it is changed."""
    id: str
    """Of the deployment before."""
    program: Program = field(default_factory=dict)
    selected: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What the engine is told to replace, to change alone, or to leave as it is."""
    names: tuple[str, ...] = ("agent",)
    """The deployments that are live in the end."""

    def urn(self, kind: str = "Deployment") -> str:
        entries = self.runner.engine.state()
        return next(str(one["urn"]) for one in entries if one["type"].endswith(f":{kind}"))


def with_options(**opts: Any) -> Callable[[Case], None]:
    def change(case: Case) -> None:
        case.program = {"agent": {**case.arguments, "opts": opts}}

    return change


def after_refresh(case: Case) -> None:
    assert case.runner.engine.refresh().ok
    with_options()(case)


def renamed_with_an_alias(case: Case) -> None:
    if not case.runner.simulator.deployments():
        case.names = ("renamed",)  # of the alias nothing is left in the state
    case.program = {"renamed": {**case.arguments, "opts": {"aliases": [{"name": "agent"}]}}}


def moved_into_a_component(case: Case) -> None:
    case.program = {"agent": {**case.arguments, "opts": {"component": "box"}}}


def renamed_without_an_alias(case: Case) -> None:
    case.program = {"renamed": {**case.arguments, "name": "agent"}}


def renamed_with_import(case: Case) -> None:
    opts = {"import_": case.id}
    case.program = {"renamed": {**case.arguments, "name": "agent", "opts": opts}}


def import_own_id(case: Case) -> None:
    with_options(import_=case.id)(case)


def import_other_id(case: Case) -> None:
    simulator = case.runner.simulator
    body = {**github(), "name": "other", "secrets": []}
    headers = {"X-Api-Key": simulator.api_key}
    assert_created = httpx.post(f"{simulator.url}/v2/deployments", headers=headers, json=body)
    case.names = ("agent", "other")
    with_options(import_=assert_created.raise_for_status().json()["id"])(case)


def second_adopter(case: Case) -> None:
    second = github(name="other-name", opts={"import_": case.id})
    case.program = {"agent": case.arguments, "second": second}


def force_replace(**opts: Any) -> Callable[[Case], None]:
    def change(case: Case) -> None:
        with_options(**opts)(case)
        case.selected = {"replace": (case.urn(),)}

    return change


def taint(case: Case) -> None:
    with_options(delete_before_replace=True)(case)
    case.runner.engine.taint(case.urn())


def select(option: str, *kinds: str) -> Callable[[Case], None]:
    def change(case: Case) -> None:
        with_options()(case)
        case.selected = {option: tuple(map(case.urn, kinds))}

    return change


OPERATIONS: dict[str, Callable[[Case], None]] = {
    "plain": with_options(),
    "after a refresh": after_refresh,
    "renamed with an alias": renamed_with_an_alias,
    "moved into a component": moved_into_a_component,
    "renamed without an alias": renamed_without_an_alias,
    "renamed with import_": renamed_with_import,
    "import_ of its own id": import_own_id,
    "import_ of another id": import_other_id,
    "a second adopter": second_adopter,
    "--replace": force_replace(),
    "--replace, deleted first": force_replace(delete_before_replace=True),
    "tainted, deleted first": taint,
    "replace_on_changes": with_options(replace_on_changes=["*"]),
    "retain_on_delete": with_options(retain_on_delete=True),
    "ignore_changes": with_options(ignore_changes=["*"]),
    "--target, deployment alone": select("target", "Deployment"),
    "--target, rollout alone": select("target", "Rollout"),
    "--exclude, both": select("exclude", "Deployment", "Rollout"),
}

_NAME = 27
CELLS = {
    (line[:_NAME].strip(), column): code
    for line in TABLE.splitlines()
    for column, code in zip(COLUMNS, line[_NAME:].split(), strict=True)
}
assert {row for row, _ in CELLS} == set(OPERATIONS)
assert set(CELLS.values()) == set(LEGEND)

CASES = [
    pytest.param(
        row,
        column,
        code,
        id=f"{row}: {column}",
        marks=[] if (row, column) in NOT_GRID else pytest.mark.grid,
    )
    for (row, column), code in CELLS.items()
    if code != "."
]


@pytest.mark.parametrize(("row", "column", "code"), CASES)
def test_an_operation_does_what_the_table_says(
    runner: ScenarioRunner, row: str, column: str, code: str
) -> None:
    """As declared; what its plan says is what happens, and nothing is lost unannounced."""
    case = set_up(runner, column)
    OPERATIONS[row](case)
    runner.write(case.program)
    before = snapshot(runner)
    runner.simulator.clear_requests()
    preview = runner.engine.preview(**case.selected)
    assert all(one.method == "GET" for one in runner.simulator.requests)
    runner.simulator.clear_requests()
    outcome = runner.engine.up(**case.selected)
    CHECKS[code](case, preview, outcome)
    if code in "x!":
        assert snapshot(runner) == before
    elif code not in "Xto":
        assert_nothing_left(case)
    expected = () if code == "x" and column == "deleted by somebody" else case.names
    assert tuple(sorted(runner.simulator.deployments())) == expected
    assert "Traceback" not in outcome.text


def set_up(runner: ScenarioRunner, column: str) -> Case:
    """Bring `agent` up, and change the program, or the world, as a column says."""
    base = github(delete_tracing_project=True)
    runner.write({"agent": base})
    assert runner.engine.up().ok
    identifier = str(runner.simulator.deployment("agent")["id"])
    if column == "deleted by somebody":
        delete(runner, identifier)
        assert runner.engine.refresh().ok
    arguments = github(**{"delete_tracing_project": True, **deepcopy(COLUMNS[column])})
    return Case(runner, arguments, identifier)


def delete(runner: ScenarioRunner, identifier: str) -> None:
    url = f"{runner.simulator.url}/v2/deployments/{identifier}"
    headers = {"X-Api-Key": runner.simulator.api_key}
    httpx.delete(url, headers=headers, params={"delete_tracing_project": "true"})


def snapshot(runner: ScenarioRunner) -> dict[str, Any]:
    """Return the live deployments without the fields that change by themselves."""
    return {
        name: (one["id"], one["latest_revision_id"], variables(one), one["display_name"])
        for name, one in runner.simulator.deployments().items()
    }


def variables(deployment: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["value"] for one in deployment["secrets"]}


def writes(case: Case) -> list[str]:
    return [one.method for one in case.runner.simulator.requests if one.method != "GET"]


def is_same_deployment(case: Case) -> bool:
    return bool(case.runner.simulator.deployment("agent")["id"] == case.id)


def assert_unchanged(case: Case, preview: OperationResult, outcome: OperationResult) -> None:
    assert preview.ok, preview.errors
    assert outcome.ok, outcome.errors
    assert (preview.ops, outcome.ops, writes(case)) == ({}, {}, [])
    assert is_same_deployment(case)


def assert_updated(case: Case, preview: OperationResult, outcome: OperationResult) -> None:
    assert preview.ok, preview.errors
    assert outcome.ok, outcome.errors
    assert set(preview.ops.values()) == {"update"}
    assert [key.split()[0] for key in preview.ops] == ["Deployment"]
    assert writes(case) == ["PATCH"]
    assert is_same_deployment(case)


def assert_new_revision(case: Case, preview: OperationResult, outcome: OperationResult) -> None:
    assert preview.ok, preview.errors
    assert outcome.ok, outcome.errors
    assert preview.ops == outcome.ops
    assert sorted(key.split()[0] for key in preview.ops) == ["Deployment", "Rollout"]
    assert writes(case) == ["PATCH"]
    assert is_same_deployment(case)


def assert_not_awaited(case: Case, preview: OperationResult, outcome: OperationResult) -> None:
    assert preview.ok, preview.errors
    assert outcome.ok, outcome.errors
    assert preview.ops == outcome.ops == {"Deployment agent": "update"}
    assert "nobody waits" in preview.text
    assert writes(case) == ["PATCH"]
    assert is_same_deployment(case)
    assert case.runner.engine.preview().ops == {"Rollout agent": "update"}
    assert case.runner.engine.up().ok
    assert_nothing_left(case)


def assert_left_out(case: Case, preview: OperationResult, outcome: OperationResult) -> None:
    assert preview.ok, preview.errors
    assert outcome.ok, outcome.errors
    assert (preview.ops, outcome.ops, writes(case)) == ({}, {}, [])
    assert is_same_deployment(case)
    after = case.runner.engine.preview()
    assert after.ops or not after.ok


def assert_replaced(case: Case, preview: OperationResult, outcome: OperationResult) -> None:
    assert preview.ok, preview.errors
    assert outcome.ok, outcome.errors
    assert set(preview.ops.values()) == {"replace"}
    # A display name takes a request of its own.
    assert writes(case)[:2] == ["DELETE", "POST"]
    assert not is_same_deployment(case)


def assert_created(case: Case, preview: OperationResult, outcome: OperationResult) -> None:
    assert preview.ok, preview.errors
    assert outcome.ok, outcome.errors
    assert set(preview.ops.values()) == {"create"}
    assert writes(case)[:1] == ["POST"]


def assert_moved(case: Case, preview: OperationResult, outcome: OperationResult) -> None:
    assert preview.ok, preview.errors
    assert outcome.ok, outcome.errors
    assert set(writes(case)) <= {"PATCH"}
    assert is_same_deployment(case)


def assert_refused(case: Case, preview: OperationResult, outcome: OperationResult) -> None:
    assert not preview.ok
    assert preview.errors
    assert not outcome.ok or case.selected
    assert writes(case) in ([], ["POST"] if case.selected else [])


def assert_refused_beside(case: Case, preview: OperationResult, outcome: OperationResult) -> None:
    assert not preview.ok
    assert not outcome.ok
    assert set(writes(case)) <= {"PATCH"}
    assert is_same_deployment(case)


def assert_failed(_case: Case, preview: OperationResult, outcome: OperationResult) -> None:
    assert preview.ok, preview.errors
    assert not outcome.ok
    assert outcome.errors


CHECKS: dict[str, Callable[[Case, OperationResult, OperationResult], None]] = {
    "=": assert_unchanged,
    "~": assert_updated,
    "r": assert_new_revision,
    "R": assert_replaced,
    "c": assert_created,
    "a": assert_moved,
    "x": assert_refused,
    "X": assert_refused_beside,
    "t": assert_not_awaited,
    "o": assert_left_out,
    "!": assert_failed,
}


def assert_nothing_left(case: Case) -> None:
    """Nothing is left to do, and the live variables are those that the program declares."""
    case.runner.simulator.clear_requests()
    assert case.runner.engine.preview().ops == {}
    assert case.runner.simulator.requests == []
    [arguments] = case.program.values()
    live = variables(case.runner.simulator.deployment(case.names[0]))
    if "ignore_changes" not in arguments.get("opts", {}):
        assert live == arguments["secrets"]


FIELDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    # What the program changes, and what somebody changes outside.
    "display_name": ({"display_name": "Mine"}, {"display_name": "Theirs"}),
    "source_config.build_on_push": (
        {"source_config__build_on_push": True},
        {"source_config": {"build_on_push": True}},
    ),
    "source_config.install_command": (
        {"source_config__install_command": "make"},
        {"source_config": {"install_command": "theirs"}},
    ),
    "source_revision_config.repo_ref": (
        {"source_revision_config__repo_ref": "mine"},
        {"source_revision_config": {"repo_ref": "theirs"}},
    ),
    "source_revision_config": (
        {"source_revision_config__langgraph_config_path": "mine.json"},
        {"source_revision_config": {"langgraph_config_path": "theirs.json"}},
    ),
    "triggers": ({"triggers": {"n": 2}}, {}),
    "secrets": ({"secrets__LOG_LEVEL": "debug"}, {}),
    'secrets["LOG_LEVEL"]': ({"secrets__LOG_LEVEL": "debug"}, {}),
}


@pytest.mark.grid
@pytest.mark.parametrize("path", FIELDS)
@pytest.mark.parametrize("refreshed", [False, True])
def test_an_ignored_field_stays(runner: ScenarioRunner, path: str, *, refreshed: bool) -> None:
    """Neither a change of the program nor one outside is acted on, after a refresh or not."""
    mine, theirs = FIELDS[path]
    base = {
        "display_name": "Support",
        "source_config__install_command": "npm ci",
        "triggers": {"n": 1},
    }
    opts = {"ignore_changes": [path]}
    runner.write({"agent": github(**base, opts=opts)})
    assert runner.engine.up().ok
    if theirs:
        runner.simulator.drift("agent", **theirs)
    if refreshed:
        assert runner.engine.refresh().ok
    before = snapshot(runner)
    runner.write({"agent": github(**{**base, **mine}, opts=opts)})
    runner.simulator.clear_requests()
    preview = runner.engine.preview()
    assert preview.ok, preview.errors
    assert preview.ops == {}
    outcome = runner.engine.up()
    assert outcome.ok, outcome.errors
    assert [one.method for one in runner.simulator.requests if one.method != "GET"] == []
    assert snapshot(runner) == before
