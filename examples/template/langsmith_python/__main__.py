"""Deploy an agent from GitHub."""

import pulumi

import langsmith_pulumi as langsmith

config = pulumi.Config()

agent = langsmith.Deployment(
    "${PROJECT}",
    name="${PROJECT}-" + pulumi.get_stack(),
    source="github",
    source_config={
        "integration_id": config.require("integrationId"),
        "repo_url": config.require("repoUrl"),
        "deployment_type": config.require("deploymentType"),
    },
    source_revision_config={"repo_ref": "main", "langgraph_config_path": "langgraph.json"},
    secrets={"ANTHROPIC_API_KEY": config.require_secret("anthropicApiKey")},
)

pulumi.export("url", agent.url)
