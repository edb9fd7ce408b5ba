"""Arguments, fields and outputs as entries of a definition list."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from langsmith_pulumi.provider.changes import Field, Impact

from .types import in_words, without_none

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .source_code import Member

IMPACTS = {
    Impact.REPLACE: "replaces",
    Impact.REVISION: "new revision",
    Impact.IN_PLACE: "in place",
}
_TAIL = re.compile(r"\s*Change: [a-z ]+\.$")


@dataclass(frozen=True)
class Entry:
    """One argument, field or output."""

    member: Member
    rows: tuple[Field, ...] = ()
    """What the table of changes has for it."""
    is_argument: bool = False
    has_parts: bool = False
    """True if the table has rows for its fields."""


def render(prefix: str, entries: Iterable[Entry], *, with_reasons: bool = True) -> str:
    """Return the list as Markdown; ``prefix`` begins the anchor of each entry."""
    return "\n".join(_entry(prefix, one, with_reasons=with_reasons) for one in entries)


def _entry(prefix: str, entry: Entry, *, with_reasons: bool) -> str:
    name, rows = entry.member.name, entry.rows if with_reasons else ()
    paragraphs = [" · ".join(_facts(entry)), *_TAIL.sub("", entry.member.text).split("\n\n")]
    paragraphs += [f"*{IMPACTS[row.impact].capitalize()}:* {row.reason}" for row in rows]
    body = "\n\n  ".join(one.replace("\n", "\n  ") for one in paragraphs if one)
    anchor = f"{prefix}-{name}".lower().replace("_", "-")
    return f"[`{name}`]{{#{anchor}}}\n: {body}\n"


def _facts(entry: Entry) -> list[str]:
    """Return the type, the default and what a change does."""
    if not entry.is_argument:
        return [in_words(entry.member.annotation)]
    facts = [in_words(without_none(entry.member.annotation)), _need(entry.member.default)]
    impacts = list(dict.fromkeys(IMPACTS[row.impact] for row in entry.rows))
    if impacts or entry.has_parts:
        facts.append("change: " + (", ".join(impacts) or "see its fields"))
    return facts


def _need(default: ast.expr | None) -> str:
    if default is None:
        return "required"
    is_plain = isinstance(default, ast.Constant) and default.value is not None
    return f"default `{ast.unparse(default)}`" if is_plain else "optional"
