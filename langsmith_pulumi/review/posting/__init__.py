"""Post one comment on a request, or one issue about drift, and edit it in place later."""

from .api import PostingFailed
from .ci import forge_of, issues_of
from .comment import CommentResult, Posted, comment, post
from .forge import Comment, Forge, Issue, Issues
from .github import GitHub, GitHubIssues
from .gitlab import GitLab, GitLabIssues
from .issue import Filed, issue

__all__ = [
    "Comment",
    "CommentResult",
    "Filed",
    "Forge",
    "GitHub",
    "GitHubIssues",
    "GitLab",
    "GitLabIssues",
    "Issue",
    "Issues",
    "Posted",
    "PostingFailed",
    "comment",
    "forge_of",
    "issue",
    "issues_of",
    "post",
]
