"""What became of each row. Days are counted from today; a row that is not named here is as it was issued or signed for.

乙区 is clearly behind and says why, 丙县 is in step; the city's desk has reports to review, the oldest some days old; a
leader has one; the member of 甲区 has something due today, something due soon, something returned and something done.
Every stage and every light is here on every day of the year, because every day is counted from today.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from cppcc_party.demo.deeds import Deed, Row, Script, approve, done, note, send_back, stop
from cppcc_party.demo.lists import months, quarters
from cppcc_party.demo.papers import (
    BRANCHES,
    CLOSED,
    COUNTY,
    HALLS,
    INSPECTION,
    JIA_FUNCTIONAL,
    JIA_HALL,
    JIA_LOUNGE,
    KEY,
    OFFICE,
    ORGAN,
    RESEARCH,
    STRICT,
    Paper,
)
from cppcc_party.demo.tree import CITY, COMMITTEES, COUNTIES

INNER_LEDGER, INNER_CASE, INNER_CHECK = -15, -3, -28  # the earlier days that two counties set for their own units
PEOPLE, UNITS, PAPERS, OTHER = "人员变动", "需兄弟单位配合", "等上级文件", "其他"
PHOTO, LEDGER, SCREEN = "活动照片.jpg", "活动台账.xlsx", "公布截图.png"
MEMBER = "jia.member2"  # whom a visitor enters as
BROKE_DOWN = ("jia", "bing")  # the counties that made a list of their own of the key list
OFFICE_BRANCHES = ("first", "second", "third", "joint")
DESK_MATE = "city.secretary2"  # reports for the office party committee, so that 王明 may review it


def all_scripts(today: date, key_issued_on: date) -> Iterator[Script]:
    """All lives of all rows; what a row waits for comes before it."""
    yield from _closed()
    yield from _inner_lists()
    yield from _counties()
    yield from _monthly(today, key_issued_on)
    yield from _quarterly(today, key_issued_on)
    yield from _city()
    yield from _branches_and_party_group()
    yield from _county()
    yield from _halls()


def _life(
    paper: Paper, number: str, unit: str, *deeds: Deed, person: str = "", by: str = "", after: Sequence[Row] = ()
) -> Script:
    """A script whose due date is that of the paper's line."""
    due = next(item.due for item in paper.items if item.number == number)
    return Script(Row(paper.key, number, unit, person), deeds, due if isinstance(due, int) else None, after, by)


def _closed() -> Iterator[Script]:
    """The list before: all of it came to an end, some of it late."""
    for position, county in enumerate(COUNTIES):
        late = county.code in ("yi", "ren")
        words = f"已制定季度党建工作安排，明确任务{position + 6}项。"
        report = done(-112 + position % 2, words, late=PAPERS) if late else done(-120 + position % 4, words)
        yield _life(CLOSED, "1", county.unit_code, report, approve(-108))
    for position, (code, *_names) in enumerate(COMMITTEES):
        if code == "environment":
            deeds = [stop("terminate", -100, "委员会工作分工调整，并入经济委员会开展")]
        else:
            deeds = [
                done(-99 + position % 3, f"已走访联系对象{position + 11}人次。", [PHOTO] if position < 2 else ()),
                approve(-94),
            ]
        yield _life(CLOSED, "2", f"{CITY}-{code}", *deeds)
    for position, branch in enumerate(("first", "second", "third", "joint")):
        yield _life(
            CLOSED, "3", f"{CITY}-{branch}", done(-91 + position % 3, "已召开支部委员会，研究季度工作。"), approve(-86)
        )
    for branch in ("crafts", "riverside", "village-trip"):
        yield _life(CLOSED, "4", f"{CITY}-{branch}", done(-75, "开展活动2次，小结附后。", [LEDGER]), approve(-73))
    yield _life(CLOSED, "5", RESEARCH, done(-67, "简报已编印，刊登各地做法9篇。"), approve(-64))


def _inner_lists() -> Iterator[Script]:
    """What 甲区 and 丙县 made of the key list: their branches and offices report to them first."""
    for code in BROKE_DOWN:
        key, unit = f"{code}-key", f"demo-{code}"
        by = MEMBER if code == "jia" else ""
        hall = [done(-17, "台账已建好，登记协商活动3次、学习4次。", [LEDGER]), approve(-16)]
        lounge = [done(-18, "客厅党支部台账已建，活动都有照片。", [LEDGER, PHOTO]), approve(-17)]
        yield Script(Row(key, "2", f"{unit}-hall"), hall, INNER_LEDGER, by=by)
        yield Script(Row(key, "2", f"{unit}-lounge"), lounge, INNER_LEDGER, by=by)
        yield Script(Row(key, "3", f"{unit}-functional"),
                     [note(-14, "案例初稿已写好，正在征求意见。"), done(-8, "案例已定稿，附活动照片。", [PHOTO]), approve(-7)],
                     INNER_CASE)  # fmt: skip
        yield Script(Row(key, "5", f"{unit}-office"), [done(-31, "自查完成，列出问题4个。"), approve(-30)], INNER_CHECK)
    yield Script(Row("bing-key", "4", "demo-bing-lounge"), [done(-9, "客厅联系点名单已核对。"), approve(-8)], 0)
    yield Script(Row("jia-key", "4", "demo-jia-lounge"), [note(-4, "名单正在核对，还差1名党建指导员。")], 0, by=MEMBER)


def _after(code: str, number: str, *units: str) -> list[Row]:
    """The rows of a county's own list for which its row of the key list waits."""
    return [Row(f"{code}-key", number, f"demo-{code}-{unit}") for unit in units] if code in BROKE_DOWN else []


def _counties() -> Iterator[Script]:
    """The key list in the nine counties."""
    for county in COUNTIES:
        code, unit = county.code, county.unit_code
        yield _life(KEY, "5", unit, *CHECKED.get(code, CHECKED["others"]), after=_after(code, "5", "office"))
        yield _life(KEY, "2", unit, *LEDGERS[code], after=_after(code, "2", "hall", "lounge"))
        yield _life(KEY, "3", unit, *CASES[code], after=_after(code, "3", "functional"))
        contact = CONTACTS[code] if county.lounge else [stop("not_applicable", -40, "本地没有委员会客厅")]
        yield _life(KEY, "4", unit, *contact, after=_after(code, "4", "lounge") if code == "bing" else ())


CHECKED = {
    "yi": [note(-25, "自查表式样还没有收到，正在等上级文件。")],
    "ding": [done(-25, "自查完成，列出问题5个，措施已定。", late=PEOPLE), approve(-23)],
    "others": [done(-27, "已逐条自查，列出问题3个，措施和时限已明确。"), approve(-26)],
}
LEDGERS = {
    "jia": [done(-14, "4个履职党支部都已建台账，本月新增活动3次。", [LEDGER]), approve(-13)],
    "yi": [note(-20, "正在等统一的台账样式，已先登记2个支部。")],
    "bing": [done(-14, "台账已全部建好，登记活动11次。", [LEDGER, PHOTO]), approve(-13)],
    "ding": [note(-18, "经办人调整，正在交接。"), done(-8, "已建台账2本，登记活动5次。", [LEDGER], late=PEOPLE)],
    "wu": [done(-10, "已建台账，乡镇议事堂的记录已补齐。", late=UNITS), approve(-9)],
    "ji": [done(-15, "已建台账，商贸流通客厅活动6次。", [PHOTO]), approve(-14)],
    "geng": [done(-13, "已建台账。"), send_back(-9, "缺材料：没有附台账，3次活动没有记录", -3)],
    "xin": [done(-15, "已建台账。"), send_back(-14, "请写成效，并附台账", -11),
            done(-12, "补充：开展协商3次，解决停车等问题2个。", [LEDGER]), approve(-10)],
    "ren": [done(-14, "台账已建，活动按月登记。"), approve(-12)],
}  # fmt: skip
CASES = {
    "jia": [done(-2, "报送案例《议事堂里的党小组》，附照片。", [PHOTO])],
    "yi": [],
    "bing": [done(-6, "报送案例《客厅里的联系点》，附照片。", [PHOTO]), approve(-5)],
    "ding": [note(-6, "案例正在修改，等照片。")],
    "wu": [done(-3, "报送案例《竹海议事》，附照片。", [PHOTO])],
    "ji": [done(-7, "报送案例《商圈里的委员先锋》，附照片。", [PHOTO]), approve(-6)],
    "geng": [done(-2, "报送案例《片场支部》，附照片。", [PHOTO])],
    "xin": [done(-8, "报送案例《古塘夜话》，附照片。", [PHOTO]), approve(-6)],
    "ren": [done(-5, "报送案例1篇。", [PHOTO]), send_back(-2, "请写成效：办成了哪几件事", 2)],
}
CONTACTS = {
    "jia": [],
    "yi": [],
    "bing": [done(-5, "联系点1个，党建指导员1名，名单见附件。", [LEDGER]), approve(-3)],
    "ji": [note(-9, "联系点已定，指导员名单待研究。")],
    "geng": [done(-3, "联系点1个，名单已核对。"), approve(-1)],
}


def _monthly(today: date, issued_on: date) -> Iterator[Script]:
    """党建信息, every month by the 26th: sent in on time by all but 乙区, which owes the latest and was late before."""
    begun = [span.due_on for span in months(issued_on) if span.due_on and span.due_on <= today]
    for due_on in begun:
        due = (due_on - today).days
        for position, county in enumerate(COUNTIES):
            row = Row("key", "6", county.unit_code, due_on=due_on)
            if county.code == "yi":
                deeds = _late_news(due) if any(later < today for later in begun if later > due_on) else []
            else:
                deeds = _news(due, county.code, position)
            inner = Row(f"{county.code}-key", "6", f"{county.unit_code}-office", due_on=due_on)
            if county.code in BROKE_DOWN and deeds:
                yield Script(inner, [done(due - 4, f"本月信息{position + 1}条已报。"), approve(due - 3)], due)
            yield Script(row, deeds, due, [inner] if county.code in BROKE_DOWN and deeds else ())


def _news(due: int, code: str, position: int) -> list[Deed]:
    """On time; 丙县 is always done by the day, the others are read by the city some days later."""
    if code == "bing":
        return [done(due - 2, "本月报送信息3条。"), approve(due - 1)]
    deeds = [done(due - 1 - position % 2, f"本月报送信息{position % 3 + 1}条。"), approve(due + 2)]
    return deeds[: 2 if due + 2 < 0 else 1] if due < 0 else []


def _late_news(due: int) -> list[Deed]:
    return [done(due + 3, "本月报送信息1条。", late=UNITS), approve(due + 4)]


def _quarterly(today: date, issued_on: date) -> Iterator[Script]:
    """支部党员大会, once a quarter in the office branches."""
    for span in quarters(issued_on):
        due = (span.due_on - today).days if span.due_on else 0  # a quarter always has its last day
        for position, branch in enumerate(OFFICE_BRANCHES):
            row = Row("key", "10", f"{CITY}-{branch}", due_on=span.due_on)
            if due < 0 and branch != "joint":
                deeds = [done(due - 3 - position, "已召开支部党员大会，到会党员符合人数。"), approve(due + 1)]
                yield Script(row, deeds[: 2 if due + 1 < 0 else 1], due)
            elif due >= 0 and (today - span.starts_on).days > 9 and branch == "first":
                yield Script(row, [note(-4, "已定议题，月底前召开。")], due)


def _city() -> Iterator[Script]:
    """The key list in the city's own units."""
    yield _life(KEY, "1", ORGAN, done(-24, "联席机制文件已印发，首次会议已开。", [LEDGER]), approve(-22), by=DESK_MATE)
    yield _life(KEY, "7", f"{CITY}-proposals", done(-6, "名单已建，联系党外委员8名。", [LEDGER]), approve(-4))
    yield _life(KEY, "7", f"{CITY}-members", done(-3, "名单已建，联系党外委员12名。", [LEDGER]))
    yield _life(KEY, "7", f"{CITY}-economy", note(-7, "正在与党外委员逐一联系。"))
    yield _life(KEY, "7", f"{CITY}-farming", done(-9, "名单已建，联系党外委员6名。"), approve(-5))
    yield _life(KEY, "7", f"{CITY}-culture", note(-3, "已联系7名，还有2名。"))
    yield _life(KEY, "8", f"{CITY}-proposals-branch", done(-10, "开展“提案面对面”活动1次。", [PHOTO]), approve(-7))
    yield _life(KEY, "8", f"{CITY}-economy-branch", note(-11, "活动方案已定，下月走进园区。"))
    yield _life(KEY, "9", f"{CITY}-crafts", note(-12, "本次客厅活动已报备，会后报小结。"))
    yield _life(KEY, "9", f"{CITY}-science-trip", done(-21, "调研活动小结已报。", [PHOTO]), approve(-19))
    yield _life(KEY, "11", ORGAN, note(-8, "党课提纲已拟好，正在定时间。"), by=DESK_MATE)
    yield _life(KEY, "12", INSPECTION, done(-6, "各处室排查风险点21个，防控措施已定。", [LEDGER]))
    yield _life(
        KEY, "13", RESEARCH, note(-30, "展示方案初稿已成。"), stop("suspend", -18, "与省里活动合并安排，等通知后再定")
    )
    yield _life(KEY, "14", OFFICE, stop("cancel", -27, "按照精简评比表彰的要求取消"))
    yield _life(KEY, "15", OFFICE, note(-13, "已更新3处变动。"))
    yield _life(KEY, "16", ORGAN, note(-5, "已与组织、统战部门沟通联席会议时间。"), by=DESK_MATE)


def _branches_and_party_group() -> Iterator[Script]:
    """The office branches' own list, and the party group's, whose first task a leader has to review."""
    yield _life(BRANCHES, "1", f"{CITY}-first", done(-9, "主题党日已开展，到社区服务1次。", [PHOTO]), approve(-8))
    yield _life(BRANCHES, "1", f"{CITY}-second", done(-8, "主题党日已开展，主题是调查研究。"), approve(-7))
    yield _life(BRANCHES, "1", f"{CITY}-third", done(-5, "主题党日已开展。", late=OTHER), approve(-4))
    yield _life(BRANCHES, "1", f"{CITY}-joint", note(-10, "时间已定两次，因值班改期。"))
    yield _life(BRANCHES, "2", f"{CITY}-first", done(-4, "学习记录已汇总。", [LEDGER]))
    yield _life(BRANCHES, "2", f"{CITY}-second", done(-5, "学习记录已汇总。"), approve(-3))
    yield _life(BRANCHES, "2", f"{CITY}-third", done(-3, "学习记录已汇总。"), approve(-1))
    yield _life(BRANCHES, "3", f"{CITY}-first", note(-6, "已谈12人，还有5人。"))
    yield _life(STRICT, "1", ORGAN, done(-5, "主体责任清单已起草，征求意见2轮。", [LEDGER]), by="city.secretary")
    yield _life(STRICT, "2", OFFICE, note(-6, "议题材料正在准备。"))
    yield _life(STRICT, "3", INSPECTION, done(-12, "作风建设情况已通报。"), approve(-11))


def _county() -> Iterator[Script]:
    """甲区's own list: to every member of a branch by name, and to its branches."""

    def one(person: str, *deeds: Deed) -> Script:
        return _life(COUNTY, "1", JIA_FUNCTIONAL, *deeds, person=person)

    def two(person: str, *deeds: Deed) -> Script:
        return _life(COUNTY, "2", JIA_HALL, *deeds, person=person)

    def three(person: str, *deeds: Deed) -> Script:
        return _life(COUNTY, "3", JIA_FUNCTIONAL, *deeds, person=person)

    yield one(MEMBER, note(-9, "选题已定：老小区停车难。"))
    yield one("jia.committee1", done(-4, "已报信息1篇：农贸市场改造建议。"))
    yield one("jia.committee2", done(-6, "已报信息1篇：企业用工情况。"), approve(-5))
    yield two(MEMBER, done(-6, "已走访3户。"), send_back(-2, "请写清走访时间和群众反映的问题", 1))
    yield two("jia.member1", done(-5, "走访4户，记录已填。", ["走访记录.xlsx"]), approve(-4))
    yield three(MEMBER, done(-21, "学习心得已提交。"), approve(-20))
    yield three("jia.member1", done(-20, "学习心得已提交。"), approve(-19))
    yield three("jia.committee1", done(-19, "学习心得已提交。"), approve(-18))
    yield three("jia.committee2", done(-16, "学习心得已提交。", late=OTHER), approve(-15))
    yield _life(COUNTY, "4", JIA_HALL, done(-9, "参加停车议题协商，党员发言4人。", [PHOTO]), approve(-8), by=MEMBER)
    yield _life(COUNTY, "5", "demo-jia-office-branch", note(-3, "主题和地点已定。"))
    yield _life(COUNTY, "6", JIA_LOUNGE, note(-7, "去年的档案已整理。"), by="jia.committee2")


def _halls() -> Iterator[Script]:
    """The list on deliberation halls has just begun."""
    yield _life(HALLS, "1", "demo-bing", done(-7, "已在议事堂和网站公布。", [SCREEN]), approve(-5))
    yield _life(HALLS, "1", "demo-ji", note(-6, "已在议事堂公布，网站正在办。"))
    yield _life(HALLS, "1", "demo-jia", note(-4, "正在核对联系电话。"))
    yield _life(HALLS, "2", "demo-ren", note(-5, "五峰镇议事堂已定议题。"))
    yield _life(HALLS, "3", "demo-xin", stop("terminate", -6, "古塘镇议事堂迁址，今年不再总结"))
