"""For tests of deployments: the simulated control plane, and the offline engine."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langsmith_pulumi.testing.simulator import Simulator

__all__ = ["Simulator"]


def __getattr__(name: str) -> Any:
    """Import the simulator, and with it fastapi, at its first use."""
    if name != "Simulator":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return importlib.import_module("langsmith_pulumi.testing.simulator").Simulator
