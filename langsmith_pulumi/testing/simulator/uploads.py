"""The upload URLs of folders, and the archives that they have received."""

from dataclasses import dataclass
from typing import Any

from langsmith_pulumi.testing.simulator.settings import Settings
from langsmith_pulumi.testing.simulator.workspace import new_id

UPLOADS_PREFIX = "/_uploads/"
RANGE_HEADER = "X-Goog-Content-Length-Range"


@dataclass
class Upload:
    """An upload URL, and the size of the archive that was sent to it, if any."""

    deployment_id: str
    object_path: str
    size: int | None = None


class Uploads:
    """The upload URLs by token; they end with the process."""

    def __init__(self) -> None:
        self.by_token: dict[str, Upload] = {}

    def new(self, deployment_id: str, settings: Settings, *, with_headers: bool) -> dict[str, Any]:
        """Make an upload URL, and return the response that names it."""
        token = new_id()
        upload = Upload(deployment_id, f"{deployment_id}/{token}.tar.gz")
        self.by_token[token] = upload
        shown: dict[str, Any] = {
            "upload_url": f"{settings.url}{UPLOADS_PREFIX}{token}",
            "object_path": upload.object_path,
        }
        if with_headers:
            shown["upload_headers"] = {RANGE_HEADER: size_range(settings)}
        return shown

    def is_missing(self, object_path: str | None) -> bool:
        """Return True if an archive was promised at this path and has not arrived."""
        return any(
            upload.object_path == object_path and upload.size is None
            for upload in self.by_token.values()
        )


def size_range(settings: Settings) -> str:
    """Return the range of sizes that an upload has to declare in its header."""
    return f"0,{settings.upload_limit}"
