"""What calls of a model are expected to answer with: 95 of 100 of those seen answered with less."""

import sqlite3

from profiler.domain.latency import BUCKETS_PER_DOUBLING, bucket_of

_FEWEST = 20
"""Calls that must have been seen before anything is expected."""
_SHARE = 95


def learn(connection: sqlite3.Connection, model: str, output_tokens: int) -> None:
    """One more call of `model` has answered with so much."""
    connection.execute(
        "INSERT INTO expectations (model, bucket, seen) VALUES (?, ?, 1) "
        "ON CONFLICT (model, bucket) DO UPDATE SET seen = seen + 1",
        (model, bucket_of(output_tokens)),
    )


def output_of(connection: sqlite3.Connection, model: str) -> int | None:
    """What the next call of `model` is expected to answer with; `None` where too few were seen."""
    rows = connection.execute(
        "SELECT bucket, seen FROM expectations WHERE model = ? ORDER BY bucket", (model,)
    ).fetchall()
    total = sum(seen for _, seen in rows)
    if total < _FEWEST:
        return None
    passed = 0
    for bucket, seen in rows:
        passed += seen
        if passed * 100 >= total * _SHARE:
            return int(2 ** ((bucket + 1) / BUCKETS_PER_DOUBLING)) + 1
    return None
