"""Reports as a browser renders them."""

from __future__ import annotations

from html.parser import HTMLParser

from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_VOID = {"br", "hr", "img", "input"}
ALLOWED_ELEMENTS = {
    *("p", "h3", "ul", "li", "strong", "em", "code", "pre", "blockquote", "details", "summary"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
"""The HTML elements that a report may contain."""


class Page(HTMLParser):
    """The elements, the unclosed elements, the text and the code of a rendered page."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.open: list[str] = []
        self.unbalanced: list[str] = []
        self.comments: list[str] = []
        self.codes: list[str] = []
        self.prose = ""
        """The text outside code, which GitHub searches for mentions and links."""
        self.feed(_MARKDOWN.render(markdown))
        self.close()

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        if tag == "code":
            self.codes.append("")
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        if "code" in self.open:
            self.codes[-1] += data
        else:
            self.prose += data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)
