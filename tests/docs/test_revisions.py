"""The recipe in docs/revisions.md works as it says."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

PAGE = Path(__file__).parents[2] / "docs" / "revisions.md"


def git(*arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


def test_only_a_change_of_its_folder_changes_a_trigger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit elsewhere in the monorepo makes no revision."""
    [block] = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    recipe: dict[str, Any] = {}
    exec(block, recipe)
    monkeypatch.chdir(tmp_path)
    git("init")
    ids = []
    for file in ("agents/support/a.py", "agents/other/b.py", "agents/support/c.py"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(file)
        git("add", ".")
        git("commit", "-m", file)
        ids.append(recipe["content_of"]("agents/support"))
    assert ids[0] == ids[1] != ids[2]
