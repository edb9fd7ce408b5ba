"""As many resources as this package has, with as many properties, whose providers do nothing."""

import json
import os

from nothing import OUTPUTS, NothingProvider
from pulumi import Output, ResourceOptions
from pulumi.dynamic import Resource

given = json.loads(os.environ["BENCH"])
UNSET = [f"optional_{number}" for number in range(20)]
"""The SDK makes an output of each property, also of those that are not set."""
URN = "urn:pulumi:bench::bench::pulumi-python:dynamic/bench:Deployment::"


class Deployment(Resource, module="bench", name="Deployment"):
    """In place of a deployment."""

    revision_id: Output[str]
    secret_fingerprints: Output[dict[str, str]]


class Rollout(Resource, module="bench", name="Rollout"):
    """In place of its rollout."""


provider = NothingProvider()
for number in range(given["count"]):
    name = f"agent-{number}"
    common = {
        **dict.fromkeys(OUTPUTS),
        "source_revision_config": {"image_uri": given["image"]},
        "progress_urn": URN + name,
        "timeout": given["timeout"],
    }
    arguments = {
        **common,
        **dict.fromkeys(UNSET),
        "name": name,
        "source": "external_docker",
        "display_name": given["titles"][min(number, 1)],
        "secrets": {"OPENAI_API_KEY": Output.secret(f"key-{number}")},
        "secret_salt": Output.secret("a salt of thirty-two characters"),
        "secret_fingerprints": {"OPENAI_API_KEY": "93b14dbff0f0d4e7"},
        "variable_names": ["OPENAI_API_KEY"],
        "delete_tracing_project": False,
    }
    deployment = Deployment(provider, name, arguments)
    waiting = {
        **common,
        "deployment_id": deployment.id,
        "requested_revision_id": deployment.revision_id,
        "secret_fingerprints": deployment.secret_fingerprints,
        "wait": True,
    }
    Rollout(provider, name, waiting, ResourceOptions(parent=deployment))
