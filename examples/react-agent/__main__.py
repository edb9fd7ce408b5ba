"""Deploy the ReAct agent that LangChain publishes to the stacks dev and prod."""

import pulumi

import langsmith_pulumi as langsmith

config = pulumi.Config()

agent = langsmith.Deployment(
    "react-agent",
    name=f"react-agent-{pulumi.get_stack()}",
    display_name=config.get("displayName") or "ReAct agent",
    source="github",
    source_config={
        "integration_id": config.require("integrationId"),
        "repo_url": "https://github.com/langchain-ai/react-agent",
        "deployment_type": config.require("deploymentType"),
        "build_on_push": False,
    },
    source_revision_config={
        "repo_ref": config.require("repoRef"),
        "langgraph_config_path": "langgraph.json",
    },
    secrets={
        "ANTHROPIC_API_KEY": config.require_secret("anthropicApiKey"),
        "TAVILY_API_KEY": config.require_secret("tavilyApiKey"),
    },
)

# A resource that uses the URL waits until the agent serves.
pulumi.export("url", agent.url)
pulumi.export("commit", agent.repo_commit_sha)
