"""Deadlines as English lists write them, put into the Chinese that the reader knows: by the end of Q3 → 3季度末前.

Whole phrases only: what is not understood to its last word is left as it is, and the reader asks. `event_called` goes the
other way: what a Chinese phrase counts from, said in English.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_MONTHS = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11,
           "dec": 12}  # fmt: skip
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?:,? (?P<year>20\d\d))?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_SMALL = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10, "once": 1,
          "twice": 2, "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}  # fmt: skip
_N = r"(?P<n>\d{1,3}|a|an|one|two|three|four|five|six|seven|ten)"
_BY = r"(?:(?P<by>by|before|until|no later than|not later than|latest by|due by|due|on|in|during|at) )?(?:the )?"
_PARTS = {"end of": "底", "end": "底", "beginning of": "初", "start of": "初", "early": "上旬", "middle of": "中旬",
          "mid": "中旬", "late": "下旬", "first half of": "上半月", "second half of": "下半月", "": ""}  # fmt: skip
_PART = r"(?P<part>end of|beginning of|start of|early|middle of|mid|late|first half of|second half of)?[ -]?(?:the )?"
_QUARTER = r"(?:q ?(?P<q>[1-9])|(?P<nth>first|second|third|fourth|1st|2nd|3rd|4th) quarter)"
_TURNS = {"day": "每天", "daily": "每天", "working day": "每个工作日", "week": "每周", "weekly": "每周", "month": "每月",
          "monthly": "每月", "two months": "每两个月", "quarter": "每季度", "quarterly": "每季度", "half-year": "每半年",
          "half year": "每半年", "six months": "每半年", "half-yearly": "每半年", "year": "每年", "yearly": "每年",
          "annually": "每年", "annual": "每年"}  # fmt: skip
_TURN = (
    r"(?:(?:every|each|per|a|once an?|once every) )?(?P<turn>" + "|".join(sorted(_TURNS, key=len, reverse=True)) + ")"
)
_EACH = r"(?:of )?(?:every|each|the|a) "
_WEEKDAYS = {"monday": "一", "tuesday": "二", "wednesday": "三", "thursday": "四", "friday": "五", "saturday": "六",
             "sunday": "日"}  # fmt: skip
_UNITS = {"working day": "个工作日", "day": "日", "week": "周", "month": "个月", "hour": "小时"}
_PLAIN = {
    "长期": "ongoing|continuous|continuously|standing|permanent|long-term|long term|at all times",
    "全年": "(?:throughout|during|in the course of) the year|(?:all|whole|the whole) year(?: round)?|year-round|year round",
    "立即": "immediately|at once|without delay",
    "尽快": "as soon as possible|asap",
    "另行通知": "(?:date )?(?:to be|will be) (?:notified|announced|advised|confirmed)|tb[acn]|until further notice",
}
# What days are counted from: Chinese, its English, other words for it
_EVENTS = (
    ("会", "the meeting", "meeting|conference|session"),
    ("会议", "the meeting", ""), ("会议召开", "the meeting", ""), ("会议日", "the day of the meeting", ""),
    ("会议结束", "the end of the meeting", "end of meeting"), ("闭幕", "the close of the session", "close of session"),
    ("活动", "the activity", "activity|event"), ("活动结束", "the end of the activity", "end of activity|end of event"),
    ("培训", "the training", "training"), ("调研", "the study trip", "study trip"), ("视察", "the inspection", "inspection"),
    ("批准", "approval", "approval|approved"), ("批复", "approval", ""), ("审批", "approval", ""), ("审定", "approval", ""),
    ("批准成立", "the approval of its founding", ""), ("成立", "its founding", "founding|foundation"),
    ("印发", "issue", "issue|publication|publishing"), ("下发", "issue", ""), ("下发日", "the day of issue", ""),
    ("文件印发", "the issue of the paper", "issue of paper|issue of document"), ("通知印发", "the issue of the notice", ""),
    ("收到", "receipt", "receipt|receiving it"), ("收到通知", "receipt of the notice", "receipt of notice"),
    ("接到交办单", "receipt of the order", "receipt of order"), ("反馈", "the feedback", "feedback"),
    ("变动", "the change", "change"), ("发生", "the event", ""), ("立项", "the start of the project", "start of project"),
    ("届满", "the end of the term", "end of term"), ("换届", "the election", "election"), ("完成", "completion", "completion"),
    ("专题协商", "the deliberation", "deliberation"), ("公布", "the announcement", "announcement"),
)  # fmt: skip
_CALLED = {chinese: english for chinese, english, _others in _EVENTS}
_NAMES = {word: chinese for chinese, _english, others in _EVENTS for word in others.split("|") if word}
_NOISE = re.compile(r"^(?:向|由|对|如|各|分管领导|领导|相关|工作|重要)+|(?:日?\+|召开|之日|当日|日|[。，；;,|])+$")


def event_called(event: str) -> str:
    """An event of a Chinese phrase in English: its name, or that of its last words; else that the list names it."""
    bare = _NOISE.sub("", event.strip())
    endings = (_CALLED[bare[start:]] for start in range(len(bare)) if bare[start:] in _CALLED)
    return _CALLED.get(event) or next(endings, "") or ("the event that the list names" if _chinese(event) else event)


def in_chinese(phrase: str) -> str:
    """An English phrase as the reader knows it; "" for one that is Chinese or not understood to the last word."""
    text = " ".join(phrase.lower().replace("–", "-").replace("—", "-").replace("’", "'").split()).strip(" .;")
    if not text or _chinese(text) or not re.search("[a-z]", text):
        return ""
    for read in (_plain, _counted, _day_of_turn, _turn, _times, _range, _several, _when):
        if found := read(text):
            return found
    return ""


def _chinese(text: str) -> bool:
    return bool(re.search("[\u4e00-\u9fff]", text))


def _number(word: str) -> int:
    return _SMALL[word] if word in _SMALL else int(word)


def _plain(text: str) -> str:
    return next((chinese for chinese, words in _PLAIN.items() if re.fullmatch(words, text)), "")


def _counted(text: str) -> str:
    """Within 3 working days after the meeting."""
    unit = r"(?:calendar )?(?P<unit>working day|business day|day|week|month|hour)s?"
    found = re.fullmatch(
        rf"(?:within |in |no later than )?{_N} {unit} (?P<side>after|of|from|following|before) (?P<event>.+)", text
    )
    if not found:
        return ""
    event = re.sub(r"\b(?:the|a|an|its) ", "", found["event"])
    side = "前" if found["side"] == "before" else "后"
    unit = _UNITS[found["unit"].replace("business", "working")]
    return f"{_NAMES[event]}{side}{_number(found['n'])}{unit}{'' if side == '前' else '内'}" if event in _NAMES else ""


def _day_of_turn(text: str) -> str:
    """By the 26th of each month; every Friday; by the end of each quarter."""
    month = re.fullmatch(rf"{_BY}{_DAY} {_EACH}month", text) or re.fullmatch(
        rf"(?:monthly|every month|each month),? {_BY}{_DAY}", text
    )
    if month:
        return f"每月{int(month['day'])}日前"
    found = re.fullmatch(rf"{_BY}(?:end|last day) {_EACH}(?P<turn>month|quarter|half-year|year)", text)
    if found and re.search("every|each", text):
        return f"{_TURNS[found['turn']]}{'末' if found['turn'] == 'quarter' else '底'}前"
    found = re.fullmatch(rf"(?:every|each|weekly,? (?:by|on)) (?P<day>{'|'.join(_WEEKDAYS)})", text)
    return f"每周{_WEEKDAYS[found['day']]}" if found else ""


def _turn(text: str) -> str:
    found = re.fullmatch(_TURN, text)
    return _TURNS[found["turn"]] if found else ""


def _times(text: str) -> str:
    """At least 4 times a year; twice a quarter."""
    found = re.fullmatch(
        r"(?P<least>at least |no fewer than |not less than )?(?:(?P<word>once|twice)|" + _N + r" times?) (?:a|an|per|each|every) "
        r"(?P<turn>week|month|quarter|half-year|year)", text,
    )  # fmt: skip
    if not found:
        return ""
    return f"{_TURNS[found['turn']]}{'不少于' if found['least'] else ''}{_number(found['word'] or found['n'])}次"


def _range(text: str) -> str:
    """From March to June, 1 March – 30 June."""
    found = re.fullmatch(r"(?:from |between )?(.+?) ?(?:\bto\b|\bthrough\b|\buntil\b|-|\band\b) ?(.+)", text)
    if not found or (" and " in text and not text.startswith("between ")):
        return ""
    first, last = (_when(part) for part in found.groups())
    return f"{first.removesuffix('前')}至{last.removesuffix('前')}" if first and last else ""


def _several(text: str) -> str:
    """By 30 June and 30 November; June, September and November."""
    parts = [part for part in re.split(r", (?!20\d\d)|; ?| and ", text) if part]
    read = [_when(part) for part in parts]
    return "、".join(read) if len(parts) > 1 and all(read) else ""


def _when(text: str) -> str:
    """One day or part of the year: by 30 June, mid-May, end of Q3, the second half of the year."""
    readers: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
        (rf"{_BY}{_DAY}(?: of)? (?P<month>{_MONTH}){_YEAR}", lambda m: f"{_month(m)}{int(m['day'])}日"),
        (rf"{_BY}(?P<month>{_MONTH}) {_DAY}{_YEAR}", lambda m: f"{_month(m)}{int(m['day'])}日"),
        (rf"{_BY}{_PART}(?P<month>{_MONTH}){_YEAR}", lambda m: _month(m) + _PARTS[m["part"] or ""]),
        (
            rf"{_BY}{_PART}{_QUARTER}(?: of)?(?: the year)?{_YEAR}",
            _quarter,
        ),
        (
            rf"{_BY}(?:end of (?:the )?(?:year(?: (?P<year>20\d\d))?|(?P<at>20\d\d))|year[ -]?end|end of year)",
            _years_end,
        ),
        (rf"{_BY}(?:middle of the year|mid-year|mid year)", lambda m: "年中"),
        (rf"{_BY}(?:(?P<nth>first|second) half of (?:the )?(?:year|(?P<year>20\d\d))|h(?P<h>[12]))", _half),
    )
    for pattern, say in readers:
        if found := re.fullmatch(pattern, text):
            return say(found) + ("前" if (found["by"] or "") in _LATEST else "")
    return ""


_LATEST = {"by", "before", "until", "no later than", "not later than", "latest by", "due by", "due"}


def _month(found: re.Match[str]) -> str:
    return (f"{found['year']}年" if found["year"] else "") + f"{_MONTHS[found['month'][:3]]}月"


def _quarter(found: re.Match[str]) -> str:
    edge = {"底": "末", "初": "初"}.get(_PARTS[found["part"] or ""], "")
    year = f"{found['year']}年" if found["year"] else ""
    return f"{year}第{found['q'] or _SMALL[found['nth']]}季度{edge}"


def _years_end(found: re.Match[str]) -> str:
    year = found["year"] or found["at"]
    return f"{year}年底" if year else "年底"


def _half(found: re.Match[str]) -> str:
    first = (found["nth"] or "") == "first" or found["h"] == "1"
    return (f"{found['year']}年" if found["year"] else "") + ("上半年" if first else "下半年")
