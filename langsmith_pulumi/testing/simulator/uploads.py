"""The upload URLs of folders, the archives that they have received, and builds from them."""

import gzip
import io
import posixpath
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from langsmith_pulumi.testing.simulator.records import UploadRecord
from langsmith_pulumi.testing.simulator.workspace import Workspace, new_id

Json = dict[str, Any]

UPLOADS_PREFIX = "/_uploads/"
RANGE_HEADER = "X-Goog-Content-Length-Range"
DEFAULT_CONFIG_PATH = "langgraph.json"

_CHUNK = 1 << 20


class Uploads:
    """The uploads of a workspace; what is in an archive is recorded, its bytes end with us."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._contents: dict[str, bytes] = {}

    def promise(self, deployment_id: str, *, with_headers: bool) -> Json:
        """Make an upload URL, and return the response that names it."""
        token, settings = new_id(), self._workspace.settings
        upload = UploadRecord(deployment_id, f"{deployment_id}/{token}.tar.gz")
        self._workspace.records.uploads[token] = upload
        shown: Json = {
            "upload_url": f"{settings.url}{UPLOADS_PREFIX}{token}",
            "object_path": upload.object_path,
        }
        if with_headers:
            shown["upload_headers"] = {RANGE_HEADER: size_range(settings.upload_limit)}
        return shown

    def store(self, token: str, content: bytes) -> None:
        """Store an archive in place of an earlier one at the same URL."""
        upload = self._workspace.records.uploads[token]
        upload.size = len(content)
        upload.files = list_files(content)
        self._contents[upload.object_path] = content

    def content(self, object_path: str) -> bytes | None:
        """Return an archive as it was uploaded to this process."""
        return self._contents.get(object_path)

    def all(self, deployment_id: str | None = None) -> list[Json]:
        """Return the uploads, oldest first, of one deployment or of all."""
        return [
            asdict(upload)
            for upload in self._workspace.records.uploads.values()
            if deployment_id in (None, upload.deployment_id)
        ]

    def is_promised(self, object_path: str, deployment_id: str | None) -> bool:
        """Return True if an upload URL of this deployment came with this path."""
        upload = self._find(object_path)
        return upload is not None and upload.deployment_id == deployment_id

    def failed_build(self, config: Mapping[str, Any]) -> list[str]:
        """Return the log of a build that its archive lets fail, or nothing if it succeeds."""
        path = config.get("source_tarball_path")
        upload = self._find(path) if path else None
        if upload is None:
            return []
        config_path = config.get("langgraph_config_path") or DEFAULT_CONFIG_PATH
        reason = _find_problem(upload, config_path)
        return [f"Downloading {path}", f"error: {reason}"] if reason else []

    def _find(self, object_path: str) -> UploadRecord | None:
        uploads = self._workspace.records.uploads.values()
        return next((one for one in uploads if one.object_path == object_path), None)


def size_range(limit: int) -> str:
    """Return the range of sizes that an upload has to declare in its header."""
    return f"0,{limit}"


def list_files(content: bytes) -> list[str] | None:
    """Return the paths of the files in a `.tar.gz`, or None if it cannot be read."""
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            with tarfile.open(fileobj=stream, mode="r:") as archive:
                files = [posixpath.normpath(member.name) for member in archive if member.isfile()]
            while stream.read(_CHUNK):  # to the end, where a checksum is
                pass
    except (tarfile.TarError, OSError, EOFError, zlib.error, ValueError):
        return None
    return sorted(files)


def _find_problem(upload: UploadRecord, config_path: str) -> str | None:
    if upload.size is None:
        return f"no such object: {upload.object_path}"
    if upload.files is None:
        return "cannot unpack the source: it is not a tar archive compressed with gzip"
    if posixpath.normpath(config_path) not in upload.files:
        return f"{config_path} not found in the source"
    return None
