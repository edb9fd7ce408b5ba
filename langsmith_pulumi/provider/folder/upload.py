"""The upload of a folder, after which a PATCH makes a revision of it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from langsmith_pulumi.provider import progress
from langsmith_pulumi.provider.error_boundary import ProviderError
from langsmith_pulumi.provider.properties import get_path, set_path
from langsmith_pulumi.provider.waits import ROLLOUT_TIMEOUT

from .archive import pack
from .difference import ARCHIVE_PATH, DIGEST, PATH, is_ignored
from .errors import FolderError
from .listing import list_files

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.provider.properties import Properties


def with_uploaded_folder(
    client: ControlPlaneClient, deployment_id: str, props: Properties, *, urn: str | None = None
) -> Properties:
    """Upload the folder that the inputs name; return them with the place of its archive.

    Inputs without a folder are returned as they are. The place is for a request only: the state
    does not keep it. ``urn`` is the resource on whose row the progress is shown.
    """
    from langsmith_pulumi.control_plane.uploads import upload_archive

    if props.get(PATH) is None:
        return props
    reporter = progress.StatusReporter(urn or props.get("progress_urn"))
    timeout = float(props.get("rollout_timeout") or ROLLOUT_TIMEOUT)
    with TemporaryDirectory(prefix="langsmith-pulumi-") as folder:
        archive = Path(folder) / "source.tar.gz"
        size = _pack(props, archive)
        place = upload_archive(
            client,
            deployment_id,
            archive,
            deadline=client.clock() + timeout,
            on_attempt=lambda seconds: reporter(f"uploading {_megabytes(size)}", seconds),
        )
    config = dict(props.get("source_revision_config") or {})
    sent = {**props, "source_revision_config": config}
    set_path(sent, ARCHIVE_PATH, place)
    return sent


def _pack(props: Properties, archive: Path) -> int:
    """Write the archive that the plan was made with; return its size."""
    path = props[PATH]
    try:
        with archive.open("wb") as target:
            found = pack(list_files(Path(path)), target)
    except FolderError as error:
        raise ProviderError(f"path {error}.") from error
    if found.digest != get_path(props, DIGEST) and not is_ignored(props):
        raise ProviderError(
            f"path: the folder {path} was changed while this ran, and nothing of it was sent. Run "
            "again to see what changes."
        )
    return archive.stat().st_size


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size:,} bytes"  # noqa: PLR2004
