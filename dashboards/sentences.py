"""What a board says in words: whole sentences that can be copied into a paper, each number a link to its rows (ux g.5).

A sentence is one entry of the catalogue with its numbers filled in, never glued from parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.dateformat import format as format_date
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from branches.models import Unit
from branches.templatetags.frame import HAN, briefly, day_long, day_official, in_english, named
from dashboards.addresses import Addresses
from dashboards.models import ClosedMonth
from dashboards.queries import Board, Mean
from dashboards.scopes import Measure, Scope


def say(sentence: str, **parts: object) -> SafeString:
    """A sentence with its parts filled in, each escaped unless it is markup already."""
    safe = {name: conditional_escape(part if isinstance(part, str) else str(part)) for name, part in parts.items()}
    return mark_safe(conditional_escape(sentence) % safe)


def grouped(number: int) -> str:
    """A number as every page writes it, in both languages: 1,234 (ux L08)."""
    return f"{number:,}"


def name(unit: Unit) -> SafeString | str:
    """A unit's short name in the page's language."""
    return named(unit, short=True)


def plain(unit: Unit) -> str:
    """The same without markup, for titles of charts."""
    return unit.local_name if unit.local_name != unit.name else unit.called


def label(unit: Unit, board: Board) -> str:
    """The name of a bar; among others the board's own unit says that it stands for itself alone."""
    if unit.pk == board.scope.unit.pk and len(board.groups) > 1:
        return _("%(unit)s itself") % {"unit": plain(unit)}
    return plain(unit)


def finding(board: Board, to: Addresses, *, helps: bool = False) -> SafeString:
    """The state of things in a paragraph that can be copied: what is due, what is done, what is missing and why. Which unit
    is furthest behind is told to those who have to help it, and never on paper (design 10)."""
    between = " " if in_english() else ""
    told = mark_safe(between.join(_facts(board, to)))
    first = board.furthest_behind if helps else None
    if first is None:
        return told
    unit = name(first.unit)
    if first.unit.pk == board.scope.unit.pk:
        unit = say(_("%(unit)s itself"), unit=unit)
    words = say(_("Furthest behind: %(unit)s, %(gap)s short."), unit=unit, gap=first.counts["gap"])
    return format_html('{}<span class="no-print">{}{}</span>', told, between, words)


def _facts(board: Board, to: Addresses) -> list[SafeString]:
    counts = board.counts
    if not counts["total"]:
        return [say(_nothing(board), unit=name(board.scope.unit))]
    sentences = [_how_much(board, to)]
    if counts["early"]:
        words = ngettext("%(early)s more was completed early.", "%(early)s more were completed early.", counts["early"])
        sentences.append(say(words, early=_link(to, "early", counts["early"])))
    if counts["gap"]:
        sentences.append(_gap(counts, to))
    elif counts["due"]:
        sentences.append(say(_("Everything that fell due is completed.")))
    else:
        sentences.append(say(_("Nothing has fallen due yet, so there is no on-time rate.")))
    if board.reasons:
        sentences.append(_reasons(board.reasons[:2]))
    return sentences


def recorded(board: Board) -> SafeString | str:
    """Since when the figures of a closed month stand."""
    closed = board.recorded
    if closed is None:
        return ""
    parts = {"month": month_name(closed.month), "day": day_official(closed.counted_on)}
    if closed.late:
        return say(
            _(
                "%(month)s was recorded late, as things stood on %(day)s: its end can no longer be told from the history."
            ),
            **parts,
        )
    return say(_("%(month)s is closed. Its figures stand as recorded on %(day)s."), **parts)


def was_recorded(closed: ClosedMonth, number: int) -> SafeString:
    """What a figure was when its month closed, above a list of today's rows."""
    words = _("When %(month)s closed, on %(day)s, this figure was %(number)s. The list shows today’s rows.")
    return say(
        words, month=month_name(closed.month), day=day_official(closed.counted_on), number=grouped(number)
    )  # fmt: skip


def measured(scope: Scope) -> str:
    """What a list of rows is a part of, for its head."""
    if scope.own_giving:
        return _("Of the work given by %(unit)s") % {"unit": plain(scope.unit)}
    if scope.measure == Measure.GIVEN and scope.giver:
        return _("Of the work given to %(unit)s by %(giver)s") % {
            "unit": plain(scope.unit),
            "giver": plain(scope.giver),
        }
    return _("Of all work of %(unit)s") % {"unit": plain(scope.unit)}


def _nothing(board: Board) -> str:
    if board.scope.measure == Measure.BELOW:
        return _("%(unit)s has no assignments here.")
    return _("No work has been given here.")


def _link(to: Addresses, figure: str, number: int) -> SafeString:
    return format_html('<a href="{}">{}</a>', to.rows(figure), grouped(number))


def _how_much(board: Board, to: Addresses) -> SafeString:
    counts, scope = board.counts, board.scope
    parts = {
        "day": day_long(board.on),
        "unit": name(scope.unit),
        "giver": name(scope.giver) if scope.giver else "",
        "total": _link(to, "total", counts["total"]),
        "due": _link(to, "due", counts["due"]),
        "completed": _link(to, "completed_due", counts["completed_due"]),
    }
    if scope.own_giving:
        return say(
            _(
                "As of %(day)s, work given by %(unit)s: %(total)s in all, %(due)s due, %(completed)s of those completed."
            ),
            **parts,
        )
    if scope.measure == Measure.GIVEN:
        return say(
            _(
                "As of %(day)s, work given to %(unit)s by %(giver)s: %(total)s in all, %(due)s due, "
                "%(completed)s of those completed."
            ),
            **parts,
        )
    return say(
        _("As of %(day)s, all work of %(unit)s: %(total)s in all, %(due)s due, %(completed)s of those completed."),
        **parts,
    )


def _gap(counts: dict[str, int], to: Addresses) -> SafeString:
    parts = {
        figure: _link(to, figure, counts[figure]) for figure in ("gap", "gap_overdue", "gap_in_review", "gap_in_time")
    }
    if counts["gap_in_time"]:
        return say(
            _(
                "Still missing: %(gap)s – overdue %(gap_overdue)s, in review %(gap_in_review)s, within time %(gap_in_time)s."
            ),
            **parts,
        )
    return say(_("Still missing: %(gap)s – overdue %(gap_overdue)s, in review %(gap_in_review)s."), **parts)


def _reasons(reasons: Sequence[tuple[str, int]]) -> SafeString:
    first, second = reasons[0], reasons[1] if len(reasons) > 1 else None
    parts = {"reason": briefly(first[0]), "count": first[1]}
    if second is None:
        return say(_("Main reason for late work: %(reason)s (%(count)s)."), **parts)
    return say(
        _("Main reasons for late work: %(reason)s (%(count)s) and %(reason2)s (%(count2)s)."),
        **parts, reason2=briefly(second[0]), count2=second[1],
    )  # fmt: skip


def mean(found: Mean, ratio: str) -> SafeString:
    """What the siblings did, taken together."""
    return say(
        _("The %(siblings)s other bodies taken together completed %(ratio)s of what fell due."),
        siblings=found.siblings, ratio=ratio,
    )  # fmt: skip


def bars_title(board: Board, helps: bool) -> str:
    """The finding of the bars in about ten words; without a unit's name for those who do not have to help."""
    behind = [group for group in board.groups if group.counts["gap"] > 0]
    if not behind:
        return _("No unit has a gap")
    first = board.furthest_behind
    if helps and first and _readable(plain(first.unit)):
        parts = {"unit": label(first.unit, board), "gap": first.counts["gap"], "reason": first.main_reason}
        if first.main_reason and _readable(first.main_reason):
            return _("%(unit)s is %(gap)s short, mostly: %(reason)s") % parts
        return _("%(unit)s is %(gap)s short") % parts
    return ngettext("%(count)s of %(all)s units has a gap", "%(count)s of %(all)s units have a gap", len(behind)) % {
        "count": len(behind),
        "all": len(board.groups),
    }


def _readable(text: str) -> bool:
    """Whether words may stand in a title, which cannot mark a part of itself as being in the other language (ux L06)."""
    return not (in_english() and HAN.search(text))


def heat_title(board: Board) -> str:
    """The finding of the heat map: the month with the lowest share of completed work."""
    months: dict[date, list[int]] = {}
    for group in board.groups:
        for month, counts in group.months.items():
            pair = months.setdefault(month, [0, 0])
            pair[0] += counts["completed_due"]
            pair[1] += counts["due"]
    short = {month: due - done for month, (done, due) in months.items() if due > done}
    if not short:
        return _("Every month’s work is completed")
    worst = max(short, key=lambda month: short[month])
    return _("Most is missing from %(month)s: %(gap)s") % {"month": month_name(worst), "gap": short[worst]}


def month_name(month: date) -> str:
    """A month with its year: May 2026."""
    return format_date(month, pgettext("month with its year", "F Y"))


def reasons_title(board: Board) -> str:
    """The finding of the causes, where reasons were named."""
    first = board.reasons[0][0]
    if not _readable(first):
        return _("Reasons named for late work, most frequent first")
    return _("Late mostly because: %(reason)s") % {"reason": first}
