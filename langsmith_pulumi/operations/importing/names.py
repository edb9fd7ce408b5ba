"""Names in a written project: of Python variables, configuration keys and the project itself."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata

_SEPARATORS = re.compile(r"[^A-Za-z0-9]+")
_NOT_IN_AN_IDENTIFIER = re.compile(r"\W", re.ASCII)
_NOT_IN_A_PROJECT_NAME = re.compile(r"[^A-Za-z0-9_.-]+")
_MAX_PROJECT_NAME = 100
_USED_BY_THE_PROGRAM = {"config", "langsmith", "pulumi", *dir(builtins), *keyword.softkwlist}
DEFAULT_PROJECT_NAME = "langsmith-deployments"


def identifier(name: str) -> str:
    """Return a Python variable for a deployment's name."""
    found = _NOT_IN_AN_IDENTIFIER.sub("_", name)
    if keyword.iskeyword(found) or found in _USED_BY_THE_PROGRAM:
        return f"{found}_deployment"
    return found if found.isidentifier() else f"deployment_{found}"


def config_key(*parts: str) -> str:
    """Return a configuration key in camel case, such as ``supportAgentOpenaiApiKey``."""
    text = unicodedata.normalize("NFKD", " ".join(parts)).encode("ascii", "ignore").decode()
    first, *others = [word.lower() for word in _SEPARATORS.split(text) if word] or ["value"]
    return first + "".join(word.capitalize() for word in others)


def project_name(folder: str) -> str:
    """Return a name for the project in a folder of this name."""
    found = _NOT_IN_A_PROJECT_NAME.sub("-", folder).strip("-.")
    return found[:_MAX_PROJECT_NAME] or DEFAULT_PROJECT_NAME


def take(name: str, taken: set[str], separator: str = "") -> str:
    """Return the name, or the first one with a number that is not taken, and mark it as taken."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}{separator}{number}"
    taken.add(found)
    return found
