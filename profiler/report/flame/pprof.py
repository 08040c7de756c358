"""Google's pprof format: a gzipped protocol buffer, as `go tool pprof` and its kin read it.

The message is described in https://github.com/google/pprof/blob/main/proto/profile.proto; of
it six kinds of fields are written here, too few to be worth a code generator.
"""

import gzip
from collections.abc import Iterable, Sequence

from profiler.analysis.flame import Frame, Measure
from profiler.report.flame.places import place_of

_UNITS = ((Measure.CALLS, "count"), (Measure.TOKENS, "count"), (Measure.COST, "picodollars"))
_VARINT, _BYTES = 0, 2
_MOST = 2**63 - 1


def as_pprof(root: Frame, measure: Measure, start_us: int, end_us: int) -> bytes:
    """The profile of a span of time; `measure` is the value that is shown first."""
    texts: dict[str, int] = {"": 0}

    def text(value: str) -> int:
        return texts.setdefault(value, len(texts))

    frames: dict[str, int] = {}
    samples = [
        _part(2, _numbers(1, stack) + _numbers(2, values))
        for path, totals in root.paths()
        for stack in [[frames.setdefault(name, len(frames) + 1) for name in reversed(path)]]
        for values in [[min(one.of(totals), _MOST) for one, _ in _UNITS]]
    ]
    kinds = [_part(1, _number(1, text(one.value)) + _number(2, text(unit))) for one, unit in _UNITS]
    places = []
    for name, number in frames.items():
        place = place_of(name)
        line = _part(4, _number(1, number) + _number(2, place.line))
        places.append(_part(4, _number(1, number) + line))
        function = _number(1, number) + _number(2, text(place.function))
        places.append(_part(5, function + _number(4, text(place.file))))
    first = _number(14, text(measure.value))
    clock = _number(9, start_us * 1000) + _number(10, (end_us - start_us) * 1000)
    table = [_part(6, value.encode("utf-8", "replace")) for value in texts]
    return gzip.compress(b"".join([*kinds, *samples, *places, *table]) + clock + first, mtime=0)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3 | _VARINT) + _varint(value)


def _part(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | _BYTES) + _varint(len(value)) + value


def _numbers(field: int, values: Sequence[int]) -> bytes:
    return _part(field, b"".join(_varints(values)))


def _varints(values: Iterable[int]) -> Iterable[bytes]:
    return (_varint(value) for value in values)


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first; the high bit says that more follow."""
    written = bytearray()
    while value > 127:
        written.append(value & 127 | 128)
        value >>= 7
    written.append(value)
    return bytes(written)
