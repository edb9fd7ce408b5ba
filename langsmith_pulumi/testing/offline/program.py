"""Starts the user's program: its own process, fed as Pulumi's language host feeds it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .children import Child, Launch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from .opening import OpenStack
    from .project import Project

ORGANIZATION = "organization"  # what Pulumi's self-managed backends call it
PARALLEL = 16


def start_program(
    opened: OpenStack,
    address: str,
    *,
    dry_run: bool,
    on_line: Callable[[str, bool], None],
) -> Child:
    """Start a stack's program against the engine at the address."""
    project, config = opened.project, opened.config
    settings = {
        "project": project.name,
        "stack": opened.stack,
        "dry_run": dry_run,
        "parallel": PARALLEL,
        "organization": ORGANIZATION,
        "root_directory": str(project.root),
    }
    environ = {
        **child_environment(project, opened.environ),
        "PULUMI_CONFIG": json.dumps(dict(config.values)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(sorted(config.secret_keys)),
        "PULUMI_OFFLINE_SETTINGS": json.dumps(settings),
    }
    arguments = [address, address, str(project.main)]
    folder = program_folder(project)
    launch = Launch(project.python, "run_program.py", arguments, folder, environ)
    child = Child(opened.start(launch), on_line)
    child.relay_output()
    return child


def child_environment(project: Project, environ: Mapping[str, str]) -> dict[str, str]:
    """What Pulumi tells programs and plugins of the project, beside the user's variables."""
    options = {f"PULUMI_RUNTIME_{key.upper()}": str(text) for key, text in project.options.items()}
    # The passphrase opens every secret of the stack, and neither child has a use for it.
    inherited = {k: v for k, v in environ.items() if not k.startswith("PULUMI_CONFIG_PASSPHRASE")}
    return {**inherited, **options, "PULUMI_PROJECT": project.name}


def program_folder(project: Project) -> Path:
    """The folder that programs and plugins run in."""
    return project.main if project.main.is_dir() else project.main.parent
