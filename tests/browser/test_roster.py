"""Journey ADM-4: members from Excel; a dry run, every problem at once, one confirmation, and the coverages follow (issue 4)."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from devtools.showroom import Showroom
from tests.browser.conftest import Enter

pytestmark = pytest.mark.usefixtures("fresh")
HEAD = ["序号", "姓名", "性别", "手机号码", "工作单位及职务", "政治面貌", "界别", "专委会", "联系党员委员"]
GOOD = [
    [1, "曾　明（女）", "女", "138 0000 0001", "示例医院院长", "中共党员", "医药卫生界", "提案委", ""],
    [2, "单雄", "男", "13800000002", "示例集团董事长", "民建", "经济界", "", "曾明"],
    [3, "解小农", "男", "13800000003", "示例合作社负责人", "群众", "农业界", "", ""],
]
BAD = [
    [4, "王明", "男", "13800000004", "示例大学教授", "中共党员", "教育届", "", ""],
    [5, "", "", "一三八", "", "", "", "", ""],
]
PEOPLE = "SELECT count(*) FROM branches_user"


def workbook(folder: Path, rows: list[list[object]]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["示例市政协委员名册"], HEAD, *rows):
        sheet.append(row)
    book.save(folder / "名册.xlsx")
    return folder / "名册.xlsx"


def test_members_from_excel_take_three_presses(enter: Enter, showroom: Showroom, tmp_path: Path) -> None:
    before = showroom.ask(PEOPLE)[0][0]
    visitor = enter("admin")
    visitor.go("/people/")

    visitor.press("从 Excel 导入成员")
    visitor.look()
    visitor.page.get_by_label("或选择文件").set_input_files(workbook(tmp_path, GOOD))
    visitor.press("下一步：核对")
    visitor.look()
    assert "识别到 3 行" in visitor.words
    assert "新增 3 人" in visitor.words
    assert "****0001" in visitor.words
    assert "13800000002" not in visitor.page.content()  # the preview shows four digits (ux ADM-4)
    assert showroom.ask(PEOPLE)[0][0] == before
    visitor.press("导入 3 人")
    visitor.look()

    assert visitor.presses == 3  # and the choice of the file
    assert showroom.ask(PEOPLE)[0][0] == before + 3
    visitor.press("两个全覆盖")
    visitor.look()
    visitor.press("2 人没有联系人")  # the demo has one already
    visitor.look()
    visitor.page.get_by_role("checkbox", name="解小农").check()
    visitor.page.get_by_label("联系党员委员").fill("曾明")
    visitor.press("为所选委员确定联系人")
    visitor.look()
    assert "曾明联系 1 名委员" in visitor.page.inner_text("body")


@pytest.mark.parametrize(("lang", "width"), [("en", 1366), ("zh", 360), ("en", 360)])
def test_problems_are_repaired_in_place(
    enter: Enter, showroom: Showroom, tmp_path: Path, lang: str, width: int
) -> None:
    visitor = enter("admin", lang=lang, width=width, has_touch=width < 500)
    words = {
        "next": ("下一步：核对", "Next: check"), "file": ("或选择文件", "Or choose a file"),
        "again": ("重新核对", "Check again"), "take": ("导入 4 人", "Take in 4 people"),
        "sector": ("界别", "Sector"), "skip": ("不录入这一行", "Leave this row out"),
    }  # fmt: skip
    said = {key: pair[lang == "en"] for key, pair in words.items()}
    visitor.go("/people/import/")
    visitor.look()
    visitor.page.get_by_label(said["file"]).set_input_files(workbook(tmp_path, GOOD + BAD))
    visitor.press(said["next"])
    visitor.look()

    visitor.page.locator("select[name^='group-sector']").select_option("=教育界")
    visitor.page.locator("#row-6 select").select_option("new")
    visitor.page.locator("#row-7 input[type=checkbox]").check()
    visitor.press(said["again"])
    visitor.look()
    visitor.press(said["take"])
    visitor.look()

    assert showroom.ask("SELECT sector_name FROM branches_cppccmembership ORDER BY id DESC LIMIT 1")[0][0] == "教育界"
