"""The lists of the demo as an office would write them: what each asks of whom by when, in both languages.

Dates are numbers of days from the day of loading; `lists` turns them into plans.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from branches.models import Line
from cppcc_party.demo.tree import CITY

COUNTY_BODIES, COMMITTEES, DIVISIONS = "各县（市、区）政协", "各专委会", "各处室"
OFFICE_BRANCHES, FUNCTIONAL, TEMPORARY = "各党支部", "各功能型党支部", "各履职临时党支部"
ORGAN, OFFICE, RESEARCH, GROUP = f"{CITY}-organ", f"{CITY}-office", f"{CITY}-research", f"{CITY}-party-group"
INSPECTION, MEMBERS = f"{CITY}-inspection", f"{CITY}-members"
LEADER = "林修远"
OFFICE_LINE, MEMBERS_LINE, JOINT = Line.OFFICE, Line.MEMBERS, Line.JOINT


@dataclass(frozen=True)
class Item:
    """One line of a list. `due` is a number of days from today, or monthly, quarterly, after, ongoing."""

    number: str
    content: str
    content_en: str
    due: int | str
    leads: Sequence[str]  # codes of units or names of groups
    supports: Sequence[str] = ()
    measures: str = ""
    evidence: str = ""
    leader: str = ""
    heading: str = ""
    line: Line = JOINT
    starred: bool = False
    evidence_reason: str = ""
    each_member: bool = False


@dataclass(frozen=True)
class Paper:
    """A list to be: who issues it, how many days ago, under which name and number."""

    key: str
    issuer: str
    by: str
    offset: int
    title: str
    title_en: str
    number: str
    source: str
    items: Sequence[Item]
    line: Line = JOINT


ONE, TWO, THREE, FOUR = "一、两级联动", "二、委员党建", "三、机关党建", "四、从严治党"
KEY = Paper(
    "key", CITY, "city.secretary", -49, "{year}年党建工作重点任务清单", "Key party-building tasks of {year}",
    "示政协党〔{year}〕6号", "市政协党组会议",
    items=[
        Item("1", "建立市县两级政协党建联席机制", "Set up a joint party-building conference of city and counties", -21,
             [ORGAN], [COUNTY_BODIES], measures="明确成员单位、会议周期和议事规则", evidence="机制文件", leader=LEADER,
             heading=ONE, starred=True),
        Item("2", "建立履职临时党支部活动台账", "Keep an activity ledger for every temporary duty branch", -12,
             [COUNTY_BODIES], [MEMBERS], measures="每个履职临时党支部1本台账，记录人员、时间、议题、成效",
             evidence="台账", leader=LEADER, heading=ONE, line=MEMBERS_LINE, starred=True),
        Item("3", "报送党建品牌案例", "Submit a case of a party-building brand", -1, [COUNTY_BODIES], [RESEARCH],
             measures="每个县（市、区）政协报送1篇，附活动照片", evidence="案例、照片",
             evidence_reason="案例汇编需要照片", leader="秘书长", heading=ONE),
        Item("4", "报送委员会客厅党建联系点名单", "Name the party-building contact points of Members’ Lounges", 0,
             [COUNTY_BODIES], [MEMBERS], measures="每个委员会客厅明确1名党建指导员", evidence="名单", leader=LEADER,
             heading=ONE, line=MEMBERS_LINE),
        Item("5", "开展党建工作自查", "Check one’s own party-building work", -26, [COUNTY_BODIES],
             measures="对照年度要点逐条自查，列出问题和措施", evidence="自查表", heading=ONE),
        Item("6", "报送党建信息", "Send in party-building news", "monthly", [COUNTY_BODIES], [RESEARCH],
             measures="每月不少于1条", evidence="信息", heading=ONE),
        Item("7", "建立党员委员联系党外委员名单", "List which party member keeps contact with which non-party member",
             2, [COMMITTEES], [COUNTY_BODIES], measures="每名党外委员有1名党员委员联系", evidence="联系名单",
             leader=LEADER, heading=TWO, line=MEMBERS_LINE),
        Item("8", "开展功能型党支部特色活动", "Hold a distinctive activity in every functional branch", 40,
             [FUNCTIONAL], [f"{CITY}-committee-office"], measures="结合协商调研开展", evidence="活动记录", heading=TWO,
             line=MEMBERS_LINE),
        Item("9", "履职临时党支部活动报备", "Register the activities of temporary duty branches", "after", [TEMPORARY],
             [ORGAN], measures="活动前3个工作日报备，会后7日内报送小结", evidence="活动小结", heading=TWO,
             line=MEMBERS_LINE),
        Item("10", "召开支部党员大会", "Hold the meeting of all branch members", "quarterly", [OFFICE_BRANCHES],
             measures="按规定召开，做好记录", evidence="会议记录", heading=THREE, line=OFFICE_LINE),
        Item("11", "党组书记讲专题党课", "The party group secretary gives a party lecture", 5, [ORGAN], [OFFICE],
             measures="覆盖全体机关党员", evidence="党课讲稿", leader="主席", heading=THREE, line=OFFICE_LINE),
        Item("12", "排查廉政风险点", "Check for integrity risks", -5, [INSPECTION], [DIVISIONS],
             measures="各处室排查并制定防控措施", evidence="排查表", leader="派驻纪检组组长", heading=FOUR,
             line=OFFICE_LINE),
        Item("13", "举办市县联动品牌展示", "Hold a joint display of city and county brands", 75, [RESEARCH],
             [COUNTY_BODIES], measures="集中展示各地党建品牌", evidence="展示方案", leader=LEADER, heading=ONE),
        Item("14", "开展党员先锋岗评比", "Judge the party members’ model posts", 20, [OFFICE], [DIVISIONS],
             heading=THREE, line=OFFICE_LINE),
        Item("15", "更新党建工作通讯录", "Keep the party-building contact list up to date", "ongoing", [OFFICE],
             [COUNTY_BODIES], measures="有变动及时更新", evidence="通讯录", heading=FOUR),
        Item("16", "与同级组织、宣传、统战部门联系协作",
             "Work with the organisation, publicity and united front departments", 30, [ORGAN],
             [INSPECTION, f"{CITY}-organisation", f"{CITY}-publicity", f"{CITY}-united-front"],
             measures="召开联席会议，确定共建事项", evidence="会议纪要", leader=LEADER, heading=FOUR),
    ],
)  # fmt: skip
HALLS = Paper(
    "halls", CITY, "city.secretary2", -16, "民生议事堂协商活动提升清单",
    "Better deliberation in the Livelihood Deliberation Halls", "示政协党〔{year}〕8号", "市政协党组会议",
    items=[
        Item("1", "公布民生议事堂党支部联系方式", "Publish how to reach the branch of each deliberation hall", 9,
             [COUNTY_BODIES], [MEMBERS], measures="在议事堂和网站公布", evidence="公布截图", leader=LEADER,
             line=MEMBERS_LINE),
        Item("2", "每个民生议事堂开展1次协商活动", "Hold one deliberation in every hall", 24, [COUNTY_BODIES],
             measures="由履职临时党支部组织会前学习", evidence="活动记录", leader=LEADER, line=MEMBERS_LINE),
        Item("3", "总结协商成果转化情况", "Sum up what the deliberations led to", 45, [COUNTY_BODIES], [RESEARCH],
             evidence="总结", line=MEMBERS_LINE),
    ],
    line=MEMBERS_LINE,
)  # fmt: skip
FRESH = Paper(
    "fresh", CITY, "city.secretary", -2, "履职临时党支部规范建设清单",
    "Putting temporary duty branches on a sound footing", "示政协党〔{year}〕9号", "市政协机关党委会议",
    items=[
        Item("1", "补齐履职临时党支部审批材料", "Complete the approval papers of temporary duty branches", 12,
             [COUNTY_BODIES], [ORGAN], measures="逐个核对批复、成员和负责人", evidence="批复文件", leader=LEADER,
             line=MEMBERS_LINE, starred=True),
        Item("2", "开展支部书记培训", "Train the branch secretaries", 26, [COUNTY_BODIES],
             measures="每名支部书记参加1次", evidence="培训记录", line=MEMBERS_LINE),
        Item("3", "建立党建指导员联系制度", "Give every lounge and hall a party-building instructor", 41,
             [COUNTY_BODIES], [MEMBERS], evidence="名单", leader=LEADER, line=MEMBERS_LINE),
        Item("4", "报送规范建设情况", "Report how it went", 60, [COUNTY_BODIES], [RESEARCH], evidence="报告",
             line=MEMBERS_LINE),
    ],
    line=MEMBERS_LINE,
)  # fmt: skip
BRANCHES = Paper(
    "branches", ORGAN, "city.secgen", -30, "机关党支部组织生活安排", "Organisational life of the office branches",
    "示政协机关党委〔{year}〕17号", "机关党委会议",
    items=[
        Item("1", "开展主题党日", "Hold the theme party day", -6, [OFFICE_BRANCHES], measures="结合履职开展",
             evidence="活动记录", line=OFFICE_LINE),
        Item("2", "报送党员学习情况", "Report on the members’ studies", -2, [OFFICE_BRANCHES], evidence="学习记录",
             line=OFFICE_LINE),
        Item("3", "开展谈心谈话", "Hold heart-to-heart talks", 18, [OFFICE_BRANCHES],
             measures="支部书记与每名党员至少1次", evidence="谈话记录", line=OFFICE_LINE),
    ],
    line=OFFICE_LINE,
)  # fmt: skip
STRICT = Paper(
    "strict", GROUP, "city.secretary", -28, "全面从严治党重点事项清单", "Full and strict party governance: main points",
    "示政协党组〔{year}〕21号", "市政协党组会议",
    items=[
        Item("1", "制定主体责任清单", "Draw up the list of principal responsibilities", -4, [ORGAN], [OFFICE],
             measures="明确党组、书记、班子成员责任", evidence="责任清单", leader="党组书记", line=OFFICE_LINE,
             starred=True),
        Item("2", "专题研究全面从严治党工作", "Discuss full and strict party governance", 10, [OFFICE], [ORGAN],
             measures="每半年至少一次", evidence="会议纪要", leader="党组书记", line=OFFICE_LINE),
        Item("3", "通报作风建设情况", "Report on conduct", -10, [INSPECTION], evidence="通报", line=OFFICE_LINE),
    ],
    line=OFFICE_LINE,
)  # fmt: skip
CLOSED = Paper(
    "closed", CITY, "city.secretary", -160, "{year}年{month}月部署党建工作清单",
    "Party-building work set in {month_en} {year}", "示政协党〔{year}〕3号", "市政协党组会议",
    items=[
        Item("1", "制定季度党建工作安排", "Plan the quarter’s party-building work", -115, [COUNTY_BODIES],
             evidence="工作安排"),
        Item("2", "开展“四季同行”联系走访", "Visit those with whom contact is kept", -96, [COMMITTEES],
             measures="每名党员委员走访不少于1次", evidence="走访记录", leader=LEADER, line=MEMBERS_LINE),
        Item("3", "召开支部委员会", "Hold the branch committee meeting", -88, [OFFICE_BRANCHES], evidence="会议记录",
             line=OFFICE_LINE),
        Item("4", "报送临时党支部活动小结", "Sum up the activities of the temporary branch", -72,
             [f"{CITY}-crafts", f"{CITY}-riverside", f"{CITY}-village-trip"], evidence="活动小结",
             line=MEMBERS_LINE),
        Item("5", "汇编党建工作简报", "Compile the party-building bulletin", -66, [RESEARCH], evidence="简报"),
    ],
)  # fmt: skip
JIA, JIA_FUNCTIONAL, JIA_HALL, JIA_LOUNGE = "demo-jia", "demo-jia-functional", "demo-jia-hall", "demo-jia-lounge"
COUNTY = Paper(
    "county", JIA, "jia.secretary", -35, "甲区政协履职党支部工作安排",
    "Work of the duty branches of Jia District CPPCC", "甲政协党组〔{year}〕12号", "甲区政协党组会议",
    items=[
        Item("1", "撰写社情民意信息1篇", "Write one report on public opinion", 2, [JIA_FUNCTIONAL],
             measures="选题贴近民生", evidence="信息", line=MEMBERS_LINE, each_member=True),
        Item("2", "走访界别群众并填写记录", "Visit people of one’s sector and keep a record", -3, [JIA_HALL],
             measures="每名党员不少于3户", evidence="走访记录", line=MEMBERS_LINE, each_member=True),
        Item("3", "提交学习心得", "Hand in notes on what was studied", -18, [JIA_FUNCTIONAL], evidence="学习心得",
             line=MEMBERS_LINE, each_member=True),
        Item("4", "参加民生议事堂协商活动", "Take part in a deliberation of the hall", -8, [JIA_HALL],
             measures="会前集中学习", evidence="活动照片", line=MEMBERS_LINE),
        Item("5", "开展主题党日", "Hold the theme party day", 6, ["demo-jia-office-branch"], evidence="活动记录",
             line=OFFICE_LINE),
        Item("6", "整理委员会客厅活动档案", "Put the lounge’s papers in order", 27, [JIA_LOUNGE], evidence="档案目录",
             line=MEMBERS_LINE),
    ],
    line=MEMBERS_LINE,
)  # fmt: skip
PAPERS = (CLOSED, KEY, COUNTY, BRANCHES, STRICT, HALLS, FRESH)
