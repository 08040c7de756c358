import io

from profiler.cli.progress import Meter, words


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_tells_the_rate_and_the_time_left() -> None:
    assert words(1_200, 5_000, 2.0, "calls") == "1,200 of 5,000 calls, 600/s, 6.3 s left"


def test_progress_without_an_end_tells_no_time_left() -> None:
    assert words(1_200, None, 2.0, "calls") == "1,200 calls, 600/s"


def test_nothing_done_yet_promises_nothing() -> None:
    assert words(0, 5_000, 0.0, "calls") == "0 of 5,000 calls, 0/s"


def test_short_work_shows_nothing_even_in_a_terminal() -> None:
    terminal = Terminal()
    with Meter("calls", 3, terminal) as meter:
        assert list(meter.counted("abc")) == ["a", "b", "c"]
    assert terminal.getvalue() == ""


def test_long_work_shows_a_line_and_clears_it() -> None:
    terminal = Terminal()
    with Meter("calls", 10, terminal, patience_s=0.0) as meter:
        meter.show(5)
    assert "5 of 10 calls" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_a_pipe_is_never_drawn_on() -> None:
    pipe = io.StringIO()
    with Meter("calls", 10, pipe, patience_s=0.0) as meter:
        meter.show(5)
    assert pipe.getvalue() == ""
