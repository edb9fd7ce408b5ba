"""The health check of a deployed agent: ask its own URL until it answers well several times.

``DEPLOYED`` comes while pods still roll and a database is resized, so one good answer may be that
of a pod that is about to stop.
"""

from __future__ import annotations

from collections import deque
from itertools import groupby
from typing import TYPE_CHECKING

from .agent_transport import AgentTransport, host_of
from .errors import HealthCheckFailed
from .text import extract_detail, format_duration, sanitize

if TYPE_CHECKING:
    from collections.abc import Callable

    from .agent_transport import AgentResponse
    from .client import ControlPlaneClient
    from .models import HealthCheck
    from .responses import LiveDeployment

_REQUEST_SECONDS = 10.0
"""Limit of one request, which may have to wake an agent that is scaled to zero."""
_MIN_REQUEST_SECONDS = 1.0
_SHOWN_ANSWERS = 5
_MIN_TOKEN = 8
"""Characters; shorter words, such as ``Bearer``, are no secrets."""
_MAX_DETAIL = 150
_ASKS_AGAIN = "the next `pulumi up` asks again, also when nothing in the program has changed."


def wait_until_healthy(
    client: ControlPlaneClient,
    deployment: LiveDeployment,
    url: str | None,
    check: HealthCheck,
    *,
    on_progress: Callable[[int, float], None],
) -> None:
    """Ask the agent until it has answered 2xx often enough in a row; raise ``HealthCheckFailed``.

    Only ``check.headers`` are sent, and never the API key. ``on_progress`` receives the number of
    good answers in a row and the elapsed seconds.
    """
    page_url = client.dashboard_url(deployment)
    if not url:
        raise no_url(deployment, page_url)
    _register_headers(client, check)
    agent = AgentTransport(url, check.headers)
    try:
        answers = _ask(client, agent, check, on_progress)
    finally:
        agent.close()
    if answers is not None:
        raise check_failed(deployment, check, answers, page_url, _redaction(client, url))


def ask_once(client: ControlPlaneClient, url: str, check: HealthCheck) -> tuple[bool, str]:
    """Return if the agent answers 2xx, and its answer; only ``check.headers`` are sent."""
    _register_headers(client, check)
    agent = AgentTransport(url, check.headers)
    try:
        answer = agent.get(check.path, _REQUEST_SECONDS)
    finally:
        agent.close()
    return answer.is_success, _format_answer(answer, _redaction(client, url))


def _register_headers(client: ControlPlaneClient, check: HealthCheck) -> None:
    # An agent may echo the token of `Bearer <token>` alone.
    values = check.headers.values()
    client.register_secrets([part for value in values for part in (value, *_tokens(value))])


def _tokens(value: str) -> list[str]:
    """Return the words of a header's value that may be secrets of their own."""
    return [word for word in value.split() if len(word) >= _MIN_TOKEN]


def _ask(
    client: ControlPlaneClient,
    agent: AgentTransport,
    check: HealthCheck,
    on_progress: Callable[[int, float], None],
) -> list[AgentResponse] | None:
    """Return None when the agent is healthy, or the last answers at the end of the timeout."""
    started = client.clock()
    deadline = started + check.timeout
    answers: deque[AgentResponse] = deque(maxlen=_SHOWN_ANSWERS)
    good = 0
    while True:
        remaining = max(deadline - client.clock(), _MIN_REQUEST_SECONDS)
        answer = agent.get(check.path, min(_REQUEST_SECONDS, remaining))
        answers.append(answer)
        good = good + 1 if answer.is_success else 0
        on_progress(good, client.clock() - started)
        if good >= check.successes:
            return None
        remaining = deadline - client.clock()
        if remaining <= 0:
            return list(answers)
        client.sleep(min(check.interval, remaining))


def _redaction(client: ControlPlaneClient, url: str) -> Callable[[str], str]:
    """Return a function that hides secrets and the agent's host, which may be a secret too."""
    host = host_of(url)
    return lambda text: client.redact(text.replace(host, "the agent") if host else text)


def check_failed(
    deployment: LiveDeployment,
    check: HealthCheck,
    answers: list[AgentResponse],
    page_url: str,
    redact: Callable[[str], str],
) -> HealthCheckFailed:
    """Return the error for an agent that did not answer well in time, with its last answers."""
    shown = [_format_answer(answer, redact) for answer in answers]
    groups = [(text, len(list(group))) for text, group in groupby(shown)]
    listed = ", then ".join(f"{text}{f' ({n} times)' if n > 1 else ''}" for text, n in groups)
    path = check.path.partition("?")[0]
    times = f"{check.successes} times in a row" if check.successes > 1 else "once"
    advice = (
        f"Check the agent's log: {page_url}; {_ASKS_AGAIN}"
        if any(answer.is_reached for answer in answers)
        else "The machine that runs `up` must reach the agent's network: run it there, or leave "
        f"health_check out; {_ASKS_AGAIN}"
    )
    return HealthCheckFailed(
        f"Deployment {deployment.name!r} ({deployment.id}) is deployed, but its agent did not "
        f"answer GET {path} with 2xx {times} within {format_duration(check.timeout)}; its last "
        f"answers: {listed}",
        advice=advice,
    )


def _format_answer(answer: AgentResponse, redact: Callable[[str], str]) -> str:
    if answer.status is None:
        kind = "no answer" if answer.is_reached else "no connection"
        return f"{kind} ({sanitize(answer.text, _MAX_DETAIL, redact=redact)})"
    if 300 <= answer.status < 400:  # noqa: PLR2004
        return f"{answer.status}, a redirection, which is not followed"
    detail = "" if answer.is_success else extract_detail(answer.text)
    text = sanitize(detail, _MAX_DETAIL, redact=redact)
    return f"{answer.status}: {text}" if text else str(answer.status)


def no_url(deployment: LiveDeployment, page_url: str) -> HealthCheckFailed:
    """Return the error for a deployment without a URL to ask."""
    return HealthCheckFailed(
        f"Deployment {deployment.name!r} ({deployment.id}) is deployed, but health_check has no "
        "URL to ask: the service names none",
        advice=(
            f"Give it one in source_config.custom_url, or leave health_check out. More: {page_url}"
        ),
    )
