"""The check of a folder at preview: list it, validate it, and record its contents in the inputs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.provider.properties import get_path, is_unknown
from langsmith_pulumi.provider.variables import all_variables

from .archive import check_size, read_contents
from .difference import ARCHIVE_PATH, CONFIG_PATH, FOLDER, PATH, is_ignored, record
from .errors import FolderError
from .langgraph_json import ConfigFile
from .listing import list_files

if TYPE_CHECKING:
    from langsmith_pulumi.provider.properties import Properties


@dataclass(frozen=True)
class CheckedFolder:
    """The inputs with the contents of their folder, or what is wrong with it."""

    inputs: Properties
    problems: tuple[str, ...] = ()
    """In words that follow the name of the argument."""
    warning: str = ""


def check_folder(olds: Properties, inputs: Properties) -> CheckedFolder:
    """Return the inputs with the contents of the folder that they name, if they name one.

    Where ``ignore_changes`` covers it, these are the contents in the state, and none is read.

    A relative path begins at the folder of the program, where the engines start the provider too.
    The state keeps it as the program wrote it, so it is the same on every machine.
    """
    path = inputs.get(PATH)
    inputs = {key: value for key, value in inputs.items() if key != FOLDER}
    if is_unknown(path):
        return CheckedFolder({**inputs, FOLDER: path})
    if not isinstance(path, str) or not path.strip() or inputs.get("source") != "internal_source":
        return CheckedFolder(inputs)
    if get_path(inputs, ARCHIVE_PATH) is not None:
        reason = f"is uploaded, so {ARCHIVE_PATH} has to be left out"
        return CheckedFolder(inputs, (reason,))
    if olds.get(FOLDER) is not None and is_ignored(inputs):
        return CheckedFolder({**inputs, FOLDER: olds[FOLDER]})
    try:
        files = list_files(Path(path))
        found = read_contents(files)
        check_size(files)
    except FolderError as error:
        return CheckedFolder(inputs, (str(error),))
    contents = record(found.digest, found.files)
    return _check_config({**inputs, FOLDER: contents}, files)


def _check_config(inputs: Properties, files: Any) -> CheckedFolder:
    config_path = get_path(inputs, CONFIG_PATH)
    if not isinstance(config_path, str):
        return CheckedFolder(inputs)
    config = ConfigFile(files, config_path)
    problems, env_file = config.problems(), config.env_file()
    if env_file is None:
        return CheckedFolder(inputs, tuple(problems))
    reason = (
        f"{config_path}: env names the file {env_file!r}, whose variables the deployment does not "
        "get: give them in secrets= or environment_variables="
    )
    if all_variables(inputs) is None:
        problems.append(reason)
        return CheckedFolder(inputs, tuple(problems))
    return CheckedFolder(inputs, tuple(problems), warning=f"{inputs[PATH]}: {reason}")
