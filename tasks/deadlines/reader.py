"""From what stands in a cell to a Reading: figures and dates, brackets, clauses."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from tasks.deadlines.clauses import Clause, ClauseReader
from tasks.deadlines.combine import combine
from tasks.deadlines.reading import Impossible, Kind, Reading, Span
from tasks.deadlines.runs import Scene, Unsure
from tasks.deadlines.scanner import scan
from tasks.deadlines.text import even, split_brackets
from tasks.deadlines.tokens import T, Token
from tasks.deadlines.vocabulary import MISSING_WORDS
from tasks.workdays import PUBLISHED, Workdays

EXCEL_EPOCH = date(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 36526, 73050  # 2000 to 2099
LONGEST = 500  # no deadline is longer; what is, is content in the wrong column
_MISSING = re.compile(rf"(?:{MISSING_WORDS})?")
_CIRCLED = re.compile("[①-⑳⑴-⒇㈠-㈩]")
_LISTED = re.compile(r"(?:^|(?<=[;。,]))\(?[1-9一二三四五六七八九]\)?[、.)](?!\d+[日号])")
_QUIET_BRACKET = re.compile(
    r"(?:含|包括|包含)?(?:当天|当日|本日|本数|当月|当年)?|含\d{1,2}日|含|[一二三四五六七八九十\d]{1,3}|[a-z]{1,4}|(?:详?见|附件|参见).{0,20}|(?:共|为期|历时)计?.{1,4}[月周天日年]|.{0,12}(?:不涉及|除外|负责|牵头|配合|提供|参加)"
)
_WEEKDAY_BRACKET = re.compile(r"\(((?:周|星期|礼拜)[一二三四五六日天])\)")
_THIS_YEAR = re.compile(
    r"(今年|本年度?|(?:20)?\d\d年)(?:时限)?(?:是|为|改为|定为)?(?=\d|[一二三四五六七八九十]|元月|年?底)"
)
_USUALLY = re.compile(r"((?:一般|通常|每年|往年|常年|例年)[^;。,]*[;。,])(?:今年|本年度?)(?=\d{1,2}[月.])")
_BEHIND = re.compile(r"^(?:排在|接在?|续|位于)(.+?)(?:之?后|后面)?$")


def read(
    phrase: str | int | float | date | None,
    year: int,
    *,
    previous: Reading | None = None,
    calendar: Workdays | None = None,
    on: date | None = None,
    listed: bool = True,
) -> Reading:
    """What a deadline means in the plan year `year`; never raises, and asks or refuses rather than guesses.

    `previous` is the reading of the step before it in the same task (1月 after 9月-12月 asks for next January). `on` is the day
    of reading, for words such as 本月底. `listed` says that the phrase stands in a list's own column of deadlines, where
    每半年一次 leaves nothing open; a bare phrase may have its fixed days elsewhere (file 05).
    """
    scene = Scene(year, on, calendar or PUBLISHED)
    written = written_as(phrase)
    made = _from_value(phrase, written, scene)
    if made is None:
        made = _from_text(written, scene, listed=listed)
    return _after_previous(made, previous, scene)


def written_as(value: str | int | float | date | None) -> str:
    """A cell's value as text, a date as its day."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return value.isoformat() if isinstance(value, date) else str(value)


def problem(phrase: str, kind: Kind, reason: str, args: tuple[str, ...] = ()) -> Reading:
    """A reading that blocks until someone chooses."""
    return Reading(phrase=phrase, kind=kind, confirm=True, reason=reason, reason_args=args)


def _from_value(value: object, written: str, scene: Scene) -> Reading | None:
    """Dates and figures; None where there is text to read."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return _on_day(written, value, scene, [] if abs(value.year - scene.year) <= 1 else ["far-year"])
    if isinstance(value, bool):
        return problem(written, Kind.UNCLEAR, "not-understood")
    figures = even(written[:40]) if isinstance(value, str) else written
    match = re.fullmatch(r"(\d{1,8})(?:\.(\d+))?", figures)
    if match is None:
        return problem(written, Kind.UNCLEAR, "number") if isinstance(value, int | float) else None
    number = int(match[1])
    if FIRST_SERIAL <= number <= LAST_SERIAL:
        day = EXCEL_EPOCH + timedelta(days=number)
        return _on_day(written, day, scene, [] if abs(day.year - scene.year) <= 1 else ["far-year"])
    if match[2] and 1 <= number <= 12:
        return _from_decimal(written, number, match[2], scene)
    if match[2] == "1" and len(match[1]) == 4:
        return _from_text(f"{number}年1月", scene, written=written, ask="lost-zero")  # 2026.1, or 2026.10 as a number
    if match[2] is None and len(match[1]) <= 2:
        return (
            _from_text(f"{number}月", scene, written=written, ask="bare-number")
            if 1 <= number <= 12
            else problem(written, Kind.UNCLEAR, "number")
        )
    if match[2] is None and len(match[1]) not in (6, 8):
        return problem(written, Kind.UNCLEAR, "number")
    return None


def _from_decimal(written: str, month: int, digits: str, scene: Scene) -> Reading:
    """A cell typed 6.30 that Excel kept as 6.3: the 3rd or the 30th, so it asks."""
    ask = "lost-zero" if len(digits) == 1 and digits in "123" else ""
    return _from_text(f"{month}月{int(digits)}日", scene, written=written, ask=ask)


def _on_day(written: str, day: date, scene: Scene, asks: list[str]) -> Reading:
    start = min(date(min(scene.year, day.year), 1, 1), day) if 1 <= scene.year <= 9999 else day
    return Reading(
        phrase=written,
        kind=Kind.BY,
        dates=(day,),
        periods=(Span(start, day),),
        confirm=bool(asks),
        reason=asks[0] if asks else "",
    )


def _from_text(text: str, scene: Scene, *, written: str | None = None, ask: str = "", listed: bool = True) -> Reading:
    phrase = text if written is None else written
    plain = even(_CIRCLED.sub(";", text))
    if _MISSING.fullmatch(plain.strip("().。;,、〃")):
        return problem(phrase, Kind.MISSING, "missing")
    if len(plain) > LONGEST:
        return problem(phrase, Kind.UNCLEAR, "too-long")
    if not 1900 < scene.year < 2200:
        return problem(phrase, Kind.UNCLEAR, "no-such-year", (str(scene.year),))
    made = _understood(plain, phrase, scene)
    if not listed and made.kind is Kind.EVERY and not made.confirm and re.fullmatch(r"每?(?:个)?半年[一1]次", plain):
        made = _asking(made, "fixed-days-elsewhere")
    if re.match(r"1、\d{1,2}月[^、]*$", plain):
        ask = ask or "one-or-several"  # 1、6月底前: January and June, or the first of several lines
    return _asking(made, ask) if ask and not made.problem else made


def _asking(made: Reading, reason: str) -> Reading:
    return replace(made, confirm=True, reason=made.reason or reason)


def _understood(plain: str, phrase: str, scene: Scene) -> Reading:
    plain = _WEEKDAY_BRACKET.sub(r"\1", plain)
    outside, inside = split_brackets(plain)
    if not outside.strip(",;。、:") and inside:
        outside, inside = inside[0], inside[1:]
    shifts = [bracket for bracket in inside if any(token.kind is T.SHIFT for token in _scan_once(bracket))]
    only = [bracket for bracket in inside if _only_this_year(bracket, scene)]
    this_year = [";今年是" + _THIS_YEAR.sub("", bracket, count=1) for bracket in only]
    made = _attempt(",".join([outside, *shifts]) + "".join(this_year), phrase, scene)
    inside = [bracket for bracket in inside if bracket not in shifts and bracket not in only]
    if len(inside) > 1 and len(made.dates) > 1 and made.kind is Kind.DATES:
        made = _asking(made, "several-demands")  # 6月底前（市级）、7月底前（县级）
    for bracket in inside:
        made = _with_bracket(made, bracket, phrase, scene)
    return made


def _only_this_year(bracket: str, scene: Scene) -> bool:
    """4月底（今年8月15日前）: the exception of this year stands in brackets."""
    match = _THIS_YEAR.match(bracket)
    if match is None:
        return False
    figures = re.sub(r"\D", "", match[1])
    return not figures or int(figures) in (scene.year, scene.year % 100)


def _attempt(plain: str, phrase: str, scene: Scene) -> Reading:
    """The reading of text without brackets; words that name no real time become a problem with its reason."""
    if len(re.findall(_LISTED, plain)) > 1:
        plain = _LISTED.sub("", plain)
    plain = _USUALLY.sub(r"\1今年是", plain)
    try:
        clauses = _before_colon(plain, scene)
        return combine(clauses or _clauses(_scanned(plain), plain, scene), scene, phrase)
    except Impossible as error:
        return problem(phrase, Kind.UNCLEAR, error.reason, error.reason_args)
    except Unsure as error:
        return _refused(plain, phrase, error)
    except (ValueError, OverflowError, IndexError):  # a figure beyond the calendar
        return problem(phrase, Kind.UNCLEAR, "not-understood")


def _refused(plain: str, phrase: str, error: Unsure) -> Reading:
    """Words without any time are missing a deadline; words with one that cannot be used are unclear."""
    if error.reason == "no-time":
        wordy = len(re.findall(r"[一-鿿]", plain)) >= 2 and not re.search(r"\d", plain)
        return problem(phrase, Kind.MISSING if wordy else Kind.UNCLEAR, "no-time")
    return problem(phrase, Kind.UNCLEAR, error.reason, error.reason_args)


def _before_colon(plain: str, scene: Scene) -> list[Clause]:
    """3月：举办庆三八节活动: the time stands before the colon, and what follows is the work; nothing where it is not so."""
    tokens = _scanned(plain)
    colons = [index for index, token in enumerate(tokens) if token.kind is T.COLON]
    if len(colons) != 1:
        return []
    try:
        clauses = _clauses(tokens[: colons[0]], plain, scene)
    except (Impossible, Unsure):
        return []  # a label such as 时限: has no time of its own
    times = [moment for clause in clauses for moment in clause.moments]
    if any(clause.words for clause in clauses) or not (times or any(clause.cycles for clause in clauses)):
        return []
    if times and all(moment.bare_year for moment in times):
        return []  # 2026年：6月底前
    behind = tokens[colons[0] + 1 :]
    closed = any(
        first.kind in (T.MONTH, T.DAY, T.EDGE) and second.kind in (T.BEFORE, T.EDGE)
        for first, second in pairwise(behind)
    )
    if closed:
        clauses[0].asks.append("several-demands")
    return clauses


def _clauses(scanned: list[Token], plain: str, scene: Scene) -> list[Clause]:
    clauses: list[Clause] = []
    for tokens in _split(scanned):
        year = next((clause.carried_year for clause in reversed(clauses) if clause.carried_year is not None), None)
        where = scene if year is None else replace(scene, year=year)
        later = any(clause.moments or clause.cycles for clause in clauses)
        clauses.append(ClauseReader(tokens, plain, where, later=later).read())
    return clauses


@lru_cache(maxsize=4096)
def _scan_once(plain: str) -> tuple[Token, ...]:
    return tuple(scan(plain))


def _scanned(plain: str) -> list[Token]:
    return [replace(token) for token in _scan_once(plain)]


def _split(tokens: list[Token]) -> list[list[Token]]:
    """Clauses between full stops, semicolons and commas; a comma between numbers only lists them."""
    parts: list[list[Token]] = [[]]
    listable = (T.NUMBER, T.DAY, T.WEEKDAY)
    for index, token in enumerate(tokens):
        before = tokens[index - 1].kind if index else None
        behind = tokens[index + 1].kind if index + 1 < len(tokens) else None
        if token.kind is T.COMMA and before in listable and behind in (*listable, T.MONTH, T.QUARTER):
            parts[-1].append(replace(token, kind=T.ENUM))
        elif token.kind in (T.COMMA, T.STOP):
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def _with_bracket(made: Reading, bracket: str, phrase: str, scene: Scene) -> Reading:
    """What brackets add: nothing, a doubt, or the time itself."""
    if _QUIET_BRACKET.fullmatch(bracket):
        return made
    behind = _BEHIND.match(bracket)
    if behind:
        return _after_previous(made, _attempt(behind[1], phrase, scene), scene)
    inner = _attempt(bracket, phrase, scene)
    if any(token.kind is T.TENTATIVE for token in _scan_once(bracket)) and not made.problem:
        made = _asking(made, "tentative")
    if made.problem or made.kind in (Kind.NOTICE, Kind.ONGOING) or (made.kind is Kind.AFTER and made.offset is None):
        if inner.problem or (inner.kind is Kind.NOTICE and not made.problem):
            return made
        return replace(inner, phrase=phrase, confirm=True, reason="from-brackets")
    if inner.reason in ("no-time", "missing") or (inner.dates == made.dates and inner.dates):
        return made
    if inner.reason == "festival-days" and made.window_start and made.window_start <= inner.dates[0] <= made.dates[-1]:
        return made  # 3月（结合“三八”节）
    all_year = made.window_start == date(scene.year, 1, 1) and made.dates == (date(scene.year, 12, 31),)
    if (all_year and made.kind is Kind.WINDOW and inner.kind is Kind.EVERY) or (
        made.kind is Kind.EVERY and inner.kind is Kind.DATES and len(inner.dates) == len(made.dates)
    ):
        return replace(
            inner, phrase=phrase, confirm=True, reason="from-brackets"
        )  # 全年（每季度一次）, 每半年（7月、12月）
    same = inner.kind is made.kind and inner.dates == made.dates and inner.offset == made.offset and made.dates
    return made if same else _asking(made, "brackets-differ")


def _after_previous(made: Reading, previous: Reading | None, scene: Scene) -> Reading:
    """1月 behind 9月-12月 of the same task is next January, and a person is asked (domain 1.9)."""
    if (
        previous is None
        or previous.kind is not Kind.WINDOW
        or made.kind is not Kind.WINDOW
        or re.search(r"\d{4}|年", made.phrase)
    ):
        return made
    last, due = previous.dates[-1], made.dates[-1]
    if not (last.month >= 9 and due.month <= 2 and due < last and due.year == last.year == scene.year):
        return made

    def later(day: date) -> date:
        try:
            return day.replace(year=day.year + 1)
        except ValueError:
            return day.replace(year=day.year + 1, day=28)

    # the last day of February stays the last day
    moved = (
        date(due.year + 1, 3, 1) - timedelta(days=1)
        if (due + timedelta(days=1)).day == 1 and due.month == 2
        else later(due)
    )
    return replace(
        made,
        dates=(moved,),
        periods=tuple(Span(later(span.starts_on), moved) for span in made.periods),
        window_start=later(made.window_start) if made.window_start else None,
        confirm=True,
        reason="next-january",
    )
