"""Run an image on a cluster of one's own: a listener, a sidecar and a volume."""

import pulumi

import langsmith_pulumi as langsmith

config = pulumi.Config()
namespace = "agents"

# What serves the cluster. Its namespaces change in place; another compute_id replaces it and the
# deployments on it.
listener = langsmith.Listener(
    "cluster",
    compute_id="production-cluster",
    compute_config={"k8s_namespaces": [namespace]},
)

agent = langsmith.Deployment(
    "support-agent",
    source="external_docker",
    source_config={
        "listener_id": listener.id,
        "listener_config": {"k8s_namespace": namespace},
        # Self-hosted services tell no URL; this one leads to the cluster's ingress.
        "custom_url": "https://support-agent.example.com",
        "resource_spec": {
            "min_scale": 1,
            "max_scale": 3,
            "cpu": 1,
            "memory_mb": 2048,
            # The content of a volume's source is written as Kubernetes documents it.
            "volumes": [{"name": "cache", "empty_dir": {"sizeLimit": "1Gi"}}],
            "volume_mounts": [{"name": "cache", "mount_path": "/var/cache/agent"}],
            "sidecars": [
                {
                    "name": "cleaner",
                    "image": "registry.example.com/cache-cleaner:2.0.1",
                    "env": [{"name": "MAX_AGE", "value": "1h"}],
                    "volume_mounts": [{"name": "cache", "mount_path": "/cache"}],
                    "resources": {"limits": {"memory": "128Mi"}},
                }
            ],
            "image_pull_secrets": [{"name": "registry"}],
        },
    },
    source_revision_config={"image_uri": config.require("image")},
    # Kubernetes reads the value from a Secret of the namespace; Pulumi never sees it.
    secret_references=[{"name": "OPENAI_API_KEY", "secret_name": "openai", "secret_key": "key"}],
)

pulumi.export("listener", listener.id)
pulumi.export("url", agent.url)
