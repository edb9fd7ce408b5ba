"""Requests to a forge's API: retried after temporary failures, and never showing the token.

Messages of the HTTP library are not shown, because they can quote a header. A server's text is
stripped of the token and of control characters.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from langsmith_pulumi.review.values import escape_invisible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")

_ATTEMPTS = 4
_SECONDS = 30.0
_TEMPORARY_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
_MAX_ANSWER_LENGTH = 300


class PostingFailed(RuntimeError):  # noqa: N818 - the public name says it all
    """The forge did not accept what was posted; the message names the request and the answer."""


class _TemporaryFailure(PostingFailed):
    """A failure that another attempt may not meet."""


class Api:
    """A forge's API with a token, which is sent in a header and never shown."""

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        token: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._token = token
        self._client = httpx.Client(base_url=url, headers=dict(headers), timeout=_SECONDS)
        self._retrying = Retrying(
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait_exponential(multiplier=1, max=8),
            retry=retry_if_exception_type(_TemporaryFailure),
            sleep=sleep,
            reraise=True,
        )

    def send(self, method: str, path: str, *, once: bool = False, **content: Any) -> httpx.Response:
        """Send a request and return its answer; raise ``PostingFailed`` unless it succeeded.

        With ``once`` the request is not repeated, because it is not idempotent.
        """
        if once:
            return self._attempt(method, path, content)
        return self._retrying(self._attempt, method, path, content)

    def read(self, method: str, path: str, take: Callable[[Any], T], **content: Any) -> T:
        """Send a request and return what ``parse`` returns for its answer.

        Raise ``PostingFailed`` if the request or its answer fails.
        """
        answer = self.send(method, path, **content)
        return self.parse(answer, take)

    def parse(self, answer: httpx.Response, take: Callable[[Any], T]) -> T:
        """Return the result of ``take`` on an answer's JSON.

        Raise ``PostingFailed`` if the answer is no JSON, or not of the form that ``take`` expects.
        """
        try:
            return take(answer.json())
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
            raise PostingFailed(
                f"{answer.request.method} {self.sanitize(str(answer.request.url))} was answered "
                f"{answer.status_code} with a body that this API does not send. Does the variable "
                "with its address lead to the forge itself?"
            ) from None

    def _attempt(self, method: str, path: str, content: Mapping[str, Any]) -> httpx.Response:
        tried = f"{method} {self._shown(path)}"
        try:
            answer = self._client.request(method, path, **content)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _TemporaryFailure(f"{tried} failed: {_cause(error)}.") from None
        if answer.is_success:
            return answer
        kind = _TemporaryFailure if answer.status_code in _TEMPORARY_STATUSES else PostingFailed
        detail = self.sanitize(answer.text)
        raise kind(f"{tried} was answered {answer.status_code}: {detail} {_hint(answer)}".strip())

    def _shown(self, path: str) -> str:
        return self.sanitize(str(self._client.base_url.join(path)))

    def sanitize(self, text: str) -> str:
        """Return a server's text on one line, without the token and control characters."""
        plain = " ".join(text.replace(self._token, "***").split())
        return escape_invisible(plain[:_MAX_ANSWER_LENGTH])


_CAUSES: tuple[tuple[type[Exception], str], ...] = (
    (httpx.ConnectTimeout, "no connection in time"),
    (httpx.TimeoutException, "no answer in time"),
    (httpx.ConnectError, "no connection"),
    (httpx.ProxyError, "the proxy refused it"),
    (httpx.RemoteProtocolError, "the connection broke"),
    (httpx.NetworkError, "the connection broke"),
)


def _cause(error: Exception) -> str:
    """Describe an error without quoting the HTTP library."""
    return next((text for kind, text in _CAUSES if isinstance(error, kind)), "it was not sent")


_HINTS = {
    401: "Is the token right, and not expired?",
    403: "May the token write here? See what the workflow's README says of permissions.",
    404: "Does the pull request, or the repository, exist, and may the token see it?",
}


def _hint(answer: httpx.Response) -> str:
    return _HINTS.get(answer.status_code, "")
