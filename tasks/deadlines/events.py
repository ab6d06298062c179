"""Work counted from an event that has no date yet: 会后7日内, 活动前3个工作日, 会议期间, 批准成立后."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tasks.deadlines.runs import Unsure
from tasks.deadlines.tokens import T, Token

WORRYING = frozenset(
    {T.DAY, T.NUMBER, T.PART, T.WEEKDAY, T.NTH_WEEK, T.NTH_WEEKDAY, T.NTH_WORKDAY, T.NTH_MONTH, T.MD, T.DURATION, T.MONTH_EDGE,
     T.MONTH_ON, T.WEEK_ON, T.QUARTER_ON, T.DAY_ON, T.LUNAR, T.SEASON, T.MONTH, T.APPROX}
)  # fmt: skip
_CLEAR_EVENTS = re.compile(
    "(?:收到|接到|接|收文|印发|下发|发文|结束|批准|批复|通过|公布|发布|立项|交办|反馈|发生|成立|通知|文件|签订|受理|公示|任命|届满|期满|闭幕|完成|后|起)$"
)
_NO_EVENT = re.compile(
    "(?:条件|时机|时间|机会|必要|需要|可能|允许|[近短中]期)[^,;]{0,4}$|^(?:[日月号周旬季]|季度)$"
)  # 时机成熟时: nothing that will surely come
_LENGTHS = re.compile("(?:不少于|不低于|不得少于|至少|每次|时长|为期|历时|共|累计|集中)$")  # 每次不少于2小时
STARTS = re.compile("(?:召开|开始|举行|举办|开幕|启动|开会|活动|会议|大会|报到|出发|开班|选举|换届)$")
ENDS = re.compile("(?:结束|闭幕|期满|届满|完成|终止|截止|收官|验收)$")


@dataclass(frozen=True)
class After:
    """Days from an event; no number where the phrase gives none."""

    event: str
    offset: int | None
    unit: str
    asks: tuple[str, ...] = ()


class EventReader:
    """Finds the event in the tokens of one clause that names neither a time nor a rhythm."""

    def __init__(self, tokens: list[Token], text: str, start: int) -> None:
        self.tokens = tokens
        self.text = text
        self.start = start

    def name(self, end: int) -> str:
        """What stands before `end` in the clause, as the name of an event."""
        text = self.text[self.start : end]
        text = re.sub(
            r"^(?:每次|凡|各|应当?|须|需|在|自|从|于|其|以|要|必须|原则上|一般|为|是|经|且|并|完成时[限间]|时限|:)+",
            "",
            text.strip(",;。:、"),
        )
        text = re.sub(r"(?:之日起?|之后|以后|后|的|之|当|应|须|在|于|第|不超过|不得超过|不多于|最多|起)+$", "", text)
        return text[:60]

    def read(self) -> After | None:
        """会后7日内, 活动前3个工作日, 会议期间, 批准成立后: counted from something that has no date yet."""
        kinds = [token.kind for token in self.tokens]
        counted = [index for index, kind in enumerate(kinds) if kind is T.DURATION and not self._is_length(index)]
        if counted:
            return self._counted(counted[0])
        if any(kind in WORRYING for kind in kinds if kind is not T.DAY):
            return None  # 周五前: a time after all, only not which
        for index, token in enumerate(self.tokens):
            if token.kind is T.DAY and index + 1 < len(kinds) and kinds[index + 1] is T.BEFORE:
                token.used = self.tokens[index + 1].used = True
                return After(self.name(token.start), -token.values[0], "day", ("before-event",))
            event = self.name(token.start)
            if _NO_EVENT.search(event):
                continue
            if token.kind is T.AFTER and event:
                return After(event, None, "", ("event-without-number",))
            if token.kind is T.BEFORE and event:
                return After(event, 0, "day", () if ENDS.search(event) else ("before-event",))
            if token.kind in (T.DURING, T.WHEN) and event:
                return After(event, 0, "day")
            if token.kind is T.WITHIN and event:
                return After(event, 0, "day", ("event-loose",))
            if token.kind is T.WHEN and token.text in ("当日", "当天"):
                return After("", 0, "day", ("event-loose",))
        return None

    def _is_length(self, index: int) -> bool:
        """每次不少于2小时, 为期三天: how long it lasts, not when it is due."""
        token = self.tokens[index]
        token.used = not token.values[1] and bool(_LENGTHS.search(self.text[self.start : token.start]))
        return token.used

    def _counted(self, index: int) -> After:
        token = self.tokens[index]
        token.used = True
        before = self.tokens[index - 1] if index else None
        behind = self.tokens[index + 1] if index + 1 < len(self.tokens) else None
        count, unit, asks = token.values[0], token.name, [token.ask] if token.ask else []
        if count < 1 or unit in ("term", "quarter"):
            raise Unsure("not-understood", token.text)
        if unit == "hour":
            unit, asks = "day", ["hours"] if count % 24 else []
            count = -(-count // 24)
        count, unit = (count * 7, "day") if unit == "week" else (count, unit)
        count, unit = (count * 12, "month") if unit == "year" else (count, unit)
        end = before.start if before and before.kind in (T.AFTER, T.FROM, T.BEFORE) else token.start
        event = self.name(end)
        if (before and before.kind is T.BEFORE) or (behind and behind.kind is T.BEFORE):
            asks += [] if event else ["event-loose"]
            return After(event, -count, unit, tuple(asks))
        if before is None or before.kind not in (T.AFTER, T.FROM):
            doubtful = (event and not _CLEAR_EVENTS.search(event)) or (not event and not token.values[1])
            asks += ["event-loose"] if doubtful else []
        elif not event:
            asks.append("event-loose")
        if sum(other.kind is T.DURATION for other in self.tokens) > 1:
            asks.append("several-demands")
        return After(event, count, unit, tuple(asks))
