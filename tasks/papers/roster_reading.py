"""A roster as offices write it, read into rows of words: columns by their many headings, names and numbers cleaned.

Pure: no database. `read_roster(grid)` is the door; which people and units the words mean is `tasks.papers.roster`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext_lazy, pgettext_lazy

from branches.models import Standing
from branches.roles import Role
from tasks.papers.columns import HEADER_ROWS_LOOKED_AT, LONGEST_HEADER, even
from tasks.papers.grid import Grid, as_text

COLUMNS = {  # key → the word of the screen; the order of the blank sheet and of the export
    "name": pgettext_lazy("person", "Name"),
    "phone": gettext_lazy("Phone"),
    "work": gettext_lazy("Employer and duty"),
    "standing": gettext_lazy("Party membership"),
    "joined": gettext_lazy("CPC member since"),
    "term": gettext_lazy("Term"),
    "sector": gettext_lazy("Sector"),
    "committee": gettext_lazy("Special committee"),
    "branch": gettext_lazy("Party branch"),
    "contact": gettext_lazy("CPC member who keeps contact"),
    "unit": gettext_lazy("Unit"),
    "title": gettext_lazy("Title"),
    "role": gettext_lazy("Role"),
    "username": gettext_lazy("User name"),
    "email": gettext_lazy("Email"),
}
HEADINGS = (  # of the blank sheet and of the export, in the same order: data of the paper, not words of the screen
    "姓名", "手机", "单位职务", "政治面貌", "入党时间", "届次", "界别", "专委会", "党支部", "联系党员委员", "任职单位",
    "职务", "角色", "用户名", "邮箱",
)  # fmt: skip
NOT_KEPT = "not_kept"  # recognised, and not kept because no work needs it
_NAMES = {
    "name": "(?:委员|党员|人员|干部|成员)?姓名 名字 (?:full)?names? (?:member|person)s?",
    "phone": """
        (?:手机|移动电话|联系电话|电话|联系方式|手机号|手机号码|电话号码|本人手机|联系手机|移动电话号码|办公电话)
        (?:mobile|cell)?phone(?:number|no)? mobile(?:number)? tel(?:ephone)?
        """,
    "work": """
        (?:工作|所在|现)?单位[及和与]?(?:现任)?职[务称](?:职称)? 单位职务 工作单位 现任职务 身份职务 单位[及和与]职务[及和与]?职称
        工作单位[及和与]职务职称 employer(?:andduty)? work employment
        """,
    "standing": "政治面貌 党派 党派团体 所属党派 是否党员 是否中共党员 党员类别 面貌 (?:party)?(?:membership|standing) party",
    "joined": "入党(?:时间|日期|年月) 参加党派时间 加入(?:中国)?共产党(?:时间|日期) (?:cpc)?membersince joined",
    "term": "届次 届 届别 政协届次 所属届次 term",
    "sector": "界别 所属界别 所在界别 界别名称 sector",
    "committee": "(?:所在|所属)?(?:专委会|专门委员会|专委|委室|所属专委会名称) (?:special)?committee",
    "branch": """
        (?:所在|所属)?(?:功能型|履职|临时|履职临时|机关)?(?:党)?支部(?:名称)? (?:所在|所属)?党组织(?:名称)? (?:party)?branch
        """,
    "contact": """
        (?:联系|结对|联系的|结对的)(?:中共)?党员(?:委员)?(?:姓名)? 联系委员 联系人 结对委员 党员联系人
        contact(?:member|person)? cpcmemberwhokeepscontact
        """,
    "unit": "任职(?:单位|机构|部门|处室) 所在(?:单位|部门|处室|机构) 部门 处室 机构 政协任职单位 单位 units? department",
    "title": "职务 政协职务 岗位 任职 职位 title position",
    "role": "角色 系统角色 权限 role",
    "username": "用户名 账号 登录名 帐号 username account login",
    "email": "(?:电子)?(?:邮箱|邮件)(?:地址)? e?mail(?:address)?",
    "number": "序号 编号 no nr number #",
    NOT_KEPT: """
        性别 民族 出生(?:年月|日期|时间) 年龄 籍贯 学历 学位 文化程度 身份证(?:号|号码)? 证件号码? 地址 住址 备注 说明
        全日制教育 职称 毕业院校 (?:gender|sex) nation(?:ality)? (?:date)?(?:of)?birth age education remarks? notes? id
        """,
}
_PATTERNS = {name: re.compile("|".join(words.split())) for name, words in _NAMES.items()}
_PARENS = re.compile(r"[(（][^()（）]*[)）]")
_HAN_SPACE = re.compile(r"(?<=[\u3400-\u9fff])[\s\u3000]+(?=[\u3400-\u9fff])")
_SECTOR_ROW = re.compile(
    r"^[一二三四五六七八九十\d、.．\s]*([\u3400-\u9fff、（）()]{1,24}?界)别?[\s(（共]*\d*\s*[人名]?[)）]?$"
)
_DAY = re.compile(r"^(\d{4})[-./年]?(\d{1,2})?[-./月]?(\d{1,2})?日?(?:\s.*)?$")
_STANDINGS = (
    (Standing.Kind.PROBATIONARY, re.compile("预备|probation")),
    (Standing.Kind.NONE, re.compile("非中共|非党|不是|^否$|^no$|non|notacpc|无党派|群众|团员")),
    (Standing.Kind.FULL, re.compile("中共|共产|^党员$|正式党员|^是$|^yes$|cpc|full")),
    (Standing.Kind.NONE, re.compile("民革|民盟|民建|民进|农工|致公|九三|台盟|民主党派|independent|none")),
)
_ROLES = {
    Role.SECRETARY: "党务干部 党务工作者 secretary party-affairssecretary",
    Role.HEAD: "负责人 单位负责人 支部书记 head",
    Role.LEADER: "领导 分管领导 leader",
    Role.MEMBER: "成员 普通成员 委员 member",
    Role.INSTRUCTOR: "党建指导员 指导员 instructor party-buildinginstructor",
    Role.TREE_ADMIN: "组织管理员 管理员 admin organisationadmin tree_admin",
    Role.AUDITOR: "审计员 auditor",
    Role.LIAISON: "联络员 liaison",
}
_ROLE_OF = {word: role for role, words in _ROLES.items() for word in words.split()}
ROLE_WORDS = {role: words.split()[0] for role, words in _ROLES.items()}  # as the export writes them
STANDING_WORDS = {
    Standing.Kind.FULL: "中共党员",
    Standing.Kind.PROBATIONARY: "中共预备党员",
    Standing.Kind.NONE: "非中共党员",
}
_DIGITS = "零一二三四五六七八九"
MOBILE = 11  # digits of a mobile number; shorter ones are office lines that several people share


@dataclass(frozen=True)
class RosterRow:
    """One person as written: the row's number in the file, and the words of each column."""

    number: int
    cells: Mapping[str, str]

    def said(self, column: str) -> str:
        """What stands in a column; nothing where it is empty or missing."""
        return self.cells.get(column, "")


@dataclass
class RosterReading:
    """Rows of a roster, and which column was taken for what."""

    rows: list[RosterRow] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)
    heads: list[str] = field(default_factory=list)
    samples: list[str] = field(default_factory=list)
    header_row: int = 0
    not_kept: list[str] = field(default_factory=list)  # headings that are known and whose entries are not kept


def column_named(heading: str) -> str:
    """The column that a heading names; "" where it is unknown."""
    plain = even(heading) or heading.strip()
    if not plain or len(plain) > LONGEST_HEADER:
        return ""
    return next((name for name, pattern in _PATTERNS.items() if pattern.fullmatch(plain)), "")


def roster_score(grid: Grid) -> int:
    """How much a sheet looks like a roster: how many of its columns are known, none without a column of names."""
    found = _header(grid)
    return len(found[1]) if found else 0


def _header(grid: Grid) -> tuple[int, dict[str, int]] | None:
    best: tuple[int, dict[str, int]] | None = None
    for top, row in enumerate(grid.rows[:HEADER_ROWS_LOOKED_AT]):
        columns: dict[str, int] = {}
        for place, cell in enumerate(row):
            name = column_named(as_text(cell))
            if name and name not in (NOT_KEPT, "number"):
                columns.setdefault(name, place)
        if "name" in columns and (best is None or len(columns) > len(best[1])):
            best = (top, columns)
    return best


def read_roster(grid: Grid, chosen: Mapping[str, int] | None = None, header: int | None = None) -> RosterReading:
    """The people of a grid. `chosen` and `header` (places counted from 0) are what somebody matched by hand.

    Cells merged over several rows count for each of them, and a row that holds nothing but a sector ("经济界（12人）") names
    the sector of the rows below it. Empty where no column of names is found.
    """
    found = _header(grid)
    top = header if header is not None else found[0] if found else 0
    columns = dict(chosen if chosen is not None else found[1] if found else {})
    columns = {name: place for name, place in columns.items() if name in COLUMNS and 0 <= place < grid.width}
    texts = list(grid.texts())
    reading = RosterReading(columns=columns, header_row=grid.numbers[top] if texts else 0)
    if not texts:
        return reading
    reading.heads = texts[top]
    below = texts[top + 1 :]
    reading.samples = [next((row[place] for row in below if row[place]), "") for place in range(grid.width)]
    reading.not_kept = [head for head in texts[top] if column_named(head) == NOT_KEPT]
    if "name" not in columns:
        return reading
    over, sector = grid.merged_over(), ""
    for place in range(top + 1, len(texts)):
        if heading := _sector_row(texts[place]):
            sector = heading
            continue
        row = _person_row(texts, place, columns, over)
        if not any(row.values()) or column_named(row["name"]) == "name":  # empty, or the header again on a later page
            continue
        if sector and not row.get("sector"):
            row["sector"] = sector
        reading.rows.append(RosterRow(grid.numbers[place], row))
    return reading


def _sector_row(cells: list[str]) -> str:
    filled = [cell for cell in cells if cell]
    found = _SECTOR_ROW.match(filled[0]) if len(filled) == 1 else None
    return found[1] if found else ""


def _person_row(
    texts: list[list[str]], place: int, columns: Mapping[str, int], over: Mapping[tuple[int, int], tuple[int, int]]
) -> dict[str, str]:
    row = {}
    for name, column in columns.items():
        upper, left = over.get((place, column), (place, column))
        text = texts[upper][left] if left == column and name != "name" else texts[place][column]
        row[name] = cleaned(name, text)
    return row


def cleaned(column: str, text: str) -> str:
    """An entry as it is kept: names without the spaces and brackets that offices put into them."""
    text = " ".join(text.split())
    if column in ("name", "contact"):
        return _HAN_SPACE.sub("", _PARENS.sub("", text).strip())
    return text


def digits(phone: str) -> str:
    """A phone number as it is compared: its digits, of a mobile number without the country's."""
    found = "".join(letter for letter in phone if letter.isascii() and letter.isdigit())
    return found[-MOBILE:]


def is_mobile(phone: str) -> bool:
    """Whether a number belongs to one person; office lines are shared."""
    found = digits(phone)
    return len(found) == MOBILE and found.startswith("1")


def standing_of(text: str) -> str | None:
    """What a party membership as written means for the CPC; "" for an empty one, None where it is unknown."""
    plain = even(text) or text.strip()
    if not plain:
        return ""
    return next((kind for kind, pattern in _STANDINGS if pattern.search(plain)), None)


def role_of(text: str) -> Role | None:
    """The role that a word names; None where none does. A system admin is never made from a paper."""
    return _ROLE_OF.get("".join(text.lower().split()))


def day_of_text(text: str) -> date | None:
    """A day as rosters write it (1998.07, 1998年7月1日, 1998); its first day where the rest is missing."""
    found = _DAY.match(text.strip())
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None


def term_key(text: str) -> str:
    """A term as it is compared: "第八届", "8届" and "八届委员会" are one."""
    plain = re.sub(r"[第届委员会政协\s]|全体|term", "", text.lower())
    return re.sub(r"\d+", lambda found: _numeral(int(found[0])), plain)


def _numeral(number: int) -> str:
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones or not tens else "")
