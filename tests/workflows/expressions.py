"""An evaluator of the GitHub expressions that the examples use."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Context = Mapping[str, Any]

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<call>\w+)\(|(?P<path>[A-Za-z_][\w-]*(?:\.[\w-]+)*)"
    r"|(?P<sign>&&|\|\||==|!=|!|[(),]))"
)
_SIGNS = {"&&": " and ", "||": " or ", "!": " not "}
_STATUS = ("success(", "failure(", "cancelled(", "always(")
_TEMPLATE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


def evaluate(expression: str, context: Context, status: str = "success") -> Any:
    """Return the value of an expression.

    ``and`` and ``or`` give one of their operands in Python, as ``&&`` and ``||`` do on GitHub.
    """
    names: dict[str, Any] = {
        "_get": lambda path: _get(context, path.split(".")),
        **_functions(status),
    }
    return eval(_as_python(expression), {"__builtins__": {}}, names)


def interpolate(text: Any, context: Context, status: str = "success") -> str:
    """Replace the expressions in a text of a workflow by their values."""
    return _TEMPLATE.sub(lambda found: as_text(evaluate(found[1], context, status)), as_text(text))


def condition_holds(condition: Any, context: Context, status: str) -> bool:
    """Return True if a job or a step runs; without a status function it needs success."""
    inner = str(condition).strip().removeprefix("${{").removesuffix("}}")
    if not any(call in inner for call in _STATUS):
        inner = f"success() && ({inner})"
    return bool(evaluate(inner, context, status))


def as_text(value: Any) -> str:
    """Return a value as GitHub writes it into a text."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _as_python(expression: str) -> str:
    parts, position, text = [], 0, expression.strip()
    while position < len(text):
        token = _TOKEN.match(text, position)
        assert token, f"unknown syntax: {text[position:]}"
        parts.append(_translated(token))
        position = token.end()
    return "".join(parts)


def _translated(token: re.Match[str]) -> str:
    if token["text"]:
        return repr(token["text"][1:-1].replace("''", "'"))
    if token["call"]:
        return f"_{token['call']}("
    if token["path"]:
        return f"_get({token['path']!r})"
    return _SIGNS.get(token["sign"], token["sign"])


def _get(value: Any, path: list[str]) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _functions(status: str) -> dict[str, Callable[..., Any]]:
    return {
        "_format": lambda text, *values: text.format(*map(as_text, values)),
        "_success": lambda: status == "success",
        "_failure": lambda: status == "failure",
        "_cancelled": lambda: status == "cancelled",
        "_always": lambda: True,
    }
