"""Journeys (b) and (h): a county makes the city's list its own, and nobody sees sideways (issue 2, design 3)."""

from __future__ import annotations

import re

import pytest

from devtools.showroom import Showroom
from tests.browser.conftest import Enter

pytestmark = pytest.mark.usefixtures("fresh")
LIST = "履职临时党支部规范建设清单"
ROW = (
    "SELECT row.id FROM tasks_assignment row JOIN branches_unit unit ON unit.id = row.unit_id"
    " JOIN tasks_tasklist list ON list.id = row.list_id WHERE unit.code = %s AND list.title = %s ORDER BY row.id"
)
REPORTED = (
    "SELECT evidence.file_id, report.assignment_id FROM tasks_evidence evidence"
    " JOIN tasks_report report ON report.id = evidence.report_id JOIN tasks_assignment row ON row.id = report.assignment_id"
    " JOIN branches_unit unit ON unit.id = row.unit_id WHERE unit.code = %s ORDER BY evidence.file_id"
)
OWN_LIST = (
    "SELECT list.id FROM tasks_tasklist list JOIN branches_unit unit ON unit.id = list.issuer_id WHERE unit.code = %s"
)


def test_a_county_signs_for_and_breaks_down_what_the_city_only_sees_as_one_line(
    enter: Enter, showroom: Showroom
) -> None:
    county = enter("county")
    county.press(re.compile(f"{LIST}.*签收$"), "link")
    county.look()
    for unit in ("办公室", "委员功能型党支部"):  # what is changed; not counted
        county.page.get_by_label(unit, exact=True).first.check()
    county.press("签收并分解", "button")
    county.look()
    assert county.presses <= 4, "SEC-9"
    assert county.heading == f"甲区·{LIST}"
    assert "已签收并分解" in county.words
    assert "全部 8 项" in county.words, "four tasks, two units"
    county.press("补齐履职临时党支部审批材料")
    assert "2 家中 0 家已完成" in county.words
    own = county.path

    city = enter("secretary")
    city.press("清单", "link")
    city.press(LIST, "link")
    assert city.page.locator("main tr", has_text="甲区政协").count() == 1, (
        "the city's list has no line of the county's units"
    )
    rows = showroom.ask(ROW, "demo-jia", LIST)
    assert len(rows) == 4, "one line for each task"
    row = rows[0][0]
    city.go(f"/a/{row}/")
    city.look()
    parts = city.page.get_by_role("region", name="分解情况")
    assert parts.locator("tbody tr").count() == 2
    assert parts.get_by_role("link").count() == 0, "the county's own rows are no doors of the city"
    assert city.find(re.compile("更新进展|签收并分解")).count() == 0
    city.go(f"/a/{row}/update/", status=403)
    city.go(own, status=404)


@pytest.mark.parametrize("place", ["assignment", "file", "list"])
def test_another_countys_things_do_not_exist_for_a_stranger(enter: Enter, showroom: Showroom, place: str) -> None:
    file, row = showroom.ask(REPORTED, "demo-bing")[0]
    own = showroom.ask(OWN_LIST, "demo-bing")[0][0]
    addresses = {
        "assignment": [f"/a/{row}/", f"/a/{row}/update/"],
        "file": [f"/files/{file}/"],
        "list": [f"/lists/{own}/"],
    }
    stranger = enter("county")
    city = enter("secretary")
    if place != "list":  # they are there: the city, whose task it is, opens them
        assert city.context.request.get(addresses[place][0]).status == 200

    for address in addresses[place]:
        stranger.go(address, status=404)
        assert "没有这个页面" in stranger.words
    guest = enter()
    guest.go(addresses[place][0])
    assert guest.heading == "登录"
