"""Deploy one agent for each customer from a script, with Pulumi's Automation API.

Usage: python deploy.py CUSTOMER [--destroy]

Each customer has a stack. The script needs the Pulumi CLI, PULUMI_CONFIG_PASSPHRASE (or another
secrets provider), and the settings of the control plane in the environment.
"""

import sys
from pathlib import Path

import pulumi
from pulumi import automation as auto

import langsmith_pulumi as langsmith

HERE = Path(__file__).resolve().parent


def program() -> None:
    """Declare what a stack consists of; the engine calls it."""
    customer = pulumi.get_stack()
    agent = langsmith.Deployment(
        "assistant",
        name=f"assistant-{customer}",
        source="internal_source",
        source_config={"deployment_type": "dev"},
        # Not "../local_folder/agent": a relative path would begin where the script is started.
        path=str(HERE.parent / "local_folder" / "agent"),
        environment_variables={"CUSTOMER": customer},
    )
    pulumi.export("url", agent.url)


def open_stack(customer: str) -> auto.Stack:
    """Return the customer's stack, which is made if there is none."""
    # The engine starts the provider in this Python, which has the package.
    python = auto.ProjectRuntimeInfo("python", options={"virtualenv": sys.prefix})
    settings = auto.ProjectSettings(name="assistants", runtime=python)
    return auto.create_or_select_stack(
        stack_name=customer,
        project_name="assistants",
        program=program,
        opts=auto.LocalWorkspaceOptions(project_settings=settings),
    )


def main(customer: str, *, destroy: bool) -> None:
    stack = open_stack(customer)
    if destroy:
        stack.destroy(on_output=print)
        stack.workspace.remove_stack(customer)
        return
    done = stack.up(on_output=print)
    print(f"{customer}: {done.outputs['url'].value}")


if __name__ == "__main__":
    main(sys.argv[1], destroy="--destroy" in sys.argv[2:])
