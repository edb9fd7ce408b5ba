"""Hand-written plans, in the format of ``pulumi preview --json``."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECRET = "[secret]"
DEPLOYMENT = "pulumi-python:dynamic/langsmith:Deployment"
ROLLOUT = f"{DEPLOYMENT}$pulumi-python:dynamic/langsmith:Rollout"
BUCKET = "acme:storage:Bucket"

Properties = dict[str, Any]


def urn(type_: str, name: str, stack: str = "prod", project: str = "support") -> str:
    return f"urn:pulumi:{stack}::{project}::{type_}::{name}"


def inputs(name: str = "agent", **changes: Any) -> Properties:
    """Return the inputs of a deployment; ``__`` in a name is a dot, None removes a value."""
    properties: Properties = {
        "name": name,
        "source": "github",
        "source_config": {
            "integration_id": "6f6c7b7e-0d5d-4a8c-9a52-6f5b7e9a1c11",
            "repo_url": "https://github.com/acme/agents",
            "deployment_type": "prod",
            "build_on_push": False,
        },
        "source_revision_config": {"repo_ref": "main", "langgraph_config_path": "langgraph.json"},
        "delete_tracing_project": False,
        "progress_urn": urn(DEPLOYMENT, name),
        "__provider": "(pickled)",
    }
    for path, value in changes.items():
        _set(properties, path.split("__"), value)
    return properties


def _set(properties: Properties, path: list[str], value: Any) -> None:
    *parents, last = path
    for key in parents:
        properties = properties.setdefault(key, {})
    if value is None:
        properties.pop(last, None)
    else:
        properties[last] = deepcopy(value)


def secrets(**fingerprints: str) -> Properties:
    """Return the inputs about secrets: names, and fingerprints keyed with a secret salt."""
    return {
        "secrets": dict.fromkeys(fingerprints, SECRET),
        "secret_fingerprints": fingerprints,
        "secret_salt": SECRET,
    }


def variables(plain: dict[str, str], salt: str = SECRET, **hidden: str) -> Properties:
    """Return the inputs about variables of both maps, with their values as fingerprints."""
    return {
        "environment_variables": plain,
        "secrets": dict.fromkeys(hidden, SECRET),
        "secret_fingerprints": {**plain, **hidden},
        "secret_salt": salt,
    }


def step(  # noqa: PLR0913 - the parts of a step
    op: str,
    type_: str = DEPLOYMENT,
    name: str = "agent",
    *,
    old: Properties | None = None,
    new: Properties | None = None,
    state: Properties | None = None,
    **facts: Any,
) -> Properties:
    """Return a step; ``old`` and ``new`` are inputs, and the old outputs repeat the old inputs."""
    text = urn(type_, name, facts.pop("stack", "prod"))
    base = {"urn": text, "custom": True, "type": type_.rpartition("$")[2], **(state or {})}
    found: Properties = {"op": op, "urn": text, "detailedDiff": None, **facts}
    if old is not None:
        found["oldState"] = {
            **base,
            "id": "an-id",
            "inputs": old,
            "outputs": {**old, "id": "an-id"},
        }
    if new is not None:
        found["newState"] = {**base, "inputs": new}
    return found


def rollout(
    op: str, name: str = "agent", *, old: Properties | None = None, new: Properties | None = None
) -> Properties:
    """Return a step on a deployment's rollout, with the inputs that make a revision."""
    parent = {"parent": urn(DEPLOYMENT, name)}
    due = {"deployment_id": "an-id", "revision_id": UNKNOWN}
    return step(
        op,
        ROLLOUT,
        name,
        old=None if op == "create" else {**due, "revision_id": "r1", **(old or {})},
        new=None if op == "delete" else {**due, **(new or {})},
        state=parent,
    )


def bucket(
    op: str, name: str, old: Properties | None = None, new: Properties | None = None, **facts: Any
) -> Properties:
    return step(op, BUCKET, name, old=old, new=new, **facts)


def plan(*steps: Properties, **more: Any) -> Properties:
    """Return a whole preview of some steps."""
    summary: dict[str, int] = {}
    for each in steps:
        summary[each["op"]] = summary.get(each["op"], 0) + 1
    stack = step("same", "pulumi:pulumi:Stack", "support-prod", old={}, new={})
    counted = {**summary, "same": summary.get("same", 0) + 1}
    return {"steps": [stack, *steps], "changeSummary": counted, "duration": 1, **more}


def error(message: str, name: str = "agent") -> Properties:
    return {"severity": "error", "message": message, "urn": urn(DEPLOYMENT, name)}
