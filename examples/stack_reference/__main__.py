"""Use the URL of an agent that another stack manages."""

import pulumi

import langsmith_pulumi as langsmith

config = pulumi.Config()


def supervisor_url() -> pulumi.Input[str]:
    """Return the URL of the configuration, or else the output `url` of the stack it names."""
    configured = config.get("supervisorUrl")
    if configured:
        return configured
    # `organization/PROJECT/STACK` on a backend of one's own; on Pulumi Cloud the first part is the
    # name of the organization.
    name = config.get("supervisorStack") or f"organization/wiring/{pulumi.get_stack()}"
    return pulumi.StackReference(name).require_output("url")


chat = langsmith.Deployment(
    "chat",
    source="github",
    source_config={
        "integration_id": config.require("integrationId"),
        "repo_url": "https://github.com/acme/chat",
        "deployment_type": "dev",
    },
    source_revision_config={"repo_ref": "main", "langgraph_config_path": "langgraph.json"},
    environment_variables={"SUPERVISOR_URL": supervisor_url()},
)

pulumi.export("url", chat.url)
