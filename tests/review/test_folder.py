"""What a report says of a local folder whose contents change."""

from __future__ import annotations

import json
from typing import Any

import pytest

from langsmith_pulumi.review import review
from tests.review.building import inputs, plan, rollout, step

BEFORE = {"graph.py": "a1", "old.py": "b1", "langgraph.json": "c1"}
AFTER = {"graph.py": "a2", "langgraph.json": "c1", "tools.py": "d1"}


def folder(files: dict[str, str] | None, digest: str, count: int = 3) -> dict[str, Any]:
    """Return inputs with the recorded contents of a folder."""
    recorded = {"digest": digest, "count": float(count), **({"files": files} if files else {})}
    return inputs(source="internal_source", path="./agent", folder=recorded)


def report(before: dict[str, Any], after: dict[str, Any], style: str) -> str:
    text = plan(
        step("update", old=before, new=after),
        rollout("update", old={"folder": {"digest": "1"}}, new={"folder": {"digest": "2"}}),
    )
    return review([("plan.json", text)], format=style).text


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            BEFORE,
            AFTER,
            "folder: 1 file changed, 1 added, 1 removed: graph.py, tools.py and old.py",
        ),
        (
            BEFORE,
            {f"{number:02}.py": "x" for number in range(12)},
            "12 files added, 3 removed: 00.py",
        ),
        (None, None, "folder: its files changed (4,000 files now)"),
    ],
    ids=["some files", "many files", "files that are not recorded"],
)
def test_the_files_that_change_are_counted_and_named(
    before: dict[str, str] | None, after: dict[str, str] | None, expected: str
) -> None:
    """A reviewer reads numbers and names, and no digest."""
    found = report(folder(before, "digest-1"), folder(after, "digest-2", 4000), "text")
    assert expected in found
    assert "digest-" not in found


def test_programs_read_all_names() -> None:
    """The JSON document has each path, by what happens to it."""
    document = json.loads(report(folder(BEFORE, "1"), folder(AFTER, "2"), "json"))
    (deployment,) = document["stacks"][0]["deployments"]
    assert (deployment["kind"], deployment["folder"]) == (
        "revision",
        {"count": 3, "changed": ["graph.py"], "added": ["tools.py"], "removed": ["old.py"]},
    )
