"""The LangSmith control plane on loopback: strict, and with the service's own defaults.

A request comes in at the top and only ever goes down:

    server.py     the simulator in Python       loopback.py its thread and its socket
    hosts.py      which hosts a request may name
    gate.py       around each request: it is recorded, may go wrong, shows its key, is saved
    faults.py     answers that are late, wrong or missing
    traffic.py    what is remembered of it      access.py   who is let in
    answering.py  answers from outside of
    application.py, which joins api.py (the routes of the API) and doors.py (/_simulator)
    schemas.py    the form of request bodies    queries.py  the form of lists and logs
    strict.py     the base of every body        views.py    the form of answers
    service.py    what each operation does      factory.py  new deployments and revisions
    rules.py      what is refused               refusals.py in which words
    defaults.py   what the service fills in     reserved.py names it keeps to itself
    workspace.py  which deployments and tracing projects there are, and what time it is for each
    lifecycle.py  the statuses things pass through, and how fast
    records.py    what is remembered            storage.py  where, between two runs

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
