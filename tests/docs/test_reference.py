"""The reference describes every argument, look-up, command and field of the report."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import langsmith_pulumi as langsmith
import site_reference
from langsmith_pulumi import inputs
from langsmith_pulumi.cli import main
from langsmith_pulumi.control_plane import settings
from langsmith_pulumi.review import schema
from site_reference import arguments, commands, lookups, report

DOCS = Path(__file__).parents[2] / "docs"
WITHOUT_A_CHANGE = {"resource_name", "opts", "wait_for_rollout"}
"""Arguments that are no part of the resource."""


def _entries(text: str) -> dict[str, str]:
    """Return the entries of a definition list by their names."""
    parts = re.split(r"^\[`(\w+)`\]\{#[\w-]+\}\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("name", ["Deployment", "Listener"])
def test_every_argument_is_described(name: str) -> None:
    """Each has its type, if it may be left out, what a change does, and how that is known."""
    found = _entries(arguments.of_resource(name))
    given = list(inspect.signature(getattr(langsmith, name).__init__).parameters)[1:]
    assert list(found) == given
    for argument in set(given) - WITHOUT_A_CHANGE:
        text = found[argument]
        assert re.match(r": .+ · (required|optional|default `.+`) · change: ", text), text
        if "see its fields" not in text:
            assert re.search(r"^  \*(Replaces|New revision|In place):\* .+\.", text, re.MULTILINE)


def test_every_field_of_an_object_is_described() -> None:
    """So is each field of ``inputs``; a class may say once for all how it is known."""
    sections = re.split(r"^### (\w+)\n", arguments.of_inputs(), flags=re.MULTILINE)
    found = dict(zip(sections[1::2], sections[2::2], strict=True))
    assert list(found) == [name for name in inputs.__all__ if name.endswith("Args")]
    for name, text in found.items():
        for field, entry in _entries(text).items():
            assert " · change: " in entry, (name, field)
        assert re.search(r"\*(Replaces|New revision|In place):\*", text), name


def test_every_type_has_its_place() -> None:
    """A link to a type leads to its section, on the page that the link names."""
    pages = {
        page.name: site_reference.fill_in(page.read_text()) for page in DOCS.glob("reference/*")
    }
    for page, text in pages.items():
        for target, anchor in re.findall(r"\]\((\w+\.md)?#(\w+)\)", text):
            titles = re.findall(r"^#+ (\w+)$", pages[target or page], re.MULTILINE)
            assert anchor in map(str.lower, titles), (page, anchor)


def test_every_lookup_and_result_is_described() -> None:
    """Each function has all of its parameters, and each result all of its fields."""
    text = lookups.functions() + lookups.results()
    named = set(re.findall(r"^### (\w+)$", text, re.MULTILINE))
    public = [name for name in langsmith.__all__ if re.match(r"get_|list_|\w+Result$", name)]
    assert named == {name for name in public if not name.endswith("_output")}


def test_every_command_is_described() -> None:
    """The page has the help of each command, at any depth."""
    paths = [context.command_path for context in commands.contexts(main, commands.PROGRAM)]
    assert re.findall(r"^##+ (.+)$", commands.helps(), re.MULTILINE) == paths
    assert commands.helps().count("Usage: langsmith-pulumi") == len(paths)


def test_every_field_of_the_report_is_described() -> None:
    """Each field of the schema is a row with a meaning."""
    whole: dict[str, Any] = schema()
    rows = re.findall(r"^\| `(\w+)` \| .+ \| .+ \|$", report.tables(), re.MULTILINE)
    objects = [whole, *(one for one in whole["$defs"].values() if "properties" in one)]
    assert rows == [field for one in objects for field in one["properties"]]


def test_every_setting_is_described() -> None:
    """The page of settings names each variable that is read, and each key of the configuration."""
    page = (DOCS / "reference/settings.md").read_text(encoding="utf-8")
    source = inspect.getsource(settings)
    names = set(re.findall(r'"(LANG\w+|CONTROL_PLANE_HOST)"', source))
    names |= {f"langsmith:{key}" for key in re.findall(r'config\("(\w+)"\)', source)}
    assert len(names) > 10
    assert {name for name in names if f"`{name}" not in page} == set()
