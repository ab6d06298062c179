"""Writing made even before it is read: widths, spaces, dashes, numerals; the phrase itself is kept as written."""

from __future__ import annotations

import re
import unicodedata

from tasks.deadlines.english import in_chinese

DIGITS = {
    char: value
    for value, chars in enumerate(("〇零○", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for char in chars
}
HAN_NUMERAL = "〇零一二两三四五六七八九十廿卅百"
NUMBER = rf"(?:\d{{1,6}}|[{HAN_NUMERAL}]{{1,7}})"

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\x00-\x08\x0e-\x1f\x7f]")
_DASHES = re.compile(r"[-‐‑‒–—―−─━﹘﹣⸺⸻~∼〜˷∽ー⁓〰]+")
_ONE_AS_DASH = re.compile(r"(?<=[月日号旬底])一(?=\d)")  # 3月一9月: the numeral stands in for the dash beside it
_NEIGHBOURS = re.compile(
    r"(?<![一二三四五六七八九十])(一二|二三|三四|四五|五六|六七|七八|八九)(?=月份?|季度)"
)  # 七八月
_WEEKDAYS_IN_A_ROW = re.compile(
    r"(周|星期|礼拜)([一二三四五六日天]{2,5})(?![一二三四五六日天次个回场篇条份名人家期点时月号])"
)  # 周一三五
_ZERO_AMONG_HAN = re.compile(r"(?<=[一二三四五六七八九])0(?=[一二三四五六七八九〇0])")  # 二0二六
_QUOTES = re.compile(r"[“”\"'‘’「」『』〝〞＂`´]")
_BOOKS = re.compile(r"《[^《》]*》|〈[^〈〉]*〉")  # a title may hold a date that is nobody's deadline
_BRACKETS = str.maketrans(
    {"[": "(", "]": ")", "【": "(", "】": ")", "〔": "(", "〕": ")", "{": "(", "}": ")", "〖": "(", "〗": ")"}
)
_OTHER = str.maketrans(
    {"｡": "。", "､": "、", "﹐": ",", "﹑": "、", "○": "〇", "Ｏ": "〇", "貳": "二", "號": "号", "週": "周"}
)
_TRADITIONAL = str.maketrans("個後週點內實時長當會議續組織開學節", "个后周点内实时长当会议续组织开学节")


def even(phrase: str) -> str:
    """The phrase in one way of writing: half-width, without spaces, quotes and titles, with one dash and `;` for a line break."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", phrase[:2000]))
    text = in_chinese(text) or text
    text = text.translate(_OTHER).translate(_TRADITIONAL).translate(_BRACKETS)
    text = _BOOKS.sub("", text)
    text = _QUOTES.sub("", text)
    text = _ZERO_AMONG_HAN.sub("〇", text)
    text = re.sub(r"[\r\n\v\f\x85\u2028\u2029]+", ";", text.strip())
    text = re.sub(r"(?<=\d)\s*[·・•‧]\s*(?=\d)", ".", text)
    text = re.sub(r"[·・•‧]", "", text)
    text = re.sub(r"(?<=\d)\s+(?=\d)", "\u0001", text)  # the only space that separates: between two numbers
    text = re.sub(r"(?<=[A-Za-z])\s+(?=[A-Za-z\d])|(?<=\d)\s+(?=[A-Za-z])", "\u0001", text)
    text = re.sub(r"\s+", "", text).replace("\u0001", " ")
    text = _ONE_AS_DASH.sub("-", _DASHES.sub("-", text))
    text = _WEEKDAYS_IN_A_ROW.sub(lambda match: match[1] + "、".join(match[2]), text)
    return _NEIGHBOURS.sub(lambda match: "、".join(match[1]), text).lower()


def number(text: str) -> int | None:
    """The value of digits or of a Chinese numeral (十二, 二十六, 廿六, 二〇二六); None where it is neither."""
    if text.isascii() and text.isdigit():
        return int(text[:9])
    if not text or any(char not in HAN_NUMERAL for char in text):
        return None
    if len(text) == 4 and all(char in DIGITS for char in text):
        return int("".join(str(DIGITS[char]) for char in text))  # 二〇二六, read digit by digit
    text = text.replace("廿", "二十").replace("卅", "三十")
    total, current = 0, None
    for char in text:
        if char in ("十", "百"):
            total += (1 if current is None else current) * (10 if char == "十" else 100)
            current = None
        elif current is None or current == 0:
            current = DIGITS[char]
        else:
            return None  # two digits beside each other within a numeral: 二三十
    return total + (current or 0)


def split_brackets(text: str) -> tuple[str, list[str]]:
    """What stands outside brackets, and what stands inside each pair; an open bracket runs to the end."""
    outside, inside, depth, current = [], [], 0, ""
    for char in text:
        if char == "(":
            depth += 1
            if depth == 1:
                current = ""
                continue
        elif char == ")" and depth:
            depth -= 1
            if depth == 0:
                inside.append(current)
                continue
        elif char == ")":
            continue
        if depth:
            current += char
        else:
            outside.append(char)
    if depth and current:
        inside.append(current)
    return "".join(outside), inside
