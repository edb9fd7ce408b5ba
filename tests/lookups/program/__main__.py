"""A program that makes the look-ups of the file named by LOOKUPS, and exports their results.

Each is a function's name and its arguments; ``{"id of": name}`` is the id of a deployment that the
program declares, ``{"found": [function, arguments]}`` the id of a result, and
``{"secret": value}`` a secret. With ``"caught"``, the program exports the error instead of ending
with it.
"""

import json
import os
from pathlib import Path
from typing import Any

import pulumi

import langsmith_pulumi as langsmith

asked = json.loads(Path(os.environ["LOOKUPS"]).read_text())
declared: dict[str, langsmith.Deployment] = {}


def resolve(value: Any) -> Any:
    if isinstance(value, list):
        return [resolve(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "id of" in value:
        return declared[value["id of"]].id
    if "secret" in value:
        return pulumi.Output.secret(value["secret"])
    if "found" in value:
        function, arguments = value["found"]
        return getattr(langsmith, function)(**resolve(arguments)).id
    return {key: resolve(item) for key, item in value.items()}


for name, arguments in asked["declared"].items():
    declared[name] = langsmith.Deployment(name, **resolve(arguments))

for key, (function, arguments) in asked["lookups"].items():
    try:
        pulumi.export(key, getattr(langsmith, function)(**resolve(arguments)))
    except pulumi.RunError as error:  # noqa: PERF203 - each look-up may fail
        if not asked.get("caught"):
            raise
        pulumi.export(key, str(error))
