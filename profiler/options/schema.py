"""The JSON schema of `profiler.toml`, by which editors complete and check it."""

from profiler.options.keys import KNOWN


def schema() -> dict[str, object]:
    """The schema, from the same table that reading goes by."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "profiler.toml",
        **KNOWN.schema(),
    }
