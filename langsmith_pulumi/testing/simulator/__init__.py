"""The LangSmith control plane on loopback: strict, and with the service's own defaults.

A request passes through the modules from top to bottom; imports point downwards:

    command.py          the command that serves it
    server.py           the simulator in Python, and its application
    loopback.py         the web server in a thread
    hosts.py            the check of `Host` headers
    middleware.py       recording, faults, authentication, saving, path prefix
    faults.py           the effects of faults
    traffic.py          the recorded requests, and the faults to come
    other_hosts.py      the routes of agents and of the target of uploads
    admin_api.py        the routes below /_simulator
    api.py              the routes of the API
    logs_api.py         the routes of logs
    listeners_api.py    the routes of listeners
    schemas.py          the request bodies
    queries.py          the query parameters of lists and logs
    views.py            the form of records in responses
    service.py          the operations of the API
    logs.py             the lines of logs, and pages of them
    listeners.py        the operations on listeners
    uploads.py          the upload URLs of folders
    validation.py       the rules for request bodies
    factory.py          new deployments and revisions, with the service's defaults
    workspace.py        the deployments and tracing projects, and the current tick of each
    records.py          the data, and the file that keeps it between runs
    lifecycle.py        the statuses of revisions and deployments, and their timelines
    error_responses.py  the error responses
    settings.py         the settings of a simulator, and the behaviours

`admin_client.py` is the client of the admin API for the command line, apart from the rest.

It is written from the notes on the API and imports nothing of the code it tests.
"""

try:
    from langsmith_pulumi.testing.simulator.command import run
    from langsmith_pulumi.testing.simulator.server import Simulator
except ModuleNotFoundError as _missing:
    if _missing.name not in {"fastapi", "uvicorn", "starlette"}:
        raise
    raise ModuleNotFoundError(
        f"The simulator needs {_missing.name}: pip install 'langsmith-pulumi[testing]'",
        name=_missing.name,
    ) from _missing
from langsmith_pulumi.testing.simulator.records import LogKind, LogLevel
from langsmith_pulumi.testing.simulator.settings import (
    Behaviour,
    Hosting,
    Integration,
    InterruptRoute,
    Listener,
    Settings,
)
from langsmith_pulumi.testing.simulator.traffic import (
    ALWAYS,
    ExternalRequest,
    FaultKind,
    FaultOptions,
    RecordedRequest,
)

__all__ = [
    "ALWAYS",
    "Behaviour",
    "ExternalRequest",
    "FaultKind",
    "FaultOptions",
    "Hosting",
    "Integration",
    "InterruptRoute",
    "Listener",
    "LogKind",
    "LogLevel",
    "RecordedRequest",
    "Settings",
    "Simulator",
    "run",
]
