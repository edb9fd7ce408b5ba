"""Deploy agents by a component that knows a company's rules.

Teams give a name and a folder. How agents are named, tagged, sized and protected in each stage is
decided once, in the class. In a company, it stands in a package that all teams install.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

import langsmith_pulumi as langsmith
from langsmith_pulumi.inputs import DeploymentSize, DeploymentType


@dataclass(frozen=True)
class Stage:
    """What a stage decides for all agents."""

    tier: DeploymentType
    size: DeploymentSize | None
    ref: str
    keeps_data: bool


STAGES = {
    "dev": Stage("serverless", None, "main", keeps_data=False),
    "prod": Stage("dedicated", "medium", "release", keeps_data=True),
}


class AcmeAgent(pulumi.ComponentResource):
    """An agent as the company runs it."""

    url: pulumi.Output[str]
    """Where the agent answers; what uses it waits until the agent serves."""

    def __init__(  # noqa: PLR0913 - the arguments are what a team decides
        self,
        name: str,
        *,
        team: str,
        folder: str,
        secrets: Mapping[str, pulumi.Input[str]],
        variables: Mapping[str, pulumi.Input[str]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("acme:agents:Agent", name, None, opts)
        name_of_stage = pulumi.get_stack()
        stage = STAGES[name_of_stage]
        deployment = langsmith.Deployment(
            name,
            name=f"{team}-{name}-{name_of_stage}",
            display_name=f"{name} ({team}, {name_of_stage})",
            source="github",
            source_config={
                "integration_id": pulumi.Config().require("integrationId"),
                "repo_url": "https://github.com/acme/agents",
                "deployment_type": stage.tier,
            },
            source_revision_config={
                "repo_ref": stage.ref,
                "langgraph_config_path": f"{folder}/langgraph.json",
            },
            compute_size=stage.size,
            secrets=secrets,
            # The service has no tags; variables reach the agent, its logs and its traces.
            environment_variables={
                "ACME_TEAM": team,
                "ACME_STAGE": name_of_stage,
                "LOG_LEVEL": "info",
                **(variables or {}),
            },
            rollout_timeout=3600,
            delete_tracing_project=not stage.keeps_data,
            opts=pulumi.ResourceOptions(parent=self, protect=stage.keeps_data),
        )
        self.url = deployment.url
        self.register_outputs({"url": self.url})


key = pulumi.Config().require_secret("openaiApiKey")

support = AcmeAgent("support", team="care", folder="support", secrets={"OPENAI_API_KEY": key})
research = AcmeAgent(
    "research",
    team="insights",
    folder="research",
    secrets={"OPENAI_API_KEY": key},
    variables={"LOG_LEVEL": "debug"},
)

pulumi.export("urls", {"support": support.url, "research": research.url})
