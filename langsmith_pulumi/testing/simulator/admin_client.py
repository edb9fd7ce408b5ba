"""The client of the admin API, for the command `langsmith-pulumi simulator`."""

import json
from http import HTTPStatus
from typing import Any

import httpx

Json = dict[str, Any]


class AdminError(Exception):
    """An error for the user, in one sentence."""


class AdminClient:
    """The admin API of a running simulator."""

    def __init__(self, url: str, api_key: str) -> None:
        self._url = url.rstrip("/")
        self._headers = {"X-Api-Key": api_key}

    def fail_next(self, name: str, status: str, message: str | None, log: list[str]) -> None:
        """Set how the next revision of a deployment ends; the lines are the end of its build."""
        body = {"deployment": name, "status": status, "status_message": message, "build_log": log}
        self._send("POST", "outcomes", body)

    def requests(self) -> list[str]:
        """Return the requests to the API so far, one a line, oldest first."""
        return [_format_request(request) for request in self._send("GET", "requests")]

    def clear_requests(self) -> None:
        """Clear the recorded requests."""
        self._send("DELETE", "requests")

    def drift(self, name: str, assignments: list[str]) -> None:
        """Patch a deployment as a person would; an assignment is FIELD=VALUE."""
        self._send("POST", "drift", {"deployment": name, "patch": parse_patch(assignments)})

    def resize(self, name: str, compute_tier: str | None, database_tier: str | None) -> None:
        """Change the sizes of a deployment as a person would."""
        tiers = {"compute_tier": compute_tier, "database_tier": database_tier}
        self._send("POST", "resizes", {"deployment": name, **tiers})

    def push(self, name: str, commit: str) -> str | None:
        """Push a commit, and return the id of the revision it makes."""
        revision: str | None = self._send("POST", "push", {"deployment": name, "commit": commit})[
            "revision"
        ]
        return revision

    def add_preview(self, name: str, number: int) -> str:
        """Add the preview build of a pull request, and return its name."""
        return str(self._send("POST", "previews", {"deployment": name, "number": number})["name"])

    def set_health(self, name: str, statuses: list[int]) -> None:
        """Set the next answers of an agent to `/ok`."""
        self._send("POST", "health", {"deployment": name, "statuses": statuses})

    def _send(self, method: str, route: str, body: Json | None = None) -> Any:
        url = f"{self._url}/_simulator/{route}"
        try:
            response = httpx.request(method, url, headers=self._headers, json=body)
        except (httpx.HTTPError, httpx.InvalidURL):
            raise AdminError(f"No simulator answers at {self._url}.") from None
        if response.is_success:
            return response.json() if response.content else None
        raise AdminError(_error_text(self._url, response))


def parse_patch(assignments: list[str]) -> Json:
    """Parse FIELD=VALUE, where a field may be dotted and a value JSON, into a patch."""
    patch: Json = {}
    for assignment in assignments:
        path, separator, value = assignment.partition("=")
        if not (path and separator):
            raise AdminError(f"{assignment}: expected FIELD=VALUE.")
        *parents, last = path.split(".")
        target = patch
        for parent in parents:
            target = target.setdefault(parent, {})
            if not isinstance(target, dict):
                raise AdminError(f"{assignment}: {parent} has a value already.")
        target[last] = _parse_value(value)
    return patch


def _parse_value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _format_request(request: Json) -> str:
    query = f"?{request['query']}" if request["query"] else ""
    status = "no response" if request["status"] is None else request["status"]
    return f"{request['method']} {request['path']}{query} {status}"


def _error_text(url: str, response: httpx.Response) -> str:
    try:
        detail = response.json()["detail"]
    except (ValueError, KeyError, TypeError):
        detail = None
    if isinstance(detail, list):  # of a 422
        problems = [f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}" for one in detail]
        return "; ".join(problems)
    if detail is None or (response.status_code, detail) == (HTTPStatus.NOT_FOUND, "Not Found"):
        return f"{url} is not a simulator: it answered {response.status_code}."
    return f"{detail}"
