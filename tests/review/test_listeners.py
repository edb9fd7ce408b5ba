"""A listener is one plain line among the other resources of a report."""

from __future__ import annotations

from typing import Any

import pytest

from langsmith_pulumi.review import review
from tests.review.building import plan, step, urn

LISTENER = "pulumi-python:dynamic/langsmith:Listener"


def listener(compute_id: str = "blue", *namespaces: str, **more: Any) -> dict[str, Any]:
    return {
        "compute_type": "k8s",
        "compute_id": compute_id,
        "compute_config": {"k8s_namespaces": list(namespaces or ("agents",))},
        "progress_urn": urn(LISTENER, "cluster"),
        "__provider": "(pickled)",
        **more,
    }


ADOPTION = {"compared": True, "differences": [{"path": "version", "live": "1"}]}

ROWS: list[tuple[str, dict[str, Any], str]] = [
    ("create", {"new": listener()}, "created cluster (langsmith:Listener)"),
    (
        "create",
        {"new": listener(import_id="an-id", adoption=ADOPTION)},
        "imported cluster (langsmith:Listener): version",
    ),
    (
        "update",
        {"old": listener(import_id="an-id"), "new": listener("blue", "tools")},
        "updated cluster (langsmith:Listener): compute_config.k8s_namespaces",
    ),
    (
        "replace",
        {"old": listener(), "new": listener("red")},
        "replaced cluster (langsmith:Listener): compute_id",
    ),
    ("delete", {"old": listener()}, "deleted cluster (langsmith:Listener)"),
]


@pytest.mark.parametrize(("op", "states", "line"), ROWS, ids=[row[2] for row in ROWS])
def test_a_listener_is_one_line(op: str, states: dict[str, Any], line: str) -> None:
    """It says what happens to it, with the fields of the table and none of the provider's."""
    text = review([("plan.json", plan(step(op, LISTENER, "cluster", **states)))], format="text")
    assert line in [found.strip(" -*•·") for found in text.text.splitlines()], text.text
