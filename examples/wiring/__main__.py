"""Give the URL of one agent to another one, and to other stacks."""

import pulumi

import langsmith_pulumi as langsmith

config = pulumi.Config()


def agent(name: str, variables: dict[str, pulumi.Input[str]]) -> langsmith.Deployment:
    return langsmith.Deployment(
        name,
        source="github",
        source_config={
            "integration_id": config.require("integrationId"),
            "repo_url": "https://github.com/acme/agents",
            "deployment_type": "dev",
        },
        source_revision_config={
            "repo_ref": "main",
            "langgraph_config_path": f"{name}/langgraph.json",
        },
        environment_variables=variables,
    )


research = agent("research", {"LOG_LEVEL": "info"})
# As it uses the URL, it is created when the first revision of `research` serves. Any argument of
# any resource takes `research.url` in the same way.
supervisor = agent("supervisor", {"RESEARCH_URL": research.url})

# What other stacks read with a StackReference.
pulumi.export("url", supervisor.url)
