"""An agent with secrets, as a user would declare it."""

import pulumi

import langsmith_pulumi as langsmith

config = pulumi.Config()
agent = langsmith.Deployment(
    "support-agent",
    source="external_docker",
    source_config={"resource_spec": {"min_scale": 1, "max_scale": 3}},
    source_revision_config={"image_uri": config.get("image") or "registry.example.com/agent:v1"},
    secrets={
        "OPENAI_API_KEY": config.require_secret("openaiApiKey"),
        "TOKEN": config.require_secret("token"),
        "NOWHERE_SET": config.require_secret("nowhereSet"),
    },
)
pulumi.export("url", agent.url)
