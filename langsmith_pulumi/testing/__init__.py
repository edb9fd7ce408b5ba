"""For tests of deployments: the simulated control plane, and the offline engine.

`Simulator` is the control plane on loopback, and `OfflineStack` a stack of a project that runs
without the Pulumi CLI. With pytest, the fixtures `langsmith_simulator` and `langsmith_stack` give
each test its own. The names are imported at their first use: they need the extra `testing`.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .offline import (
        UNKNOWN,
        ChangeKind,
        Changes,
        Diagnostic,
        Event,
        NeedsPulumiError,
        OfflineError,
        OfflineStack,
        Op,
        Operation,
        Result,
        Secret,
        StackLockedError,
        Status,
        Step,
        StepBegan,
        StepEnded,
        WrongPassphraseError,
    )
    from .offline import Listener as EventListener
    from .simulator import (
        ALWAYS,
        Behaviour,
        ExternalRequest,
        FaultKind,
        FaultOptions,
        Hosting,
        Integration,
        InterruptRoute,
        Listener,
        LogKind,
        LogLevel,
        RecordedRequest,
        Simulator,
    )
    from .stacks import StackFactory

__all__ = [
    "ALWAYS",
    "UNKNOWN",
    "Behaviour",
    "ChangeKind",
    "Changes",
    "Diagnostic",
    "Event",
    "EventListener",
    "ExternalRequest",
    "FaultKind",
    "FaultOptions",
    "Hosting",
    "Integration",
    "InterruptRoute",
    "Listener",
    "LogKind",
    "LogLevel",
    "NeedsPulumiError",
    "OfflineError",
    "OfflineStack",
    "Op",
    "Operation",
    "RecordedRequest",
    "Result",
    "Secret",
    "Simulator",
    "StackFactory",
    "StackLockedError",
    "Status",
    "Step",
    "StepBegan",
    "StepEnded",
    "WrongPassphraseError",
]

_SIMULATOR = frozenset(
    {
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
        "Simulator",
    }
)
_OTHERS = {"EventListener": ("offline", "Listener"), "StackFactory": ("stacks", "StackFactory")}
_EXTRA = frozenset({"cryptography", "fastapi", "grpc", "rich", "starlette", "uvicorn", "yaml"})


if not TYPE_CHECKING:  # a type checker would take every misspelt name for one of these

    def __getattr__(name: str) -> Any:
        """Import a name, and with it the simulator or the engine, at its first use."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        package, origin = _OTHERS.get(
            name, ("simulator" if name in _SIMULATOR else "offline", name)
        )
        try:
            return getattr(importlib.import_module(f"{__name__}.{package}"), origin)
        except ModuleNotFoundError as missing:
            package = (missing.name or "").partition(".")[0]
            if package not in _EXTRA:
                raise
            raise ModuleNotFoundError(
                f"{name} needs {package}: pip install 'langsmith-pulumi[testing]'", name=package
            ) from missing


def __dir__() -> list[str]:
    """Return the names, for completion in an interactive interpreter."""
    return [*globals(), *__all__]
