"""What a list brings along: filled 完成情况 and 佐证材料 become the first report of the row at publishing (issue 3, section 2).

Recorded by the publisher in the name of the unit, so that both names stand in the history. Whose words they are must be
clear: one lead unit in the task, or words that begin with the unit's name; the rest is said beforehand and left out.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.markings import secret_marking
from branches.models import Post, Unit, User
from tasks.actions import history
from tasks.actions.reports import TEXT_LIMIT
from tasks.actions.returns import desks_of
from tasks.dispatch import Dispatch, Share
from tasks.models import Assignment, Report
from tasks.plans import ListPlan
from tasks.states import ReceiverRole, Stage

MOVE = "first_report"
_PIECES = re.compile(r"[\n；;]+")
_COLON = re.compile(r"^\s*[:：]\s*")
_OPEN = (Stage.ISSUED, Stage.COMPLETED)  # just given, or taken over as finished


@dataclass
class Brought:
    """Which share gets which words, by its place among the shares; and what is left out, by task number, with the reason."""

    reports: dict[int, str] = field(default_factory=dict)
    left: list[tuple[str, str]] = field(default_factory=list)


def brought(plan: ListPlan, found: Dispatch) -> Brought:
    """Whose words a plan brings along. Asked by the page before publishing and by publishing itself."""
    answer = Brought()
    places = {id(share): place for place, share in enumerate(found.shares)}
    for index, task in enumerate(plan.tasks):
        leads = [share for share in found.per_task(index) if share.role == ReceiverRole.LEAD]
        for number, step in enumerate(task.steps):
            if not step.result.strip():
                continue
            for share, text in _whose(plan, leads, number, step.result, task.number, answer):
                if len(text) > TEXT_LIMIT or secret_marking(text):
                    answer.left.append((task.number, _("Its words cannot be taken as they are: too long, or marked")))
                else:
                    answer.reports.setdefault(places[id(share)], text)
    return answer


def _whose(
    plan: ListPlan, leads: Sequence[Share], number: int, text: str, task: str, answer: Brought
) -> Iterable[tuple[Share, str]]:
    units = list(dict.fromkeys(share.unit for share in leads))
    mine = [unit for unit in units if unit.body_id == plan.issuer.body_id]
    if not units:
        return
    if not mine:
        answer.left.append((task, _("Its unit belongs to another body and reports by itself")))
        return
    said = {mine[0]: text.strip()} if len(units) == 1 else _parted(text, mine)
    if not said:
        answer.left.append((task, _("It has several lead units, and the words name none of them")))
    for unit, words in said.items():
        own = [share for share in leads if share.unit == unit and share.person is None]
        if own:
            yield min(own, key=lambda share: (abs(share.step - number), share.occurrence)), words


def _parted(text: str, units: Sequence[Unit]) -> dict[Unit, str]:
    """Words that begin with a unit's name and a colon are that unit's, up to the next name."""
    said: dict[Unit, list[str]] = {}
    last: Unit | None = None
    for piece in filter(None, (part.strip() for part in _PIECES.split(text))):
        named = next(((unit, rest) for unit in units if (rest := _after_name(piece, unit)) is not None), None)
        if named:
            last = named[0]
            said.setdefault(last, []).append(named[1])
        elif last:
            said[last].append(piece)
    return {unit: "\n".join(filter(None, parts)) for unit, parts in said.items() if any(parts)}


def _after_name(piece: str, unit: Unit) -> str | None:
    for name in sorted(filter(None, {unit.name, unit.short_name}), key=len, reverse=True):
        plain = unicodedata.normalize("NFKC", piece)
        if plain.startswith(unicodedata.normalize("NFKC", name)):
            rest = plain[len(unicodedata.normalize("NFKC", name)) :]
            if _COLON.match(rest):
                return _COLON.sub("", rest).strip()
    return None


def record_first(
    plan: ListPlan,
    found: Dispatch,
    rows: Sequence[Assignment],
    source: str,
    *,
    by: User,
    post: Post | None,
    op: uuid.UUID,
    now: datetime,
) -> int:
    """Within publishing: write the words as progress of their rows; how many. `rows` are those of the shares, in order."""
    words = [(rows[place], text) for place, text in brought(plan, found).reports.items() if rows[place].stage in _OPEN]
    if not words:
        return 0
    desks = desks_of({row.unit_id for row, _text in words}, by, day_of(now))
    Report.objects.bulk_create(
        [
            Report(
                assignment=row,
                kind=Report.Kind.PROGRESS,
                text=text,
                by=by,
                at=now,
                on_behalf_of=desks.get(row.unit_id),
                post=post,
            )
            for row, text in words
        ],
        batch_size=1000,
    )
    begun = [row.pk for row, _text in words if row.stage == Stage.ISSUED]
    Assignment.objects.filter(pk__in=begun).update(stage=Stage.IN_PROGRESS, version=F("version") + 1)
    history.write(
        history.line(
            MOVE,
            row=row,
            by=by,
            post=post,
            now=now,
            op=op,
            from_stage=row.stage,
            to_stage=Stage.IN_PROGRESS if row.stage == Stage.ISSUED else row.stage,
            changes={"returned_file": source},
            on_behalf_of=desks.get(row.unit_id),
        )
        for row, _text in words
    )
    return len(words)
