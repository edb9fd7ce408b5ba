"""Deployments of this package."""

import json
import os

import langsmith_pulumi as langsmith

given = json.loads(os.environ["BENCH"])

for number in range(given["count"]):
    langsmith.Deployment(
        f"agent-{number}",
        source="external_docker",
        display_name=given["titles"][min(number, 1)],
        source_revision_config={"image_uri": given["image"]},
        secrets={"OPENAI_API_KEY": f"key-{number}"},
        rollout_timeout=given["timeout"],
    )
