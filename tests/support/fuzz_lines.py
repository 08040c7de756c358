"""Bytes of every kind for the line parser: `python -m tests.support.fuzz_lines -max_total_time=60`.

Needs atheris, which guides the bytes towards code not reached yet; the options are libFuzzer's.
"""

import sys

import atheris  # type: ignore[import-untyped]  # its stubs are not worth a dependency

with atheris.instrument_imports(include=["profiler.log"]):
    from profiler.log.event import Event
    from profiler.log.parse import parse_header, parse_line, parse_loss, parse_whole_lines


def check(content: bytes) -> None:
    """Nothing raises, and every byte of a line is accounted for at most once."""
    for line in content.split(b"\n"):
        parse_header(line)
        parse_loss(line)
        events, rejections = parse_line(line, 7)
        if not all(isinstance(event, Event) for event in events):
            raise TypeError("no event")
        end = 7
        for one in rejections:
            if one.offset_bytes < end or one.length_bytes <= 0:
                raise ValueError("rejections overlap")
            end = one.offset_bytes + one.length_bytes
        if end > 7 + len(line):
            raise ValueError("a rejection beyond its line")
    lines = content + b"\n"
    at_once = parse_whole_lines(lines)
    if at_once is not None:
        singly = [event for line in lines.split(b"\n") for event in parse_line(line, 0)[0]]
        if at_once != singly:
            raise ValueError("the two ways of reading differ")


if __name__ == "__main__":
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
