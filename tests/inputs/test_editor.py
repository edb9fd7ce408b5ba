"""What an editor offers and shows, as pyright's language server answers it."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import langsmith_pulumi as langsmith
from langsmith_pulumi.provider.sizes import DEPLOYMENT_TYPES, SIZES
from langsmith_pulumi.provider.sources import SOURCES
from tests.support.language_server import editor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.language_server import Editor

ROOT = Path(__file__).parents[2]
TYPED = {
    "Deployment": langsmith.Deployment.__init__,
    "Listener": langsmith.Listener.__init__,
    "list_deployments": langsmith.list_deployments,
}
"""What a program calls with named arguments, which have no class of their own."""


def arguments(function: object) -> dict[str, str]:
    """Return the named arguments of a function with their descriptions."""
    doc = inspect.getdoc(function) or ""
    found = re.findall(r"^    (\w+): (.+)$", doc.partition("Args:\n")[2], re.MULTILINE)
    return {name: text for name, text in found if name != "resource_name"}


CALLS = "\n".join(
    f"langsmith.{name}({', '.join(f'{one}={name}_{one}' for one in arguments(function))})"
    for name, function in TYPED.items()
)
PROGRAM = f"""
import langsmith_pulumi as langsmith

langsmith.Deployment(
    "agent",
    source="",
    source_config={{"deployment_type": "", "resource_spec": {{"cpu": 1, "": 1}}}},
    compute_size="",
    database_size="",
)
langsmith.inputs.SourceConfigArgs(deployment_type="", repo_url="x")
langsmith.inputs.ResourceSpecArgs(cpu=1, side)
langsmith.inputs.ResourceSpecArgs(cpu=2, exec)
{CALLS}
"""


@pytest.fixture(scope="module")
def program() -> Iterator[Editor]:
    with editor(ROOT / "program_in_an_editor.py", PROGRAM) as opened:
        yield opened


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (' source="', SOURCES),
        ('compute_size="', SIZES),
        ('database_size="', SIZES),
        ('"deployment_type": "', DEPLOYMENT_TYPES),
        ('Args(deployment_type="', DEPLOYMENT_TYPES),
    ],
)
def test_the_known_words_are_completed(program: Editor, after: str, words: list[str]) -> None:
    """An argument with few values completes exactly those, in a class and in a dict."""
    assert program.completions(after) == [f'"{word}"' for word in words]


def test_fields_not_for_use_are_not_offered(program: Editor) -> None:
    """Keys and arguments are completed, without those that the API's schema says not to use."""
    keys = program.completions('{"cpu": 1, "')
    assert {'"min_scale"', '"sidecars"'} <= set(keys)
    assert "sidecars=" in program.completions("ResourceSpecArgs(cpu=1, side")
    offered = [*keys, *program.completions("ResourceSpecArgs(cpu=2, exec")]
    assert not [one for one in offered if re.match(r'"?(orchestrator|executor)_', one)]


@pytest.mark.parametrize("name", TYPED)
def test_an_argument_shows_its_whole_description(program: Editor, name: str) -> None:
    """Hovering an argument shows all of its text, of which editors take no more than one line."""
    described = arguments(TYPED[name])
    shown = {one: program.hover(f"{one}={name}_{one}") for one in described}
    assert described
    for one, text in described.items():
        assert shown[one].endswith(f"{one}: {text}")


def test_a_field_shows_its_whole_description(program: Editor) -> None:
    """Hovering a field of a class or of a dict shows all lines of its description."""
    assert program.hover('repo_url="x"').endswith("from a changed one. Change: in place.")
    assert program.hover('"resource_spec": {').endswith("fixed sizes. Change: new revision.")
