"""What the page "more time" reads: the rows that a later date would reach, and the people who hear of it (ux SEC-7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, QuerySet

from branches.models import Post, User
from branches.models.words import active_q
from tasks.models import Assignment, TaskList
from tasks.rules import Actor, given_q
from tasks.states import DESK, MOVES, ListStage, Stage


@dataclass(frozen=True)
class Narrowed:
    """Which rows are meant: of these tasks, units, occurrences, or these very rows; empty: all of a list, none without."""

    tasks: Sequence[int] = ()
    units: Sequence[int] = ()
    periods: Sequence[int] = ()
    rows: Sequence[int] = ()

    def of(self, task_list: TaskList, user: User, on: date) -> QuerySet[Assignment]:
        """Every dated row of the list that is meant, whatever its stage."""
        return self._among(Assignment.objects.visible_to(user, on).filter(list=task_list, due_on__isnull=False))

    def given_by(self, actor: Actor) -> QuerySet[Assignment]:
        """These very dated rows, as far as this person keeps the desk that gave them; of whatever lists."""
        found = Assignment.objects.visible_to(actor.user, actor.on).filter(given_q(actor), due_on__isnull=False)
        return found.filter(pk__in=self.rows, list__stage=ListStage.ISSUED)

    def _among(self, found: QuerySet[Assignment]) -> QuerySet[Assignment]:
        for name, wanted in [
            ("task_id", self.tasks),
            ("unit_id", self.units),
            ("period_id", self.periods),
            ("pk", self.rows),
        ]:
            if wanted:
                found = found.filter(**{f"{name}__in": wanted})
        return found


def reached(meant: QuerySet[Assignment], most: int) -> list[Assignment]:
    """The rows that still have to be reported, in printed order; one more than `most` at the utmost."""
    rows = meant.filter(stage__in=MOVES["lengthen"].sources)
    rows = rows.select_related("task__text", "task__list", "unit", "person", "period", "source")
    return list(rows.order_by("task__position", "unit_path", "due_on", "pk")[: most + 1])


def left_out(meant: QuerySet[Assignment]) -> dict[str, int]:
    """How many rows of the same choice stay as they are: in review, completed, stopped."""
    rest = meant.exclude(stage__in=MOVES["lengthen"].sources).values("stage").order_by().annotate(n=Count("pk"))
    found = {row["stage"]: row["n"] for row in rest}
    return {stage.value: found[stage] for stage in (Stage.REPORTED, Stage.COMPLETED, Stage.STOPPED) if stage in found}


def next_ones(rows: Iterable[Assignment]) -> set[int]:
    """Of each task, step and unit the occurrence that is due first: a later date for all of them at once is rarely meant."""
    found: dict[tuple[int, int, int, int | None], int] = {}
    for row in rows:
        found.setdefault((row.task_id, row.step_id, row.unit_id, row.person_id), row.pk)
    return set(found.values())


@dataclass
class Reached:
    """One row with the people who hear of its new date."""

    row: Assignment
    people: list[User] = field(default_factory=list)


def with_people(rows: Collection[Assignment], on: date) -> list[Reached]:
    """The person named for each row, else whoever keeps the desk of its unit that day; one query."""
    posts = Post.objects.filter(
        active_q(on), unit__in={row.unit_id for row in rows}, role__in=DESK, user__is_active=True
    )
    desks: dict[int, dict[int, User]] = defaultdict(dict)
    for post in posts.select_related("user").order_by("pk"):
        desks[post.unit_id][post.user_id] = post.user
    return [Reached(row, [row.person] if row.person else list(desks[row.unit_id].values())) for row in rows]
