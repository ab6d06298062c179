"""A phrase cut into words of time, longest and most certain first; everything else is plain text.

The order of RULES is the order of precedence: what could be misread as something shorter stands above it
(每周三次 before 周三, 5个工作日内 before 5, 十一月 before 十一).
"""

from __future__ import annotations

from tasks.deadlines.cadence_words import CADENCES
from tasks.deadlines.calendar_words import (
    DAYS,
    DURATIONS,
    FESTIVALS,
    FIGURES,
    PARTS_OF_MONTH,
    PARTS_OF_YEAR,
    RELATIVE,
    YEARS,
)  # fmt: skip
from tasks.deadlines.rules import rule
from tasks.deadlines.small_words import SMALL_WORDS
from tasks.deadlines.tokens import T, Token
from tasks.deadlines.vocabulary import NOTICE_WORDS

RULES = [
    *FIGURES, *YEARS, rule(T.NOTICE, NOTICE_WORDS), *CADENCES, *FESTIVALS, *PARTS_OF_YEAR, *RELATIVE, *DURATIONS,
    *PARTS_OF_MONTH, *DAYS, *SMALL_WORDS,
]  # fmt: skip
NUMERIC = frozenset({T.DAY, T.MONTH, T.QUARTER, T.NUMBER, T.COUNT, T.DURATION})


def scan(text: str) -> list[Token]:
    """The tokens of an even text, in order; plain characters run together as TEXT."""
    tokens: list[Token] = []
    place = 0
    while place < len(text):
        token = _match(text, place, tokens[-1].kind if tokens else None)
        if token is None:
            token = Token(T.TEXT, text[place], place, place + 1)
        _add(tokens, token)
        place = token.end
    return tokens


def _add(tokens: list[Token], token: Token) -> None:
    if token.kind is T.TEXT and tokens and tokens[-1].kind is T.TEXT:
        tokens[-1].text += token.text
        tokens[-1].end = token.end
    else:
        tokens.append(token)


def _match(text: str, place: int, before: T | None) -> Token | None:
    for one in RULES:
        if one.after is not None and before not in one.after:
            continue
        match = one.pattern.match(text, place)
        if match is None or match.end() == place:
            continue
        token = Token(one.kind, match[0], place, match.end())
        if one.says is not None:
            for name, value in one.says(match).items():
                setattr(token, name, value)
        if one.kind in NUMERIC and token.values and token.values[0] < 0:
            continue  # 十五五期: a run of numerals that is no number
        return token
    return None
