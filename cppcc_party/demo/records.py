"""What the demo's people said about the product, and the tree's own history of the city's branches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from branches.models import Branch, BranchState, Change, Feedback, PlannedChange, Post, Unit, User
from cppcc_party.demo import words
from cppcc_party.demo.tree import CITY

PLANNED_BEFORE = -5  # days between a branch on paper and its approval
VOICES = (  # who, in which body, on which page, what, how many days ago, the answer
    (
        "city.office2",
        CITY,
        "/review/",
        "退回以后，能不能在原来的页面看到上次的意见？",
        -9,
        "可以，意见在时间线最上面一条。",
    ),
    ("jia.member2", "demo-jia", "/", "大字版的按钮很清楚。", -6, "谢谢，已记录。"),
    ("city.research2", CITY, "/lists/", "导出的表格希望带上建制顺序。", -3, ""),
    ("jia.clerk1", "demo-jia", "/lists/", "签收以后想一次指定全部责任人。", -2, ""),
)


def voices(units: dict[str, Unit], people: dict[str, User], today: date) -> None:
    """Feedback, some of it answered by the desk of the body, some still open."""
    answerers = {CITY: people["city.secretary2"], "demo-jia": people["jia.secretary"]}
    Feedback.objects.bulk_create(
        Feedback(
            by=people[key], body=units[body], page=page, text=text, at=words.at(words.days(today, offset), 10),
            answer=answer, answered_by=answerers[body] if answer else None,
            answered_at=words.at(words.days(today, offset + 1), 9) if answer else None,
        )
        for key, body, page, text, offset, answer in VOICES
    )  # fmt: skip


def planned(units: dict[str, Unit], people: dict[str, User], today: date) -> None:
    """Changes of the tree that wait for their day: a division goes under the party committee, a branch to a county, which
    may still object, and an office is to be called differently."""
    admin = people["city.admin"]
    post, city = Post.objects.get(user=admin), units[CITY]
    same = {"by": admin, "post": post, "old_body": city, "made_at": words.at(words.days(today, -1), 16)}
    research = units[f"{CITY}-research"]
    rows = [
        PlannedChange(kind="move", unit=units[f"{CITY}-personnel"], target=units[f"{CITY}-organ"],
                      effective_on=words.days(today, 21), reason="机关党建与人事工作归口", **same),
        PlannedChange(kind="move", unit=units[f"{CITY}-joint"], target=units["demo-jia"],
                      effective_on=words.days(today, 24), reason="后勤服务划转甲区", **same),
        PlannedChange(kind="rename", unit=research, effective_on=words.days(today, 30), reason="机构更名",
                      words={"name": "政策研究室", "short_name": "", "name_en": "Policy Research Office", "code": research.code},
                      **same),
    ]  # fmt: skip
    PlannedChange.objects.bulk_create(rows)
    Change.objects.bulk_create(
        Change(
            at=row.made_at, by=admin, post=post, unit=row.unit, verb="change-planned", subject=row.unit.name, reason=row.reason,
            after={"change": row.kind, "effective_on": str(row.effective_on), "target": str(row.target or "")},
        )
        for row in rows
    )  # fmt: skip


def chronicle(people: dict[str, User]) -> None:
    """How the city's branches came to be, as their pages tell it: planned, approved, active, ended."""
    admin = people["city.admin"]
    post = Post.objects.get(user=admin)
    branches = Branch.objects.filter(unit__body=post.unit).select_related("unit", "type", "platform", "approved_by")
    Change.objects.bulk_create(
        Change(at=at, by=admin, post=post, unit=branch.unit, verb=verb, subject=branch.unit.name, after=after)
        for branch in branches
        for at, verb, after in _life(branch)
    )


def _life(branch: Branch) -> Iterator[tuple[datetime, str, dict[str, str]]]:
    planned_on = words.days(branch.approved_on or branch.unit.starts_on, PLANNED_BEFORE if branch.approved_on else 0)
    after = {"name": branch.unit.name, "type": branch.type.name, "platform": str(branch.platform or "")}
    yield words.at(planned_on, 10), "branch-planned", after
    if branch.approved_on:
        after = {
            "approved_by": str(branch.approved_by), "approval_document": branch.approval_document,
            "approved_on": str(branch.approved_on),
        }  # fmt: skip
        yield words.at(branch.approved_on, 15), "branch-approved", after
    if branch.announced_on:
        yield words.at(branch.announced_on, 8), "branch-announced", {"announced_on": str(branch.announced_on)}
    if branch.activated_on:
        yield words.at(branch.activated_on, 9), "branch-activated", {"activated_on": str(branch.activated_on)}
    if branch.state == BranchState.ENDED and branch.unit.ends_on:
        yield words.at(branch.unit.ends_on, 9), "branch-ended", {"ends_on": str(branch.unit.ends_on)}
