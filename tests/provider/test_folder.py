"""What is packed of a folder: the same on every machine, and nothing that is left out."""

from __future__ import annotations

import gzip
import io
import os
import random
import subprocess
import tarfile
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langsmith_pulumi.provider.folder.archive import Contents, check_size, pack, read_contents
from langsmith_pulumi.provider.folder.errors import FolderError
from langsmith_pulumi.provider.folder.listing import list_files

NAMES = st.text("abcXYZ.-_ é", min_size=1, max_size=6).filter(lambda name: name.strip(".") != "")
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
FILES = st.dictionaries(
    PATHS, st.tuples(st.binary(max_size=40), st.booleans()), min_size=1, max_size=6
)


def make(root: Path, files: dict[str, tuple[bytes, bool]], order: random.Random) -> None:
    """Write files in some order, with times, modes and owners of some machine."""
    paths = sorted(files)
    order.shuffle(paths)
    for path in paths:
        content, is_executable = files[path]
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        file.chmod((0o700 if is_executable else 0o600) | order.choice([0, 0o040, 0o044]))
        os.utime(file, (order.randrange(2**31), order.randrange(2**31)))
        if os.geteuid() == 0:
            os.chown(file, order.randrange(1000), order.randrange(1000))


def packed(root: Path) -> tuple[Contents, bytes]:
    archive = io.BytesIO()
    return pack(list_files(root), archive), archive.getvalue()


def without_prefixes(files: dict[str, tuple[bytes, bool]]) -> dict[str, tuple[bytes, bool]]:
    """Leave out a file that another path needs as a folder."""
    return {
        path: content
        for path, content in files.items()
        if not any(other.startswith(f"{path}/") for other in files)
    }


@settings(max_examples=40, deadline=None)
@given(files=FILES.map(without_prefixes), seeds=st.tuples(st.integers(), st.integers()))
def test_two_machines_pack_the_same(
    files: dict[str, tuple[bytes, bool]], seeds: tuple[int, int]
) -> None:
    """Times, owners, other modes and the order of creation are in neither digest nor archive."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        make(Path(one), files, random.Random(seeds[0]))
        make(Path(other), files, random.Random(seeds[1]))
        assert packed(Path(one)) == packed(Path(other))
        assert read_contents(list_files(Path(one))) == packed(Path(other))[0]


@settings(max_examples=40, deadline=None)
@given(files=FILES.map(without_prefixes), data=st.data())
def test_another_content_has_another_digest(
    files: dict[str, tuple[bytes, bool]], data: st.DataObject
) -> None:
    """So has another name, and another executable bit."""
    path = data.draw(st.sampled_from(sorted(files)))
    content, is_executable = files[path]
    edits = [
        {path: (content + b"x", is_executable)},
        {path: (content, not is_executable)},
        {f"{path}x": (content, is_executable)},
    ]
    edit = data.draw(st.sampled_from(edits))
    others = {key: value for key, value in files.items() if key != path or path in edit}
    digests = set()
    for variant in (files, {**others, **edit}):
        with tempfile.TemporaryDirectory() as root:
            make(Path(root), variant, random.Random(0))
            digests.add(packed(Path(root))[0].digest)
    assert len(digests) == 2


def test_the_archive_tells_nothing_of_the_machine(tmp_path: Path) -> None:
    """Neither in the headers of the files nor in that of gzip."""
    make(tmp_path, {"run.sh": (b"x", True), "a.py": (b"y", False)}, random.Random(1))
    _, content = packed(tmp_path)
    assert content[3:8] == b"\0\0\0\0\0"
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(content))) as archive:
        headers = [(one.name, one.mode, one.mtime, one.uid, one.gid, one.uname) for one in archive]
    assert headers == [("a.py", 0o644, 0, 0, 0, ""), ("run.sh", 0o755, 0, 0, 0, "")]


NEVER_PACKED = [
    *(".env", ".env.prod", ".envrc", ".git/HEAD", ".venv/a", "venv/a", "node_modules/a/b"),
    *("x/__pycache__/a", "Pulumi.yaml", "Pulumi.dev.yaml", ".pulumi/a", ".pulumi-offline/a"),
    ".langgraph_api/a",
]
IGNORED: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "what is never part of an agent",
        {
            **dict.fromkeys(NEVER_PACKED, ""),
            ".gitignore": "!.env\n!.venv/\n",
        },
        [".gitignore"],
    ),
    (
        "patterns",
        {
            ".gitignore": "*.log\n!keep.log\n/top\n",
            "a.log": "",
            "keep.log": "",
            "top": "",
            "x/top": "",
        },
        [".gitignore", "keep.log", "x/top"],
    ),
    (
        "a file below",
        {"x/.gitignore": "*.log\n", "x/a.log": "", "a.log": ""},
        ["a.log", "x/.gitignore"],
    ),
    (
        "the nearer file decides",
        {".gitignore": "*.log\n", "x/.gitignore": "!a.log\n", "x/a.log": ""},
        [".gitignore", "x/.gitignore", "x/a.log"],
    ),
    ("an ignored folder is not entered", {".gitignore": "x/\n!x/a\n", "x/a": ""}, [".gitignore"]),
    (".dockerignore", {".dockerignore": "*\n!src\n", "src/a/b": "", "other": ""}, ["src/a/b"]),
]


@pytest.mark.parametrize(
    ("files", "kept"), [row[1:] for row in IGNORED], ids=[row[0] for row in IGNORED]
)
def test_what_is_left_out(files: dict[str, str], kept: list[str], tmp_path: Path) -> None:
    """The ignore files decide, except for what no ignore file can take back."""
    make(
        tmp_path,
        {path: (text.encode(), False) for path, text in {**files, "main": ""}.items()},
        random.Random(2),
    )
    expected = {*kept, "main"} - ({"main"} if ".dockerignore" in files else set())
    assert {file.path for file in list_files(tmp_path)} == expected


@pytest.mark.parametrize(("rule", "kept"), [("*.log", ["a.py"]), ("agent/", ["a.log", "a.py"])])
def test_a_repository_around_the_folder(rule: str, kept: list[str], tmp_path: Path) -> None:
    """Its rules count, unless it ignores the folder itself, which is generated then."""
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text(f"{rule}\n")
    make(tmp_path / "agent", {"a.log": (b"", False), "a.py": (b"", False)}, random.Random(3))
    assert [file.path for file in list_files(tmp_path / "agent")] == kept


def test_links_inside_are_followed(tmp_path: Path) -> None:
    """They are packed as what they lead to, so that no service has to follow one."""
    make(
        tmp_path,
        {
            "lib/a.py": (b"a", False),
            "lib/a.log": (b"", False),
            ".gitignore": (b"/lib/a.log", False),
        },
        random.Random(4),
    )
    (tmp_path / "b.py").symlink_to("lib/a.py")
    (tmp_path / "linked").symlink_to("lib")
    paths = [".gitignore", "b.py", "lib/a.py", "linked/a.py"]
    assert [file.path for file in list_files(tmp_path)] == paths
    contents, archive = packed(tmp_path)
    assert contents.files["b.py"] == contents.files["lib/a.py"]
    with tarfile.open(fileobj=io.BytesIO(archive)) as found:
        assert all(one.isfile() for one in found)


@pytest.mark.parametrize(
    ("link", "target", "reason"),
    [
        ("out", "../..", "leads out of it: out"),
        ("x/up", "..", "to a folder that contains it: x/up"),
        ("gone", "nothing", "to nothing: gone"),
        ("token", ".env", "to something that is left out: token"),
    ],
)
def test_links_that_are_refused(link: str, target: str, reason: str, tmp_path: Path) -> None:
    """A secret does not get into the archive under another name."""
    make(tmp_path, {"x/a.py": (b"", False), ".env": (b"", False)}, random.Random(5))
    (tmp_path / link).symlink_to(target)
    with pytest.raises(FolderError, match=reason):
        list_files(tmp_path)


def test_the_size_is_that_of_the_archive(tmp_path: Path) -> None:
    """What compresses well may be large, and the error names what takes the place."""
    limit = 3_000_000
    noise = random.Random(6).randbytes(limit)
    make(
        tmp_path,
        {"zeros": (bytes(2 * limit), False), "noise": (noise[: limit // 2], False)},
        random.Random(7),
    )
    check_size(list_files(tmp_path), limit)
    (tmp_path / "noise").write_bytes(noise)
    with pytest.raises(FolderError, match=r"larger than 3,000,000 bytes when packed.* zeros"):
        check_size(list_files(tmp_path), limit)


def test_a_file_that_changes_while_it_is_packed(tmp_path: Path) -> None:
    """A shorter file than listed cannot be in the archive."""
    make(tmp_path, {"a.py": (b"long", False)}, random.Random(8))
    files = list_files(tmp_path)
    (tmp_path / "a.py").write_bytes(b"")
    with pytest.raises(FolderError, match="was changed while it was read"):
        pack(files, io.BytesIO())
