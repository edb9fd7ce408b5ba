"""The end of each command's help: examples to copy, and the exit codes."""

from __future__ import annotations

EXIT_CODES = "0 done, 1 failed, 2 wrong arguments."


def examples(*commands: str, exit_codes: str = EXIT_CODES) -> str:
    """Return the epilog of a command: its examples, one a line, and what its exit codes mean."""
    # The mark at the beginning keeps click from joining the lines.
    lines = ["\b", "Examples:", *(f"  langsmith-pulumi {one}" for one in commands)]
    return "\n".join([*lines, "", f"Exit codes: {exit_codes}"])
