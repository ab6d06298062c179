"""A year of meetings for the demo's branches, written in bulk: held by their own rules, with honest gaps."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from activities.kinds import As, Came, Duty, Kind, MeetingState
from activities.models import Attendance, Meeting, MeetingEvent, Participation
from activities.rolls import life_of
from branches.models import Branch, BranchState, Line, Membership, Post, User
from branches.roles import Role
from cppcc_party.demo import words
from tasks.workdays import PUBLISHED

BACK = 365
STORY = uuid.UUID("0b9f2a54-6a0f-4a3e-8f1e-27c3a1f0e8d1")
PLACES = ("三楼会议室", "党员活动室", "二楼议事厅", "委员之家")
TOPICS = {
    Kind.THEME_DAY: (
        "学习全会精神",
        "重温入党誓词",
        "走进社区服务群众",
        "参观红色教育基地",
        "专题研讨履职为民",
        "读书分享会",
    ),
    Kind.ASSEMBLY: ("传达上级文件、通报支部工作", "讨论支部年度计划", "听取支部半年工作报告"),
    Kind.COMMITTEE: ("研究主题党日安排", "研究党员教育计划", "研究支部经费使用"),
    Kind.LECTURE: ("书记讲党课：委员履职与党员责任", "专题党课：作风建设"),
    Kind.LIFE: ("年度组织生活会",),
    Kind.APPRAISAL: ("民主评议党员",),
    Kind.TALK: ("支委与党员谈心谈话",),
    Kind.DUTY: ("民生议题协商", "企业走访调研", "基层议事活动"),
}
DECISIONS = ("下月主题党日到社区开展服务", "本季度每名党员联系一户困难群众", "7月底前完成读书笔记交流")
REASONS = ("出差", "病假", "参加培训")


@dataclass(frozen=True)
class Plan:
    """One meeting to be."""

    branch: Branch
    kind: Kind
    day: date
    turn: int


def hold(today: date) -> None:
    """Write the meetings of the last year, with who came, and one that is announced for the coming days."""
    branches = list(
        Branch.objects.exclude(activated_on=None).select_related("unit", "platform", "type").order_by("unit__path")
    )
    heads = _heads()
    members = _members()
    made = []
    for place, branch in enumerate(branches):
        if branch.unit_id in heads:
            for plan in _year(branch, place, today, len(members[branch.pk])):
                made.append((plan, _meeting(plan, heads[branch.unit_id])))
    rows = Meeting.objects.bulk_create([row for _plan, row in made])
    Attendance.objects.bulk_create(
        [one for (plan, _row), row in zip(made, rows, strict=True) for one in _roll(plan, row, members[plan.branch.pk])]
    )
    _write_down(rows)
    _together(rows)
    _announce(branches, heads, today)


def _heads() -> dict[int, User]:
    posts = Post.objects.filter(role=Role.HEAD, unit__branch__isnull=False).select_related("user").order_by("-pk")
    return {post.unit_id: post.user for post in posts}


def _members() -> dict[int, list[Membership]]:
    found: dict[int, list[Membership]] = defaultdict(list)
    for row in Membership.objects.order_by("pk"):
        found[row.branch_id].append(row)
    return found


def _year(branch: Branch, place: int, today: date, members: int) -> Iterator[Plan]:
    """What the branch held: its type's rhythm, and every few branches a month or a quarter left out."""
    life = life_of(branch)
    first = max(life.first, today - timedelta(days=BACK))
    bound = min(life.bound, today)
    careless = place % 4 == 2
    month, turn = date(first.year, first.month, 1), place
    while month < bound:
        turn += 1
        for kind, day_of_month in _kinds(branch, month.month, members):
            day = PUBLISHED.on_or_before(month + timedelta(days=day_of_month + place % 5))
            left_out = (careless and (turn + place) % 4 == 0) or (
                place % 7 == 3 and kind == Kind.ASSEMBLY and month.month == 6
            )
            if first <= day < bound and day.month == month.month and not left_out:
                yield Plan(branch, kind, day, turn)
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _kinds(branch: Branch, month: int, members: int) -> list[tuple[Kind, int]]:
    quarter_end = month % 3 == 0
    if branch.temporary:
        return [(Kind.DUTY, 12)] if month % 2 else [(Kind.LECTURE, 15)]
    if branch.line == Line.MEMBERS:
        found = [(Kind.THEME_DAY, 14)] if month % 3 == 2 else []
        return [*found, (Kind.LIFE, 17)] if month == 12 else found
    found = [(Kind.THEME_DAY, 9)]
    if members >= 7:
        found.append((Kind.COMMITTEE, 4))
    if quarter_end:
        found.append((Kind.ASSEMBLY, 19))
    if month in (4, 10):
        found.append((Kind.LECTURE, 22))
    if month == 12:
        found += [(Kind.LIFE, 20), (Kind.APPRAISAL, 21), (Kind.TALK, 6)]
    return found


def _meeting(plan: Plan, by: User) -> Meeting:
    topics = TOPICS[plan.kind]
    duty = [Duty.CONSULTATION, Duty.DELIBERATION, Duty.VISIT][plan.turn % 3] if plan.kind == Kind.DUTY else ""
    at = words.at(plan.day, 16, plan.turn % 60)
    return Meeting(
        branch=plan.branch, kind=plan.kind, duty=duty, held_on=plan.day, place=PLACES[plan.turn % len(PLACES)],
        platform=plan.branch.platform if duty else None,
        line=Line.JOINT if plan.kind == Kind.THEME_DAY and plan.turn % 6 == 0 else plan.branch.line,
        topic=topics[plan.turn % len(topics)],
        decisions="\n".join(DECISIONS[: plan.turn % 3]) if plan.kind in (Kind.ASSEMBLY, Kind.COMMITTEE) else "",
        state=MeetingState.HELD, by=by, recorded_at=at, recorded_on=plan.day,
    )  # fmt: skip


def _roll(plan: Plan, row: Meeting, members: Sequence[Membership]) -> Iterator[Attendance]:
    there = list({one.user_id: one for one in members if one.holds_on(plan.day)})
    for place, user in enumerate(there):
        away = place and (place * 5 + plan.turn) % 11 == 0
        came = (Came.LEAVE if (place + plan.turn) % 3 else Came.ABSENT) if away else Came.PRESENT
        note = REASONS[plan.turn % len(REASONS)] if came == Came.LEAVE else ""
        yield Attendance(meeting=row, user_id=user, came=came, capacity=As.MEMBER, note=note)


def _write_down(rows: Sequence[Meeting]) -> None:
    MeetingEvent.objects.bulk_create(
        MeetingEvent(
            meeting=row, verb="recorded" if row.state == MeetingState.HELD else "announced", at=row.recorded_at,
            by_id=row.by_id, operation=uuid.uuid5(STORY, f"{row.branch_id} {row.kind} {row.held_on}"),
        )
        for row in rows
    )  # fmt: skip


def _together(rows: Sequence[Meeting]) -> None:
    """Some theme days of an office branch with the next branch of its body that did not meet alone."""
    found = []
    for row in rows:
        if row.kind == Kind.THEME_DAY and row.line == Line.JOINT:
            others = [
                one.branch for one in rows
                if one.branch.line != row.branch.line and one.branch.unit.body_id == row.branch.unit.body_id
            ]  # fmt: skip
            partner = next((o for o in others if life_of(o).first <= row.held_on < life_of(o).bound), None)
            if partner:
                found.append(Participation(meeting=row, branch=partner))
    Participation.objects.bulk_create(found)


def _announce(branches: Sequence[Branch], heads: dict[int, User], today: date) -> None:
    """The next theme day, which members see on their first page."""
    rows = []
    for place, branch in enumerate(branches):
        day = PUBLISHED.on_or_before(today + timedelta(days=6 + place % 5))
        goes_on = branch.state == BranchState.ACTIVE and life_of(branch).first <= day < life_of(branch).bound
        if goes_on and day > today and branch.unit_id in heads and not branch.temporary and place % 2 == 0:
            plan = Plan(branch, Kind.THEME_DAY, day, place)
            row = _meeting(plan, heads[branch.unit_id])
            row.state, row.line = MeetingState.PLANNED, branch.line
            row.recorded_on, row.recorded_at = today, words.at(PUBLISHED.on_or_before(today - timedelta(days=1)), 15)
            rows.append(row)
    _write_down(Meeting.objects.bulk_create(rows))
