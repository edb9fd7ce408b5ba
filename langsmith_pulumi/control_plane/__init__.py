"""The client of the LangSmith control plane's HTTP API. It has no dependency on Pulumi.

A call passes through these modules from top to bottom::

    settings            URL, API key and workspace
    client              the routes; connection has what they share, lists among it
    recovery            requests whose outcome is unknown; conflicts explains a 409
    transport, retry    one request over HTTP, and its retries
    error_mapping       a response with an error status becomes one of errors
    responses           a response becomes a model; models has those of requests

``waiting`` waits for rollouts and deletions by the table in ``revision_status``, with the messages
of ``wait_errors``. ``comparison`` compares a request with a live deployment. ``redaction`` removes
secrets from texts, and ``text`` makes texts safe to show.

This file imports nothing, so that modules without httpx and pydantic stay cheap to import.
"""
