"""Deploy three agents of one repository to the stacks dev, staging and prod.

The program is the same for every stack; what differs is in Pulumi.<stack>.yaml.
"""

from typing import cast

import pulumi

import langsmith_pulumi as langsmith
from langsmith_pulumi.inputs import DeploymentSize

AGENTS = ("research", "support", "triage")

config = pulumi.Config()
stack = pulumi.get_stack()
is_prod = stack == "prod"

agents = {
    agent: langsmith.Deployment(
        agent,
        # A workspace has each name once, and here all stages share one.
        name=f"{agent}-{stack}",
        source="github",
        source_config={
            "integration_id": config.require("integrationId"),
            "repo_url": "https://github.com/acme/agents",
            "deployment_type": config.require("deploymentType"),
        },
        source_revision_config={
            "repo_ref": config.require("repoRef"),
            "langgraph_config_path": f"{agent}/langgraph.json",
        },
        compute_size=cast(DeploymentSize | None, config.get("computeSize")),
        secrets={"OPENAI_API_KEY": config.require_secret("openaiApiKey")},
        environment_variables={"LOG_LEVEL": config.require("logLevel"), "STAGE": stack},
        # Pulumi refuses to delete or to replace what is protected.
        opts=pulumi.ResourceOptions(protect=is_prod),
    )
    for agent in AGENTS
}

pulumi.export("urls", {name: agent.url for name, agent in agents.items()})
