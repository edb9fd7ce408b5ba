"""Requests to a forge's API: patient with passing failures, and silent about the token."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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

    def _attempt(self, method: str, path: str, content: Mapping[str, Any]) -> httpx.Response:
        tried = f"{method} {self._client.base_url.join(path)}"
        try:
            answer = self._client.request(method, path, **content)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _Passing(f"{tried} failed: {self._harmless(str(error))}") from None
        if answer.is_success:
            return answer
        kind = _Passing if answer.status_code in _PASSING else PostingFailed
        said = self._harmless(answer.text)
        raise kind(f"{tried} was answered {answer.status_code}: {said} {_hint(answer)}".strip())

    def _harmless(self, text: str) -> str:
        return " ".join(text.replace(self._token, "***").split())[:_LONGEST_ANSWER]


_HINTS = {
    401: "Is the token right, and not expired?",
    403: "May the token write comments here? See what the workflow's README says of permissions.",
    404: "Does the pull request exist, and may the token see it?",
}


def _hint(answer: httpx.Response) -> str:
    return _HINTS.get(answer.status_code, "")
