"""The contract between the two programs: one JSON object per line, one segment per process.

`paths`, `fields` and `encode` run inside the user's program: standard library only.
`event` and `parse` run on the reading side.
"""
