"""Plans and the expected change of their only deployment: the table of ``test_impact.py``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from langsmith_pulumi.review.impact import Kind, Note
from langsmith_pulumi.review.values import DIFFERENT
from tests.review.building import SECRET, UNKNOWN, inputs, rollout, secrets, step, variables

SPEC: dict[str, Any] = {"source_config__resource_spec": {"max_scale": 3, "cpu": 1}}


@dataclass(frozen=True)
class Row:
    """A plan, and the expected change of its only deployment."""

    rule: str
    steps: list[dict[str, Any]]
    kind: Kind
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    drift: list[str] = field(default_factory=list)
    unmanaged: tuple[str, ...] = ()
    moved: dict[str, str] = field(default_factory=dict)


def update_step(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return step("update", old=old, new=new)


def replace_step(old: dict[str, Any], new: dict[str, Any], **facts: Any) -> dict[str, Any]:
    return step("replace", old=old, new=new, **facts)


def sidecar_spec(image: str, value: str) -> dict[str, Any]:
    return {"sidecars": [{"image": image, "env": [{"name": "TOKEN", "value": value}]}]}


def environment_spec(*names: str) -> dict[str, Any]:
    return {"sidecars": [{"env": [{"name": name, "value": f"of {name}"} for name in names]}]}


TIER = {"source_config__deployment_type": "dev"}
TIER_CHANGES = {"source_config.deployment_type": ("prod", "dev")}

ROWS = [
    Row(
        "an update without a rollout is in place",
        [update_step(inputs(), inputs(display_name="Support"))],
        Kind.IN_PLACE,
        {"display_name": (None, "Support")},
    ),
    Row(
        "another repository is in place, and takes effect with the next revision",
        [update_step(inputs(), inputs(source_config__repo_url="https://github.com/acme/next"))],
        Kind.IN_PLACE,
        {
            "source_config.repo_url": (
                "https://github.com/acme/agents",
                "https://github.com/acme/next",
            )
        },
        notes=(Note.NEXT_REVISION,),
    ),
    Row(
        "a size makes a revision",
        [
            update_step(inputs(compute_size="small"), inputs(compute_size="medium")),
            rollout("update"),
        ],
        Kind.REVISION,
        {"compute_size": ("small", "medium")},
    ),
    Row(
        "a size and a ref make two revisions",
        [
            update_step(
                inputs(), inputs(compute_size="medium", source_revision_config__repo_ref="v2")
            ),
            rollout("update"),
        ],
        Kind.REVISION,
        {"source_revision_config.repo_ref": ("main", "v2"), "compute_size": (None, "medium")},
        notes=(Note.TWO_REVISIONS,),
    ),
    Row(
        "a new ref makes a revision",
        [update_step(inputs(), inputs(source_revision_config__repo_ref="v2")), rollout("update")],
        Kind.REVISION,
        {"source_revision_config.repo_ref": ("main", "v2")},
    ),
    Row(
        "an object is followed down to the leaf that changes",
        [
            update_step(inputs(**SPEC), inputs(**SPEC, source_config__resource_spec__max_scale=10)),
            rollout("update"),
        ],
        Kind.REVISION,
        {"source_config.resource_spec.max_scale": (3, 10)},
    ),
    Row(
        "values of environment variables are masked, the others are followed into lists",
        [
            update_step(
                inputs(source_config__resource_spec=sidecar_spec("a", "hunter2")),
                inputs(source_config__resource_spec=sidecar_spec("b", "hunter3")),
            ),
            rollout("update"),
        ],
        Kind.REVISION,
        {
            "source_config.resource_spec.sidecars[0].env[TOKEN].value": (SECRET, SECRET),
            "source_config.resource_spec.sidecars[0].image": ("a", "b"),
        },
    ),
    Row(
        "secrets are reported by name, never by value",
        [
            update_step(
                inputs(**secrets(A="1", B="2", C="3")), inputs(**secrets(B="2", C="4", D="5"))
            ),
            rollout("update"),
        ],
        Kind.REVISION,
        secrets={"A": "removed", "C": "changed", "D": "added"},
    ),
    Row(
        "a secret that is not known yet counts as a change",
        [update_step(inputs(**secrets(A="1")), inputs(**secrets(A=UNKNOWN))), rollout("update")],
        Kind.REVISION,
        secrets={"A": "value known only during up"},
    ),
    Row(
        "a field that the program no longer names changes in place: nothing is sent",
        [update_step(inputs(display_name="Support", **secrets(A="1")), inputs())],
        Kind.IN_PLACE,
        unmanaged=("secrets", "display_name"),
    ),
    Row(
        "secrets that are not known at all are reported without names",
        [
            update_step(
                inputs(**secrets(A="1")),
                inputs(secrets=UNKNOWN, secret_fingerprints=UNKNOWN, secret_salt=SECRET),
            ),
            rollout("update"),
        ],
        Kind.REVISION,
        secrets={"": "value known only during up"},
    ),
    Row(
        "an object that is not known yet is named once",
        [update_step(inputs(), inputs(source_revision_config=UNKNOWN)), rollout("update")],
        Kind.REVISION,
        {
            "source_revision_config": (
                {"repo_ref": "main", "langgraph_config_path": "langgraph.json"},
                "unknown",
            )
        },
    ),
    Row(
        "a rollout in the plan means a revision, even when the cause is hidden",
        [
            update_step(inputs(triggers={"a": SECRET}), inputs(triggers={"a": SECRET})),
            rollout("update"),
        ],
        Kind.REVISION,
        notes=(Note.CAUSE_HIDDEN,),
    ),
    Row(
        "a revision that was sent and never rolled out is retried",
        [
            rollout(
                "update",
                old={"source_revision_config": {"repo_ref": "v1"}},
                new={"source_revision_config": {"repo_ref": "v2"}},
            )
        ],
        Kind.RETRIED,
        {"source_revision_config.repo_ref": ("v1", "v2")},
    ),
    Row(
        "a first rollout that failed is retried",
        [rollout("create")],
        Kind.RETRIED,
        notes=(Note.FAILURE_NOT_SHOWN,),
    ),
    Row(
        "a retry beside a change in place is a retry",
        [
            update_step(inputs(), inputs(display_name="Support")),
            rollout(
                "update",
                old={"source_revision_config": {"repo_ref": "v1"}},
                new={"source_revision_config": {"repo_ref": "v2"}},
            ),
        ],
        Kind.RETRIED,
        {
            "display_name": (None, "Support"),
            "source_revision_config.repo_ref": ("v1", "v2"),
        },
    ),
    Row(
        "a replacement under the same name has a gap, and names the field that forces it",
        [
            replace_step(
                inputs(delete_tracing_project=True),
                inputs(delete_tracing_project=True, **TIER),
                replaceReasons=["source_config.deployment_type"],
            ),
            rollout("replace"),
        ],
        Kind.REPLACED,
        TIER_CHANGES,
        notes=(Note.SAME_NAME, Note.TRACES_DELETED, Note.PREVIEWS_DELETED),
    ),
    Row(
        "fingerprints are not compared across a replacement, because the salt is new",
        [replace_step(inputs(**secrets(A="1", B="2")), inputs("other", **secrets(A="7", C="8")))],
        Kind.REPLACED,
        {"name": ("agent", "other")},
        {"B": "removed", "C": "added"},
        (Note.TRACES_KEPT, Note.PREVIEWS_DELETED, Note.SECRETS_NOT_COMPARED),
    ),
    Row(
        "a replacement asked for on the command line has no reason in the plan",
        [replace_step(inputs(), inputs())],
        Kind.REPLACED,
        notes=(Note.SAME_NAME, Note.TRACES_KEPT, Note.PREVIEWS_DELETED, Note.NO_REASON),
    ),
    Row(
        "the steps of a replacement count once",
        [
            step("create-replacement", old=inputs(), new=inputs(**TIER)),
            replace_step(inputs(), inputs(**TIER)),
            step("delete-replaced", old=inputs()),
            rollout("create-replacement"),
            rollout("delete-replaced"),
        ],
        Kind.REPLACED,
        TIER_CHANGES,
        notes=(Note.SAME_NAME, Note.TRACES_KEPT, Note.PREVIEWS_DELETED),
    ),
    Row(
        "a deletion says if the traces are deleted",
        [rollout("delete", old={}), step("delete", old=inputs(delete_tracing_project=True))],
        Kind.DELETED,
        notes=(
            Note.TRACES_DELETED,
            Note.PREVIEWS_DELETED,
        ),
    ),
    Row(
        "a deployment that is retained is released, not deleted",
        [step("delete", old=inputs(), state={"retainOnDelete": True})],
        Kind.RELEASED,
    ),
    Row(
        "a new deployment shows its settings",
        [
            step("create", new={"name": "agent", "source": "github", **secrets(A="1")}),
            rollout("create"),
        ],
        Kind.CREATED,
        {"name": (None, "agent"), "source": (None, "github")},
        {"A": "added"},
    ),
    Row(
        "import_ adopts",
        [step("create", new=inputs(import_id="an-id")), rollout("create")],
        Kind.ADOPTED,
        notes=(Note.NOT_COMPARED,),
    ),
    Row(
        "an adoption shows the differences that the provider has found",
        [
            step(
                "create",
                new=inputs(
                    import_id="an-id",
                    source_config__build_on_push=True,
                    adoption={
                        "compared": True,
                        "revision": True,
                        "differences": [
                            {"path": "source_config.build_on_push", "live": False},
                            {"path": "source_config.build_command"},
                        ],
                        "variables_added": ["A"],
                        "variables_removed": ["B"],
                    },
                ),
            ),
            rollout("create"),
        ],
        Kind.ADOPTED,
        {
            "source_config.build_on_push": (False, True),
            "source_config.build_command": (DIFFERENT, None),
        },
        {"A": "added", "B": "removed"},
        notes=(Note.REBUILT,),
    ),
    Row(
        "an adoption without differences rebuilds nothing",
        [
            step(
                "create",
                new=inputs(import_id="an-id", adoption={"compared": True, "revision": False}),
            )
        ],
        Kind.ADOPTED,
        notes=(Note.NOT_REBUILT,),
    ),
    Row(
        "a revision without its rollout is not waited for",
        [update_step(inputs(), inputs(source_revision_config__repo_ref="v2"))],
        Kind.REVISION,
        {"source_revision_config.repo_ref": ("main", "v2")},
        notes=(Note.NOT_WAITED_FOR,),
    ),
    Row(
        "the engine's own import adopts too",
        [step("import", new=inputs())],
        Kind.ADOPTED,
        notes=(Note.NOT_COMPARED,),
    ),
    Row("an operation of the future is unknown", [step("transmute")], Kind.UNKNOWN),
    Row(
        "an unknown operation on the rollout alone is unknown",
        [rollout("transmute", old={}, new={})],
        Kind.UNKNOWN,
    ),
    Row(
        "a value that a refresh in the same preview altered is drift",
        [
            step("refresh", old=inputs(display_name="Support")),
            update_step(inputs(display_name="By hand"), inputs(display_name="Support")),
        ],
        Kind.DRIFT,
        {"display_name": ("By hand", "Support")},
        drift=["display_name"],
    ),
    Row(
        "drift that costs a revision is a revision",
        [
            step("refresh", old=inputs(**SPEC, **secrets(A="1"))),
            update_step(
                inputs(
                    **SPEC,
                    **{**secrets(A="9"), "secrets": {"A": SECRET}},
                    source_config__resource_spec__max_scale=9,
                ),
                inputs(**SPEC, **secrets(A="1")),
            ),
            rollout("update"),
        ],
        Kind.REVISION,
        {"source_config.resource_spec.max_scale": (9, 3)},
        {"A": "changed"},
        drift=["source_config.resource_spec.max_scale", "A"],
    ),
    Row(
        "of a refreshed deployment only what the refresh altered is drift",
        [
            step("refresh", old=inputs(display_name="Support")),
            update_step(
                inputs(display_name="By hand"),
                inputs(display_name="Support", source_config__build_on_push=True),
            ),
        ],
        Kind.IN_PLACE,
        {"display_name": ("By hand", "Support"), "source_config.build_on_push": (False, True)},
        drift=["display_name"],
    ),
    Row(
        "a variable that was added outside shows by name after an earlier refresh, too",
        [
            update_step(
                inputs(**{**secrets(A="1", EXTRA="2"), "secrets": {"A": SECRET}}),
                inputs(**secrets(A="1")),
            ),
            rollout("update"),
        ],
        Kind.REVISION,
        secrets={"EXTRA": "removed"},
        drift=["EXTRA"],
    ),
    Row(
        "a deployment that was deleted outside Pulumi is created again",
        [step("refresh", old=inputs()), step("create", new={"name": "agent"}), rollout("create")],
        Kind.CREATED,
        {"name": (None, "agent")},
        notes=(Note.RECREATED,),
    ),
    Row(
        "a fixed field that changes without a replacement is unknown, not in place",
        [update_step(inputs(), inputs(**TIER))],
        Kind.UNKNOWN,
        TIER_CHANGES,
        notes=(Note.FIXED_FIELD,),
    ),
    Row(
        "an unknown operation on a rollout is not hidden by its deployment's step",
        [update_step(inputs(), inputs(display_name="Support")), rollout("transmute")],
        Kind.UNKNOWN,
        {"display_name": (None, "Support")},
    ),
    Row(
        "a replaced deployment that is retained loses nothing, and the new one begins empty",
        [replace_step(inputs(), inputs(**TIER), state={"retainOnDelete": True})],
        Kind.STARTED_OVER,
        TIER_CHANGES,
    ),
    Row(
        "a leftover of an interrupted replacement is deleted, and nothing is replaced",
        [step("delete-replaced", old=inputs()), step("same", old=inputs(), new=inputs())],
        Kind.DELETED,
        notes=(Note.LEFTOVER, Note.TRACES_KEPT, Note.PREVIEWS_DELETED),
    ),
    Row(
        "a replacement whose old state is not in the plan names no fields",
        [step("create-replacement", new=inputs(**TIER))],
        Kind.REPLACED,
        notes=(Note.TRACES_KEPT, Note.NO_REASON),
    ),
    Row(
        "a value that becomes secret is hidden on both sides",
        [
            update_step(inputs(triggers={"t": "hunter2"}), inputs(triggers={"t": SECRET})),
            rollout("update"),
        ],
        Kind.REVISION,
        {"triggers.t": (SECRET, SECRET)},
    ),
    Row(
        "variables are paired by name, so that a new order shows as a new order",
        [
            update_step(
                inputs(source_config__resource_spec=environment_spec("A", "B")),
                inputs(source_config__resource_spec=environment_spec("B", "A")),
            ),
            rollout("update"),
        ],
        Kind.REVISION,
        {"source_config.resource_spec.sidecars[0].env": (["A", "B"], ["B", "A"])},
    ),
    Row(
        "secrets without fingerprints are compared by name",
        [
            update_step(inputs(secrets={"A": SECRET}), inputs(secrets={"A": SECRET, "B": SECRET})),
            rollout("update"),
        ],
        Kind.REVISION,
        secrets={"B": "added"},
    ),
    Row(
        "variables in clear are reported with their values, secrets beside them by name",
        [
            update_step(
                inputs(**variables({"LOG_LEVEL": "info", "OLD": "x"}, A="1")),
                inputs(**variables({"LOG_LEVEL": "debug", "NEW": "y"}, A="2")),
            ),
            rollout("update"),
        ],
        Kind.REVISION,
        {
            "environment_variables.LOG_LEVEL": ("info", "debug"),
            "environment_variables.NEW": (None, "y"),
            "environment_variables.OLD": ("x", None),
        },
        {"A": "changed"},
    ),
    Row(
        "a new deployment shows the variables that are in clear",
        [
            step("create", new={"name": "agent", **variables({"LOG_LEVEL": "info"}, A="1")}),
            rollout("create"),
        ],
        Kind.CREATED,
        {"name": (None, "agent"), "environment_variables.LOG_LEVEL": (None, "info")},
        {"A": "added"},
    ),
    Row(
        "a variable that moves with its value changes in place",
        [
            update_step(
                inputs(**variables({"A": "1", "B": "2"}, C="3")),
                inputs(**variables({"B": "2", "C": "3"}, A="1")),
            )
        ],
        Kind.IN_PLACE,
        moved={"A": "secrets", "C": "environment_variables"},
    ),
    Row(
        "a secret that moves with another value shows the new value alone",
        [
            update_step(inputs(**variables({}, A="1")), inputs(**variables({"A": "2"}))),
            rollout("update"),
        ],
        Kind.REVISION,
        {"environment_variables.A": (SECRET, "2")},
    ),
    Row(
        "a variable that becomes secret with another value shows neither value",
        [
            update_step(inputs(**variables({"A": "1"})), inputs(**variables({}, A="2"))),
            rollout("update"),
        ],
        Kind.REVISION,
        secrets={"A": "changed"},
    ),
    Row(
        "a variable in clear that is not known yet shows its old value",
        [
            update_step(
                inputs(**variables({"A": "1"})), inputs(**variables({"A": UNKNOWN}, salt=SECRET))
            ),
            rollout("update"),
        ],
        Kind.REVISION,
        {"environment_variables.A": ("1", "unknown")},
    ),
    Row(
        "variables in clear that are not known at all are one change",
        [
            update_step(
                inputs(**variables({"A": "1"}, B="1")),
                inputs(
                    **{
                        **variables({}, B="1"),
                        "environment_variables": UNKNOWN,
                        "secret_fingerprints": UNKNOWN,
                    }
                ),
            ),
            rollout("update"),
        ],
        Kind.REVISION,
        {"environment_variables": (DIFFERENT, "unknown")},
    ),
    Row(
        "drift of a variable in clear shows the live value, of an unknown name only the name",
        [
            step("refresh", old=inputs(**variables({"A": "1"}))),
            update_step(
                inputs(
                    **{
                        **variables({"A": "2", "EXTRA": "3"}),
                        "environment_variables": {"A": "2"},
                    }
                ),
                inputs(**variables({"A": "1"})),
            ),
            rollout("update"),
        ],
        Kind.REVISION,
        {"environment_variables.A": ("2", "1")},
        {"EXTRA": "removed"},
        drift=["environment_variables.A", "EXTRA"],
    ),
    Row(
        "a retried variable in clear shows its value",
        [
            step(
                "same",
                old=inputs(**variables({"A": "2"}, B="1")),
                new=inputs(**variables({"A": "2"}, B="1")),
            ),
            rollout(
                "update",
                old={"secret_fingerprints": {"A": "of 1", "B": "1"}},
                new={"secret_fingerprints": {"A": "of 2", "B": "1"}},
            ),
        ],
        Kind.RETRIED,
        {"environment_variables.A": (DIFFERENT, "2")},
    ),
    Row(
        "a replacement compares the variables that are in clear",
        [
            replace_step(
                inputs(**variables({"A": "1", "B": "2", "H": "4", "M": "7"}, R="5", S="1")),
                inputs("other", **variables({"A": "1", "B": "3", "R": "6"}, H="8", M="7", S="9")),
            )
        ],
        Kind.REPLACED,
        {
            "name": ("agent", "other"),
            "environment_variables.B": ("2", "3"),
            "environment_variables.R": (SECRET, "6"),
        },
        {"H": "changed"},
        notes=(Note.TRACES_KEPT, Note.PREVIEWS_DELETED, Note.SECRETS_NOT_COMPARED),
        moved={"M": "secrets"},
    ),
    Row(
        "an adoption shows the program's values in clear, and a live one only if it is absent",
        [
            step(
                "create",
                new=inputs(
                    import_id="an-id",
                    **variables({"A.B": "1", "C": "2"}),
                    adoption={
                        "compared": True,
                        "revision": True,
                        "differences": [
                            {"path": "environment_variables.A.B"},
                            {"path": "environment_variables.C", "live": None},
                        ],
                    },
                ),
            ),
            rollout("create"),
        ],
        Kind.ADOPTED,
        {
            "environment_variables.A.B": (DIFFERENT, "1"),
            "environment_variables.C": (None, "2"),
        },
        notes=(Note.REBUILT,),
    ),
]
