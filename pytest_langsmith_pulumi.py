"""The pytest plugin of langsmith-pulumi: the fixtures `langsmith_simulator` and `langsmith_stack`.

It stands outside of the package because pytest imports it at every start, also where no test uses
it: from within, the import would bring Pulumi's SDK.

It holds no assertions, so pytest need not rewrite them: PYTEST_DONT_REWRITE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langsmith_pulumi.testing import Simulator, StackFactory

__all__ = ["langsmith_simulator", "langsmith_stack"]

_MARKER = "langsmith_simulator"


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line(
        "markers",
        f"{_MARKER}(**settings): the settings of the simulator, such as behaviour='cloud'",
    )


@pytest.fixture
def langsmith_simulator(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    """Return a running control plane on loopback (`langsmith_pulumi.testing.Simulator`), empty.

    Settings come from the marker: `@pytest.mark.langsmith_simulator(behaviour="cloud")`.
    """
    from langsmith_pulumi.testing import Simulator

    marker = request.node.get_closest_marker(_MARKER)
    with Simulator(**(marker.kwargs if marker else {})) as simulator:
        yield simulator


@pytest.fixture
def langsmith_stack(
    langsmith_simulator: Simulator, tmp_path_factory: pytest.TempPathFactory
) -> StackFactory:
    """Return a function that makes stacks of a project (`langsmith_pulumi.testing.StackFactory`).

    `langsmith_stack("path/to/project")` is an `OfflineStack` on `langsmith_simulator`, with a state
    of this test alone; it needs neither the Pulumi CLI, nor an account, nor a passphrase.
    """
    from langsmith_pulumi.testing import StackFactory

    return StackFactory(langsmith_simulator, tmp_path_factory.mktemp("langsmith-stacks"))
