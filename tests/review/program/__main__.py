"""A program that declares what the file named by PLAN says: deployments, and other resources."""

import json
import os
from pathlib import Path
from typing import Any

import acme  # type: ignore[import-not-found]  # beside this file
import pulumi

import langsmith_pulumi as langsmith

declared = json.loads(Path(os.environ["PLAN"]).read_text())


def options(given: dict[str, Any]) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(**given.pop("opts", {}))


for name, given in declared.get("buckets", {}).items():
    acme.Bucket(name, opts=options(given), **given)
for name, given in declared.get("deployments", {}).items():
    agent = langsmith.Deployment(name, opts=options(given), **given)
    pulumi.export(name, agent.url)
