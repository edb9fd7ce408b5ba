"""Uploads of archives: ask for an upload URL, and send the archive there.

An upload that was cut is repeated as a whole, to a new URL, because nobody knows what became of the
first one. Both requests change nothing that runs: only a PATCH of the deployment makes a revision.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from .agent_transport import host_of
from .errors import (
    TRANSIENT,
    APIStatusError,
    BadRequest,
    InvalidResponse,
    RateLimited,
    Redirected,
    ServerError,
)
from .models.requests import MAX_ARCHIVE_BYTES
from .retry import Policy, call_with_retry
from .settings import is_loopback
from .text import sanitize
from .upload_transport import Archive, put_archive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .client import ControlPlaneClient
    from .responses import RawResponse, UploadTarget

_CONTENT_TYPE = "application/gzip"
_RANGE_HEADERS = {"X-Goog-Content-Length-Range": f"0,{MAX_ARCHIVE_BYTES}"}
"""Headers to send where the service names none (vendor's command line)."""
_BYTES_PER_SECOND = 128 * 1024
"""The slowest upload that is waited for."""
_MIN_SECONDS = 60.0
_NEXT_STEP = "Nothing was built of it. Run `pulumi up` again, which uploads the folder anew."
_PAGE_BEGINNINGS = ("<!doctype html", "<html")
_TOO_MANY, _FAILED = 429, (408, 425)


def upload_archive(
    client: ControlPlaneClient,
    deployment_id: str,
    file: Path,
    *,
    deadline: float,
    on_attempt: Callable[[float], None] = lambda _: None,
) -> str:
    """Upload an archive for a deployment; return its place, for a PATCH that builds it.

    ``deadline`` is a time of the clock by which all attempts have to end. ``on_attempt`` receives
    the seconds since the beginning, before each of them.
    """
    size = file.stat().st_size
    started = client.clock()

    def send_once() -> str:
        on_attempt(client.clock() - started)
        target = client.until(deadline).upload_target(deployment_id)
        _require_encryption(target, client)
        archive = Archive(file, target.upload_url, _headers(target))
        seconds = min(_MIN_SECONDS + size / _BYTES_PER_SECOND, deadline - client.clock())
        label = f"PUT of the archive to {host_of(target.upload_url)}"
        response = put_archive(archive, label, max(seconds, 1.0))
        if not response.is_success:
            raise _error_for(response, client)
        _require_no_page(response)
        return target.object_path

    bounded = replace(_UPLOAD, seconds=max(deadline - started, 0.0))
    return call_with_retry(send_once, bounded, clock=client.clock, sleep=client.sleep)


def _is_cut(error: BaseException) -> bool:
    """Return True for an upload that may succeed at the next attempt.

    The request for a URL has retries of its own.
    """
    return isinstance(error, TRANSIENT) and error.request.startswith("PUT")


_UPLOAD = Policy(_is_cut, attempts=4, seconds=inf)


def _require_encryption(target: UploadTarget, client: ControlPlaneClient) -> None:
    """Raise ``InvalidResponse`` for a URL that would send the agent's source in clear."""
    url = target.upload_url
    is_plain = url.startswith("http://") and (is_loopback(url) or client.url.startswith("http://"))
    if not (url.startswith("https://") or is_plain):
        raise InvalidResponse(
            f"the upload URL at {host_of(url) or 'no host'} is not encrypted",
            request="POST .../upload-url",
        )


def _headers(target: UploadTarget) -> dict[str, str]:
    named = target.upload_headers or _RANGE_HEADERS
    is_typed = any(name.lower() == "content-type" for name in named)
    return {**({} if is_typed else {"Content-Type": _CONTENT_TYPE}), **named}


def _require_no_page(response: RawResponse) -> None:
    """Raise ``InvalidResponse`` for a page, as a proxy may send for the host of uploads."""
    if response.text.lstrip().lower().startswith(_PAGE_BEGINNINGS):
        raise InvalidResponse(
            "its body is a page, so something else than the host of uploads may answer",
            request=response.request,
            status=response.status,
            advice=_NEXT_STEP,
        )


def _error_for(response: RawResponse, client: ControlPlaneClient) -> APIStatusError:
    """Return the error for a response of the upload's host, which speaks no JSON."""
    detail = sanitize(response.text, redact=client.redact)
    status = response.status
    request, advice = response.request, _NEXT_STEP
    if status < 400:  # noqa: PLR2004 - the boundary to failures
        detail = f"redirected to {host_of(response.location) or 'another place'}"
        advice = (
            "Nothing was built of it. A redirect is not followed; please report it to the vendor."
        )
        return Redirected(detail, request=request, status=status, advice=advice)
    if status == _TOO_MANY or status in _FAILED or status >= 500:  # noqa: PLR2004 - the 5xx
        kind = RateLimited if status == _TOO_MANY else ServerError
        error = kind(detail, request=request, status=status, advice=advice)
        error.retry_after = response.retry_after
        return error
    return BadRequest(detail, request=request, status=status, advice=advice)
