"""What tests of deployments need: the control plane on loopback."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langsmith_pulumi.testing.simulator import Simulator

__all__ = ["Simulator"]


def __getattr__(name: str) -> Any:
    """Import the simulator, and with it fastapi, only when somebody asks for it."""
    if name != "Simulator":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return importlib.import_module("langsmith_pulumi.testing.simulator").Simulator
