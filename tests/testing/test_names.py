"""The names that `langsmith_pulumi.testing` exports."""

from __future__ import annotations

import pytest

from langsmith_pulumi import testing
from langsmith_pulumi.testing import offline, simulator

NOT_FOR_TESTS = {"Listener", "Settings", "run"}
"""A name that stands for another one there, and what the command line uses."""


@pytest.mark.parametrize("name", testing.__all__)
def test_each_name_is_there(name: str) -> None:
    """Each name can be imported, and is listed for completion."""
    assert getattr(testing, name) is not None
    assert name in dir(testing)


def test_all_that_tests_need_is_exported() -> None:
    """What the simulator and the engine offer is in one place, each once."""
    offered = {*simulator.__all__, *offline.__all__} - NOT_FOR_TESTS
    assert offered <= set(testing.__all__)
    assert testing.Listener is simulator.Listener
    assert testing.EventListener is offline.Listener


def test_an_unknown_name_is_an_error() -> None:
    """A misspelt name fails as in any module."""
    with pytest.raises(AttributeError, match="has no attribute 'Simulater'"):
        _ = testing.Simulater  # type: ignore[attr-defined]
