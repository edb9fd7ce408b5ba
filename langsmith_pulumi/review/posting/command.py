"""What ``langsmith-pulumi comment`` does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from langsmith_pulumi.review.fit import GITHUB_LIMIT

from .api import PostingFailed
from .ci import footer, forge_of
from .post import post, update_labels

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from .forge import Forge


@dataclass(frozen=True)
class Said:
    """What became of a comment, in words."""

    sentence: str
    warnings: tuple[str, ...] = ()


def comment(  # noqa: PLR0913 - each is an option of the command
    markdown: str,
    environ: Mapping[str, str],
    *,
    report: Mapping[str, Any] | None = None,
    name: str = "",
    create: bool = True,
    drop_labels: Collection[str] = (),
    number: int | None = None,
) -> Said:
    """Post a comment on a pipeline's pull or merge request, or edit the one that is there.

    Args:
        markdown: The comment. A report brings its own markers.
        environ: The pipeline's variables: they tell the forge, the request, and the token
            (``GITHUB_TOKEN``, ``GH_TOKEN`` or ``GITLAB_TOKEN``).
        report: The same report as JSON. Its labels are set, and where nothing changes no new
            comment is posted.
        name: By which a comment that is no report is found again.
        create: Whether to post a new comment if there is none to edit.
        drop_labels: Labels to take off.
        number: The request's number, where the pipeline does not run for one.

    Raises:
        PostingFailed: The forge is not known, or did not take the comment. That labels could not
            be changed is only a warning.
    """
    forge = forge_of(environ, number)
    text = _with_footer(_marked(markdown, name), footer(environ))
    posted = post(text, forge, create=create and (report is None or bool(report["changes"])))
    wanted = None if report is None else report["labels"]
    return Said(f"Comment: {posted.value}.", _label(forge, wanted, drop_labels))


def _marked(markdown: str, name: str) -> str:
    if not name:
        return markdown
    # Quoted, a name cannot end the hidden line.
    return f"<!-- langsmith-pulumi comment {quote(name, safe='/')} -->\n{markdown}"


def _with_footer(markdown: str, footer: str) -> str:
    """The comment with its footer, if there is room for it."""
    text = f"{markdown.rstrip()}\n\n{footer}\n"
    return text if footer and len(text.encode()) <= GITHUB_LIMIT else markdown


def _label(forge: Forge, wanted: Collection[str] | None, drop: Collection[str]) -> tuple[str, ...]:
    if wanted is None and not drop:
        return ()
    try:
        return update_labels(forge, wanted, drop)
    except PostingFailed as refusal:
        return (f"The labels were not changed. {refusal}",)
