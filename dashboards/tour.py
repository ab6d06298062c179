"""The two-minute tour of a demo: six real pages, each opened as the person whose work it is, with a bar that leads on and back.

Nothing is staged. A step finds its page in the data as they stand, so it works too after a visitor has done something.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from branches.models import DemoMail, User
from tasks.models import Assignment, Delivery, TaskList
from tasks.states import WITH_UNIT, ListStage

SESSION, MOVED = "tour", "tour-moved"


@dataclass(frozen=True)
class Step:
    """One page of the tour."""

    key: str
    person: str  # user name in the demo
    title: Promise
    words: Promise
    address: Callable[[User, date], str]


def _bodies(user: User, on: date) -> set[int | None]:
    return {post.unit.body_id for post in user.posts_on(on)}


def _board(user: User, on: date) -> str:
    return reverse("dashboards:board") + "#by-unit"


def _paste(user: User, on: date) -> str:
    return reverse("tasks:import") + "?sample=1"


def _sign(user: User, on: date) -> str:
    """The newest list that his body has not signed for; else the newest that it has."""
    came = Delivery.objects.filter(body__in=_bodies(user, on), list__stage=ListStage.ISSUED).order_by(
        "-list__issued_on", "-pk"
    )
    waiting = came.waiting().first()
    if waiting is not None:
        return reverse("tasks:sign", args=[waiting.list_id])
    last = came.first()
    return reverse("tasks:list", args=[last.list_id]) if last else reverse("tasks:lists")


def _report(user: User, on: date) -> str:
    """The form of the work that he has to report next."""
    own = Assignment.objects.filter(person=user, stage__in=WITH_UNIT).order_by("due_on", "pk")
    row = own.first()
    return reverse("tasks:update", args=[row.pk]) if row else reverse("home")


def _mail(user: User, on: date) -> str:
    """The newest mail to him; until one is there, his mailbox."""
    newest = DemoMail.objects.filter(to=user.email).first()
    return reverse("demo-mail", args=[newest.pk]) if newest else f"{reverse('demo-mailbox')}?to={user.email}"


def _paper(user: User, on: date) -> str:
    """The longest list that his body has issued, as it is printed."""
    lists = TaskList.objects.filter(issuer__body__in=_bodies(user, on), stage=ListStage.ISSUED, kind=TaskList.Kind.TASK)
    longest = lists.annotate(n=Count("tasks")).order_by("-n", "pk").first()
    return reverse("tasks:list-print", args=[longest.pk]) if longest else reverse("tasks:lists")


STEPS = (
    Step(
        "behind", "demo-leader", _("Who is behind, and why"),
        _("The bar is what is completed, the line what is due. The county furthest behind stands first, its main reason beside "
          "it. Every number opens the list that it counts."), _board,
    ),
    Step(
        "paste", "demo-secretary", _("Paste the list"),
        _("Rows copied out of Excel or Word, as they are: a sample lies in the box. Press Next: each deadline and unit is "
          "read and shown before anything is written."), _paste,
    ),
    Step(
        "county", "demo-county", _("A county signs and breaks it down"),
        _("What the city passed on is signed for in one press. Then the county gives it to its own branches under its own "
          "name, and the city sees how far it is."), _sign,
    ),
    Step(
        "member", "demo-member", _("A member reports on a phone"),
        _("How far it is, a sentence, send: three taps in a narrow window. No photo is asked for, and nothing typed is lost "
          "without a connection."), _report,
    ),
    Step(
        "digest", "demo-member", _("Tomorrow’s digest"),
        _("The demonstration went on to the next working day; planner and sender really ran. One message for a person and "
          "day, which leads to the very form."), _mail,
    ),
    Step(
        "print", "demo-secretary", _("On paper"),
        _("The same list as it is filed: A4, headings on every page, columns that an office knows. Print it, or take it "
          "along as Word or Excel."), _paper,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Stop:
    """Where a visitor stands."""

    number: int  # from 1
    step: Step

    @property
    def total(self) -> int:
        """How many steps there are."""
        return len(STEPS)

    @property
    def before(self) -> int:
        """The step before; 0 at the first."""
        return self.number - 1

    @property
    def after(self) -> int:
        """The next step; 0 at the last."""
        return self.number + 1 if self.number < len(STEPS) else 0


def stop_of(request: HttpRequest) -> Stop | None:
    """The stop of this visitor's tour; None where nobody tours."""
    number = request.session.get(SESSION)
    return Stop(number, STEPS[number - 1]) if isinstance(number, int) and 1 <= number <= len(STEPS) else None
