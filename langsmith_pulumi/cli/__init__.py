"""The command line. Each command imports what it needs, so that all start quickly."""

from __future__ import annotations

import click

from langsmith_pulumi._version import __version__

from .importing import import_command
from .offline import offline
from .reports import comment, review
from .simulator import simulate, simulator_client


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="langsmith-pulumi")
def main() -> None:
    """Import deployments, review plans, simulate LangSmith, and run projects offline."""


for _command in (simulate, simulator_client, offline, review, comment, import_command):
    main.add_command(_command)
