"""The HTTP API of the LangSmith control plane. It knows nothing of Pulumi.

A call goes down this list, its answer comes back up::

    settings.py   where, with which key           errors.py     all that can go wrong, as a tree
    client.py     the calls                       rollout.py    waiting, with verdict.py (what a
    creating.py   a POST that makes one thing                   status means), polling.py (when to
    settling.py   a change whose answer is lost                 look) and farewell.py (last words)
    comparison.py asked for against live          conflicts.py  what is behind a 409
    retrying.py   what is sent again, and when    debug.py      one line for each request
    wire.py       httpx, and nowhere else         scrub.py      secrets out of texts
    judge.py      an answer becomes an error      text.py       text made safe to show
    reading.py    an answer becomes a model       logs.py       lines of a log
    deadline.py   a call that ends in time        reserved.py   names no variable may have

    models.py     all models under one name: requests.py, resources.py, kubernetes.py (strict, with
                  the kinds of fields.py) and answers.py (tolerant)

Nothing is imported here: ``errors``, ``settings`` and ``verdict`` need neither httpx nor pydantic
and stay cheap for those who need no client.
"""
