"""Charts drawn on the server: true lengths, the finding as their name, a table for every picture, nothing inline."""

from datetime import date
from xml.etree import ElementTree

import pytest
from django.template import engines
from django.utils import translation

from dashboards.charts import (
    Amount,
    BulletBars,
    BurnUp,
    HeatCell,
    HeatMap,
    HeatRow,
    Month,
    MonthSquares,
    PlainBars,
    Point,
    Sparkline,
    UnitBar,
)


def draw(tag: str, chart: object) -> ElementTree.Element:
    """The chart as a tree, which also proves that it is well formed."""
    text = engines["django"].from_string("{% load charts %}<div>{% " + tag + " chart %}</div>").render({"chart": chart})
    assert "style=" not in text
    assert "<script" not in text
    return ElementTree.fromstring(text)  # noqa: S314 (our own drawing)


def words(element: ElementTree.Element) -> str:
    """All text of an element, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def cells(tree: ElementTree.Element) -> list[list[str]]:
    """The text of a table's body, row by row."""
    return [[words(cell) for cell in row] for row in tree.findall(".//tbody/tr")]


BEHIND = UnitBar("乙区政协", "/u/2/", due=16, completed=11, overdue=3, in_review=2, total=32, overdue_url="/late/")
AHEAD = UnitBar("机关党委", "/u/1/", due=16, completed=16, early=2, total=32)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_bullet_bars_are_drawn_on_one_scale_with_the_plan_as_a_mark():
    tree = draw("bullet_bars", BulletBars("District B is 5 short", [BEHIND, AHEAD]))

    assert [bar.get("width") for bar in tree.iterfind(".//rect[@class='bar-done']")] == ["34.38%", "50.00%"]
    assert [mark.get("x1") for mark in tree.iterfind(".//line[@class='bar-plan']")] == ["50.00%", "50.00%"]
    assert [bar.get("x") for bar in tree.iterfind(".//rect[@class='bar-early']")] == ["50.00%"]


def test_bullet_bars_say_every_number_and_link_to_its_rows():
    tree = draw("bullet_bars", BulletBars("District B is 5 short", [BEHIND, AHEAD]))

    assert words(tree.find(".//figcaption")) == "District B is 5 short"
    assert cells(tree) == [
        ["乙区政协", "", "11/16", "5 short", "Overdue 3", "2"],
        ["机关党委", "", "16/16 +2 early", "even", "0", "0"],
    ]
    assert [link.get("href") for link in tree.iterfind(".//a[@href='/late/']")] == ["/late/"]
    assert tree.find(".//span[@lang='zh-Hans']") is not None


def test_bullet_bars_with_nothing_due_are_empty_bars():
    tree = draw("bullet_bars", BulletBars("Nothing was due", [UnitBar("甲", "", due=0, completed=0)]))

    assert [bar.get("width") for bar in tree.iterfind(".//rect[@class='bar-done']")] == ["0.00%"]


def test_words_of_people_are_escaped():
    text = '<b onclick="x">&'
    tree = draw("plain_bars", PlainBars(text, [Amount(text, 1)]))

    assert words(tree.find(".//figcaption")) == text
    assert tree.find(".//b") is None


def test_plain_bars_begin_at_zero():
    tree = draw("plain_bars", PlainBars("Mostly papers", [Amount("papers", 4, "/x/"), Amount("people", 1)]))

    assert [bar.get("width") for bar in tree.iterfind(".//rect[@class='bar-done']")] == ["100.00%", "25.00%"]
    assert cells(tree) == [["papers", "", "4"], ["people", "", "1"]]


def test_heat_map_shades_by_share_and_hatches_gaps():
    row = HeatRow("B", [HeatCell("100%", 1.0, "/x/"), HeatCell("50%", 0.5), None, HeatCell("3/4")])
    tree = draw("heat_map", HeatMap("B fell", ["1", "2", "3", "4"], [row]))

    assert [cell.get("class") for cell in tree.iterfind(".//tbody//td")] == ["heat-5", "heat-1", "heat-gap", "heat-0"]
    assert cells(tree) == [["B", "100%", "50%", "nothing due", "3/4"]]
    assert tree.find(".//div[@role='region']").get("aria-label") == "B fell"


PLAN = [Point(date(2026, 1, 1), 0), Point(date(2026, 5, 12), 80), Point(date(2026, 12, 31), 100)]


def test_burn_up_is_named_by_its_finding_and_followed_by_its_numbers():
    done = [Point(date(2026, 1, 1), 0), Point(date(2026, 5, 12), 70, "/rows/")]
    tree = draw("burn_up", BurnUp("70 done, 10 behind the plan", PLAN, done, today=date(2026, 5, 12)))

    picture = tree.find(".//svg[@role='img']")
    assert picture.get("aria-label") == words(picture.find("title")) == "70 done, 10 behind the plan"
    assert cells(tree) == [["1 Jan 2026", "0", "0"], ["12 May 2026", "80", "70"], ["31 Dec 2026", "100", "--"]]
    assert tree.find(".//a[@href='/rows/']") is not None


def test_burn_up_keeps_the_day_of_the_done_line_that_the_plan_does_not_know():
    done = [Point(date(2026, 3, 9), 12)]
    tree = draw("burn_up", BurnUp("12 done", PLAN, done, today=date(2026, 3, 9)))

    assert ["9 Mar 2026", "--", "12"] in cells(tree)


def test_burn_up_draws_higher_for_more():
    tree = draw("burn_up", BurnUp("rising", PLAN, [], today=date(2026, 5, 12)))

    heights = [float(spot.split(",")[1]) for spot in tree.find(".//polyline[@class='line-plan']").get("points").split()]
    assert heights == sorted(heights, reverse=True)
    assert tree.find(".//line[@class='line-today']") is not None


def test_burn_up_of_a_list_without_dates_is_still_a_picture():
    tree = draw("burn_up", BurnUp("nothing planned", [], [], today=date(2026, 5, 12)))

    assert tree.find(".//polyline") is None
    assert cells(tree) == []


def test_sparkline_breaks_where_there_is_no_value():
    tree = draw("sparkline", Sparkline("on-time rate, 4 months", [0.9, None, 0.8, 0.95]))

    assert len(tree.findall(".//polyline")) == 2
    assert draw("sparkline", Sparkline("nothing", [None])).find(".//svg") is None


def test_month_squares_tell_held_missed_and_not_expected_apart():
    months = [Month("1", held=1), Month("2", held=0), Month("3", held=2), Month("4", held=0, expected=0)]
    tree = draw("month_squares", MonthSquares("2 of 3 months", months))

    marks = [mark.get("class") for mark in tree.find(".//svg") if mark.get("class", "").startswith("square-")]
    assert marks == ["square-held", "square-missed", "square-held", "square-number", "square-free"]


def test_charts_speak_chinese():
    with translation.override("zh-hans"):
        tree = draw("bullet_bars", BulletBars("乙区差 5 项", [BEHIND]))

    assert cells(tree) == [["乙区政协", "", "11/16", "差 5", "逾期 3", "2"]]
    assert tree.find(".//span[@lang='zh-Hans']") is None
