"""A program that declares what the file named by SCENARIO says."""

import json
import os
from pathlib import Path
from typing import Any

import pulumi

import langsmith_pulumi as langsmith

declared: dict[str, Any] = {}


def resolve(value: Any) -> Any:  # noqa: PLR0911 - one return per kind of value
    """Turn {"output": [resource, attribute]} into that output, at any depth.

    {"later": value} is an output of that value, as configuration and other resources give;
    {"after": [resource, value]} one that is unknown until that resource exists.
    """
    if isinstance(value, list):
        return [resolve(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"output"}:
        resource, attribute = value["output"]
        return getattr(declared[resource], attribute)
    if value.keys() == {"later"}:
        return pulumi.Output.from_input(resolve(value["later"]))
    if value.keys() == {"after"}:
        resource, given = value["after"]
        return declared[resource].id.apply(lambda _id: given)
    if value.keys() == {"secret"}:
        return pulumi.Output.secret(value["secret"])
    return {key: resolve(item) for key, item in value.items()}


def injecting(variables: dict[str, dict[str, Any]]) -> pulumi.ResourceTransformation:
    """Return a transformation that adds variables to the maps of variables."""

    def transform(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
        props = dict(args.props)
        for key in variables.keys() & props.keys():
            present: Any = props[key]
            props[key] = {**present, **variables[key]}
        return pulumi.ResourceTransformationResult(props, args.opts)

    return transform


def options(given: dict[str, Any]) -> pulumi.ResourceOptions:
    waits = [declared[name].rollout for name in given.pop("depends_on", [])]
    aliases = [pulumi.Alias(**alias) for alias in given.pop("aliases", [])]
    injected = {
        "secrets": given.pop("injects", {}),
        "environment_variables": given.pop("injects_plain", {}),
    }
    injected = {key: variables for key, variables in injected.items() if variables}
    if injected:
        given["transformations"] = [injecting(injected)]
    if "component" in given:
        given["parent"] = pulumi.ComponentResource("acme:index:Box", given.pop("component"))
        aliases.append(pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE))
    return pulumi.ResourceOptions(**given, depends_on=waits, aliases=aliases)


for name, arguments in json.loads(Path(os.environ["SCENARIO"]).read_text()).items():
    given = resolve(arguments)
    opts = options(given.pop("opts", {}))
    if "compute_id" in given:
        declared[name] = langsmith.Listener(name, **given, opts=opts)
        pulumi.export(name, declared[name].id)
    else:
        declared[name] = langsmith.Deployment(name, **given, opts=opts)
        pulumi.export(name, declared[name].url)
