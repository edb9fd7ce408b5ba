"""Golden files, one per report; ``pytest tests/review --snapshot-update`` accepts new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion


class _Text(SingleFileSnapshotExtension):
    _write_mode = WriteMode.TEXT


class _Markdown(_Text):
    file_extension = _file_extension = "md"


class _Json(_Text):
    file_extension = _file_extension = "json"


class _Ansi(_Text):
    file_extension = _file_extension = "txt"


@pytest.fixture
def markdown(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(_Markdown)


@pytest.fixture
def text(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(_Ansi)


@pytest.fixture
def json_file(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(_Json)
