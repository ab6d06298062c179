"""Chinese names in Latin letters: what a search by pinyin or by initials looks at, codes, masked phones.

Filled at save by the actions (and by whoever loads people and units in bulk), so that a search is one indexed column.
"""

from __future__ import annotations

import re

from pypinyin import Style, lazy_pinyin

# Characters that a dictionary reads another way when they are surnames.
SURNAMES = {
    "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "任": "ren", "区": "ou", "查": "zha", "翟": "zhai",
    "盖": "ge", "朴": "piao", "乐": "yue", "尉": "wei", "缪": "miao", "覃": "qin", "员": "yun", "折": "she",
}  # fmt: skip
WORD = re.compile(r"[a-z0-9]+")
EASY = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read as something else on paper


def _syllables(text: str) -> list[str]:
    """The text as pinyin syllables; Latin words and digits stay as they are, signs are dropped."""
    return [part for syllable in lazy_pinyin(text, style=Style.NORMAL) for part in WORD.findall(syllable.lower())]


def pinyin(text: str) -> str:
    """The whole name, such as "shifanshizhengxie"."""
    return "".join(_syllables(text))


def initials(text: str) -> str:
    """The first letters, such as "sfszx"; digits stay whole, so that "第12支部" is found by "d12zb"."""
    return "".join(part if part.isdigit() else part[0] for part in _syllables(text))


def person_pinyin(name: str) -> str:
    """What a person is sorted and found by: the whole name, then its initials ("zengmin zm")."""
    parts = _syllables(name)
    if name[:1] in SURNAMES and parts:
        parts[0] = SURNAMES[name[0]]
    return f"{''.join(parts)} {''.join(part[0] for part in parts)}"[:120].strip()


def unit_letters(name: str, short_name: str = "") -> dict[str, str]:
    """The two columns of a unit that a search looks at; the short name counts where there is one."""
    both = [initials(name), initials(short_name)] if short_name and short_name != name else [initials(name)]
    return {"pinyin": pinyin(name)[:255], "initials": " ".join(part for part in both if part)[:60]}


def code_from(name: str, above: str = "") -> str:
    """A code for a unit that was given none: the code above it and the initials of its name."""
    own = initials(name)[:20] or "unit"
    return f"{above[:40]}-{own}" if above else own


def masked(number: str) -> str:
    """A phone number of which only the last four digits are shown."""
    return f"****{number[-4:]}" if number else ""
