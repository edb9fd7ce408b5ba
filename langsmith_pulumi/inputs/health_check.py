"""The health check of an agent after its deployment."""

from collections.abc import Mapping
from typing import TypedDict

from pulumi import Input

from ._input_type import input_type


@input_type
class HealthCheckArgs:
    """Requests to the agent's own URL that have to succeed before a rollout counts as done.

    They are sent by the machine that runs ``up``, which must reach the agent's network. Redirects
    are not followed, and the API key is never sent along.
    """

    path: Input[str] | None = None
    """Path, with its query, below the agent's URL. Default ``/ok?check_db=1``, which also asks the
    agent's database. Change: in place."""
    successes: Input[int] | None = None
    """Answers with a status of 2xx in a row that are needed, 1 to 100. Default 6, as in a script of
    the vendor: the first ones may come from a pod that is about to stop. Change: in place."""
    interval: Input[float] | None = None
    """Seconds between two requests. Default 5. Change: in place."""
    timeout: Input[float] | None = None
    """Seconds after which the rollout has failed; they follow those of ``rollout_timeout``.
    Default 300. Change: in place."""
    headers: Input[Mapping[str, Input[str]]] | None = None
    """Headers of the requests, such as a token of your own authentication; every value is treated
    as a secret. Default none. Change: in place."""


# Made from HealthCheckArgs by docs/make_inputs.py; change that, then run `make docs`.
class HealthCheckArgsDict(TypedDict, total=False):
    """Requests to the agent's own URL that have to succeed before a rollout counts as done.

    They are sent by the machine that runs ``up``, which must reach the agent's network. Redirects
    are not followed, and the API key is never sent along.
    """

    path: Input[str] | None
    """Path, with its query, below the agent's URL. Default ``/ok?check_db=1``, which also asks the
    agent's database. Change: in place."""
    successes: Input[int] | None
    """Answers with a status of 2xx in a row that are needed, 1 to 100. Default 6, as in a script of
    the vendor: the first ones may come from a pod that is about to stop. Change: in place."""
    interval: Input[float] | None
    """Seconds between two requests. Default 5. Change: in place."""
    timeout: Input[float] | None
    """Seconds after which the rollout has failed; they follow those of ``rollout_timeout``.
    Default 300. Change: in place."""
    headers: Input[Mapping[str, Input[str]]] | None
    """Headers of the requests, such as a token of your own authentication; every value is treated
    as a secret. Default none. Change: in place."""
