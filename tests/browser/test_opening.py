"""From nothing to the first list: a one-time link, a body, one workbook, slips, and a secretary who publishes (issue 4)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import Browser

from devtools.showroom import Showroom
from tests.browser.conftest import TODAY
from tests.browser.visitor import Visitor

PASSWORD = "杭州湾上有一座很高的白色灯塔"
UNITS = [
    ["名称", "类别", "上级"],
    ["党组", "政协党组", ""],
    ["办公室", "办公厅（室）", ""],
    ["综合科", "处室", "办公室"],
]
PEOPLE = [
    ["姓名", "手机", "政治面貌", "任职单位", "职务", "角色"],
    ["甲一", "13800000001", "中共党员", "", "党务干部", "党务干部"],
    ["丙三", "13800000003", "中共党员", "", "主席", "领导"],
    ["乙二", "13800000002", "中共党员", "办公室", "办公室主任", "负责人"],
    *[[f"成员{n}", f"138000001{n:02d}", "中共党员", "综合科", "科员", "成员"] for n in range(20)],
]
LIST = "序号\t任务内容\t牵头单位\t完成时限\n1\t制定学习计划\t办公室\t11月底前\n2\t报送工作总结\t综合科\t12月底前"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Showroom]:
    """The product without demo."""
    with Showroom(os.environ["DATABASE_URL"], tmp_path, TODAY, demo=False) as room:
        yield room


def comer(browser: Browser, room: Showroom, width: int = 1366) -> Visitor:
    context = browser.new_context(
        base_url=room.address, locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": width, "height": 900}
    )
    return Visitor(context)


def use(visitor: Visitor, code: str) -> None:
    """Type the code of a slip and set one's own password."""
    visitor.go("/join/")
    visitor.look()
    visitor.page.get_by_label("邀请单上的邀请码").fill(code)
    visitor.press("继续")
    visitor.look()
    visitor.page.get_by_label("新密码", exact=True).fill(PASSWORD)
    visitor.page.get_by_label("再输入一次新密码").fill(PASSWORD)
    visitor.press("保存并进入")


def test_an_empty_site_comes_to_its_first_list(browser: Browser, empty: Showroom, tmp_path: Path) -> None:
    said = empty.command("open_site")
    link = re.search(r"/join/([a-z0-9-]+)/", said)
    assert link
    admin, secretary = comer(browser, empty), comer(browser, empty, 360)
    use(admin, link[1])
    assert admin.path == "/opening/"
    admin.look()
    admin.presses = 0

    admin.page.get_by_label("政协名称").fill("新县政协")
    admin.page.get_by_label("本届", exact=True).fill("十届")
    admin.page.get_by_label("本届起始日").fill("2022-02-20")
    admin.press("建立", "button")
    assert "下一步：单位和人员" in admin.words
    book = Workbook()
    for title, rows in (("单位", UNITS), ("人员", PEOPLE)):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "opening.xlsx")
    admin.page.get_by_label("工作簿").set_input_files(tmp_path / "opening.xlsx")
    admin.press("核对工作簿")
    admin.look()
    assert empty.ask("SELECT count(*) FROM branches_user") == [(1,)], "looking writes nothing"
    admin.press("录入 3 个单位、23 人")
    assert "下一步：邀请" in admin.words
    admin.look()
    admin.press("去邀请")
    admin.look()
    admin.press("邀请全部 23 人")
    admin.look()
    assert admin.page.locator(".invitation-slip").count() == 23
    assert admin.presses <= 6
    slip = admin.page.locator(".invitation-slip", has_text="甲一")
    code = slip.locator("kbd").inner_text()

    use(secretary, code)
    assert secretary.path == "/"
    secretary.page.set_viewport_size({"width": 1366, "height": 900})
    secretary.go("/lists/")
    secretary.press("粘贴新建清单")
    secretary.page.get_by_label("在这里粘贴").fill(LIST)
    secretary.press("下一步：核对")
    secretary.page.get_by_label("清单名称", exact=True).fill("新县政协2026年党建工作任务清单")
    secretary.press("下一步：选派发单位")
    secretary.press("下一步：核对并发布")
    secretary.press(re.compile(r"^发布 \d+ 项任务"))
    assert empty.ask("SELECT count(*) FROM tasks_assignment") == [(2,)]

    admin.go("/opening/")
    assert "已有清单发布" in admin.words
    admin.expected.add(404)
    admin.go(f"/join/{code}/", status=404)  # used up
    assert [*admin.leave(), *secretary.leave()] == []
