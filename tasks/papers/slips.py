"""What stands on the paper of a supervision slip: of one that was issued, or of one that is only being written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from branches.clock import day_of
from tasks import slips as rules
from tasks.actions.slips import SlipPlan
from tasks.models import Assignment, Slip, SlipWords
from tasks.papers.out.slip import SlipPaper, official_day
from tasks.queries.slips import SlipSheet, files, names

# Words of the paper, which is Chinese whatever the language of the page (file 07 of the users' forms)
FEEDBACK = {
    Slip.Feedback.ONCE: "一次性反馈",
    Slip.Feedback.WEEKLY: "定期反馈，每周一次",
    Slip.Feedback.MONTHLY: "定期反馈，每月一次",
    Slip.Feedback.QUARTERLY: "定期反馈，每季度一次",
}
WITHDRAWN = "本件已于{day}撤回：{reason}"


def paper_of(sheet: SlipSheet) -> SlipPaper:
    """The paper of an issued slip."""
    slip = sheet.slip
    withdrawn = sheet.withdrawn
    note = WITHDRAWN.format(day=official_day(day_of(withdrawn.at)), reason=withdrawn.text) if withdrawn else ""
    return _paper(
        issuer=slip.issuer.name,
        number=slip.called,
        level=slip.level_name,
        matter=slip.matter,
        lead=slip.lead.name,
        supports=[one.name for one in names(slip.support_units)],  # type: ignore[attr-defined] # fetched along
        instructed_by=slip.instructed_by.name,
        leading=[one.name for one in names(slip.leading_people)],  # type: ignore[attr-defined] # fetched along
        supporting=[one.name for one in names(slip.supporting_people)],  # type: ignore[attr-defined] # fetched along
        content=slip.content,
        subjects=_subjects(
            [row for row, _open in sheet.rows], slip.task.text.content if slip.task and slip.task.text else ""
        ),
        feedback=slip.feedback,
        due_on=slip.due_on,
        days=[day.due.due_on for day in sheet.days],
        contact=slip.contact,
        phone=slip.phone,
        files=[one.name for one in files(slip.own_files)],  # type: ignore[attr-defined] # fetched along
        day=slip.issued_on,
        made_at=slip.at,
        note=note,
    )


def paper_of_plan(plan: SlipPlan, words: SlipWords, on: date) -> SlipPaper:
    """The paper as it would be issued on that day; its number is given when it is."""
    return _paper(
        issuer=plan.body.name,
        number=f"{words.prefixes[plan.level - 1]}〔{on.year}〕　号",
        level=words.names[plan.level - 1],
        matter=plan.matter,
        lead=plan.lead.name,
        supports=[unit.name for unit in plan.supports],
        instructed_by=plan.instructed_by.name,
        leading=[one.name for one in plan.leading],
        supporting=[one.name for one in plan.supporting],
        content=plan.content,
        subjects=_subjects(plan.rows, plan.task.text.content if plan.task and plan.task.text else ""),
        feedback=plan.feedback,
        due_on=plan.due_on,
        days=rules.days(plan.feedback, on, plan.due_on),
        contact=plan.contact,
        phone=plan.phone,
        files=[file.name for file in plan.files],
        day=on,
    )


def _subjects(rows: Iterable[Assignment], task: str) -> list[str]:
    found = []
    for row in rows:
        text = row.task.text
        due = f"（原定{official_day(row.due_on)}前完成）" if row.due_on else ""
        found.append(f"{row.task.number}. {text.content if text else ''}{due}")
    return found or ([task] if task else [])


def _paper(
    *,
    issuer: str,
    number: str,
    level: str,
    matter: str,
    lead: str,
    supports: Sequence[str],
    instructed_by: str,
    leading: Sequence[str],
    supporting: Sequence[str],
    content: str,
    subjects: Sequence[str],
    feedback: str,
    due_on: date,
    days: Sequence[date],
    contact: str,
    phone: str,
    files: Sequence[str],
    day: date,
    made_at: datetime | None = None,
    note: str = "",
) -> SlipPaper:
    """The lines of the form; those that hold nothing are left out, but for the ones that every slip has."""
    answers = [FEEDBACK[Slip.Feedback(feedback)]]
    if len(days) > 1:
        answers.append("、".join(official_day(one) for one in days))
    rows: list[tuple[str, Sequence[str]]] = [
        ("督办事项", [matter]),
        ("督办级别", [level]),
        ("牵头单位", [lead]),
        ("配合单位", ["、".join(supports)] if supports else []),
        ("批示领导", [instructed_by]),
        ("牵头领导", ["、".join(leading)]),
        ("配合领导", ["、".join(supporting)] if supporting else []),
        ("督办内容", [line for line in content.splitlines() if line.strip()]),
        ("所涉任务", subjects),
        ("交办时限", [official_day(due_on)]),
        ("反馈要求", answers),
        ("联系人", [f"{contact}　{phone}".strip()]),
        ("附件", [f"{place}. {name}" for place, name in enumerate(files, 1)]),
        ("备注", [note] if note else []),
    ]
    return SlipPaper(
        title=f"{issuer}督办单",
        number=number,
        rows=tuple((label, tuple(lines)) for label, lines in rows if lines),
        signed=issuer,
        day=official_day(day),
        made_at=made_at,
    )
