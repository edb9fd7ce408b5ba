"""The arguments of a listener."""

from collections.abc import Sequence
from typing import Literal, TypeAlias, TypedDict

from pulumi import Input
from typing_extensions import Required

from ._input_type import input_type

ComputeType: TypeAlias = Literal["k8s"]
"""Kind of cluster that a listener runs in; the service knows Kubernetes alone. Change: replace."""


@input_type
class ComputeConfigArgs:
    """The part of its cluster that a listener serves."""

    k8s_namespaces: Input[Sequence[Input[str]]]
    """Names of the Kubernetes namespaces that it serves, at least one; their order means nothing. A
    deployment in a namespace that is taken out of the list is not moved. Change: in place."""


# Made from ComputeConfigArgs by docs/make_inputs.py; change that, then run `make docs`.
class ComputeConfigArgsDict(TypedDict, total=False):
    """The part of its cluster that a listener serves."""

    k8s_namespaces: Required[Input[Sequence[Input[str]]]]
    """Names of the Kubernetes namespaces that it serves, at least one; their order means nothing. A
    deployment in a namespace that is taken out of the list is not moved. Change: in place."""
