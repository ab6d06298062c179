"""Publishing on a leader's spoken word: who gave it, on which day, who recorded it and which paper says so stay (design 4)."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import Post, User
from branches.roles import Role
from branches.writing import Invalid, once
from tasks.actions import history
from tasks.actions.publish import issue
from tasks.models import Approval, PaperDraft, TaskList
from tasks.plans import ListPlan


def issue_on_spoken_word(
    plan: ListPlan,
    approver: User,
    paper: str,
    agreed_on: date | None,
    *,
    by: User,
    op: uuid.UUID,
    now: datetime,
    draft: PaperDraft,
) -> TaskList:
    """Publish a list that a leader agreed to orally. Raises Invalid without a paper, a day up to today or another leader
    of the issuing body, and whatever `issue` raises."""

    def write() -> dict[str, Any]:
        on = day_of(now)
        leaders = Post.objects.active(on).filter(unit__body_id=plan.issuer.body_id, role__in=[Role.LEADER, Role.HEAD])
        if approver == by or not leaders.filter(user=approver).exists():
            raise Invalid(_("Choose another leader"), problems=[_("Choose another leader")])
        if not paper.strip():
            words = _("Say which paper records the agreement")
            raise Invalid(words, problems=[words])
        if agreed_on is None or agreed_on > on:
            words = _("Say on which day the leader agreed, today or earlier")
            raise Invalid(words, problems=[words])
        task_list = issue(plan, by=by, op=uuid.uuid5(op, "issue"), now=now, draft=draft)
        Approval.objects.create(
            list=task_list,
            edition=task_list.edition,
            approver=approver,
            decision=Approval.Decision.AGREED,
            asked_at=now,
            decided_on=agreed_on,
            oral=True,
            recorded_by=by,
            paper=paper.strip()[:120],
        )
        told = {"approver": approver.pk, "paper": paper.strip()[:120], "agreed_on": agreed_on.isoformat()}
        history.write([history.line("agreed", task_list=task_list, by=by, now=now, op=op, changes=told)])
        return {"list": task_list.pk}

    content = [plan.title, draft.pk, approver.pk, paper, agreed_on]
    result = once(op, "issue_on_spoken_word", write, by=by, now=now, content=content)
    return TaskList.objects.get(pk=result["list"])
