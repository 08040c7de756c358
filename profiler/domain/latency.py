"""Latency histograms: log-spaced buckets, so that quantiles of any number of calls stay cheap.

Eight buckets per doubling: a quantile read from them is within ±4.6 % of the exact one.
"""

import math
from collections.abc import Mapping

BUCKETS_PER_DOUBLING = 8


def bucket_of(latency_us: int) -> int:
    """The bucket a latency falls into; 0 holds everything up to a microsecond."""
    return int(math.log2(latency_us) * BUCKETS_PER_DOUBLING) if latency_us > 1 else 0


def middle_us(bucket: int) -> float:
    """The geometric middle of a bucket: what its calls are taken to have lasted."""
    return math.exp2((bucket + 0.5) / BUCKETS_PER_DOUBLING)


def quantile_us(calls_by_bucket: Mapping[int, int], share: float) -> float | None:
    """The latency that `share` (0 to 1) of the calls stayed within; `None` without calls."""
    total = sum(calls_by_bucket.values())
    if not total:
        return None
    needed = max(1, math.ceil(share * total))
    seen = 0
    for bucket in sorted(calls_by_bucket):
        seen += calls_by_bucket[bucket]
        if seen >= needed:
            return middle_us(bucket)
    return None
