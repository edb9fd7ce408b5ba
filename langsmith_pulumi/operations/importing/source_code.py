"""Declarations as Python source, in the form that ruff and black give it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .variables import ConfigSecret

if TYPE_CHECKING:
    from .declarations import Declaration, Declarations

_WIDTH = 88
_INDENT = "    "
_HEAD = '''"""Deployments of LangSmith that existed before this program, which adopts them.

Each import_ names the deployment to adopt. Remove it after the first `pulumi up`: as long
as it is there, the deployment stays when its declaration is removed.
"""

import langsmith_pulumi as langsmith
import pulumi
'''


def program(declarations: Declarations) -> str:
    """Return the source of ``__main__.py``."""
    config = ["config = pulumi.Config()\n"] if declarations.secrets else []
    return "\n".join([_HEAD, *config, *map(_call, declarations.deployments)])


def _call(declaration: Declaration) -> str:
    lines = [f"{declaration.variable} = langsmith.Deployment("]
    lines += [f"{_INDENT}{_text(declaration.resource_name)},"]
    for name, value in declaration.arguments.items():
        lines += _entry(f"{name}=", value, 1, spread=True)
    lines += [f"{_INDENT}opts=pulumi.ResourceOptions(import_={_text(declaration.deployment_id)}),"]
    return "\n".join([*lines, ")\n"])


def _entry(prefix: str, value: Any, depth: int, *, spread: bool = False) -> list[str]:
    """Return the lines of one item, with a comma; ``spread`` gives each member a line."""
    indent = _INDENT * depth
    line = f"{indent}{prefix}{_inline(value)},"
    if len(line) <= _WIDTH and not (spread and isinstance(value, dict) and len(value) > 1):
        return [line]
    if isinstance(value, dict) and value:
        inner = [_entry(f"{_text(key)}: ", item, depth + 1) for key, item in value.items()]
        return [f"{indent}{prefix}{{", *_flat(inner), f"{indent}}},"]
    if isinstance(value, list) and value:
        inner = [_entry("", item, depth + 1) for item in value]
        return [f"{indent}{prefix}[", *_flat(inner), f"{indent}],"]
    if isinstance(value, ConfigSecret):
        return [
            f"{indent}{prefix}config.require_secret(",
            f"{indent}{_INDENT}{_text(value.key)}",
            f"{indent}),",
        ]
    return [line]


def _flat(blocks: list[list[str]]) -> list[str]:
    return [line for block in blocks for line in block]


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        members = (f"{_text(key)}: {_inline(item)}" for key, item in value.items())
        return f"{{{', '.join(members)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    if isinstance(value, ConfigSecret):
        return f"config.require_secret({_text(value.key)})"
    return _text(value) if isinstance(value, str) else repr(value)


def _text(text: str) -> str:
    """Return a string literal, with escapes for all that cannot be seen."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return f"{quote}{''.join(_character(one, quote) for one in text)}{quote}"


def _character(one: str, quote: str) -> str:
    if one in ("\\", quote):
        return f"\\{one}"
    return one if one.isprintable() else ascii(one)[1:-1]
