"""The lines that add an optional field to the API, the package and a test.

The field is made up. It is sent with a request and takes effect with the next revision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FIELD = "log_level"
PATH = f"source_config.{FIELD}"
REASON = "Read when the agent starts (made up)."


@dataclass(frozen=True)
class Edit:
    """New text in a file, behind a text that occurs once."""

    file: str
    behind: str
    text: str

    def apply(self, root: Path) -> None:
        """Make the edit in a copy of the project."""
        file = root / self.file
        source = file.read_text(encoding="utf-8")
        assert source.count(self.behind) == 1, self
        file.write_text(source.replace(self.behind, self.behind + self.text), encoding="utf-8")


OURS = [
    Edit(
        "langsmith_pulumi/control_plane/models/requests.py",
        "class _Changeable(Model):\n"
        '    """The fields of the deployment-wide configuration that a PATCH accepts."""\n\n',
        f"    {FIELD}: NonEmpty | None = None\n",
    ),
    Edit(
        "langsmith_pulumi/inputs/source.py",
        "class SourceConfigArgs:\n"
        '    """Deployment-wide settings; the source decides which of them apply."""\n\n',
        f"    {FIELD}: Input[str] | None = None\n"
        '    """Level of the agent\'s log. Change: new revision."""\n',
    ),
    Edit(
        "langsmith_pulumi/provider/changes.py",
        "\nFIELDS: tuple[Field, ...] = (\n",
        f'    Field("{PATH}", Impact.REVISION, "{REASON}"),\n',
    ),
    Edit("tests/inputs/test_wire.py", 'inputs.SourceConfigArgs: (\n        "', f"{FIELD} "),
]
"""One line each in the models, the arguments and the table, and a word in a row of a test."""

OF_THE_SERVICE = [
    Edit(
        "langsmith_pulumi/testing/simulator/schemas.py",
        "class SourceConfig(StrictModel):\n"
        '    """The configuration of the deployment as a whole."""\n\n',
        f"    {FIELD}: str | None = None\n",
    ),
    Edit(
        "langsmith_pulumi/testing/simulator/validation.py",
        '"external_docker": _fields("resource_spec", "',
        f"{FIELD} ",
    ),
]
"""What the service has learned, which the simulator plays."""
