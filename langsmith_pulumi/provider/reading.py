"""Reading a live resource for a refresh, or for the option ``id``."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from langsmith_pulumi.control_plane.errors import GONE

from .error_boundary import ProviderError
from .properties import READ_ONLY

if TYPE_CHECKING:
    from collections.abc import Callable

    from .declarations import Declarations
    from .properties import Properties

T = TypeVar("T")


def read_live(
    read: Callable[[], T], declarations: Declarations, resource_id: str, props: Properties
) -> T | None:
    """Return what ``read`` returns, or None if the control plane says that it is gone.

    For ``ResourceOptions(id=...)`` the engine passes the inputs of the program, which have no id
    yet; then a missing resource is an error.
    """
    is_declared = bool(props.get(READ_ONLY)) and "id" not in props
    if is_declared:
        declarations.read(resource_id, props.get("progress_urn"))
    try:
        return read()
    except GONE as missing:
        if is_declared:
            raise ProviderError(
                f"The option id names {declarations.noun} {resource_id}, which this workspace does "
                "not have. Check the id and the workspace (langsmith:workspaceId)."
            ) from missing
        return None
