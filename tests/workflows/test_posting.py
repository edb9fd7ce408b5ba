"""Tests of posting: one comment on both forges, which is found and edited later."""

from __future__ import annotations

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.review.posting import GitHub, GitLab, PostingFailed, comment
from langsmith_pulumi.review.posting.api import Api
from langsmith_pulumi.review.posting.ci import forge_of
from tests.workflows.forges import HEAD, ME, PAGE, TOKEN, ForgeServer, github_environ

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Environ = dict[str, str]

DEV = "<!-- langsmith-pulumi review agents/dev -->"
PROD = "<!-- langsmith-pulumi review agents/prod -->"
CHANGES = {"changes": True, "labels": ["langsmith:created"]}
NOTHING: dict[str, Any] = {"changes": False, "labels": []}


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Record the pauses between attempts instead of sleeping."""
    pauses: list[float] = []
    of = Api.__init__

    def init(self: Api, url: str, headers: Any, token: str, _: Any = None) -> None:
        of(self, url, headers, token, pauses.append)

    monkeypatch.setattr(Api, "__init__", init)
    return pauses


def test_the_second_report_edits_the_first(forge: ForgeServer, environ: Environ) -> None:
    """Several reports make one comment."""
    for text in ("first", "second", "third"):
        comment(f"{DEV}\n### {text}\n", environ)

    assert len(forge.own_bodies) == 1
    assert forge.own_bodies[0].startswith(f"{DEV}\n### third")


@pytest.mark.parametrize("before", [0, PAGE - 1, PAGE, 5 * PAGE + 1])
def test_the_comment_is_found_on_any_page(
    forge: ForgeServer, environ: Environ, before: int
) -> None:
    """The comment is found on any page of a long discussion."""
    for number in range(before):
        forge.add_comment("someone", f"comment {number}")
    forge.add_comment(ME, f"{DEV}\nold")
    forge.add_comment("someone", "the last comment")

    result = comment(f"{DEV}\nnew\n", environ)

    assert result.sentence == "Comment: edited the comment."
    assert [body for body in forge.own_bodies if "new" in body] == forge.own_bodies


@pytest.mark.parametrize(
    ("author", "body"),
    [
        pytest.param("someone", f"{DEV}\nnot yours to edit", id="somebody else's"),
        pytest.param(ME, f"Look at this:\n{DEV}\n", id="below a text"),
        pytest.param(ME, f"> {DEV}\n> quoted", id="quoted"),
        pytest.param(ME, f"{DEV.replace('dev', 'dev2')}\nanother stack", id="another stack's"),
        pytest.param(ME, "", id="empty"),
        pytest.param("system", f"{DEV}\nthe forge's own words", id="a system note"),
    ],
)
def test_other_comments_are_left_alone(
    forge: ForgeServer, environ: Environ, author: str, body: str
) -> None:
    """Only the token's own comment that begins with the marker is edited."""
    forge.add_comment(author, body)

    comment(f"{DEV}\nnew\n", environ)

    assert forge.comments[0].body == body
    assert len(forge.comments) == 2


def test_one_marker_in_common_is_enough(forge: ForgeServer, environ: Environ) -> None:
    """A report on one more stack edits the previous report."""
    comment(f"{DEV}\nold\n", environ)
    comment(f"{PROD}\n{DEV}\nnew\n", environ)

    assert len(forge.own_bodies) == 1
    assert "new" in forge.own_bodies[0]


def test_names_keep_comments_apart(forge: ForgeServer, environ: Environ) -> None:
    """A named comment is found by its name, and no name can end the hidden line."""
    for text in ("a", "b"):
        comment(f"environment {text}\n", environ, name="pr --> <b>")
        comment(f"{DEV}\nreport {text}\n", environ)

    assert [body.splitlines()[1] for body in forge.own_bodies] == ["environment b", "report b"]
    assert forge.own_bodies[0].count("-->") == 1


def test_nothing_is_written_twice(forge: ForgeServer, environ: Environ) -> None:
    """A comment that is the same already is not edited: an edit would show in its history."""
    comment(f"{DEV}\nsame\n", environ, report=CHANGES)
    written = len(forge.writes)

    result = comment(f"{DEV}\nsame\n", environ, report=CHANGES)

    assert result.sentence == "Comment: the comment is up to date."
    assert len(forge.writes) == written


def test_no_new_comment_without_changes(forge: ForgeServer, environ: Environ) -> None:
    """A report without changes posts nothing new, but edits an existing comment."""
    comment(f"{DEV}\nnothing\n", environ, report=NOTHING)
    assert forge.own_bodies == []

    comment(f"{DEV}\nmuch\n", environ, report=CHANGES)
    comment(f"{DEV}\nnothing\n", environ, report=NOTHING)
    assert [body.splitlines()[1] for body in forge.own_bodies] == ["nothing"]


def test_the_labels_follow_the_report(forge: ForgeServer, environ: Environ) -> None:
    """Labels of an earlier report that no longer hold are removed; other labels stay."""
    forge.labels |= {"bug", "langsmith:replaced", "langsmith:created", "allow-loss"}

    comment("x", environ, report=CHANGES | {"labels": ["langsmith:created", "langsmith:deleted"]})
    assert forge.labels == {"bug", "allow-loss", "langsmith:created", "langsmith:deleted"}

    comment("x", environ, drop_labels=["allow-loss", "never-set"])
    assert forge.labels == {"bug", "langsmith:created", "langsmith:deleted"}


def test_a_label_that_is_refused_costs_no_other(forge: ForgeServer, environ: Environ) -> None:
    """A label that is refused is a warning, and the other labels are still changed."""
    forge.refused_labels = {"langsmith:failed", "allow-loss"}
    forge.labels |= {"allow-loss", "langsmith:replaced"}
    report = CHANGES | {"labels": ["langsmith:created", "langsmith:failed", "langsmith:revision"]}

    result = comment(f"{DEV}\nx\n", environ, report=report, drop_labels=["allow-loss"])

    assert len(forge.own_bodies) == 1
    assert forge.labels == {"allow-loss", "langsmith:created", "langsmith:revision"}
    assert [warning.partition(". ")[0] for warning in result.warnings] == [
        "The label langsmith:failed was not set",
        "The label allow-loss was not removed",
    ]


def test_labels_that_cannot_be_read_are_a_warning(
    forge: ForgeServer, environ: Environ, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that may not read labels still posts the comment, with a warning."""

    def refuse(_: object) -> set[str]:
        raise PostingFailed("GET labels was answered 403")

    for kind in (GitHub, GitLab):
        monkeypatch.setattr(kind, "labels", refuse)
    result = comment(f"{DEV}\nx\n", environ, report=CHANGES)

    assert len(forge.own_bodies) == 1
    assert result.warnings == ("The labels were not changed. GET labels was answered 403",)


def test_the_footer_names_commit_and_run(forge: ForgeServer, environ: Environ) -> None:
    """The footer names commit and run if it fits."""
    comment(f"{DEV}\nshort\n", environ)
    assert f"<sub>For {HEAD[:7]}, by [this run](https://" in forge.own_bodies[0]

    comment(f"{DEV}\n{'x' * 65_450}\n", environ)
    assert "<sub>" not in forge.own_bodies[0]
    assert len(forge.own_bodies[0]) <= 65_536


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_temporary_failures_are_retried(
    forge: ForgeServer, environ: Environ, no_pauses: list[float], status: int
) -> None:
    """A temporary failure of a forge fails no pipeline."""
    forge.failures.extend([(status, "busy")] * 2)

    comment(f"{DEV}\nx\n", environ)

    assert len(forge.own_bodies) == 1
    assert len(no_pauses) == 2


def test_a_new_comment_is_not_repeated(forge: ForgeServer, tmp_path: Path) -> None:
    """A POST is not repeated, because it might make a second comment."""
    environ = github_environ(forge, tmp_path)
    forge.failures.append((502, "busy"))
    api = GitHub("acme/agents", 7, TOKEN, api_url=environ["GITHUB_API_URL"])

    with pytest.raises(PostingFailed, match=r"POST .*/comments was answered 502"):
        api.create("x")
    assert len(forge.requests) == 1


@pytest.mark.parametrize("status", [401, 403, 404, 422])
def test_refusals_say_what_was_tried_without_the_token(
    forge: ForgeServer, environ: Environ, status: int
) -> None:
    """An error names the request and the answer, but not the token, even if it was echoed."""
    forge.failures.append((status, f"no, {TOKEN} may not"))

    with pytest.raises(PostingFailed) as refusal:
        comment(f"{DEV}\nx\n", environ)

    assert f"was answered {status}" in str(refusal.value)
    assert TOKEN not in f"{refusal.value!r} {refusal.value.__cause__} {refusal.value.__context__}"


def test_an_unreachable_forge_is_told_by_its_address() -> None:
    """A failed connection is an error that names the address, after a few attempts."""
    with pytest.raises(PostingFailed, match=r"GET http://127.0.0.1:9/projects/1/.* failed"):
        GitLab("1", 2, TOKEN, api_url="http://127.0.0.1:9").labels()


def test_a_pull_request_that_is_not_there(forge: ForgeServer, tmp_path: Path) -> None:
    """An error in an answer with status 200 is an error."""
    with pytest.raises(PostingFailed, match="acme/agents#8: Could not resolve"):
        comment("x", github_environ(forge, tmp_path), number=8)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param(
            {"GITHUB_ACTIONS": "", "GITLAB_CI": ""},
            "neither GitHub Actions nor GitLab CI",
            id="forge",
        ),
        pytest.param({"GITHUB_TOKEN": "", "GITLAB_TOKEN": ""}, "no token to post with", id="token"),
        pytest.param(
            {"GITHUB_EVENT_PATH": "", "CI_MERGE_REQUEST_IID": ""},
            "no pull or merge request",
            id="request",
        ),
        pytest.param({"GITHUB_REPOSITORY": "", "CI_API_V4_URL": ""}, "is not set", id="address"),
    ],
)
def test_what_is_missing_is_named(environ: Environ, changes: dict[str, str], message: str) -> None:
    """A missing variable is an error that names what to set."""
    with pytest.raises(PostingFailed, match=message):
        comment("x", {**environ, **changes})


@pytest.mark.parametrize(
    "ending",
    [
        pytest.param("\n", id="LF"),
        pytest.param("\r\n", id="CRLF"),
        pytest.param(" \n", id="space and LF"),
    ],
)
def test_a_token_may_end_in_a_line_break(forge: ForgeServer, environ: Environ, ending: str) -> None:
    """A token that was pasted with a line break works."""
    padded = {
        key: f"{value}{ending}" if value == TOKEN else value for key, value in environ.items()
    }
    comment(f"{DEV}\nnew\n", padded)
    assert len(forge.own_bodies) == 1


def test_a_token_that_cannot_be_one_is_refused_unseen(environ: Environ) -> None:
    """The error about an impossible token names the variable, not its value."""
    odd = {key: "glpat-1234\n5678" if value == TOKEN else value for key, value in environ.items()}
    with pytest.raises(PostingFailed, match="_TOKEN") as refusal:
        comment(f"{DEV}\nnew\n", odd)
    assert "glpat" not in str(refusal.value)


@pytest.mark.parametrize(
    ("settings", "graphql"),
    [
        pytest.param({}, "https://api.github.com/graphql", id="github.com"),
        pytest.param(
            {"GITHUB_API_URL": "https://ghe.acme.com/api/v3"},
            "https://ghe.acme.com/api/graphql",
            id="Enterprise Server",
        ),
        pytest.param(
            {"GITHUB_API_URL": "https://api.acme.ghe.com"},
            "https://api.acme.ghe.com/graphql",
            id="Enterprise Cloud",
        ),
        pytest.param(
            {
                "GITHUB_API_URL": "https://ghe.acme.com/api/v3",
                "GITHUB_GRAPHQL_URL": "https://ghe.acme.com/api/graphql",
            },
            "https://ghe.acme.com/api/graphql",
            id="given",
        ),
    ],
)
def test_queries_go_to_the_host_of_the_api(settings: Environ, graphql: str) -> None:
    """The token of an Enterprise server is sent to no other host."""
    assert graphql_of(settings) == graphql


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(
            {
                "GITHUB_API_URL": "https://ghe.acme.com/api/v3",
                "GITHUB_GRAPHQL_URL": "https://api.github.com/graphql",
            },
            id="another host",
        ),
        pytest.param({"GITHUB_API_URL": "http://ghe.acme.com/api/v3"}, id="plain http"),
        pytest.param({"GITHUB_API_URL": "https://user:pw@ghe.acme.com"}, id="user in the URL"),
        pytest.param({"GITHUB_API_URL": "ghe.acme.com"}, id="no scheme"),
        pytest.param({"GITHUB_API_URL": "file:///etc"}, id="file"),
    ],
)
def test_an_address_that_a_token_must_not_go_to_is_refused(settings: Environ) -> None:
    """A token is not sent to another host, over plain http, or to an unusable URL."""
    with pytest.raises(PostingFailed, match="GITHUB_"):
        graphql_of(settings)


def graphql_of(settings: Environ) -> str:
    environ = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY": "acme/agents",
        "GITHUB_TOKEN": "token",
        **settings,
    }
    found = forge_of(environ, 7)
    assert isinstance(found, GitHub)
    return found._graphql_url


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<html>\x1b[31m a proxy's page</html>", id="a proxy's page"),
        pytest.param("[]", id="a list"),
        pytest.param('{"data": 1}', id="an unexpected object"),
        pytest.param("", id="nothing"),
    ],
)
def test_an_answer_of_something_else_is_an_error(environ: Environ, text: str) -> None:
    """An answer that is not the API's is an error in one sentence."""
    refused = pytest.raises(PostingFailed, match="a body that this API does not send")
    with strange_server(200, text) as url, refused:
        comment(f"{DEV}\nnew\n", moved(environ, url))


def test_no_control_character_of_a_forge_is_printed(environ: Environ) -> None:
    """Control characters in a forge's error are escaped."""
    message = "no \x1b]52;c;aGk=\x07 \u202e way"
    with strange_server(403, message) as url, pytest.raises(PostingFailed) as refusal:
        comment(f"{DEV}\nnew\n", moved(environ, url))
    assert str(refusal.value).isprintable()


def moved(environ: Environ, url: str) -> Environ:
    """Return the pipeline's variables, with all addresses on one server."""
    return {key: url if key.endswith("_URL") else value for key, value in environ.items()}


@contextmanager
def strange_server(status: int, text: str) -> Iterator[str]:
    """Run a server on loopback that answers every request the same."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - names of http.server

        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
