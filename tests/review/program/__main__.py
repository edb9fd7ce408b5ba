"""A program that declares what the file named by PLAN says: deployments, and other resources."""

import json
import os
from pathlib import Path
from typing import Any

import acme
import langsmith_pulumi as langsmith
import pulumi

declared = json.loads(Path(os.environ["PLAN"]).read_text())


def options(given: dict[str, Any]) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(**given.pop("opts", {}))


for name, given in declared.get("buckets", {}).items():
    acme.Bucket(name, opts=options(given), **given)
for name, given in declared.get("deployments", {}).items():
    agent = langsmith.Deployment(name, opts=options(given), **given)
    pulumi.export(name, agent.url)
