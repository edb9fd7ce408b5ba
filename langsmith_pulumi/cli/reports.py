"""Commands that review a plan, and that post the report."""

from __future__ import annotations

import os
import sys
from typing import IO, Any

import click

from .help_text import examples


@click.command(
    epilog=examples(
        "review plan.json",
        "review --format json plan.json > report.json",
        "review --fail-on replace,delete --allow 'sandbox-*' dev.json prod.json",
        exit_codes="0 fine, 1 no preview, 2 wrong arguments, 3 a replacement, 4 a deletion, 5 a "
        "new revision, 6 a truncated report, 7 a change that cannot be judged, 8 drift; the most "
        "severe wins.",
    )
)
@click.argument("files", nargs=-1, required=True, type=click.File("rb"), metavar="FILE|-...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["markdown", "text", "json"]),
    help="Text on a terminal, else Markdown.",
)
@click.option(
    "--fail-on",
    default="",
    help="Comma-separated: replace, delete, revision, drift, truncated, unjudged; empty: no gate.",
)
@click.option("--allow", multiple=True, help="Names, types or URNs (* and ?) that may pass.")
@click.option("--quiet", is_flag=True, help="Print nothing if nothing changes.")
def review(
    files: tuple[IO[bytes], ...],
    form: str | None,
    fail_on: str,
    allow: tuple[str, ...],
    *,
    quiet: bool,
) -> None:
    """Turn `pulumi preview --json` into a report for a pull request.

    One FILE per stack; - is standard input.
    """
    from langsmith_pulumi import review as reviewing

    try:
        result = reviewing.review(
            [(file.name, file.read()) for file in files],
            format=form or ("text" if sys.stdout.isatty() else "markdown"),
            fail_on=[gate.strip() for gate in fail_on.split(",") if gate.strip()],
            allow=allow,
            quiet=quiet,
            colour=reviewing.wants_colour(sys.stdout, os.environ),
        )
    except (reviewing.UnreadablePlan, ValueError) as error:
        raise click.ClickException(str(error)) from None
    if result.text:
        click.echo(result.text, nl=False, color=True)
    for sentence in result.refusals:
        click.echo(sentence, err=True)
    sys.exit(result.exit_code)


@click.command(
    short_help="Post FILE as a comment on a pull request.",
    epilog=examples(
        "comment report.md --report report.json",
        "comment --name preview-url --edit-only -",
    ),
)
@click.argument("file", type=click.File("r", "utf-8", "replace"), metavar="FILE|-")
@click.option(
    "--report",
    type=click.File("rb"),
    help="The same report as JSON: its labels are set; nothing new is posted if nothing changes.",
)
@click.option("--name", default="", help="Identifies a comment that is not a report.")
@click.option("--edit-only", is_flag=True, help="Post no new comment.")
@click.option("--drop-label", "drop", multiple=True, help="A label to remove.")
@click.option("--number", type=int, help="The request; the pipeline's own if left out.")
def comment(  # noqa: PLR0913 - each is an option
    file: IO[str],
    report: IO[bytes] | None,
    name: str,
    drop: tuple[str, ...],
    number: int | None,
    *,
    edit_only: bool,
) -> None:
    """Post FILE as a comment on a pull request, or edit the existing one.

    For GitHub Actions and GitLab CI, whose variables name the request. The token is GITHUB_TOKEN or
    GITLAB_TOKEN.
    """
    from langsmith_pulumi.review import posting

    try:
        result = posting.comment(
            file.read(),
            os.environ,
            report=_report(report) if report else None,
            name=name,
            create=not edit_only,
            drop_labels=drop,
            number=number,
        )
    except posting.PostingFailed as error:
        raise click.ClickException(str(error)) from None
    for sentence in (result.sentence, *result.warnings):
        click.echo(sentence, err=True)


@click.command(
    short_help="Keep one issue open while there is drift.",
    epilog=examples("issue report.md --report report.json"),
)
@click.argument("file", type=click.File("r", "utf-8", "replace"), metavar="FILE|-")
@click.option(
    "--report",
    type=click.File("rb"),
    required=True,
    help="The same report as JSON: it tells whether there is drift.",
)
def issue(file: IO[str], report: IO[bytes]) -> None:
    """Keep one issue open with FILE as its text, as long as there is drift.

    The next report edits it, and one without drift closes it; one that is incomplete leaves it as
    it is. One FILE per stack makes one issue per stack. For GitHub Actions and GitLab CI; the token
    is GITHUB_TOKEN or GITLAB_TOKEN.
    """
    from langsmith_pulumi.review import posting

    try:
        done = posting.issue(file.read(), os.environ, _report(report))
    except posting.PostingFailed as error:
        raise click.ClickException(str(error)) from None
    click.echo(done, err=True)


def _report(file: IO[bytes]) -> dict[str, Any]:
    from langsmith_pulumi.review.as_json import read_report

    report = read_report(file.read())
    if report is None:
        raise click.ClickException(f"{file.name} is not a report made by `review --format json`.")
    return report
