"""Check the installed package, in an environment that has nothing else: `make installed`.

Run with ``-I``, so that the package is the installed one and not that of the current folder. With
the argument ``testing`` the extra of this name is installed too.
"""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

import langsmith_pulumi

VERSION = metadata.version("langsmith-pulumi")
PACKAGE = Path(langsmith_pulumi.__file__).parent
COMMAND = Path(sys.executable).parent / "langsmith-pulumi"
PROGRAM = """
import pulumi
import langsmith_pulumi as langsmith
agent = langsmith.Deployment(
    "agent",
    source="external_docker",
    source_revision_config={"image_uri": "registry.example.com/agent@sha256:" + "0" * 64},
)
pulumi.export("url", agent.url)
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def check_package() -> None:
    """Check the version, the files that are no modules, and that each module can be imported."""
    assert "site-packages" in PACKAGE.parts, PACKAGE
    assert VERSION in run("--version").stdout
    for name in ("py.typed", "review/report.schema.json"):
        assert (PACKAGE / name).is_file(), name
    for module in pkgutil.walk_packages([str(PACKAGE)], "langsmith_pulumi."):
        if not module.name.startswith("langsmith_pulumi.testing") and "__main__" not in module.name:
            importlib.import_module(module.name)


def check_without_extra() -> None:
    """Check that a command that needs the extra says so, without a traceback."""
    done = run("simulate")
    assert done.returncode != 0
    assert "langsmith-pulumi[testing]" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr, done.stderr


def check_deployment() -> None:
    """Deploy a program against the simulator with the offline engine."""
    from langsmith_pulumi.testing import Simulator
    from langsmith_pulumi.testing.offline import OfflineStack

    with tempfile.TemporaryDirectory() as folder, Simulator() as simulator:
        Path(folder, "Pulumi.yaml").write_text("name: installed\nruntime: python\n")
        Path(folder, "__main__.py").write_text(PROGRAM)
        result = OfflineStack(folder, environ=simulator.env).up()
        assert result.ok, result.diagnostics
        assert result.outputs["url"].startswith("https://agent-"), result.outputs


if __name__ == "__main__":
    check_package()
    if "testing" in sys.argv[1:]:
        check_deployment()
    else:
        check_without_extra()
    print(f"langsmith-pulumi {VERSION} on Python {sys.version.split()[0]}: fine")
