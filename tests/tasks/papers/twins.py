"""Writes the twins of the real lists 01, 02 and 11: the same shape, no word of theirs (`python3 -m tests.tasks.papers.twins`).

The real ones may not be shipped (SOURCES.md beside them), so that these stand in for them where they are absent.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from openpyxl import Workbook

FOLDER = Path(__file__).resolve().parents[2] / "data"
HEADER = ("序号", "工作任务及要求", "频次", "报送材料", "工作完成时限要求")
CITY = (
    ("组织联络点走访情况的检查。", "根据年度走访计划", "走访记录、照片", "相关工作完成的当月"),
    ("向联络办\\研究室报送走访月报。", "每月", "月报表", "每月26日前"),
    ("制定本部门走访实施办法，经分管领导审定后报送。", "每年一次", "印发的文件", "4月底；今年是8月15日前"),
    ("做好走访要求的传达和学习。", "每年至少一次", "会议签到、照片等", "根据联络办\\研究室要求"),
    ("组织委员填写联络卡。", "每年全覆盖一次；有变动后，实时补填。", "联络卡原件", "相关工作完成的当月"),
    ("完成走访制度的修订。", "实时", "1、制度文件；2、走访统计表；3、相关材料。", "相关工作完成的当月"),
    ("组织部门内部的自查。", "每年两次", "自查报告", "根据联络办\\研究室要求"),
    ("组织下级联络点的抽查，形成报告。", "每年两次（部分部门不涉及）", "抽查报告", "根据联络办\\研究室要求"),
    ("适时调整联络点布局.", "实时", "excel版本简表", "相关工作完成的当月"),
    ("报送走访半年小结和全年总结。", "每半年一次", "word版本报告", "6月25日、11月25日"),
    ("向分管领导汇报走访情况。", "每季度", "汇报材料", "每季度"),
    ("向党组汇报走访成效。", "每半年", "由办公室牵头召开，提供纪要；汇报材料", "6月底、12月底"),
    ("其他事项", "实时", "", "根据联络办\\研究室要求"),
)
COUNTY = (CITY[1], CITY[3], CITY[4], CITY[5], CITY[6], CITY[9], CITY[10], CITY[11], CITY[12])

# number, task, steps (an empty one has no deadline), what is looked at; None before a department's name
STEPS: tuple[tuple[str, tuple[str, ...], str] | str, ...] = (
    "部门 101",
    ("统筹委员读书活动，发布读书安排", ("3月：征求各专委会意见 4月：发布《读书安排》",), "安排印发"),
    ("办好年度会议", ("2月：开好动员会 3月：开好联络点会议；出台方案 6月：半年会议 9月：筹备会议",), "会议召开"),
    ("对口联系", ("3月：了解需求 4月：确定重点 5月—12月：按重点开展",), "有计划"),
    ("与研究室共同出台办法", ("",), "办法出台"),
    ("外出考察", ("对口组：3-5月完成联系工作；6-12月实施", "8-12月：开展回访", "3月完成方案；4月上线"), "考察报告"),
    "部门 102",
    ("责任制考核", ("3月 组织学习通报并整改", "1月至4月 修改考核办法", "5月至12月 抽查及年终考核"), "考核完成"),
    ("完善制度", ("全年 配合制度废改立", "3月-4月 出台经费办法", "9月-10月 出台谈话办法"), "制度出台"),
    ("事项清单", ("3月，公布第一批事项", "3月至12月，完善其余事项"), "清单公布"),
    "部门 103",
    ("读书会", ("4月~6月/9月~11月：组织读书班", "全年：组织论坛", "11~12月：总结特色亮点"), "读书班"),
    ("文体活动", ("3月——12月：文体日常活动", "5月/10月：开展讲堂活动", "5月：举办“六一”活动；"), "活动开展"),
)


def requirements(rows: tuple[tuple[str, ...], ...]) -> bytes:
    """A list of requirements as CSV, like 01 and 02."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows([str(number), *row] for number, row in enumerate(rows, 1))
    return out.getvalue().encode()


def departments() -> Workbook:
    """A table of tasks with many dated steps, merged cells and no lead column, like 11."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["部门重点任务分解表（2026）"])
    sheet.merge_cells("A1:D1")
    sheet.append(["序号", "工作任务", "任务分解/时序进度", "考核要点"])
    number = 0
    for entry in STEPS:
        top = sheet.max_row + 1
        if isinstance(entry, str):
            sheet.append([entry])
            sheet.merge_cells(start_row=top, end_row=top, start_column=1, end_column=4)
            continue
        number += 1
        content, steps, goal = entry
        for index, step in enumerate(steps):
            sheet.append([number, content, step, goal] if not index else [None, None, step, None])
        if len(steps) > 1:
            for column in (1, 2, 4):
                sheet.merge_cells(start_row=top, end_row=top + len(steps) - 1, start_column=column, end_column=column)
    return book


def main() -> None:
    """Write all three."""
    (FOLDER / "twin-01.csv").write_bytes(requirements(CITY))
    (FOLDER / "twin-02.csv").write_bytes(requirements(COUNTY))
    departments().save(FOLDER / "twin-11.xlsx")


if __name__ == "__main__":
    main()
