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

    from tests.support.engines import Outcome
    from tests.support.scenario import Program, Stage

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
IN_THE_SUITE = {
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

    stage: Stage
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
        entries = self.stage.engine.state()
        return next(str(one["urn"]) for one in entries if one["type"].endswith(f":{kind}"))


def with_options(**opts: Any) -> Callable[[Case], None]:
    def operate(case: Case) -> None:
        case.program = {"agent": {**case.arguments, "opts": opts}}

    return operate


def after_a_refresh(case: Case) -> None:
    assert case.stage.engine.refresh().ok
    with_options()(case)


def renamed_with_an_alias(case: Case) -> None:
    if not case.stage.simulator.deployments():
        case.names = ("renamed",)  # of the alias nothing is left in the state
    case.program = {"renamed": {**case.arguments, "opts": {"aliases": [{"name": "agent"}]}}}


def moved_into_a_component(case: Case) -> None:
    case.program = {"agent": {**case.arguments, "opts": {"component": "box"}}}


def renamed_without_an_alias(case: Case) -> None:
    case.program = {"renamed": {**case.arguments, "name": "agent"}}


def renamed_with_import(case: Case) -> None:
    opts = {"import_": case.id}
    case.program = {"renamed": {**case.arguments, "name": "agent", "opts": opts}}


def importing_its_own(case: Case) -> None:
    with_options(import_=case.id)(case)


def importing_another(case: Case) -> None:
    simulator = case.stage.simulator
    body = {**github(), "name": "other", "secrets": []}
    headers = {"X-Api-Key": simulator.api_key}
    made = httpx.post(f"{simulator.url}/v2/deployments", headers=headers, json=body)
    case.names = ("agent", "other")
    with_options(import_=made.raise_for_status().json()["id"])(case)


def a_second_adopter(case: Case) -> None:
    second = github(name="other-name", opts={"import_": case.id})
    case.program = {"agent": case.arguments, "second": second}


def forced(**opts: Any) -> Callable[[Case], None]:
    def operate(case: Case) -> None:
        with_options(**opts)(case)
        case.selected = {"replace": (case.urn(),)}

    return operate


def tainted(case: Case) -> None:
    with_options(delete_before_replace=True)(case)
    case.stage.engine.taint(case.urn())


def targeted(option: str, *kinds: str) -> Callable[[Case], None]:
    def operate(case: Case) -> None:
        with_options()(case)
        case.selected = {option: tuple(map(case.urn, kinds))}

    return operate


OPERATIONS: dict[str, Callable[[Case], None]] = {
    "plain": with_options(),
    "after a refresh": after_a_refresh,
    "renamed with an alias": renamed_with_an_alias,
    "moved into a component": moved_into_a_component,
    "renamed without an alias": renamed_without_an_alias,
    "renamed with import_": renamed_with_import,
    "import_ of its own id": importing_its_own,
    "import_ of another id": importing_another,
    "a second adopter": a_second_adopter,
    "--replace": forced(),
    "--replace, deleted first": forced(delete_before_replace=True),
    "tainted, deleted first": tainted,
    "replace_on_changes": with_options(replace_on_changes=["*"]),
    "retain_on_delete": with_options(retain_on_delete=True),
    "ignore_changes": with_options(ignore_changes=["*"]),
    "--target, deployment alone": targeted("target", "Deployment"),
    "--target, rollout alone": targeted("target", "Rollout"),
    "--exclude, both": targeted("exclude", "Deployment", "Rollout"),
}

_NAME = 27
CELLS = {
    (line[:_NAME].strip(), column): sign
    for line in TABLE.splitlines()
    for column, sign in zip(COLUMNS, line[_NAME:].split(), strict=True)
}
assert {row for row, _ in CELLS} == set(OPERATIONS)
assert set(CELLS.values()) == set(LEGEND)

CASES = [
    pytest.param(
        row,
        column,
        sign,
        id=f"{row}: {column}",
        marks=[] if (row, column) in IN_THE_SUITE else pytest.mark.grid,
    )
    for (row, column), sign in CELLS.items()
    if sign != "."
]


@pytest.mark.parametrize(("row", "column", "sign"), CASES)
def test_an_operation_does_what_the_table_says(
    stage: Stage, row: str, column: str, sign: str
) -> None:
    """As declared; what its plan says is what happens, and nothing is lost unannounced."""
    case = prepared(stage, column)
    OPERATIONS[row](case)
    stage.write(case.program)
    before = snapshot(stage)
    stage.simulator.clear_requests()
    preview = stage.engine.preview(**case.selected)
    assert all(one.method == "GET" for one in stage.simulator.requests)
    stage.simulator.clear_requests()
    outcome = stage.engine.up(**case.selected)
    CHECKS[sign](case, preview, outcome)
    if sign in "x!":
        assert snapshot(stage) == before
    elif sign not in "Xto":
        rests(case)
    expected = () if sign == "x" and column == "deleted by somebody" else case.names
    assert tuple(sorted(stage.simulator.deployments())) == expected
    assert "Traceback" not in outcome.text


def prepared(stage: Stage, column: str) -> Case:
    """Bring `agent` up, and change the program, or the world, as a column says."""
    base = github(delete_tracing_project=True)
    stage.write({"agent": base})
    assert stage.engine.up().ok
    identifier = str(stage.simulator.deployment("agent")["id"])
    if column == "deleted by somebody":
        delete(stage, identifier)
        assert stage.engine.refresh().ok
    arguments = github(**{"delete_tracing_project": True, **deepcopy(COLUMNS[column])})
    return Case(stage, arguments, identifier)


def delete(stage: Stage, identifier: str) -> None:
    url = f"{stage.simulator.url}/v2/deployments/{identifier}"
    headers = {"X-Api-Key": stage.simulator.api_key}
    httpx.delete(url, headers=headers, params={"delete_tracing_project": "true"})


def snapshot(stage: Stage) -> dict[str, Any]:
    """What is live, without what changes by itself."""
    return {
        name: (one["id"], one["latest_revision_id"], variables(one), one["display_name"])
        for name, one in stage.simulator.deployments().items()
    }


def variables(deployment: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["value"] for one in deployment["secrets"]}


def writes(case: Case) -> list[str]:
    return [one.method for one in case.stage.simulator.requests if one.method != "GET"]


def stays(case: Case) -> bool:
    return bool(case.stage.simulator.deployment("agent")["id"] == case.id)


def unchanged(case: Case, preview: Outcome, outcome: Outcome) -> None:
    assert preview.ok, preview.errors
    assert outcome.ok, outcome.errors
    assert (preview.ops, outcome.ops, writes(case)) == ({}, {}, [])
    assert stays(case)


def updated(case: Case, preview: Outcome, outcome: Outcome) -> None:
    assert preview.ok, preview.errors
    assert outcome.ok, outcome.errors
    assert set(preview.ops.values()) == {"update"}
    assert [key.split()[0] for key in preview.ops] == ["Deployment"]
    assert writes(case) == ["PATCH"]
    assert stays(case)


def revised(case: Case, preview: Outcome, outcome: Outcome) -> None:
    assert preview.ok, preview.errors
    assert outcome.ok, outcome.errors
    assert preview.ops == outcome.ops
    assert sorted(key.split()[0] for key in preview.ops) == ["Deployment", "Rollout"]
    assert writes(case) == ["PATCH"]
    assert stays(case)


def waited_for_later(case: Case, preview: Outcome, outcome: Outcome) -> None:
    assert preview.ok, preview.errors
    assert outcome.ok, outcome.errors
    assert preview.ops == outcome.ops == {"Deployment agent": "update"}
    assert "nobody waits" in preview.text
    assert writes(case) == ["PATCH"]
    assert stays(case)
    assert case.stage.engine.preview().ops == {"Rollout agent": "update"}
    assert case.stage.engine.up().ok
    rests(case)


def left_out(case: Case, preview: Outcome, outcome: Outcome) -> None:
    assert preview.ok, preview.errors
    assert outcome.ok, outcome.errors
    assert (preview.ops, outcome.ops, writes(case)) == ({}, {}, [])
    assert stays(case)
    after = case.stage.engine.preview()
    assert after.ops or not after.ok


def replaced(case: Case, preview: Outcome, outcome: Outcome) -> None:
    assert preview.ok, preview.errors
    assert outcome.ok, outcome.errors
    assert set(preview.ops.values()) == {"replace"}
    # A display name takes a request of its own.
    assert writes(case)[:2] == ["DELETE", "POST"]
    assert not stays(case)


def made(case: Case, preview: Outcome, outcome: Outcome) -> None:
    assert preview.ok, preview.errors
    assert outcome.ok, outcome.errors
    assert set(preview.ops.values()) == {"create"}
    assert writes(case)[:1] == ["POST"]


def taken_over(case: Case, preview: Outcome, outcome: Outcome) -> None:
    assert preview.ok, preview.errors
    assert outcome.ok, outcome.errors
    assert set(writes(case)) <= {"PATCH"}
    assert stays(case)


def refused(case: Case, preview: Outcome, outcome: Outcome) -> None:
    assert not preview.ok
    assert preview.errors
    assert not outcome.ok or case.selected
    assert writes(case) in ([], ["POST"] if case.selected else [])


def refused_beside(case: Case, preview: Outcome, outcome: Outcome) -> None:
    assert not preview.ok
    assert not outcome.ok
    assert set(writes(case)) <= {"PATCH"}
    assert stays(case)


def failed(_case: Case, preview: Outcome, outcome: Outcome) -> None:
    assert preview.ok, preview.errors
    assert not outcome.ok
    assert outcome.errors


CHECKS: dict[str, Callable[[Case, Outcome, Outcome], None]] = {
    "=": unchanged,
    "~": updated,
    "r": revised,
    "R": replaced,
    "c": made,
    "a": taken_over,
    "x": refused,
    "X": refused_beside,
    "t": waited_for_later,
    "o": left_out,
    "!": failed,
}


def rests(case: Case) -> None:
    """Nothing is left to do, and the live variables are those that the program declares."""
    case.stage.simulator.clear_requests()
    assert case.stage.engine.preview().ops == {}
    assert case.stage.simulator.requests == []
    [arguments] = case.program.values()
    live = variables(case.stage.simulator.deployment(case.names[0]))
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
def test_an_ignored_field_stays(stage: Stage, path: str, *, refreshed: bool) -> None:
    """Neither a change of the program nor one outside is acted on, after a refresh or not."""
    mine, theirs = FIELDS[path]
    base = {
        "display_name": "Support",
        "source_config__install_command": "npm ci",
        "triggers": {"n": 1},
    }
    opts = {"ignore_changes": [path]}
    stage.write({"agent": github(**base, opts=opts)})
    assert stage.engine.up().ok
    if theirs:
        stage.simulator.drift("agent", **theirs)
    if refreshed:
        assert stage.engine.refresh().ok
    before = snapshot(stage)
    stage.write({"agent": github(**{**base, **mine}, opts=opts)})
    stage.simulator.clear_requests()
    preview = stage.engine.preview()
    assert preview.ok, preview.errors
    assert preview.ops == {}
    outcome = stage.engine.up()
    assert outcome.ok, outcome.errors
    assert [one.method for one in stage.simulator.requests if one.method != "GET"] == []
    assert snapshot(stage) == before
