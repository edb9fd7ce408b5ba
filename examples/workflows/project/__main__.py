"""Deploy the agent whose code is in the folder ``agent`` of this repository.

The stacks ``dev`` and ``prod`` are permanent; each open pull request N has a stack ``pr-N``.
"""

import subprocess

import pulumi

import langsmith_pulumi as langsmith


def committed(folder: str) -> str:
    """Return the hash of a folder as it is committed; it changes with the code in it."""
    command = ["git", "rev-parse", "--verify", f"HEAD:./{folder}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise pulumi.RunError(f"No folder {folder!r} is committed here: {done.stderr.strip()}")
    return done.stdout.strip()


config = pulumi.Config()
stack = pulumi.get_stack()

agent = langsmith.Deployment(
    "support-agent",
    name=f"support-agent-{stack}",
    source="github",
    source_config={
        "integration_id": config.require("integrationId"),
        "repo_url": "https://github.com/acme/agents",
        "deployment_type": config.require("deploymentType"),
        # The workflows decide when a revision is made, and wait for it.
        "build_on_push": False,
    },
    source_revision_config={
        "repo_ref": config.require("repoRef"),
        "langgraph_config_path": "agent/langgraph.json",
    },
    secrets={"OPENAI_API_KEY": config.require_secret("openaiApiKey")},
    # A push moves the branch and changes no argument. The hash makes a revision when the agent's
    # code changes, and none for a typo in the README; the plan says so beforehand.
    triggers={"code": committed("agent")},
    # The traces of a pull request are deleted with it: their project would keep the name in use.
    delete_tracing_project=stack.startswith("pr-"),
)

pulumi.export("url", agent.url)
