"""Tests of the files of a release: what is in them, and that the same tree makes the same bytes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from langsmith_pulumi._version import __version__

ROOT = Path(__file__).parents[2]
NAME = f"langsmith_pulumi-{__version__}"
OWN = {"PKG-INFO"}
"""What the builder adds to the sdist."""


@dataclass(frozen=True)
class Release:
    """The tracked files, and what was built of them."""

    tracked: set[str]
    sdist: Path
    wheel: Path
    rebuilt: Path
    """The folder with both files, built anew from the unpacked sdist."""


def _build(source: Path, target: Path) -> None:
    environ = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--directory", str(target)],
        cwd=source,
        env=environ,
        check=True,
        capture_output=True,
        timeout=100,
    )


def _tracked() -> set[str]:
    """Return the names of the tracked files that are there."""
    command = ["git", "ls-files", "-z"]
    done = subprocess.run(
        command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=60
    )
    if done.returncode or not done.stdout:  # an unpacked sdist may lie in a clone
        pytest.skip("this is no clone of the repository")
    return {name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Build both files twice: of the tracked files, and of the first sdist."""
    folder = tmp_path_factory.mktemp("release")
    tracked = _tracked()
    for name in tracked:
        copy = folder / "tree" / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, copy)  # neither times nor modes
    _build(folder / "tree", folder / "first")
    sdist = folder / f"first/{NAME}.tar.gz"
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "elsewhere", filter="data")
    _build(folder / "elsewhere" / NAME, folder / "second")
    wheel = folder / f"first/{NAME}-py3-none-any.whl"
    return Release(tracked, sdist, wheel, folder / "second")


def test_the_sdist_holds_every_tracked_file(release: Release) -> None:
    """Tests that read workflows, pages or settings find them there, and nothing else is in it."""
    with tarfile.open(release.sdist) as archive:
        names = {name.removeprefix(f"{NAME}/") for name in archive.getnames()}
    assert names - OWN == release.tracked


def test_the_same_files_make_the_same_bytes(release: Release) -> None:
    """Another folder, times and modes make no difference; the sdist makes what the tree makes."""
    for path in (release.sdist, release.wheel):
        assert (release.rebuilt / path.name).read_bytes() == path.read_bytes(), path.name


def test_the_changelog_has_this_version() -> None:
    """A version is released with what users should know of it."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[{re.escape(__version__)}\] - ", text, re.MULTILINE)


def test_the_wheel_holds_the_package_alone(release: Release) -> None:
    """Types, schema and all modules are in it; tests and examples are not."""
    with zipfile.ZipFile(release.wheel) as archive:
        names = set(archive.namelist())
    package = {name for name in names if not name.startswith(f"{NAME}.dist-info/")}
    code = ("langsmith_pulumi/", "pytest_langsmith_pulumi.py")
    assert package == {name for name in release.tracked if name.startswith(code)}
    assert {"langsmith_pulumi/py.typed", "langsmith_pulumi/review/report.schema.json"} <= package
