"""The command line. Each command imports what it needs, so that all start quickly."""

from __future__ import annotations

import click

from langsmith_pulumi._version import __version__

from .doctor import doctor
from .errors import Commands
from .help_text import EXIT_CODES, examples
from .importing import import_command
from .offline import offline
from .operations import logs, revisions, rollback, status
from .reports import comment, issue, review
from .simulator import simulate, simulator_client


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "doctor",
        "status --stack prod",
        "offline preview --cwd agents",
        exit_codes=f"{EXIT_CODES} Commands with more name them in their help. NO_COLOR=1 turns "
        "colours off.",
    ),
)
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
