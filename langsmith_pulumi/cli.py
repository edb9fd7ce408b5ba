"""The command line: thin, and light to start; each command imports what it needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ._version import __version__

_NEEDS_TESTING = "This command needs the extra: pip install 'langsmith-pulumi[testing]'"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="langsmith-pulumi")
def main() -> None:
    """LangSmith deployments with Pulumi: simulate, try offline, review plans."""


@main.command()
@click.option("--port", default=0, show_default="any free one", help="Port on loopback.")
@click.option(
    "--revision-seconds", default=5.0, show_default=True, help="How long a revision takes."
)
@click.option(
    "--api-key",
    envvar="LANGSMITH_SIMULATOR_KEY",
    default="simulator-key",
    show_default=True,
    help="The key that clients must send.",
)
@click.option(
    "--database",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep deployments in this file; in memory without it.",
)
def simulate(port: int, revision_seconds: float, api_key: str, database: Path | None) -> None:
    """Serve the control plane's API on loopback, for trying and testing."""
    run = _testing("simulator", "run")
    run(port=port, revision_seconds=revision_seconds, api_key=api_key, database=database)


def _testing(package: str, name: str) -> Any:
    """Something of the testing extra, or a sentence on how to install it."""
    import importlib

    try:
        module = importlib.import_module(f"langsmith_pulumi.testing.{package}")
        return getattr(module, name)
    except ModuleNotFoundError as missing:
        if (missing.name or "").startswith("langsmith_pulumi"):
            raise
        raise click.ClickException(f"{_NEEDS_TESTING} ({missing.name} is missing).") from None
