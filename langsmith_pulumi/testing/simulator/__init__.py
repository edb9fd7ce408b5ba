"""The LangSmith control plane on loopback: strict, and with the service's own defaults.

A request comes in at the top and only ever goes down:

    server.py     the thread and the socket; the same doors as Python methods
    traffic.py    who is let in, what is remembered of each request, when the file is written
    faults.py     answers that are late, wrong or missing
    api.py        the routes of the API          doors.py   the routes below /_simulator
    schemas.py    the form of request bodies     views.py   the form of answers
    service.py    what each operation does
    rules.py      what is refused, and in which words
    workspace.py  which deployments and tracing projects there are, and what time it is for each
    lifecycle.py  the statuses things pass through, and how fast
    records.py    what is remembered             storage.py where, between two runs

It is written from the notes on the API and imports nothing of the code it tests.
"""

try:
    from langsmith_pulumi.testing.simulator.server import Simulator, run
except ModuleNotFoundError as missing:
    if missing.name not in {"fastapi", "uvicorn", "starlette"}:
        raise
    raise ModuleNotFoundError(
        f"The simulator needs {missing.name}: pip install 'langsmith-pulumi[testing]'",
        name=missing.name,
    ) from missing
from langsmith_pulumi.testing.simulator.settings import Integration, Listener, Settings

__all__ = ["Integration", "Listener", "Settings", "Simulator", "run"]
