"""The documentation site: its commands, files and programs run, and it builds without a warning.

The blocks of a page are one test, for each builds on those before; so a page is run by
``page_runner`` and not block by block, as Sybil would.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
import yaml

from langsmith_pulumi.cli import main
from tests.docs.blocks import blocks_of
from tests.docs.page_runner import page_run

if TYPE_CHECKING:
    from tests.docs.blocks import Block

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PAGES = {
    str(path.relative_to(ROOT)): blocks_of(path)
    for path in [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
    if "_build" not in path.parts
}
WITH_COMMANDS = [page for page, blocks in PAGES.items() if any(one.commands for one in blocks)]
RUN_ELSEWHERE = {
    "README.md": "test_readme.py runs its program; its commands are those of other pages",
    "docs/changes.md": "made from a table",
    "docs/errors.md": "made by tests/faults, which play each error",
    "docs/lookups.md": "test_lookups.py runs its program in a workspace that fits",
    "docs/revisions.md": "test_revisions.py runs its recipe in a repository",
    "docs/testing.md": "test_testing.py runs its tests as a user does",
}
RUN = [page for page, blocks in PAGES.items() if blocks and page not in RUN_ELSEWHERE]
PULUMI_COMMANDS = {
    *("cancel", "config", "destroy", "login", "logout", "new", "preview", "refresh", "stack"),
    *("state", "up"),
}


@pytest.mark.parametrize("page", RUN)
def test_page_runs(page: str, tmp_path: Path) -> None:
    """Every block of the page does what the page says, in order, in one folder."""
    blocks = PAGES[page]
    if any(_needs_pulumi(block) for block in blocks) and not shutil.which("pulumi"):
        pytest.skip("pulumi is not on PATH")
    with page_run(tmp_path) as run:
        for block in blocks:
            run.run(block)


def _needs_pulumi(block: Block) -> bool:
    is_run = "checked" not in block.remarks
    return is_run and re.search(r"^(\$ )?pulumi ", block.text, re.MULTILINE) is not None


@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_commands_exist(page: str) -> None:
    """Every command of the page is parsed by the program that it calls, run or not."""
    for block in PAGES[page]:
        for command in block.commands:
            for part in _simple_commands(command.text):
                _check(part, f"{page}, line {block.line}: {command.text}")


@pytest.mark.parametrize("page", PAGES)
def test_files_are_well_formed(page: str) -> None:
    """Python, YAML and JSON on the page can be read."""
    for block in PAGES[page]:
        if block.language == "python":
            compile(block.text, f"{page}, line {block.line}", "exec")
        elif block.language in ("yaml", "yml"):
            yaml.safe_load(block.text)
        elif block.language == "json":
            json.loads(block.text)


def _simple_commands(text: str) -> list[list[str]]:
    """Return the words of each command of a line, without redirections and assignments."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars="|&;<>()")
    lexer.whitespace_split = True
    parts: list[list[str]] = [[]]
    for word in lexer:
        if set(word) <= set("|&;"):
            parts.append([])
        else:
            parts[-1].append(word)
    return [_without_extras(part) for part in parts if part]


def _without_extras(words: list[str]) -> list[str]:
    for number, word in enumerate(words):
        if set(word) <= set("<>") or word.endswith((">", "<")):
            words = words[:number]
            break
    while words and re.match(r"\w+=", words[0]):
        words = words[1:]
    return words


def _check(words: list[str], where: str) -> None:
    match words:
        case ["langsmith-pulumi", *arguments]:
            _parse(main, arguments, where)
        case ["pulumi", *arguments]:
            assert PULUMI_COMMANDS & set(arguments), where
        case ["pip", "install", *requirements]:
            assert all(_is_known(one) for one in requirements if not one.startswith("-")), where
        case ["make", target, *_]:
            makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), where


def _parse(command: click.Command, arguments: list[str], where: str) -> None:
    """Parse arguments as the command does, without running it."""
    try:
        context = command.make_context(command.name, list(arguments), resilient_parsing=False)
    except click.exceptions.Exit:
        return  # --help and --version
    except click.BadParameter as wrong:
        if not isinstance(getattr(wrong.param, "type", None), (click.File, click.Path)):
            pytest.fail(f"{where}: {wrong.format_message()}")
        return  # a file that an earlier command of the page writes
    except click.UsageError as wrong:
        pytest.fail(f"{where}: {wrong.format_message()}")
    if isinstance(command, click.Group):
        name, below, rest = command.resolve_command(
            context, [*context._protected_args, *context.args]
        )
        assert below, f"{where}: there is no {name}"
        _parse(below, rest, where)


def _is_known(requirement: str) -> bool:
    """Return True for this package, with extras that it has, and for what it is developed with."""
    if re.search(rf'^  "{re.escape(requirement)}[\[>"]', PYPROJECT, re.MULTILINE):
        return True
    found = re.fullmatch(r"langsmith-pulumi(?:\[([\w,]+)\])?(?:[=~<>].*)?", requirement)
    extras = (found[1] or "").split(",") if found else []
    return bool(found) and all(
        re.search(rf"^{extra} = \[", PYPROJECT, re.MULTILINE) for extra in extras if extra
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site."""
    built = tmp_path_factory.mktemp("site")
    command = ["sphinx", "--fail-on-warning", "--quiet", str(DOCS), str(built)]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environ,
    )
    assert done.returncode == 0, done.stderr
    return built


class _Loaded(HTMLParser):
    """Collects what a browser loads to show a page."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("script", "img", "iframe", "source"):
            self.urls.append(given.get("src") or "")
        elif tag == "link" and given.get("rel") not in ("canonical", "index", "search"):
            self.urls.append(given.get("href") or "")


def test_pages_load_nothing_from_elsewhere(site: Path) -> None:
    """The site builds without a warning, and a page needs no other server to look right."""
    pages = list(site.rglob("*.html"))
    assert len(pages) > len(RUN)
    for page in pages:
        loaded = _Loaded()
        loaded.feed(page.read_text(encoding="utf-8"))
        assert [url for url in loaded.urls if re.match(r"(https?:)?//", url)] == []
    for style in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(https?:)?//", style.read_text(encoding="utf-8"))
