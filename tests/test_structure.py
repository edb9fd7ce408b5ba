"""The structure that ARCHITECTURE.md describes: imports point downwards, and its files exist."""

from __future__ import annotations

import ast
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "langsmith_pulumi"
PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")

LAYERS = {
    "control_plane": {"_version"},
    "provider": {"control_plane"},
    "program": {"provider", "control_plane", "_interrupts"},
    "review": {"control_plane", "provider"},
    "simulator": {"_version"},
    "offline": {"_version", "control_plane", "review"},
    "stacks": {"simulator", "offline"},
    "operations": {"_version", "control_plane", "provider", "program"},
    "cli": {"_version", "control_plane", "operations", "review", "simulator", "offline"},
}
"""The layers, each with those that it may import."""

PROGRAM = {"", "deployment", "rollout", "_arguments", "_outputs", "inputs", "lookups", "listener"}
"""The modules and packages of the program's process, which stand at the top level."""

FILES_IN_A_FLOW = 12


def layer_of(module: str) -> str:
    """Return the layer of a module, such as "provider" for langsmith_pulumi.provider.session."""
    parts = [*module.split("."), "", ""][1:3]
    if parts[0] == "testing":
        return parts[1] or "testing"
    return "program" if parts[0] in PROGRAM else parts[0]


def modules() -> dict[str, Path]:
    """Return every module of the package with its file."""
    found = {}
    for file in PACKAGE.rglob("*.py"):
        name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = file
    return found


def imports(module: str, file: Path, known: dict[str, Path]) -> set[str]:
    """Return the modules of the package that a module imports, for types as well."""
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*(parents if node.level else []), *filter(None, [node.module])])
            submodules = {f"{base}.{name.name}" for name in node.names}
            found |= submodules & known.keys() or {base}
    return (found & known.keys()) - {module}


KNOWN = modules()
GRAPH = {module: imports(module, file, KNOWN) for module, file in KNOWN.items()}


def test_no_import_circle() -> None:
    """A module can be read after the ones that it imports, and never needs itself."""
    try:
        TopologicalSorter(GRAPH).prepare()
    except CycleError as circle:
        pytest.fail(f"import circle: {' <- '.join(circle.args[1])}")


def test_imports_point_downwards() -> None:
    """A layer imports only those below it."""
    upwards = [
        f"{module} imports {imported}"
        for module, found in GRAPH.items()
        for imported in found
        if layer_of(module) in LAYERS
        and layer_of(imported) not in {layer_of(module), *LAYERS[layer_of(module)]}
    ]
    assert upwards == []


def test_the_engine_knows_langsmith_in_one_module() -> None:
    """The offline engine runs any program; only one module of it needs the rest of the package."""
    knowing = {
        module
        for module, found in GRAPH.items()
        if layer_of(module) == "offline" and any(layer_of(name) != "offline" for name in found)
    }
    assert knowing == {"langsmith_pulumi.testing.offline.langsmith"}


def test_every_module_belongs_to_a_layer() -> None:
    """No package escapes the rule above by being new."""
    others = {layer_of(module) for module in KNOWN} - LAYERS.keys()
    assert others == {"_version", "_interrupts", "testing"}


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(langsmith_pulumi/[\w/]+\.py)`", PAGE))))
def test_the_files_of_the_flows_exist(path: str) -> None:
    """A walk through the code names no file that was renamed."""
    assert (ROOT / path).is_file()


@pytest.mark.parametrize("flow", ["create", "wait", "report"])
def test_a_flow_is_short(flow: str) -> None:
    """A reader follows a flow through twelve files at most."""
    steps = PAGE.partition(f"## Flow: {flow}\n")[2].partition("\n\n## ")[0]
    numbered = "\n".join(line for line in steps.splitlines() if re.match(r"\d\. ", line))
    files = set(re.findall(r"`(langsmith_pulumi/[\w/]+\.py)`", numbered))
    assert 0 < len(files) <= FILES_IN_A_FLOW
