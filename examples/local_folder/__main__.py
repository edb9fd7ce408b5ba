"""Deploy the agent in the folder beside this program; a change of its files is a new revision."""

import pulumi

import langsmith_pulumi as langsmith

config = pulumi.Config()

agent = langsmith.Deployment(
    "echo-agent",
    source="internal_source",
    source_config={"deployment_type": "dev"},
    # Relative to this program. What .gitignore names is left out, and always .env files.
    path="./agent",
    environment_variables={"LOG_LEVEL": config.get("logLevel") or "info"},
)

pulumi.export("url", agent.url)
