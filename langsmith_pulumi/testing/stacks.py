"""The stacks of a test, each on a simulator and with a state of its own."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from .offline import OfflineStack
from .offline.project import read_project

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .offline import Listener as EventListener
    from .simulator import Simulator

PRELOAD = (
    "httpcore",
    "langsmith_pulumi.control_plane.client",
    "langsmith_pulumi.control_plane.waiting",
    "langsmith_pulumi.provider.deployments",
    "langsmith_pulumi.provider.listeners",
    "langsmith_pulumi.provider.rollouts",
)
"""Modules of this package that take long to import in each of the processes of tests."""

_SETTINGS = ("LANGSMITH_", "LANGGRAPH_", "LANGCHAIN_", "CONTROL_PLANE_HOST", "PULUMI_CONFIG_PASS")
"""The beginnings of variables that would lead a program or its state to what is real."""
_NO_OTHER_KEYS = {"langsmith:apiKeys": "{}"}


class StackFactory:
    """Makes stacks on a simulator; the fixture `langsmith_stack` is one.

    A stack it makes reaches no other control plane and knows no real key or secret, whatever the
    stack's file and the environment say: the settings of LangSmith are those of the simulator, and
    placeholders stand for the secrets of the configuration that are not given. Its state is in
    `state_dir`, not in the project.

    Args:
        simulator: the control plane of the stacks.
        state_dir: the folder of the states; the same project and stack have the same state in it.
    """

    def __init__(self, simulator: Simulator, state_dir: Path) -> None:
        self._simulator = simulator
        self._state_dir = state_dir

    def __repr__(self) -> str:
        """Return the simulator."""
        return f"<StackFactory on {self._simulator}>"

    def __call__(  # noqa: PLR0913 - all but the folder is optional, and by name
        self,
        project_dir: Path | str = ".",
        stack: str = "dev",
        *,
        config: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        environ: Mapping[str, str] | None = None,
        listener: EventListener | None = None,
        preload: Sequence[str] = (),
    ) -> OfflineStack:
        """Return a stack of a project, without running anything.

        Made again with other arguments, a stack goes on with its state: so a test changes the
        configuration between two operations.

        Args:
            project_dir: the folder with Pulumi.yaml, or one below it; the current one by default.
            stack: the stack's name; its configuration is in Pulumi.<stack>.yaml, if there is one.
            config: configuration that takes precedence over the stack's file; keys without a
                namespace get the project's.
            secrets: the same for secret values.
            environ: environment variables of program and provider, beside those of this process.
            listener: is called with every event while an operation runs.
            preload: further modules that are imported once for all operations, to save time; only
                such as do not change while the tests run.
        """
        root = read_project(Path(project_dir)).root
        return OfflineStack(
            root,
            stack,
            config={**self._simulator.config, **_NO_OTHER_KEYS, **(config or {})},
            secrets=secrets,
            environ={**self._environ(), **(environ or {})},
            state_dir=self._state_dir / f"{root.name}-{_short_hash(root)}",
            listener=listener,
            preload=(*PRELOAD, *preload),
        )

    def _environ(self) -> dict[str, str]:
        others = {key: text for key, text in os.environ.items() if not key.startswith(_SETTINGS)}
        return {
            **others,
            **self._simulator.env,
            "LANGSMITH_CONFIG_FILE": os.devnull,
            "LANGSMITH_PULUMI_POLL_SECONDS": "0",
            "PULUMI_CONFIG_PASSPHRASE": "of a test's own state",
        }


def _short_hash(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:8]
