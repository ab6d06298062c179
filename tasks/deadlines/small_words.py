"""Words that change what stands beside them, and signs that part or join."""

from __future__ import annotations

from tasks.deadlines.rules import HAN, ints, num, rule, says
from tasks.deadlines.tokens import T
from tasks.deadlines.vocabulary import (
    DONE_WORDS,
    FILLER_WORDS,
    NOW_WORDS,
    ONGOING_WORDS,
    PLAIN_WORDS,
    TENTATIVE_WORDS,
    VAGUE_WORDS,
)

SMALL_WORDS = [
    rule(T.NOW, NOW_WORDS),
    rule(T.ONGOING, ONGOING_WORDS),
    rule(T.VAGUE, VAGUE_WORDS),
    rule(T.DONE, DONE_WORDS),
    rule(T.TENTATIVE, TENTATIVE_WORDS),
    rule(T.TEXT, PLAIN_WORDS),
    rule(T.FILLER, FILLER_WORDS),
    rule(T.UNTIL, r"直至|直到|持续到|持续至|延续[至到]|一直到"),
    rule(T.APPROX, "前后|左右|上下"),
    rule(T.BEFORE, r"提前(?=[\d一二两三四五六七八九十])", says(name="ahead")),
    rule(T.BEFORE, r"之前|以前|前夕?(?![后期往述款置言提景瞻沿进置]|[三两](?!天|日|周|个?月|年|小时|个?工作日|个?星期))"),
    rule(T.AFTER, r"之后|以后|过后|后(?!期|续|勤|备|方|台|果|面|半(?!个?[月年]|天|日)|者|进|顾)"),
    rule(T.FROM, r"之日起(?:算)?|之时起|之日|起始|起(?![草步来点诉用码])(?:算|计算)?|开始(?=至|到|-|每|,|$)"),
    rule(T.START, "启动|开始|着手|开工|动工"),
    rule(T.DURING, "期间|过程中|当中|期限内"),
    rule(T.WITHIN, r"之内|以内|内(?![部容控设外务涵在心])"),
    rule(T.WHEN, r"当日|当天|之时|(?<!同)时(?![限间候期效代点刻长事段政])"),
    rule(
        T.EACH,
        r"分别|各(?=(?:召开|开展|组织|举办|举行|报送?|上报|进行|讲|上|办|做|至少|不少于)*[一二两三四五六1-9]\d?[次场期回轮])",
    ),
    rule(T.RANGE, r"-|至(?![少今多于迟])|到(?![位期岗])|until|till|\bto\b"),
    rule(T.ENUM, "、"),
    rule(T.SLASH, r"[/\\|]"),
    rule(T.COMMA, ","),
    rule(T.STOP, r"[;。!?？！]"),
    rule(T.COLON, ":"),
    rule(T.AND, r"以及|和|与|及|并|&|\+|and"),
    rule(T.OR, "或者|或|or"),
    rule(T.NUMBER, r"(\d{1,6})", ints),
    rule(
        T.NUMBER,
        rf"(?<!{HAN})({HAN}{{1,3}})(?=[、,/至到和及-])|(?<=[、,/至到和及-])({HAN}{{1,3}})(?![一-鿿])",
        lambda m: {"values": (num(m[1] or m[2]),), "name": "han"},
    ),
]  # fmt: skip
