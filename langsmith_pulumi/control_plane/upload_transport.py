"""The PUT of an archive to an upload URL, which is on another host than the control plane.

It never carries the API key and follows no redirect. The URL is signed, so no error contains more
of it than the host.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import httpx

from langsmith_pulumi._version import __version__

from .agent_transport import host_of
from .errors import ResponseLost, Unreachable
from .responses import RawResponse
from .retry import parse_http_date, parse_retry_after
from .settings import is_loopback
from .text import sanitize
from .transport import NOTHING_SENT, DeadlineExceeded, call_with_deadline

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_CONNECT_SECONDS = 10.0
_STALL_SECONDS = 60.0
"""Limit between two pieces that are sent or received."""
_MAX_BYTES = 64 * 1024
_AGAIN = "Nothing was built of it. Run `pulumi up` again, which uploads the folder anew."


@dataclass(frozen=True)
class Archive:
    """The file that is uploaded, and where it goes."""

    file: Path
    url: str
    headers: Mapping[str, str]


def put_archive(archive: Archive, label: str, seconds: float) -> RawResponse:
    """Send an archive as a whole; return the response of any status.

    Raise ``Unreachable`` or ``ResponseLost`` without a complete response in time.
    """
    try:
        call = partial(_put, archive, label)
        return call_with_deadline(seconds, call, dispose=lambda _: None)
    except DeadlineExceeded:
        detail = f"it was not complete within {seconds:.3g} s"
        raise ResponseLost(detail, request=label, advice=_AGAIN) from None


def _put(archive: Archive, label: str) -> RawResponse:
    try:
        with _connect(archive.url) as http:
            return _exchange(http, archive, label)
    except NOTHING_SENT as error:
        advice = (
            f"Nothing was built of it. Check that this machine may reach {host_of(archive.url)}, "
            "the host that the control plane names for uploads, then run again."
        )
        raise Unreachable(_cause(error, archive), request=label, advice=advice) from error
    except (httpx.HTTPError, httpx.StreamError) as error:
        raise ResponseLost(_cause(error, archive), request=label, advice=_AGAIN) from error


def _connect(url: str) -> httpx.Client:
    return httpx.Client(
        timeout=httpx.Timeout(_STALL_SECONDS, connect=_CONNECT_SECONDS),
        follow_redirects=False,
        # The proxies of the environment are not for a host on this machine.
        trust_env=not is_loopback(url),
    )


def _exchange(http: httpx.Client, archive: Archive, label: str) -> RawResponse:
    size = archive.file.stat().st_size
    headers = httpx.Headers({"User-Agent": f"langsmith-pulumi/{__version__}"})
    # A name counts once in any spelling: a signed URL is refused if a header comes twice.
    for given in (archive.headers, {"Content-Length": str(size)}):
        headers.update(given)
    body = bytearray()
    with (
        # An attempt that was given up may still read, so each one opens the file.
        archive.file.open("rb") as content,
        http.stream("PUT", archive.url, headers=headers, content=content) as reply,
    ):
        for piece in reply.iter_bytes():
            body += piece
            if len(body) > _MAX_BYTES:
                break
    date = parse_http_date(reply.headers.get("date", ""))
    return RawResponse(
        request=label,
        status=reply.status_code,
        text=bytes(body[:_MAX_BYTES]).decode(errors="replace"),
        retry_after=parse_retry_after(reply.headers, date),
        location=reply.headers.get("location", ""),
        date=date,
    )


def _cause(error: Exception, archive: Archive) -> str:
    """Return the text of an error of httpx without the URL, which some of them contain."""
    text = str(error).replace(archive.url, host_of(archive.url))
    return sanitize(text, 200) or type(error).__name__
