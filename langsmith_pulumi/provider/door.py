"""The door to the engine: whatever goes wrong behind it leaves as one sentence.

The SDK sends the traceback of any exception to the user's terminal. A failure of ours is written
for people, so it must arrive alone; anything else is a defect of this package and says so.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane.errors import ControlPlaneError

if TYPE_CHECKING:
    from .bags import Bag
    from .session import Session


class Refusal(Exception):  # noqa: N818 - reads as it is meant where it is raised
    """What was asked cannot be done; the text says why and what to do."""


class _Sentence(Exception):  # noqa: N818 - its name is printed in front of the text
    """What the user reads."""


# A traceback prints the module in front of the name, except for built-in exceptions.
_Sentence.__module__ = "builtins"
_Sentence.__qualname__ = "LangSmith"


def call(resource: str, operation: str, session: Session, *args: Any) -> Any:
    """Do one operation of one resource; failures leave as one sentence, without a traceback."""
    try:
        module = importlib.import_module(f"{__package__}.{resource}")
        return getattr(module, operation)(session, *args)
    except (ControlPlaneError, Refusal) as failure:
        sentence = _told(failure, _deed(resource, operation, args))
    except Exception as defect:  # noqa: BLE001 - no defect of ours may print secrets in a traceback
        sentence = _defect(defect, _deed(resource, operation, args))
    sys.tracebacklimit = 0
    raise _Sentence(sentence)


_DEEDS = {
    "check": "checking",
    "diff": "comparing",
    "create": "creating",
    "read": "reading",
    "update": "changing",
    "delete": "deleting",
}


def _deed(resource: str, operation: str, args: tuple[Any, ...]) -> str:
    """What was being done to which deployment; a rollout goes by its name in the program."""
    bag: Bag = args[-1]
    if resource == "deployments":
        return f"{_DEEDS[operation]} deployment {bag.get('name')!r}"
    name = str(bag.get("progress_urn")).rpartition("::")[2]
    waits = operation in {"create", "update"}
    return f"{'waiting for' if waits else _DEEDS[operation]} the rollout of {name!r}"


def _told(failure: Exception, deed: str) -> str:
    """The failure, with the deployment in front where it tells of a request alone."""
    told = str(failure)
    request = failure.request if isinstance(failure, ControlPlaneError) else ""
    return f"While {deed}: {told}" if request else told


def _defect(defect: Exception, deed: str) -> str:
    """Name the place of a defect. Its text stays out: it could quote a secret."""
    frame = traceback.extract_tb(defect.__traceback__)[-1]
    place = f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
    return (
        f"While {deed}: a defect of langsmith-pulumi ({type(defect).__name__} at {place}). The "
        "deployment is as the service last answered, and running `pulumi up` again is safe. "
        "Please report this line."
    )
