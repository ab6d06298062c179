"""Days that offices name instead of dating: 国庆前, "七一"前, 春节前.

Lunar days come from a table of known years; beyond it a festival is not guessed.
"""

from __future__ import annotations

from datetime import date

FIXED = {
    "元旦": (1, 1),
    "三八": (3, 8),
    "妇女节": (3, 8),
    "植树节": (3, 12),
    "国家安全教育日": (4, 15),
    "五一": (5, 1),
    "劳动节": (5, 1),
    "五四": (5, 4),
    "青年节": (5, 4),
    "六一": (6, 1),
    "儿童节": (6, 1),
    "七一": (7, 1),
    "建党节": (7, 1),
    "建党纪念日": (7, 1),
    "建党周年": (7, 1),
    "党的生日": (7, 1),
    "八一": (8, 1),
    "建军节": (8, 1),
    "教师节": (9, 10),
    "人民政协成立纪念日": (9, 21),
    "政协成立纪念日": (9, 21),
    "烈士纪念日": (9, 30),
    "国庆": (10, 1),
    "十一": (10, 1),
    "记者节": (11, 8),
    "国家宪法日": (12, 4),
    "宪法日": (12, 4),
    "国家公祭日": (12, 13),
}
_LUNAR_COLUMN = {"春节": 0, "端午": 1, "中秋": 2, "重阳": 3}
_RELATED = {"除夕": ("春节", -1), "大年三十": ("春节", -1), "元宵": ("春节", 14)}

# first day of the lunar year, 5th of the 5th, 15th of the 8th, 9th of the 9th month, as month and day
_LUNAR = {
    2020: "0125 0625 1001 1025",
    2021: "0212 0614 0921 1014",
    2022: "0201 0603 0910 1004",
    2023: "0122 0622 0929 1023",
    2024: "0210 0610 0917 1011",
    2025: "0129 0531 1006 1029",
    2026: "0217 0619 0925 1018",
    2027: "0206 0609 0915 1008",
    2028: "0126 0528 1003 1026",
    2029: "0213 0616 0922 1016",
    2030: "0203 0605 0912 1005",
    2031: "0123 0624 1001 1024",
    2032: "0211 0612 0919 1012",
    2033: "0131 0601 0908 1001",
    2034: "0219 0620 0927 1020",
    2035: "0208 0610 0916 1009",
    2036: "0128 0530 1004 1027",
    2037: "0215 0618 0924 1017",
    2038: "0204 0607 0913 1007",
    2039: "0124 0527 1002 1026",
    2040: "0212 0614 0920 1014",
}
NAMES = sorted({*FIXED, *_LUNAR_COLUMN, *_RELATED, "清明"}, key=len, reverse=True)
STATUTORY = frozenset({"元旦", "春节", "除夕", "清明", "五一", "劳动节", "端午", "中秋", "国庆", "十一"})
BARE_NUMERALS = ("三八", "五一", "五四", "六一", "七一", "八一", "十一")
"""Names that are numerals too: 五一 is a festival, 十一月 is a month."""


def festival(name: str, year: int) -> date | None:
    """The day that `name` falls on in `year`; None where the table does not reach."""
    if name in FIXED:
        return date(year, *FIXED[name])
    if name == "清明":
        # the rule of thumb for the 21st century, exact for 2001 to 2099
        return date(year, 4, int((year % 100) * 0.2422 + 4.81) - (year % 100) // 4) if 2001 <= year <= 2099 else None
    base, days = _RELATED.get(name, (name, 0))
    row = _LUNAR.get(year)
    if row is None or base not in _LUNAR_COLUMN:
        return None
    month_day = row.split()[_LUNAR_COLUMN[base]]
    day = date(year, int(month_day[:2]), int(month_day[2:]))
    return date.fromordinal(day.toordinal() + days)
