"""Deploy the agent whose code is in the folder ``agent`` of this repository.

The stacks ``dev`` and ``prod`` are permanent; each open pull request N has a stack ``pr-N``.
"""

from typing import cast

import pulumi

import langsmith_pulumi as langsmith
from langsmith_pulumi.inputs import DeploymentType

config = pulumi.Config()
stack = pulumi.get_stack()

agent = langsmith.Deployment(
    "support-agent",
    name=f"support-agent-{stack}",
    source="github",
    source_config={
        "integration_id": config.require("integrationId"),
        "repo_url": "https://github.com/acme/agents",
        "deployment_type": cast(DeploymentType, config.require("deploymentType")),
        # The workflows decide when a revision is made, and wait for it.
        "build_on_push": False,
    },
    source_revision_config={
        "repo_ref": config.require("repoRef"),
        "langgraph_config_path": "agent/langgraph.json",
    },
    secrets={"OPENAI_API_KEY": config.require_secret("openaiApiKey")},
    # A push moves the branch and changes no argument. The workflows pass the hash of the agent's
    # folder, so a revision is made when the agent's code changes, and not for a typo in the README.
    triggers={"code": config.get("code") or ""},
    # The traces of a pull request are deleted with it: their project would keep the name in use.
    delete_tracing_project=stack.startswith("pr-"),
)

pulumi.export("url", agent.url)
