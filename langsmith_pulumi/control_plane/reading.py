"""From a successful answer to a model, or to a typed error."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from .answers import Deployment, Page, Revision
from .errors import AnswerUnreadable
from .fields import explain
from .text import sanitize

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .scrub import Scrubber
    from .wire import Received

M = TypeVar("M", bound=BaseModel)

_MOST_NAMED = 5
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def document(received: Received) -> Any:
    """Parse the body as JSON."""
    found = _parsed(received.text)
    if found is _NO_JSON:
        # Raised out here, since the parser's error keeps the whole body.
        raise _unreadable(received, "its body is no JSON")
    return found


_NO_JSON = object()


def _parsed(text: str) -> Any:
    try:
        found = json.loads(text)
        return _without_surrogates(found) if _SURROGATE.search(text) else found
    except (ValueError, RecursionError):
        return _NO_JSON


def _without_surrogates(value: Any) -> Any:
    """Replace unpaired surrogates: no protocol, file or terminal takes them."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    return value


def model(received: Received, cls: type[M], content: Any) -> M:
    """Take JSON for an object of the API."""
    try:
        return cls.model_validate(content)
    except (ValidationError, RecursionError) as exc:
        raise _unreadable(received, _lacking(cls, exc)) from exc


def deployment(received: Received, scrubber: Scrubber, content: Any = None) -> Deployment:
    """Read a deployment, and learn the secrets it holds."""
    content = document(received) if content is None else content
    scrubber.learn(named_values(content))
    return model(received, Deployment, content).model_copy(update={"seen_at": received.date})


def revision(received: Received, scrubber: Scrubber, content: Any = None) -> Revision:
    """Read a revision; its message is made fit to be quoted."""
    content = document(received) if content is None else content
    found = model(received, Revision, content)
    message = sanitize(found.status_message or "", redact=scrubber.scrub) or None
    return found.model_copy(update={"seen_at": received.date, "status_message": message})


def page(received: Received) -> Page:
    """Read one page of a list."""
    return model(received, Page, document(received))


def nothing(received: Received) -> None:
    """Expect nothing: an empty body, or any JSON. A page of HTML is somebody else's answer."""
    if received.text.strip():
        document(received)


def named_values(content: Any, depth: int = 12) -> Iterator[str]:
    """List every ``value`` that stands beside a ``name``: the shape of all variables of the API."""
    if depth == 0:
        return
    if isinstance(content, dict):
        if isinstance(content.get("value"), str) and "name" in content:
            yield content["value"]
        content = list(content.values())
    if isinstance(content, list):
        for item in content:
            yield from named_values(item, depth - 1)


def _lacking(cls: type[BaseModel], exc: Exception) -> str:
    name = cls.__name__.lower()
    if not isinstance(exc, ValidationError):
        return f"it is no {name}"
    wrong = "; ".join(f"{path or name}: {why}" for path, why in explain(exc)[:_MOST_NAMED])
    return f"it is no {name} ({sanitize(wrong, 200)})"


def _unreadable(received: Received, what: str) -> AnswerUnreadable:
    return AnswerUnreadable(
        what, request=received.request, status=received.status, request_id=received.request_id
    )
