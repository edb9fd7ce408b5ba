"""The command line. Each command imports what it needs, so that all start quickly."""

from __future__ import annotations

import click

from langsmith_pulumi._version import __version__

from .doctor import doctor
from .importing import import_command
from .offline import offline
from .operations import logs, revisions, rollback, status
from .reports import comment, issue, review
from .simulator import simulate, simulator_client


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="langsmith-pulumi")
def main() -> None:
    """Operate and import LangSmith deployments, review plans, and try it without an account."""


for _command in (
    status,
    revisions,
    logs,
    rollback,
    doctor,
    review,
    comment,
    issue,
    import_command,
    simulate,
    simulator_client,
    offline,
):
    main.add_command(_command)
