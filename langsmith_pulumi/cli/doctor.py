"""The command that says what has to be fixed before a program can deploy."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from .errors import errors_as_sentences
from .help_text import examples
from .stack_options import read_stack, stack_options

if TYPE_CHECKING:
    from pathlib import Path

    from langsmith_pulumi.operations.findings import Finding
    from langsmith_pulumi.operations.stacks import Stack

_PROJECTS = ("Pulumi.yaml", "Pulumi.yml")


@click.command(
    epilog=examples(
        "doctor --stack prod",
        "doctor --integration acme --repo https://github.com/acme/agents",
        exit_codes="0 fine, 1 something must be fixed, 2 wrong arguments.",
    )
)
@stack_options("The stack; the selected or only one by default (with --offline: dev).")
@click.option(
    "--integration", metavar="ID|ACCOUNT", help="A GitHub integration that has to be there."
)
@click.option("--repo", metavar="URL", help="A repository that an integration has to cover.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(  # noqa: PLR0913 - each is an option
    stack: str | None,
    cwd: Path,
    *,
    offline: bool,
    integration: str | None,
    repo: str | None,
    as_json: bool,
) -> None:
    """Check what a program needs, and say for each what to fix.

    That is: the Pulumi CLI, the program's Python and the provider's plugin process, the API key,
    the control plane, the workspace, LangSmith Deployment for the organization, and the GitHub
    integrations and repositories of the stack's deployments. Without a project the settings are
    those of the environment. It changes nothing.
    """
    from langsmith_pulumi.operations import toolchain
    from langsmith_pulumi.operations.doctor import Source, examine
    from langsmith_pulumi.operations.findings import Finding, must_be_fixed

    asked = [Source("", integration, repo)] if integration or repo else []
    tools = [] if offline else [toolchain.check_pulumi()]
    found: Stack | None = None
    stack_findings: list[Finding] = []
    if not tools or tools[0].status != "problem":
        found, stack_findings = _find_stack(stack, cwd, offline=offline)
    elif stack or _has_project(cwd):
        stack_findings = [Finding("stack", "skipped", "It is read by the Pulumi CLI.")]
    with errors_as_sentences():
        plugin = toolchain.check_plugin(cwd, offline=offline)
        findings = [*tools, plugin, *stack_findings, *examine(found, asked)]
    _print(findings, as_json=as_json)
    sys.exit(1 if must_be_fixed(findings) else 0)


def _has_project(cwd: Path) -> bool:
    return any((cwd / name).is_file() for name in _PROJECTS)


def _find_stack(
    name: str | None, cwd: Path, *, offline: bool
) -> tuple[Stack | None, list[Finding]]:
    """Return the stack, if there is one, and what there is to say about it."""
    from langsmith_pulumi.operations.findings import Finding

    if name is None and not offline and not _has_project(cwd):
        text = "There is no Pulumi project here; the settings are those of the environment."
        return None, [Finding("stack", "skipped", text)]
    try:
        with errors_as_sentences():
            found = read_stack(name, cwd, offline=offline)
    except click.ClickException as error:
        return None, [Finding("stack", "problem", error.message)]
    count = len(found.deployments)
    text = f"The stack {found.name!r} has {count} deployment{'' if count == 1 else 's'}."
    return found, [Finding("stack", "ok", text)]


def _print(findings: list[Finding], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([asdict(one) for one in findings], indent=2))
        return
    width = max(len(one.name) for one in findings)
    for one in findings:
        click.echo(f"{one.status:<8} {one.name:<{width}}  {one.text}")
        if one.advice:
            click.echo(f"{'':<8} {'':<{width}}  To fix: {' '.join(one.advice.split())}")
