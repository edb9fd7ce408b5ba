"""A workspace of 25 deployments that people have made by hand, through the API."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING, Any

import httpx

from langsmith_pulumi.testing.simulator import Listener

if TYPE_CHECKING:
    from langsmith_pulumi.testing import Simulator

Body = dict[str, Any]

API_KEY = "lsv2_sk_0123456789abcdef_fedcba9876"
INTEGRATION = "6f6c7b7e-0d5d-4a8c-9a52-6f5b7e9a1c11"
CLUSTER = Listener("production", ("default", "agents"), "33333333-3333-4333-8333-333333333333")
TESTS = Listener("tests", ("default",), "44444444-4444-4444-8444-444444444444")
LISTENERS = (CLUSTER, TESTS)
IMAGE = "registry.example.com/agent:v1"

ODD = "Käse & \"Brot\" \\ 'Café' 日本 {x} %s $HOME `id` \u202e\u200b # end"
"""What breaks naive quoting: both quotes, a backslash, wide and invisible characters."""
ODD_NAME = ODD.replace("Brot", "Milch")
PRIVATE_KEY = (
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQ==\n-----END PRIVATE KEY-----\n"
)
VALUES = {
    "LINES": "first line of it\nsecond line of it\n\n",
    "RETURNS": "with returns\r\nand tabs\t\tof it\r",
    "QUOTES": "a \"quoted\" and 'quoted' text",
    "TRIPLE": "three \"\"\" and ''' of them",
    "BACKSLASH": "C:\\new\\table\\x41 \\",
    "UNICODE": "grüße 日本語 \U0001f600 \u202e",
    "DASH": "--secret value -x",
    "BLANKS": "   blanks around it   ",
    "JSON": '{"nested": {"list": [1, 2]}}',
    "TEMPLATE": "${HOME} {{name}} %(x)s $(id)",
    "NUMBER": "0012345678",
    "YAML": "- 'a': !!python/object\n  b: *c",
}
SECRETS = [ODD, PRIVATE_KEY, *VALUES.values()]


def create(client: httpx.Client, name: str, body: Body, **patch: Any) -> str:
    """Create a deployment, and change it as the dashboard does afterwards."""
    made = client.post("/v2/deployments", json={"name": name, **body}).raise_for_status().json()
    for path, sent in {
        "": patch.pop("patch", None),
        "/resource-tiers": patch.pop("tiers", None),
    }.items():
        if sent:
            client.patch(f"/v2/deployments/{made['id']}{path}", json=sent).raise_for_status()
    return str(made["id"])


def github(name: str, variables: Body | None = None, **config: Any) -> Body:
    """Return the body of a deployment from a repository."""
    revision = {
        "repo_ref": config.pop("repo_ref", "main"),
        "langgraph_config_path": config.pop("langgraph_config_path", "langgraph.json"),
    }
    return {
        "source": "github",
        "source_config": {
            "integration_id": INTEGRATION,
            "repo_url": f"https://github.com/acme/{name}",
            "deployment_type": "dev",
            "build_on_push": False,
            **config,
        },
        "source_revision_config": revision,
        "secrets": _secrets(variables),
    }


def image(variables: Body | None = None, spec: Body | None = None, **config: Any) -> Body:
    """Return the body of a deployment from an image."""
    references, uri = config.pop("secret_references", None), config.pop("image_uri", IMAGE)
    return {
        "source": "external_docker",
        "source_config": {
            "resource_spec": spec or {},
            "listener_id": CLUSTER.id,
            "listener_config": {"k8s_namespace": "default"},
            **config,
        },
        "source_revision_config": {"image_uri": uri},
        "secrets": _secrets(variables),
        "secret_references": references,
    }


def pushed(source: str, variables: Body | None = None, **config: Any) -> Body:
    """Return the body of a deployment whose code is pushed or comes from a template."""
    return {
        "source": source,
        "source_config": {"deployment_type": "prod", **config},
        "source_revision_config": {},
        "secrets": _secrets(variables),
    }


def _secrets(variables: Body | None) -> list[Body]:
    return [{"name": name, "value": value} for name, value in (variables or {}).items()]


def fill(simulator: Simulator) -> None:
    """Make what the service of the simulator takes: repositories, images, or both."""
    headers = {"X-Api-Key": simulator.api_key}
    with httpx.Client(base_url=simulator.url, headers=headers) as client:
        if simulator.hosting != "self-hosted":
            _fill_from_repositories(client)
            _fill_pushed(client)
        _fill_from_images(client, own_names=simulator.hosting != "cloud")


def fill_with_one(simulator: Simulator, name: str, variables: Body) -> None:
    """Make one deployment from a repository."""
    with client_of(simulator) as client:
        create(client, name, github(name, variables))


def client_of(simulator: Simulator) -> httpx.Client:
    """Return a client of the simulator that is none of ours."""
    return httpx.Client(base_url=simulator.url, headers={"X-Api-Key": simulator.api_key})


def _fill_from_repositories(client: httpx.Client) -> None:
    create(
        client,
        "support-agent",
        github("support", {"OPENAI_API_KEY": ODD, "LOG_LEVEL": "info", "EMPTY": ""}),
    )
    create(client, "config", github("config", build_on_push=True), patch={"display_name": ODD_NAME})
    create(client, "class", github("class", repo_ref="refs/tags/v1.2", deployment_type="prod"))
    create(client, f"long-{'x' * 58}", github("long", {"LINES": VALUES["LINES"]}))
    create(client, "a--b", github("ssh", repo_url="git@github.com:acme/ssh.git"))
    commands = {
        "install_command": 'npm ci && echo "it\'s" \\\n  done',
        "build_command": "npm config set _authToken npm-secret-of-the-build",
    }
    create(
        client, "web", github("web", VALUES, langgraph_config_path="apps/web/l.json", **commands)
    )
    create(
        client,
        "dedicated",
        github("dedicated", deployment_type="dedicated"),
        tiers={"compute_tier": "DEDICATED_M", "database_tier": "DEDICATED_L"},
    )
    create(
        client,
        "serverless",
        github("serverless", {"KEY": PRIVATE_KEY}, deployment_type="serverless"),
        tiers={"compute_tier": "SERVERLESS_L"},
    )


def _fill_pushed(client: httpx.Client) -> None:
    create(client, "template", pushed("internal_template", template_id="react-agent"))
    create(client, "not-yet-pushed", pushed("internal_docker", {"A": "is it there?"}))
    image_uri = {"image_uri": "vendor.example.com/acme/pushed:1"}
    create(client, "pushed", pushed("internal_docker"), patch={"source_revision_config": image_uri})
    create(client, "empty-folder", pushed("internal_source"))
    folder = create(client, "folder", pushed("internal_source"))
    archive = {
        "source_tarball_path": _upload(client, folder),
        "langgraph_config_path": "langgraph.json",
    }
    body = {
        "source_revision_config": archive,
        "secrets": _secrets({"TOKEN": "of the folder"}),
    }
    client.patch(f"/v2/deployments/{folder}", json=body).raise_for_status()


def _upload(client: httpx.Client, deployment_id: str) -> str:
    """Upload a folder as the vendor's CLI does, and return where it is."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        content = b'{"graphs": {"agent": "./agent.py:graph"}, "dependencies": ["."]}'
        entry = tarfile.TarInfo("langgraph.json")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    asked = {"supports_upload_headers": True}
    upload = client.post(f"/v2/deployments/{deployment_id}/upload-url", json=asked).json()
    headers = {"Content-Type": "application/gzip", **upload.get("upload_headers", {})}
    httpx.put(upload["upload_url"], content=packed.getvalue(), headers=headers).raise_for_status()
    return str(upload["object_path"])


def _fill_from_images(client: httpx.Client, *, own_names: bool) -> None:
    # Cloud reserves these names, also for images on a listener.
    names = {"LSD_ENV": "own", "PATH": "/usr/bin:/bin"} if own_names else {}
    create(client, "print", image())
    create(client, "pulumi", image(names, listener_id=TESTS.id))
    create(
        client, "scaled", image({}, {"min_scale": 2, "max_scale": 5, "cpu": 0.5, "queue_cpu": 1.25})
    )
    create(client, "sized", image({}, {"memory_mb": 4096, "cpu_limit": 2, "db_storage_gi": 20}))
    create(
        client,
        "odd-labels",
        image({}, {"labels": {"a/b.c": ODD_NAME}, "annotations": {"token": ODD}}),
    )
    create(
        client,
        "sidecars",
        image({"DASH": VALUES["DASH"]}, _SIDECARS),
        patch={"display_name": ODD_NAME},
    )
    create(client, "volumes", image({}, _VOLUMES))
    create(client, "addressed", image({}, custom_url="https://agents.example.com/support"))
    references = [
        {"name": "Z_URI", "secret_name": "databases", "secret_key": "uri"},
        {"name": "A_URI", "secret_name": "databases", "secret_key": "other"},
    ]
    create(client, "references", image({}, secret_references=references))
    create(client, "many", image(dict.fromkeys(("ONE", "TWO", "ÜBER-3"), "the same value")))
    digest = f"registry.example.com/team/agent@sha256:{'0a' * 32}"
    create(client, "by-digest", image({}, image_uri=digest))
    create(client, "name-of-21-characters", image({}, {"service_account_name": "agents"}))


_SIDECARS = {
    "sidecars": [
        {
            "name": "proxy",
            "image": "proxy:1.2",
            "imagePullPolicy": "Always",
            "command": ["/bin/sh", "-c"],
            "args": [
                "exec proxy --listen :80 --name \"a b\" && echo 'done with a rather long line'"
            ],
            "env": [
                {"name": "UPSTREAM", "value": "postgres://admin:hunter2-of-the-proxy@db/agents"},
                {"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                {"name": "LOG_LEVEL", "value": "info"},
            ],
            "resources": {"limits": {"cpu": "500m"}, "requests": {"memory": "64Mi"}},
            "volumeMounts": [{"name": "cache", "mountPath": "/cache", "readOnly": True}],
        }
    ],
    "init_containers": [{"name": "wait", "image": "busybox:1.36", "command": ["true"]}],
    "volumes": [{"name": "cache", "emptyDir": {}}],
    "volume_mounts": [{"name": "cache", "mountPath": "/cache", "subPath": "agent"}],
    "image_pull_secrets": [{"name": "registry"}],
}
_VOLUMES = {
    "volumes": [
        {"name": "config", "configMap": {"name": "settings", "optional": True}},
        {"name": "pod", "downwardAPI": {"items": [{"path": "l", "fieldRef": {"fieldPath": "m"}}]}},
        {"name": "store", "persistentVolumeClaim": {"claimName": "store"}},
    ],
    "volume_mounts": [{"name": "config", "mountPath": "/config"}],
}
