from xml.etree import ElementTree as ET

from profiler.display import money
from profiler.report.charts import HEIGHT, WIDEST, WIDTH, as_figure
from profiler.report.document import Chart, Document, alone
from profiler.report.markdown import as_markdown
from profiler.report.page import as_page
from profiler.report.sheet import Heading, Line, Sheet

HOSTILE = "</title><script>x</script>\x1b[2J"
TABLE = Sheet("By day", "", (Heading("Day"),), (Line(("Mon",)),), None, ())


def a_chart(*series: tuple[str | None, tuple[int, ...]]) -> Chart:
    times = tuple(f"day {number}" for number in range(len(series[0][1]) if series else 0))
    return Chart("Spend per day", times, series, money, TABLE)


def bars(figure: str) -> list[ET.Element]:
    return list(ET.fromstring(figure).iter("rect"))  # noqa: S314  # our own text


def test_bars_stand_on_one_another_and_within_the_chart() -> None:
    drawn = bars(as_figure(a_chart(("a", (10, 0, 5)), ("b", (30, 20, 0)))))
    assert len(drawn) == 4
    sides = ("x", "y", "width", "height")
    places = [{side: float(bar.get(side, "")) for side in sides} for bar in drawn]
    lower, upper = places[0], places[1]
    assert upper["y"] + upper["height"] == lower["y"]
    assert abs(upper["height"] / lower["height"] - 3) < 0.02
    for place in places:
        assert 0 <= place["x"] <= place["x"] + place["width"] <= WIDTH
        assert 0 <= place["y"] <= place["y"] + place["height"] <= HEIGHT


def test_lines_stand_at_round_amounts_that_hold_the_highest_bar() -> None:
    drawn = as_figure(a_chart(("a", (10_670_000_000_000,))))
    amounts = [text.text for text in ET.fromstring(drawn).iter("text")][:-1]  # noqa: S314  # our own text
    assert amounts == ["$0", "$5", "$10", "$15"]
    assert ">$0.50</text>" in as_figure(a_chart(("a", (10**12,))))
    assert ">$0.004</text>" in as_figure(a_chart(("a", (3_100_000_000,))))


def test_a_few_bars_are_no_walls() -> None:
    (bar,) = bars(as_figure(a_chart(("a", (5,)))))
    assert float(bar.get("width", "")) <= WIDEST


def test_each_bar_tells_its_amount() -> None:
    drawn = as_figure(a_chart(("gpt-5", (2 * 10**12,))))
    assert "<title>day 0 · gpt-5: $2.00</title>" in drawn


def test_the_rest_has_a_colour_of_its_own() -> None:
    drawn = as_figure(a_chart(*((str(n), (1,)) for n in range(5)), (None, (1,))))
    assert 'class="s5"' in drawn
    assert 'class="s5"' not in as_figure(a_chart(*((str(n), (1,)) for n in range(5))))


def test_nothing_spent_and_nothing_at_all_are_drawn() -> None:
    assert bars(as_figure(a_chart(("a", (0, 0))))) == []
    assert bars(as_figure(a_chart())) == []


def test_hostile_labels_stay_text() -> None:
    page = as_page(Document(HOSTILE, HOSTILE, (a_chart((HOSTILE, (1,))), TABLE), (HOSTILE,)))
    assert "<script" not in page
    figure = as_figure(a_chart((HOSTILE, (1,))))
    assert "\x1b" not in figure


def test_where_nothing_can_be_drawn_a_table_stands() -> None:
    text = as_markdown(Document("T", "", (a_chart(("a", (1,))),)))
    assert "## By day" in text
    assert "| Mon |" in text


def test_a_sheet_alone_lends_its_title() -> None:
    page = as_page(alone(TABLE))
    assert page.count("By day") == 2  # in the head and above
    assert "<figure>" not in page
