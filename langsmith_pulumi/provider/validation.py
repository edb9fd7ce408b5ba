"""Validation of inputs at preview, before any request: all problems at once, each with its field.

Only known values are validated; an unknown value is validated during ``up``.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictStr, ValidationError

from langsmith_pulumi.control_plane.comparison import TAG_PREFIX
from langsmith_pulumi.control_plane.errors import SettingsInvalid
from langsmith_pulumi.control_plane.models import (
    MAX_NAME_LENGTH,
    NAME_PATTERN,
    HealthCheckSetting,
    ResourceSpec,
    SecretReference,
    SourceConfigRequest,
    SourceRevisionConfigRequest,
    explain,
)
from langsmith_pulumi.control_plane.models.fields import Id
from langsmith_pulumi.control_plane.settings import normalize_url
from langsmith_pulumi.control_plane.stuck import STUCK_SECONDS

from .changes import BUILD_ON_PUSH, CONTROL_PLANE_URL, FIELDS, REPO_REF, RESOURCE_SPEC
from .normalize import model_at, wire_names
from .properties import (
    NO_VALUE,
    WAITS,
    get_path,
    is_unknown,
    unknown_paths,
    without_unknowns,
)
from .sizes import (
    DATABASE_SIZE,
    DEPLOYMENT_TYPE,
    DEPLOYMENT_TYPES,
    SIZE_FIELDS,
    SIZES,
    family,
    sent_type,
)
from .sources import FIELDS_OF_SOURCES, SOURCES
from .validation_problem import ValidationProblem
from .variable_rules import (
    check_emptied_set,
    check_variable_maps,
    check_variables,
    check_variables_added_by_a_transform,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .properties import Properties

_NAME = re.compile(NAME_PATTERN)
_PLAIN_WORD = re.compile(r"[A-Za-z]{1,16}([_-][A-Za-z]{1,16})?")
_REVISION_SOURCES = ("github", "internal_docker", "internal_source")
_CHOICES: dict[str, tuple[str, ...]] = {
    "revision_source": _REVISION_SOURCES,
    **dict.fromkeys(SIZE_FIELDS, SIZES),
}


class _Inputs(BaseModel):
    """The inputs of a deployment, each validated alone; the rules below combine them."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="ignore")

    name: StrictStr = ""
    path: StrictStr | None = None
    display_name: StrictStr | None = None
    source: StrictStr = ""
    source_config: SourceConfigRequest | None = None
    source_revision_config: SourceRevisionConfigRequest | None = None
    secrets: dict[str, StrictStr] | None = None
    environment_variables: dict[str, StrictStr] | None = None
    secret_references: list[SecretReference] | None = None
    revision_source: Literal["github", "internal_docker", "internal_source"] | None = None
    tracked_packages: list[StrictStr] | None = None
    route_through_gateway: StrictBool | None = None
    compute_size: Literal["small", "medium", "large"] | None = None
    database_size: Literal["small", "medium", "large"] | None = None
    delete_tracing_project: StrictBool | None = None
    rollout_timeout: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    interrupt_stuck: StrictBool | None = None
    health_check: HealthCheckSetting = None
    workspace_id: Id | None = None
    control_plane_url: StrictStr | None = None
    import_id: Id | None = None


def validate(olds: Properties, inputs: Properties) -> list[ValidationProblem]:
    """Return the problems of the known inputs.

    A field with a problem of a rule is not reported again for its type.
    """
    found = [problem for rule in _RULES for problem in rule(inputs)]
    found += check_emptied_set(olds, inputs)
    found += check_variables_added_by_a_transform(olds, inputs)
    reported = {problem.path for problem in found}
    types = validate_types(without_unknowns(inputs), unknown_paths(inputs))
    return [*found, *(problem for problem in types if problem.path not in reported)]


def validate_types(known: Properties, unknown: set[str]) -> Iterator[ValidationProblem]:
    """Yield the problems of each field alone; an unknown field is not a missing one."""
    try:
        _Inputs.model_validate(known)
    except ValidationError as invalid:
        for path, reason in explain(invalid):
            if path not in unknown:
                yield ValidationProblem(path, _with_suggestion(path, reason, known))


def _check_source(inputs: Properties) -> Iterator[ValidationProblem]:
    """Yield the fields that the source requires and those that it does not take."""
    source = inputs.get("source")
    rule = SOURCES.get(source) if isinstance(source, str) else None
    if rule is None:
        if isinstance(source, str):
            yield ValidationProblem(
                "source", _choice_reason(source, tuple(SOURCES), _secret_values(inputs))
            )
        return
    for path in rule.needs:
        if get_path(inputs, path) is None:
            yield ValidationProblem(path, f"is required for source {source!r}")
    for field in FIELDS:
        is_foreign = field.path in FIELDS_OF_SOURCES - {*rule.needs, *rule.allows}
        value = get_path(inputs, field.path) if is_foreign else None
        if value is not None and not is_unknown(value):
            yield ValidationProblem(field.path, _foreign_field_reason(field.path, str(source)))


def _foreign_field_reason(path: str, source: str) -> str:
    owners = [name for name, rule in SOURCES.items() if path in (*rule.needs, *rule.allows)]
    return f"is not a field of source {source!r}, only of {', '.join(owners)}"


def _check_blank_text(inputs: Properties) -> Iterator[ValidationProblem]:
    """Yield blank texts, which the service refuses or takes for "keep"."""
    for field in FIELDS:
        value = get_path(inputs, field.path)
        if isinstance(value, str) and not value.strip():
            yield ValidationProblem(field.path, "must not be empty; leave it out instead")


def _check_name(inputs: Properties) -> Iterator[ValidationProblem]:
    name = inputs.get("name")
    if not isinstance(name, str) or not name.strip():
        return
    if not _NAME.fullmatch(name):
        yield ValidationProblem(
            "name",
            "must be lower-case letters, digits and dashes, begin with a letter and not end with a "
            "dash (it is the resource name unless name= is given)",
        )
    elif len(name) > MAX_NAME_LENGTH:
        yield ValidationProblem("name", f"must have at most {MAX_NAME_LENGTH} characters")


def _check_scale_order(inputs: Properties) -> Iterator[ValidationProblem]:
    spec = get_path(inputs, RESOURCE_SPEC)
    for prefix in ("", "queue_", "orchestrator_", "executor_"):
        least, most = (_number(spec, f"{prefix}{end}_scale") for end in ("min", "max"))
        if least is not None and most is not None and least > most:
            yield ValidationProblem(
                f"{RESOURCE_SPEC}.{prefix}min_scale",
                f"is {least:g}, above {prefix}max_scale, which is {most:g}",
            )


def _check_zero_scale(inputs: Properties) -> Iterator[ValidationProblem]:
    tier = get_path(inputs, DEPLOYMENT_TYPE)
    is_known = tier is None or tier in DEPLOYMENT_TYPES
    if is_unknown(tier) or not is_known or sent_type(str(tier)).endswith("_zero"):
        return
    for key in ("min_scale", "queue_min_scale"):
        if _number(get_path(inputs, RESOURCE_SPEC), key) == 0:
            yield ValidationProblem(
                f"{RESOURCE_SPEC}.{key}",
                "must be at least 1: only a serverless deployment scales down to 0",
            )


def _number(spec: Any, key: str) -> float | None:
    value = spec.get(key) if isinstance(spec, dict) else None
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number and value is not None else None


def _check_tag(inputs: Properties) -> Iterator[ValidationProblem]:
    ref = get_path(inputs, REPO_REF)
    is_tag = isinstance(ref, str) and ref.startswith(TAG_PREFIX)
    if is_tag and get_path(inputs, BUILD_ON_PUSH) is True:
        yield ValidationProblem(BUILD_ON_PUSH, f"must be false when repo_ref is a tag ({ref})")


def _check_sizes(inputs: Properties) -> Iterator[ValidationProblem]:
    tier = get_path(inputs, DEPLOYMENT_TYPE)
    if is_unknown(tier) or tier is None:
        return
    for path in SIZE_FIELDS:
        if inputs.get(path) is None:
            continue
        if family(tier) is None:
            yield ValidationProblem(
                path, "needs a known deployment_type: serverless, dedicated, or an older name"
            )
        elif path == DATABASE_SIZE and family(tier) == "Serverless":
            yield ValidationProblem(
                path, "is for the deployment_type dedicated only: a serverless database is shared"
            )


def warnings(inputs: Properties) -> list[str]:
    """Return warnings about inputs that are valid and may not do what is meant."""
    return [*filter(None, (unknown_type_warning(inputs), mutable_tag_warning(inputs)))]


def mutable_tag_warning(inputs: Properties) -> str:
    """Return a warning for an image whose tag another image may get.

    The vendor's CLI insists on a digest then, because Kubernetes caches images by tag.
    """
    image = get_path(inputs, "source_revision_config.image_uri")
    if not isinstance(image, str) or not image.strip() or "@" in image:
        return ""
    tag = image.rpartition("/")[2].partition(":")[2]
    if any(character.isdigit() for character in tag):
        return ""
    return (
        "source_revision_config.image_uri has neither a digest nor a tag with a version: an image "
        "that is pushed again under the same tag makes no revision, and may not be pulled. Write "
        "image@sha256:<digest>, or a tag that is used once"
    )


def unknown_type_warning(inputs: Properties) -> str:
    """Return a warning for a deployment type that this version does not know."""
    tier = get_path(inputs, DEPLOYMENT_TYPE)
    if not isinstance(tier, str) or not tier.strip() or tier in DEPLOYMENT_TYPES:
        return ""
    quoted = _quote(tier, _secret_values(inputs)) or "is "
    return (
        f"{DEPLOYMENT_TYPE} {quoted}not one that this version knows "
        f"({', '.join(DEPLOYMENT_TYPES)}); it is sent as it is{_similar(tier, DEPLOYMENT_TYPES)}"
    )


def _check_wait(inputs: Properties) -> Iterator[ValidationProblem]:
    """Yield settings of a wait that is not made, or too short for them."""
    settings = [key for key in ("health_check", "interrupt_stuck") if inputs.get(key)]
    if inputs.get(WAITS) is False and settings:
        yield ValidationProblem(
            WAITS, f"is False, but {' and '.join(settings)} takes part in the wait; leave one out"
        )
    timeout = inputs.get("rollout_timeout")
    if inputs.get("interrupt_stuck") is True and _is_at_most(timeout, STUCK_SECONDS):
        yield ValidationProblem(
            "interrupt_stuck",
            f"has no effect within a rollout_timeout of {timeout:g} s, because a revision counts "
            f"as stuck after {STUCK_SECONDS:g} s",
        )


def _check_health_check(inputs: Properties) -> Iterator[ValidationProblem]:
    """Yield headers without a value, and a timeout that is too short for the successes."""
    headers = get_path(inputs, "health_check.headers")
    for name, value in headers.items() if isinstance(headers, dict) else ():
        if value in (None, NO_VALUE):
            yield ValidationProblem(f"health_check.headers.{name}", "has no value (None)")
    given = inputs.get("health_check")
    try:
        check = _Inputs.model_validate({"health_check": without_unknowns(given)}).health_check
    except ValidationError:
        return
    if check and (check.successes - 1) * check.interval >= check.timeout:
        yield ValidationProblem(
            "health_check.timeout",
            f"is {check.timeout:g} s, too short for {check.successes} answers every "
            f"{check.interval:g} s",
        )


def _is_at_most(value: Any, limit: float) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value <= limit


def check_control_plane_url(inputs: Properties) -> Iterator[ValidationProblem]:
    """Yield a control plane's URL that is none."""
    url = inputs.get(CONTROL_PLANE_URL)
    if isinstance(url, str):
        try:
            normalize_url(url)
        except SettingsInvalid:
            yield ValidationProblem(
                CONTROL_PLANE_URL,
                "is no plain http(s) URL (no user, no query, no fragment); write it as "
                "https://<host>[/<path>]",
            )


_RULES = (
    _check_source,
    _check_blank_text,
    _check_name,
    _check_scale_order,
    _check_zero_scale,
    _check_sizes,
    _check_tag,
    check_variables,
    check_variable_maps,
    _check_wait,
    _check_health_check,
    check_control_plane_url,
)


def _secret_values(inputs: Properties) -> set[str]:
    """Return the values of the variables, which no message may quote."""
    secrets = inputs.get("secrets")
    values = secrets.values() if isinstance(secrets, dict) else ()
    return {value for value in values if isinstance(value, str)}


def _with_suggestion(path: str, reason: str, known: Properties) -> str:
    value = get_path(known, path)
    if path in _CHOICES and isinstance(value, str):
        return _quote(value, _secret_values(known)) + reason + _similar(value, _CHOICES[path])
    return reason + _likely_field(path)


def _choice_reason(value: object, choices: tuple[str, ...], secrets: set[str]) -> str:
    """Return the reason for a value that is none of the choices, with a similar choice."""
    return f"{_quote(value, secrets)}must be one of {', '.join(choices)}{_similar(value, choices)}"


def _quote(value: object, secrets: set[str]) -> str:
    """Return the quoted value for the begin of a reason, or an empty text if it may be a secret.

    The engine does not tell which values are secret, so only short plain words are quoted, and none
    that is the value of a variable.
    """
    if not isinstance(value, str) or not _PLAIN_WORD.fullmatch(value) or value in secrets:
        return ""
    return f"is {value!r}, but "


def _similar(value: object, choices: tuple[str, ...]) -> str:
    """Return the suggestion of a choice that is spelt alike or abbreviated, if there is one."""
    if not isinstance(value, str) or not value:
        return ""
    word = value.lower()
    abbreviated = [choice for choice in choices if word.startswith(choice)]
    likely = abbreviated or get_close_matches(word, choices, n=1)
    return f"; did you mean {max(likely, key=len)!r}?" if likely else ""


def _likely_field(path: str) -> str:
    """Return the suggestion of another field or parent for an unknown field."""
    *parents, name = path.split(".")
    model = model_at(_Inputs, tuple(parents))
    fields = list(wire_names(model).values()) if model else []
    if not fields or name in fields:
        return ""
    parent = _PARENTS.get(name)
    if parent is not None and parent != ".".join(parents):
        is_argument = "; it is an argument of Deployment itself"
        return f"; it belongs into {parent}" if parent else is_argument
    likely = get_close_matches(name, fields, n=1)
    return f"; did you mean {likely[0]!r}?" if likely else ""


_PARENTS = {
    **dict.fromkeys(wire_names(ResourceSpec).values(), RESOURCE_SPEC),
    **{name: parent for parent, _, name in (field.path.rpartition(".") for field in FIELDS)},
}
"""The parent of each field; empty for an argument of ``Deployment``."""
