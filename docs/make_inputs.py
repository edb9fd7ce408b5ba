"""Write the ``*ArgsDict`` classes of ``langsmith_pulumi/inputs`` from the ``*Args`` classes.

Only the ``*Args`` classes are written by hand. Each is followed by its ``TypedDict``, with the same
fields, types and descriptions. Run by ``make docs``; a test compares the modules with the output of
this script.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

INPUTS = Path(__file__).parents[1] / "langsmith_pulumi" / "inputs"

_NOTE = "# Made from {} by docs/make_inputs.py; change that, then run `make docs`."


def modules() -> list[Path]:
    """Return the modules that define input types."""
    return [path for path in sorted(INPUTS.glob("*.py")) if "\n@input_type\n" in path.read_text()]


def render(module: Path) -> str:
    """Return the module's source with the dict of each class generated again."""
    source = _without_dicts(module.read_text(encoding="utf-8"))
    lines = source.splitlines()
    for cls in reversed(_classes(source)):
        lines[cls.end_lineno : cls.end_lineno] = ["", "", *_dict_lines(cls, source)]
    return _formatted("\n".join(lines), module)


def _classes(source: str) -> list[ast.ClassDef]:
    return [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]


def _without_dicts(source: str) -> str:
    lines = source.splitlines()
    for cls in reversed(_classes(source)):
        if cls.name.endswith("Dict"):
            del lines[cls.lineno - 1 : cls.end_lineno]
    made = _NOTE.partition("{}")[0]
    return "\n".join(line for line in lines if not line.startswith(made))


def _dict_lines(cls: ast.ClassDef, source: str) -> list[str]:
    head = f"class {cls.name}Dict(TypedDict, total=False):"
    fields = (part for part in cls.body if not isinstance(part, ast.If))  # hidden from checkers
    return [_NOTE.format(cls.name), head, *(_dict_line(part, source) for part in fields)]


def _dict_line(part: ast.stmt, source: str) -> str:
    if not isinstance(part, ast.AnnAssign):
        return f"    {ast.get_source_segment(source, part)}"
    kind = ast.unparse(part.annotation)
    return f"    {ast.unparse(part.target)}: {kind if part.value else f'Required[{kind}]'}"


def _formatted(source: str, module: Path) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(module), "-"]
    done = subprocess.run(command, input=source, capture_output=True, text=True, check=True)
    return done.stdout


if __name__ == "__main__":
    for path in modules():
        path.write_text(render(path), encoding="utf-8")
