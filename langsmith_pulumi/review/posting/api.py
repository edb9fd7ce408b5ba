"""Requests to a forge's API: patient with passing failures, and silent about the token.

Texts of the HTTP library are shown nowhere, for they can quote a header; what a server says is
stripped of the token and of control characters.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from langsmith_pulumi.review.values import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")

_ATTEMPTS = 4
_SECONDS = 30.0
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_LONGEST_ANSWER = 300


class PostingFailed(RuntimeError):  # noqa: N818 - it says what happened
    """The forge did not take the comment; the message says what was tried and what came back."""


class _Passing(PostingFailed):
    """Worth another attempt."""


class Api:
    """A forge's API with a token, which is sent in a header and shown nowhere."""

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
            retry=retry_if_exception_type(_Passing),
            sleep=sleep,
            reraise=True,
        )

    def send(self, method: str, path: str, *, once: bool = False, **content: Any) -> httpx.Response:
        """The answer to a request; raises ``PostingFailed`` unless it succeeded.

        ``once``: a second time would not be the same as one, so it is not repeated.
        """
        if once:
            return self._attempt(method, path, content)
        return self._retrying(self._attempt, method, path, content)

    def read(self, method: str, path: str, take: Callable[[Any], T], **content: Any) -> T:
        """Return what ``take`` finds in the JSON of an answer.

        Raise ``PostingFailed`` if the answer is no JSON, or none of the form that ``take`` expects.
        """
        answer = self.send(method, path, **content)
        return self.parse(answer, take)

    def parse(self, answer: httpx.Response, take: Callable[[Any], T]) -> T:
        """Return what ``take`` finds in the JSON of an answer; see ``read``."""
        try:
            return take(answer.json())
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
            raise PostingFailed(
                f"{answer.request.method} {self.harmless(str(answer.request.url))} was answered "
                f"{answer.status_code}, but not as this API answers. Does the variable with its "
                "address lead to the forge itself?"
            ) from None

    def _attempt(self, method: str, path: str, content: Mapping[str, Any]) -> httpx.Response:
        tried = f"{method} {self._shown(path)}"
        try:
            answer = self._client.request(method, path, **content)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _Passing(f"{tried} failed: {_cause(error)}.") from None
        if answer.is_success:
            return answer
        kind = _Passing if answer.status_code in _PASSING else PostingFailed
        told = self.harmless(answer.text)
        raise kind(f"{tried} was answered {answer.status_code}: {told} {_hint(answer)}".strip())

    def _shown(self, path: str) -> str:
        return self.harmless(str(self._client.base_url.join(path)))

    def harmless(self, text: str) -> str:
        """Return a server's text on one line, without the token and without control characters."""
        plain = " ".join(text.replace(self._token, "***").split())
        return visible(plain[:_LONGEST_ANSWER])


_CAUSES: tuple[tuple[type[Exception], str], ...] = (
    (httpx.ConnectTimeout, "no connection in time"),
    (httpx.TimeoutException, "no answer in time"),
    (httpx.ConnectError, "no connection"),
    (httpx.ProxyError, "the proxy refused it"),
    (httpx.RemoteProtocolError, "the connection broke"),
    (httpx.NetworkError, "the connection broke"),
)


def _cause(error: Exception) -> str:
    """Return what went wrong in words of our own."""
    return next((words for kind, words in _CAUSES if isinstance(error, kind)), "it was not sent")


_HINTS = {
    401: "Is the token right, and not expired?",
    403: "May the token write comments here? See what the workflow's README says of permissions.",
    404: "Does the pull request exist, and may the token see it?",
}


def _hint(answer: httpx.Response) -> str:
    return _HINTS.get(answer.status_code, "")
