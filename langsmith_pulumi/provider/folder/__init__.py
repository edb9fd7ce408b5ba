"""Local folders as the source of a deployment: ``source="internal_source"`` with ``path=``.

``check`` lists the folder, validates it and adds what it contains to the inputs (``folder``), so a
plan shows what changed, and a preview sends nothing. The archive is packed again when it is
uploaded (``upload``), and has to have the digest that the plan was made with.

Who uploads
===========

A deployment is created without source, then the archive is uploaded, and a PATCH makes the first
revision of it. An upload may take minutes, and if ``create`` raised or died during it, the new
deployment's id would be lost. So ``create`` sends the POST alone, and its rollout, which is created
next, uploads and sends the PATCH if the deployment has no revision yet. A crash at any point leaves
a deployment in the state whose rollout is missing: the next plan shows the rollout, and it does
what is left. An ``update`` uploads and patches by itself, because the id is in the state already
and a failure keeps the old state.

Every change of the program that makes a revision uploads the folder anew, also if something else
has changed, as the vendor's command line does: the service does not say how long it keeps an
archive. So the path of an archive is no part of the state, and its changes are no drift. Only the
retry of a failed revision repeats that one, from the archive that it had.
"""
