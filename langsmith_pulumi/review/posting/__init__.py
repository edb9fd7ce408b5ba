"""Post one comment on a pull or merge request, and edit it in place later."""

from .api import PostingFailed
from .ci import forge_of
from .comment import CommentResult, Posted, comment, post
from .forge import Comment, Forge
from .github import GitHub
from .gitlab import GitLab

__all__ = [
    "Comment",
    "CommentResult",
    "Forge",
    "GitHub",
    "GitLab",
    "Posted",
    "PostingFailed",
    "comment",
    "forge_of",
    "post",
]
