"""Comments on both forges: one, found again wherever it is, and edited."""

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
    """Pauses between attempts take no time; what was asked for is recorded."""
    pauses: list[float] = []
    of = Api.__init__

    def init(self: Api, url: str, headers: Any, token: str, _: Any = None) -> None:
        of(self, url, headers, token, pauses.append)

    monkeypatch.setattr(Api, "__init__", init)
    return pauses


def test_the_second_report_edits_the_first(forge: ForgeServer, environ: Environ) -> None:
    """One comment stays one, whatever the number of pushes."""
    for verdict in ("first", "second", "third"):
        comment(f"{DEV}\n### {verdict}\n", environ)

    assert len(forge.mine) == 1
    assert forge.mine[0].startswith(f"{DEV}\n### third")


@pytest.mark.parametrize("before", [0, PAGE - 1, PAGE, 5 * PAGE + 1])
def test_the_comment_is_found_on_any_page(
    forge: ForgeServer, environ: Environ, before: int
) -> None:
    """A long discussion does not hide the comment that is to be edited."""
    for number in range(before):
        forge.say("someone", f"remark {number}")
    forge.say(ME, f"{DEV}\nold")
    forge.say("someone", "the last remark")

    said = comment(f"{DEV}\nnew\n", environ)

    assert said.sentence == "Comment: edited the comment."
    assert [body for body in forge.mine if "new" in body] == forge.mine


@pytest.mark.parametrize(
    ("author", "body"),
    [
        ("someone", f"{DEV}\nnot yours to edit"),
        (ME, f"Look at this:\n{DEV}\n"),
        (ME, f"> {DEV}\n> quoted"),
        (ME, f"{DEV.replace('dev', 'dev2')}\nanother stack"),
        (ME, ""),
        ("system", f"{DEV}\nthe forge's own words"),
    ],
)
def test_other_comments_are_left_alone(
    forge: ForgeServer, environ: Environ, author: str, body: str
) -> None:
    """Only the token's own comment that begins with the marker is edited; a quotation is not."""
    forge.say(author, body)

    comment(f"{DEV}\nnew\n", environ)

    assert forge.remarks[0].body == body
    assert len(forge.remarks) == 2


def test_one_marker_in_common_is_enough(forge: ForgeServer, environ: Environ) -> None:
    """A report on one more stack takes the place of the report before."""
    comment(f"{DEV}\nold\n", environ)
    comment(f"{PROD}\n{DEV}\nnew\n", environ)

    assert len(forge.mine) == 1
    assert "new" in forge.mine[0]


def test_names_keep_comments_apart(forge: ForgeServer, environ: Environ) -> None:
    """A named comment is found by its name, and no name can break out of the hidden line."""
    for text in ("a", "b"):
        comment(f"environment {text}\n", environ, name="pr --> <b>")
        comment(f"{DEV}\nreport {text}\n", environ)

    assert [body.splitlines()[1] for body in forge.mine] == ["environment b", "report b"]
    assert forge.mine[0].count("-->") == 1


def test_nothing_is_written_twice(forge: ForgeServer, environ: Environ) -> None:
    """A comment that says so already is not edited: an edit would show in its history."""
    comment(f"{DEV}\nsame\n", environ, report=CHANGES)
    written = len(forge.writes)

    said = comment(f"{DEV}\nsame\n", environ, report=CHANGES)

    assert said.sentence == "Comment: the comment says so already."
    assert len(forge.writes) == written


def test_silence_where_nothing_changes(forge: ForgeServer, environ: Environ) -> None:
    """A report without changes posts nothing new, but corrects the comment that is there."""
    comment(f"{DEV}\nnothing\n", environ, report=NOTHING)
    assert forge.mine == []

    comment(f"{DEV}\nmuch\n", environ, report=CHANGES)
    comment(f"{DEV}\nnothing\n", environ, report=NOTHING)
    assert [body.splitlines()[1] for body in forge.mine] == ["nothing"]


def test_the_labels_follow_the_report(forge: ForgeServer, environ: Environ) -> None:
    """Labels of an earlier report that no longer hold go; those of people stay."""
    forge.labels |= {"bug", "langsmith:replaced", "langsmith:created", "allow-loss"}

    comment("x", environ, report=CHANGES | {"labels": ["langsmith:created", "langsmith:deleted"]})
    assert forge.labels == {"bug", "allow-loss", "langsmith:created", "langsmith:deleted"}

    comment("x", environ, drop_labels=["allow-loss", "never-set"])
    assert forge.labels == {"bug", "langsmith:created", "langsmith:deleted"}


def test_a_label_that_is_refused_costs_no_other(forge: ForgeServer, environ: Environ) -> None:
    """What can be set is set and what can go goes; the rest is a warning, label by label."""
    forge.refused_labels = {"langsmith:failed", "allow-loss"}
    forge.labels |= {"allow-loss", "langsmith:replaced"}
    report = CHANGES | {"labels": ["langsmith:created", "langsmith:failed", "langsmith:revision"]}

    said = comment(f"{DEV}\nx\n", environ, report=report, drop_labels=["allow-loss"])

    assert len(forge.mine) == 1
    assert forge.labels == {"allow-loss", "langsmith:created", "langsmith:revision"}
    assert [warning.partition(". ")[0] for warning in said.warnings] == [
        "The label langsmith:failed was not set",
        "The label allow-loss was not removed",
    ]


def test_labels_that_cannot_be_read_are_a_warning(
    forge: ForgeServer, environ: Environ, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The comment counts; a token that may not see labels costs only the labels."""

    def refuse(_: object) -> set[str]:
        raise PostingFailed("GET labels was answered 403")

    for kind in (GitHub, GitLab):
        monkeypatch.setattr(kind, "labels", refuse)
    said = comment(f"{DEV}\nx\n", environ, report=CHANGES)

    assert len(forge.mine) == 1
    assert said.warnings == ("The labels were not changed. GET labels was answered 403",)


def test_the_footer_names_commit_and_run(forge: ForgeServer, environ: Environ) -> None:
    """A reader sees which commit a comment is for, unless that would not fit any more."""
    comment(f"{DEV}\nshort\n", environ)
    assert f"<sub>For {HEAD[:7]}, by [this run](https://" in forge.mine[0]

    comment(f"{DEV}\n{'x' * 65_450}\n", environ)
    assert "<sub>" not in forge.mine[0]
    assert len(forge.mine[0]) <= 65_536


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_passing_failures_are_waited_out(
    forge: ForgeServer, environ: Environ, no_pauses: list[float], status: int
) -> None:
    """A forge that is busy for a moment fails no pipeline."""
    forge.failures.extend([(status, "busy")] * 2)

    comment(f"{DEV}\nx\n", environ)

    assert len(forge.mine) == 1
    assert len(no_pauses) == 2


def test_a_new_comment_is_not_repeated(forge: ForgeServer, tmp_path: Path) -> None:
    """Posting twice would make two comments, so a failure that may have worked is an error."""
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
    """An error names the request and the answer, and never the token, even if it was sent back."""
    forge.failures.append((status, f"no, {TOKEN} may not"))

    with pytest.raises(PostingFailed) as refusal:
        comment(f"{DEV}\nx\n", environ)

    assert f"was answered {status}" in str(refusal.value)
    assert TOKEN not in f"{refusal.value!r} {refusal.value.__cause__} {refusal.value.__context__}"


def test_an_unreachable_forge_is_told_by_its_address() -> None:
    """A connection that fails ends with a sentence, after a few attempts."""
    with pytest.raises(PostingFailed, match=r"GET http://127.0.0.1:9/projects/1/.* failed"):
        GitLab("1", 2, TOKEN, api_url="http://127.0.0.1:9").labels()


def test_a_pull_request_that_is_not_there(forge: ForgeServer, tmp_path: Path) -> None:
    """Errors that GitHub hides in a 200 are errors."""
    with pytest.raises(PostingFailed, match="acme/agents#8: Could not resolve"):
        comment("x", github_environ(forge, tmp_path), number=8)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"GITHUB_ACTIONS": "", "GITLAB_CI": ""}, "neither GitHub Actions nor GitLab CI"),
        ({"GITHUB_TOKEN": "", "GITLAB_TOKEN": ""}, "no token to post with"),
        ({"GITHUB_EVENT_PATH": "", "CI_MERGE_REQUEST_IID": ""}, "no pull or merge request"),
        ({"GITHUB_REPOSITORY": "", "CI_API_V4_URL": ""}, "is not set"),
    ],
)
def test_what_is_missing_is_named(environ: Environ, changes: dict[str, str], words: str) -> None:
    """A pipeline that lacks something ends with a sentence on what to set."""
    with pytest.raises(PostingFailed, match=words):
        comment("x", {**environ, **changes})


@pytest.mark.parametrize("ending", ["\n", "\r\n", " \n"])
def test_a_token_may_end_in_a_line_break(forge: ForgeServer, environ: Environ, ending: str) -> None:
    """A secret that was pasted with its line break works, and is printed nowhere."""
    padded = {
        key: f"{value}{ending}" if value == TOKEN else value for key, value in environ.items()
    }
    comment(f"{DEV}\nnew\n", padded)
    assert len(forge.mine) == 1


def test_a_token_that_cannot_be_one_is_refused_unseen(environ: Environ) -> None:
    """The message names the variable and not its value."""
    odd = {key: "glpat-1234\n5678" if value == TOKEN else value for key, value in environ.items()}
    with pytest.raises(PostingFailed, match="_TOKEN") as refusal:
        comment(f"{DEV}\nnew\n", odd)
    assert "glpat" not in str(refusal.value)


@pytest.mark.parametrize(
    ("settings", "graphql"),
    [
        ({}, "https://api.github.com/graphql"),
        ({"GITHUB_API_URL": "https://ghe.acme.com/api/v3"}, "https://ghe.acme.com/api/graphql"),
        ({"GITHUB_API_URL": "https://api.acme.ghe.com"}, "https://api.acme.ghe.com/graphql"),
        (
            {
                "GITHUB_API_URL": "https://ghe.acme.com/api/v3",
                "GITHUB_GRAPHQL_URL": "https://ghe.acme.com/api/graphql",
            },
            "https://ghe.acme.com/api/graphql",
        ),
    ],
)
def test_queries_go_to_the_host_of_the_api(settings: Environ, graphql: str) -> None:
    """The token of an Enterprise server goes to no other host."""
    assert graphql_of(settings) == graphql


@pytest.mark.parametrize(
    "settings",
    [
        {
            "GITHUB_API_URL": "https://ghe.acme.com/api/v3",
            "GITHUB_GRAPHQL_URL": "https://api.github.com/graphql",
        },
        {"GITHUB_API_URL": "http://ghe.acme.com/api/v3"},
        {"GITHUB_API_URL": "https://user:pw@ghe.acme.com"},
        {"GITHUB_API_URL": "ghe.acme.com"},
        {"GITHUB_API_URL": "file:///etc"},
    ],
)
def test_an_address_that_a_token_must_not_go_to_is_refused(settings: Environ) -> None:
    """Another host, plain http, a user in the URL, no URL."""
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


@pytest.mark.parametrize("text", ["<html>\x1b[31m a proxy's page</html>", "[]", '{"data": 1}', ""])
def test_an_answer_of_something_else_is_told_in_a_sentence(environ: Environ, text: str) -> None:
    """A page of a proxy, with 200, is no traceback."""
    refused = pytest.raises(PostingFailed, match="a body that this API does not send")
    with strange_server(200, text) as url, refused:
        comment(f"{DEV}\nnew\n", moved(environ, url))


def test_what_a_forge_says_steers_no_terminal(environ: Environ) -> None:
    """Control characters of an error are spelled out."""
    said = "no \x1b]52;c;aGk=\x07 \u202e way"
    with strange_server(403, said) as url, pytest.raises(PostingFailed) as refusal:
        comment(f"{DEV}\nnew\n", moved(environ, url))
    assert str(refusal.value).isprintable()


def moved(environ: Environ, url: str) -> Environ:
    """The pipeline's variables, with all addresses leading to one server."""
    return {key: url if key.endswith("_URL") else value for key, value in environ.items()}


@contextmanager
def strange_server(status: int, text: str) -> Iterator[str]:
    """A server on loopback that gives one answer to everything."""

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
