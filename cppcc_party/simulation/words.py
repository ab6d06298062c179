"""What simulated lists say: tasks put together from plain words, phrases of reports, titles."""

from __future__ import annotations

DOINGS = (
    ("组织开展", "Hold"), ("牵头筹备", "Prepare"), ("跟踪推进", "Follow up"), ("总结提炼", "Sum up"), ("督促落实", "See to"),
    ("联合举办", "Hold together"), ("研究制定", "Draw up"), ("收集整理", "Collect"), ("对照检查", "Check"),
    ("宣传推广", "Make known"),
)  # fmt: skip
THINGS = (
    ("党的创新理论专题学习", "the study of the Party’s new theories"), ("委员读书活动", "the members’ reading"),
    ("民生议事堂协商活动", "the consultation in the Deliberation Hall"), ("委员会客厅接待群众活动", "the Members’ Lounge day"),
    ("党员委员联系界别群众工作", "the contact of members with their sectors"),
    ("重点提案督办", "the supervision of key proposals"),
    ("社情民意信息报送", "the reports on public opinion"), ("机关党支部主题党日", "the branches’ theme day"),
    ("功能型党支部视察调研", "the functional branches’ study trip"), ("党建工作案例", "the cases of party building"),
    ("党风廉政教育", "the education on clean conduct"), ("乡村振兴结对帮扶", "the paired help for villages"),
    ("营商环境民主监督", "the democratic supervision of the business environment"), ("履职档案", "the members’ duty records"),
    ("老委员走访慰问", "the visits to former members"), ("河湖保护专题视察", "the inspection of rivers and lakes"),
    ("青年干部讲坛", "the young officers’ forum"), ("文史资料征集", "the collection of local history"),
    ("专委会协商计划", "the committees’ consultation plan"), ("换届准备材料", "the papers for the change of term"),
)  # fmt: skip
MEASURES = "制定方案，明确分工；按时报送进展，形成工作台账"
PROGRESS = ("已制定方案并召开动员会", "正在走访收集意见，形成初稿", "已完成过半，按计划推进")
DONE = (
    "已按要求完成，形成材料并归档", "活动已举办，参加人数符合要求，照片和签到表留存", "已报送专题报告一份，意见建议五条",
    "已办结，群众表示满意",
)  # fmt: skip
RETURNED = "缺材料"
CANCELLED = "上级已另行部署，本项不再单独开展"
SUSPENDED = "因机构调整暂缓，待明确后继续"


def task(number: int) -> tuple[str, str]:
    """The words of the n-th task of a list, in Chinese and in English."""
    doing, thing = DOINGS[number % len(DOINGS)], THINGS[(number // len(DOINGS) + number) % len(THINGS)]
    return doing[0] + thing[0], f"{doing[1]} {thing[1]}"
