"""One comment on a pull or merge request, posted once and then edited in place."""

from .api import PostingFailed
from .ci import forge_of
from .command import Said, comment
from .forge import Comment, Forge
from .github import GitHub
from .gitlab import GitLab
from .post import Posted, post

__all__ = [
    "Comment",
    "Forge",
    "GitHub",
    "GitLab",
    "Posted",
    "PostingFailed",
    "Said",
    "comment",
    "forge_of",
    "post",
]
