"""Tests that the pages for contributors name what exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SUITES = (ROOT / "tests/README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PATHS = sorted(set(re.findall(r"`((?:[\w.-]+/)+[\w.-]*|[\w.-]+\.(?:md|toml|py))`", CONTRIBUTING)))


def test_every_folder_of_tests_is_described() -> None:
    """The table in tests/README.md has a row for each folder, and no other."""
    described = re.findall(r"^\| \[`(\w+)/`\]\(\1\) \|", SUITES, re.MULTILINE)
    folders = {path.parent.name for path in (ROOT / "tests").glob("*/__init__.py")}
    assert set(described) == folders
    assert len(described) == len(folders)


@pytest.mark.parametrize("path", PATHS)
def test_every_file_that_is_named_exists(path: str) -> None:
    """CONTRIBUTING.md names files and folders by their present paths."""
    assert (ROOT / path).exists()


@pytest.mark.parametrize(
    "target", sorted(set(re.findall(r"`make ([a-z]+)", CONTRIBUTING + SUITES)))
)
def test_every_make_target_exists(target: str) -> None:
    """Each `make` command of the two pages is in the Makefile."""
    assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)


def test_the_message_is_one_that_users_read() -> None:
    """The example of a message stands in docs/errors.md."""
    block = re.search(r"```text\n(.*?)```", CONTRIBUTING, re.DOTALL)
    assert block
    errors = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
    assert " ".join(block[1].split()) in errors


def test_the_rows_are_those_of_a_test() -> None:
    """The example of a table stands in the test that it is taken from."""
    block = re.search(r"From `([^`]+)`:\n\n```python\n(.*?)```", CONTRIBUTING, re.DOTALL)
    assert block
    source = (ROOT / block[1]).read_text(encoding="utf-8").splitlines()
    assert set(block[2].splitlines()) <= set(source)
