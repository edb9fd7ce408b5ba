"""The import of existing deployments: a project that adopts them.

`operation.py` does it: `selection.py` reads the chosen deployments, `fields.py`, `variables.py` and
`declarations.py` turn them into declarations, `source_code.py` into Python, `files.py` writes the
project, and `stack_secrets.py` hands the values of the secrets to Pulumi. This file imports
nothing, so that the command line starts quickly.
"""
