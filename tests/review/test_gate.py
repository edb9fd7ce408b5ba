"""Tests of the gates and their exit codes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from langsmith_pulumi.review import UnreadablePlan, review
from tests.review.building import DEPLOYMENT, bucket, error, inputs, plan, rollout, step

TIER = {"source_config__deployment_type": "dev"}

REPLACED = step("replace", name="r", old=inputs("r"), new=inputs("r", **TIER))
DELETED = step("delete", name="d", old=inputs("d"))
RELEASED = step("delete", name="d", old=inputs("d"), state={"retainOnDelete": True})
REVISION = step(
    "update", name="v", old=inputs("v"), new=inputs("v", source_revision_config__repo_ref="v2")
)
DRIFT = [
    step("refresh", name="i", old=inputs("i", display_name="I")),
    step(
        "update",
        name="i",
        old=inputs("i", display_name="Theirs"),
        new=inputs("i", display_name="I"),
    ),
]
LISTENER = "pulumi-python:dynamic/langsmith:Listener"


def cluster(*namespaces: str) -> dict[str, Any]:
    """Return the inputs of a listener."""
    config = {"k8s_namespaces": list(namespaces)}
    return {"compute_type": "k8s", "compute_id": "blue", "compute_config": config}


LISTENER_DRIFT = [
    step("refresh", LISTENER, "l", old=cluster("ours")),
    step("update", LISTENER, "l", old=cluster("theirs"), new=cluster("ours")),
]
IN_PLACE = step("update", name="i", old=inputs("i"), new=inputs("i", display_name="I"))
UNKNOWN = step("transmute", name="u")
COMPONENT = bucket("delete", "c", {}, state={"custom": False})
NINETY = [bucket("same", f"b{n}", {"size": 1}, {"size": 1}) for n in range(90)]
ALL = ("replace", "delete", "revision")


def check(document: dict[str, Any], *fail_on: str, **options: Any) -> Any:
    return review([("plan.json", document)], fail_on=fail_on, **options)


def adoption_inputs(*, revision: bool) -> dict[str, Any]:
    """Return the inputs of an adoption that was compared with the live deployment."""
    return inputs(import_id="an-id", adoption={"compared": True, "revision": revision})


@pytest.mark.parametrize(
    ("document", "fail_on", "exit_code"),
    [
        pytest.param(plan(REPLACED, DELETED, REVISION, UNKNOWN), (), 0, id="no gate"),
        pytest.param(plan(), ALL, 0, id="nothing changes"),
        pytest.param(
            plan(IN_PLACE, step("create", new=inputs())), ALL, 0, id="created and changed in place"
        ),
        pytest.param(plan(REPLACED), ("replace",), 3, id="a replacement"),
        pytest.param(
            plan(REPLACED), ("delete", "revision"), 0, id="a replacement is no other gate's"
        ),
        pytest.param(plan(DELETED), ("delete",), 4, id="a deletion"),
        pytest.param(plan(RELEASED), ALL, 0, id="a retained deployment is not deleted"),
        pytest.param(plan(REVISION), ("revision",), 5, id="a revision"),
        pytest.param(plan(REVISION), ("replace", "delete"), 0, id="a revision is no other gate's"),
        pytest.param(plan(rollout("update", "v")), ("revision",), 5, id="a retry is a revision"),
        pytest.param(plan(REVISION, DELETED, REPLACED), ALL, 3, id="a replacement wins over all"),
        pytest.param(plan(REVISION, DELETED), ALL, 4, id="a deletion wins over a revision"),
        pytest.param(plan(*DRIFT), ("drift",), 8, id="drift"),
        pytest.param(plan(*DRIFT), ALL, 0, id="drift is no other gate's"),
        pytest.param(plan(IN_PLACE), ("drift",), 0, id="a change of the program is no drift"),
        pytest.param(plan(*DRIFT, REVISION), (*ALL, "drift"), 5, id="a revision wins over drift"),
        pytest.param(
            plan(
                step("refresh", name="r", old=inputs("r")), step("create", name="r", new=inputs())
            ),
            ("drift",),
            8,
            id="deleted outside of the program",
        ),
        pytest.param(plan(*LISTENER_DRIFT), ("drift",), 8, id="drift of a listener"),
        pytest.param(plan(LISTENER_DRIFT[1]), ("drift",), 0, id="a change of a listener"),
        pytest.param(
            plan(LISTENER_DRIFT[0], step("create", LISTENER, "l", new=cluster("ours"))),
            ("drift",),
            8,
            id="a listener that was deleted outside of the program",
        ),
        pytest.param(
            plan(
                step("refresh", LISTENER, "l", old=cluster("ours")),
                step("update", LISTENER, "l", old=cluster("ours"), new=cluster("new")),
            ),
            ("drift",),
            0,
            id="a change of a listener that a refresh found as it was",
        ),
        pytest.param(plan(UNKNOWN), ("revision",), 7, id="an unknown operation"),
        pytest.param(
            plan(UNKNOWN, REVISION), ALL, 7, id="an unknown operation wins over a revision"
        ),
        pytest.param(
            plan(bucket("transmute", "b")),
            ("replace",),
            7,
            id="an unknown operation on another resource",
        ),
        pytest.param(
            plan(bucket("replace", "b", {}, {})), ("replace",), 3, id="another resource is replaced"
        ),
        pytest.param(
            plan(bucket("import-replacement", "b", {}, {})),
            ("replace",),
            3,
            id="another resource is imported as a replacement",
        ),
        pytest.param(
            plan(bucket("delete", "b", {})), ("delete",), 4, id="another resource is deleted"
        ),
        pytest.param(plan(bucket("update", "b", {}, {})), ALL, 0, id="another resource is updated"),
        pytest.param(plan(COMPONENT), ALL, 0, id="a component is deleted"),
        pytest.param(
            plan(bucket("delete", "b", {}, state={"retainOnDelete": True})),
            ALL,
            0,
            id="another resource is retained",
        ),
        pytest.param(
            plan(step("create", new=inputs(import_id="an-id"))),
            ("revision",),
            5,
            id="an adoption that was not compared",
        ),
        pytest.param(
            plan(step("create", new=adoption_inputs(revision=True))),
            ("revision",),
            5,
            id="an adoption that rebuilds",
        ),
        pytest.param(
            plan(step("create", new=adoption_inputs(revision=False))),
            ("revision",),
            0,
            id="an adoption that rebuilds nothing",
        ),
        pytest.param({"steps": plan()["steps"]}, ("replace",), 7, id="a plan without a count"),
        pytest.param(plan(diagnostics=[error("no")]), ("replace",), 7, id="a failed preview"),
        pytest.param(plan(diagnostics=[error("no")]), (), 0, id="a failed preview without a gate"),
        pytest.param(
            {**plan(), "changeSummary": {"same": 1, "replace": 1}},
            ("replace",),
            7,
            id="a plan that lists less than it counts",
        ),
    ],
)
def test_exit_codes(document: dict[str, Any], fail_on: tuple[str, ...], exit_code: int) -> None:
    """Each gate has its own exit code, the most severe wins, and unknown changes are refused."""
    result = check(document, *fail_on)
    assert result.exit_code == exit_code
    assert bool(result.refusals) is bool(exit_code)


@pytest.mark.parametrize("format_", ["markdown", "text", "json"])
@pytest.mark.parametrize("position", [0, 45, 90])
def test_a_replacement_cannot_hide(position: int, format_: str) -> None:
    """A replacement is found at any position among ninety unchanged resources."""
    steps = [*NINETY[:position], REPLACED, rollout("replace", "r"), *NINETY[position:]]
    result = check(plan(*steps), "replace", format=format_)
    assert result.exit_code == 3
    assert result.refusals == ("replace: support/prod: r (Deployment) is replaced",)
    assert "loses its database and threads" in result.text


def test_a_replacement_that_the_report_has_no_room_for_is_refused_all_the_same() -> None:
    """Gates check the plan, not the rendered text."""
    result = check(plan(REPLACED, *NINETY), "replace", limit=10)
    assert (result.truncated, result.exit_code) == (True, 3)


@pytest.mark.parametrize(
    ("allow", "exit_code"),
    [
        pytest.param("r", 0, id="name"),
        pytest.param("r*", 0, id="pattern of a name"),
        pytest.param("*langsmith:Deployment::r", 0, id="pattern of a URN"),
        pytest.param("Deployment", 0, id="short type"),
        pytest.param(DEPLOYMENT, 0, id="type"),
        pytest.param("R", 3, id="other case"),
        pytest.param("x", 3, id="other name"),
    ],
)
def test_exceptions(allow: str, exit_code: int) -> None:
    """A pattern exempts by whole name, type or URN."""
    assert check(plan(REPLACED), "replace", allow=[allow]).exit_code == exit_code


def test_an_exception_excepts_nothing_else() -> None:
    """A resource that no pattern matches is refused beside one that is allowed."""
    document = plan(REPLACED, bucket("replace", "b", {}, {}))
    result = check(document, "replace", allow=["acme:storage:*"])
    assert result.refusals == ("replace: support/prod: r (Deployment) is replaced",)


@pytest.mark.parametrize(
    ("format_", "fail_on", "exit_code"),
    [
        pytest.param("markdown", "truncated", 6, id="Markdown with the gate"),
        pytest.param("markdown", "replace", 0, id="Markdown with another gate"),
        pytest.param("json", "truncated", 0, id="JSON is never truncated"),
    ],
)
def test_a_truncated_report(format_: str, fail_on: str, exit_code: int) -> None:
    """A truncated report can be refused; only Markdown is ever truncated."""
    steps = [bucket("create", f"b{n}", None, {}) for n in range(2500)]
    result = check(plan(*steps), fail_on, format=format_)
    assert result.exit_code == exit_code


def test_every_stack_is_checked() -> None:
    """One forbidden change in one of several stacks is enough."""
    found = enumerate([plan(IN_PLACE), plan(DELETED), plan(IN_PLACE)])
    stacks = [(f"{n}", json.dumps(each).replace(":prod:", f":s{n}:")) for n, each in found]
    assert review(stacks, fail_on=["delete"]).exit_code == 4


def test_a_stack_is_counted_once() -> None:
    """Two plans of one stack are refused, because their numbers would be counted twice."""
    with pytest.raises(UnreadablePlan, match=r"b\.json: a\.json already holds a plan"):
        review([("a.json", plan(DELETED)), ("b.json", plan())])


def test_an_unknown_gate_is_an_error() -> None:
    """A misspelt gate is an error, so that it cannot pass everything."""
    with pytest.raises(ValueError, match="unknown gate 'replaced'; use replace, delete"):
        check(plan(), "replaced")
