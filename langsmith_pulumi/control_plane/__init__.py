"""The HTTP API of the LangSmith control plane. It knows nothing of Pulumi.

Read in this order: ``settings`` (where, with which key), ``models`` (what is sent and answered),
``errors`` (what can go wrong), ``client`` (the calls), ``rollout`` (waiting). Nothing is imported
here: ``errors``, ``settings`` and ``verdict`` stay cheap for those who need no client.
"""
