"""Prints the number of steps and the seed at the end of the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    for report in terminalreporter.getreports("passed"):
        for name, expected in report.user_properties:
            if name == "histories":
                terminalreporter.write_line(f"histories: {expected}")
