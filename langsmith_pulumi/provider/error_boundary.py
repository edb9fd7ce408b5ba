"""The boundary to the engine, where errors become one-line messages for the user.

The SDK prints the traceback of every exception on the user's terminal. Expected errors are written
for users, so their text has to be shown alone. Any other exception is a defect of this package and
is reported as such.
"""

from __future__ import annotations

import sys
import traceback
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from typing_extensions import ParamSpec

from langsmith_pulumi.control_plane.errors import ControlPlaneError

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")


class ProviderError(Exception):
    """An operation that cannot be carried out; the text says why and what to do."""


class UserFacingError(Exception):
    """The message that the user reads."""


# A traceback prints the module in front of the name, except for built-in exceptions.
UserFacingError.__module__ = "builtins"
UserFacingError.__qualname__ = "LangSmith"


def error_boundary(
    operation: str, describe: Callable[[dict[str, Any]], str]
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Convert the exceptions of a provider's method into one-line errors for the user.

    ``operation`` and ``describe``, which gets the method's last argument, say what is done to which
    resource, such as "creating deployment 'agent'".
    """

    def decorate(method: Callable[P, R]) -> Callable[P, R]:
        @wraps(method)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return method(*args, **kwargs)
            except Exception as error:  # noqa: BLE001 - a traceback of a defect could print secrets
                message = error_message(error, f"{operation} {_describe(args)}")
            # Raised after the handlers, so that no traceback shows the original exception.
            sys.tracebacklimit = 0
            raise UserFacingError(message)

        def _describe(args: tuple[Any, ...]) -> str:
            return describe(args[-1])

        return guarded

    return decorate


def describe_deployment(props: dict[str, Any]) -> str:
    """Return the name of a deployment for a message; its resource's while it has no other yet."""
    return f"deployment {props.get('name') or _resource_name(props)!r}"


def describe_rollout(props: dict[str, Any]) -> str:
    """Return the name of a rollout for a message: that of its resource in the program."""
    return f"the rollout of {_resource_name(props)!r}"


def describe_listener(props: dict[str, Any]) -> str:
    """Return the name of a listener for a message: that of its cluster."""
    return f"listener {props.get('compute_id')!r}"


def _resource_name(props: dict[str, Any]) -> str:
    return str(props.get("progress_urn")).rpartition("::")[2]


def error_message(error: Exception, operation: str) -> str:
    """Return the line that the user reads about an exception.

    ``operation`` says what was done, such as "creating deployment 'agent'".
    """
    if isinstance(error, (ControlPlaneError, ProviderError)):
        return _format_error(error, operation)
    return _format_defect(error, operation)


def _format_error(error: Exception, operation: str) -> str:
    """Return the text of an error, with the operation if it names a request only."""
    request = error.request if isinstance(error, ControlPlaneError) else ""
    return f"While {operation}: {error}" if request else str(error)


def _format_defect(defect: Exception, operation: str) -> str:
    """Return the place of a defect without its text, which could quote a secret."""
    frame = traceback.extract_tb(defect.__traceback__)[-1]
    place = f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
    return (
        f"While {operation}: a defect of langsmith-pulumi ({type(defect).__name__} at {place}). "
        "Everything is as the service last answered, and running `pulumi up` again is safe. "
        "Please report this line."
    )
