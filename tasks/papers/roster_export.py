"""The roster of a body as a workbook in the columns that the import reads: out, changed in Excel, and in again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from django.db.models import Q
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from branches.actions.looks import note_looks
from branches.models import CppccMembership, Look, Membership, Post, Standing, Unit, User
from branches.models.words import active_q
from tasks.papers.out.package import Book, Cell, Row
from tasks.papers.roster_reading import HEADINGS, ROLE_WORDS, STANDING_WORDS

WIDTHS = (12, 16, 30, 14, 12, 10, 16, 22, 26, 14, 22, 18, 14, 18, 24)


def blank_sheet(headings: Sequence[str], example: Sequence[str]) -> Iterator[bytes]:
    """The headings and one row as an example, which has to be overwritten."""
    return _sheet([example], headings)


def _sheet(lines: Iterable[Sequence[str]], headings: Sequence[str] = HEADINGS) -> Iterator[bytes]:
    book = Book()
    page = book.sheet("Sheet1")
    page.freeze_panes = "B2"
    for place, width in enumerate(WIDTHS, 1):
        page.column_dimensions[get_column_letter(place)].width = width
    head = book.look(font=Font(bold=True), alignment=Alignment(wrap_text=True))
    cell = book.look(alignment=Alignment(vertical="top", wrap_text=True))

    def rows() -> Iterator[Row]:
        yield Row([Cell(words, head) for words in headings])
        for line in lines:
            yield Row([Cell(text, cell) for text in line])

    return book.stream(rows())


def roster_sheet(body: Unit, viewer: User, on: date, now: datetime) -> Iterator[bytes]:
    """Everybody who has a seat or a post in the body today; who took the numbers and standings out is recorded."""
    lines = roster_lines(body, on)
    note_looks(viewer, [person for person, _line in lines], Look.Entry.BOTH, on=on, now=now)
    return _sheet(line for _person, line in lines)


def roster_lines(body: Unit, on: date) -> list[tuple[User, list[str]]]:
    """One line a person, a second one for each further post; six queries."""
    seats = {
        seat.user_id: seat
        for seat in CppccMembership.objects.filter(active_q(on) & active_q(on, "term__"), body=body)
        .select_related("term", "sector", "contact")
        .order_by("starts_on")
    }
    posts: dict[int, list[Post]] = defaultdict(list)
    for post in Post.objects.filter(active_q(on), unit__body=body).exclude(unit__kind="branch").select_related("unit"):
        posts[post.user_id].append(post)
    people = User.objects.filter(Q(pk__in=seats) | Q(pk__in=posts)).order_by("pinyin", "pk")
    standings = {
        row.user_id: row for row in Standing.objects.filter(active_q(on), user__in=people).order_by("starts_on")
    }
    joined = dict(
        Membership.objects.filter(active_q(on), user__in=people, branch__unit__body=body)
        .order_by("-branch__line", "-pk")
        .values_list("user", "branch__unit__name")
    )
    return [
        (person, line)
        for person in people
        for line in _lines(
            person, seats.get(person.pk), posts[person.pk], standings.get(person.pk), joined.get(person.pk, "")
        )
    ]


def _lines(
    person: User, seat: CppccMembership | None, posts: list[Post], standing: Standing | None, branch: str
) -> Iterator[list[str]]:
    committees = [post for post in posts if post.unit.kind_id == "committee" and post.role == "member"]
    others = [post for post in posts if post not in committees and post.role in ROLE_WORDS]
    committee = committees[0].unit.name if committees else ""
    kind = STANDING_WORDS[Standing.Kind(standing.kind)] if standing else ""
    since = standing.starts_on.isoformat() if standing and standing.kind != Standing.Kind.NONE else ""
    mine = (
        [seat.term.name, seat.sector_words, committee, branch, seat.contact.name if seat.contact else ""]
        if seat
        else ["", "", committee, branch, ""]
    )
    first = [person.name, person.phone, seat.work if seat else "", kind, since, *mine]
    for place, post in enumerate(others or [None]):
        at = [post.unit.name, post.title, ROLE_WORDS[post.role]] if post else ["", "", ""]  # type: ignore[index] # one of ROLE_WORDS
        front = first if not place else [person.name, person.phone, *[""] * 8]
        yield [*front, *at, person.username, person.email if not place else ""]
    for post in committees[1:]:
        yield [person.name, person.phone, *[""] * 5, post.unit.name, *[""] * 5, person.username, ""]
