"""``python -m langsmith_pulumi.cli``, where the command is not on PATH."""

from __future__ import annotations

from . import main

main()
