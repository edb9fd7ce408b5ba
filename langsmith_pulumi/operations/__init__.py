"""Operating commands for deployments: what a person on call needs, outside of any program.

They know nothing of the terminal; ``cli/`` prints what they return. This file imports nothing, so
that the command line starts quickly.
"""
