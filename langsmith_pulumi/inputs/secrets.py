"""Environment variables: values in the program, and references to Kubernetes Secrets."""

from collections.abc import Mapping
from typing import TypeAlias, TypedDict

from pulumi import Input
from typing_extensions import Required

from ._input_type import input_type

SecretsMap: TypeAlias = Input[Mapping[str, Input[str]]]
"""Environment variables from name to value.

Every value becomes a Pulumi secret, whether the program marks it or not. The map and
``environment_variables`` are one set: a name that is removed from it is removed from the
deployment.
"""

EnvironmentVariablesMap: TypeAlias = Input[Mapping[str, Input[str]]]
"""Environment variables from name to value, in clear in the state, plans and reports.

No value may be a Pulumi secret. The map and ``secrets`` are one set: a name that is removed from it
is removed from the deployment.
"""


@input_type
class SecretReferenceArgs:
    """An environment variable whose value is in a Kubernetes Secret. external_docker only."""

    name: Input[str]
    """Name of the environment variable. Change: new revision."""
    secret_name: Input[str]
    """Existing Kubernetes Secret in the deployment's namespace. Change: new revision."""
    secret_key: Input[str]
    """Key in that Secret. Change: new revision."""


# Made from SecretReferenceArgs by docs/make_inputs.py; change that, then run `make docs`.
class SecretReferenceArgsDict(TypedDict, total=False):
    """An environment variable whose value is in a Kubernetes Secret. external_docker only."""

    name: Required[Input[str]]
    """Name of the environment variable. Change: new revision."""
    secret_name: Required[Input[str]]
    """Existing Kubernetes Secret in the deployment's namespace. Change: new revision."""
    secret_key: Required[Input[str]]
    """Key in that Secret. Change: new revision."""
