"""The two full coverages: numbers are lengths of lists, names stay in their body, a gap closes in one step (domain 1.2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from branches.actions.seats import change_seat, end_seat, give_contact
from branches.models import Change, CppccMembership, Look, Membership, Post, Term, Unit, User
from branches.queries import coverage
from branches.roles import Role
from branches.writing import Invalid
from tests.conftest import TODAY, Cast
from tests.factories import activate, at, make_branch, make_post, make_standing, make_user, op

FIRST = date(2022, 2, 20)


@pytest.fixture
def term(cast: Cast, clock_at: Callable[..., None]) -> Term:
    clock_at(TODAY)
    return Term.objects.create(body=cast.county_a, name="十届", starts_on=FIRST)


def seat(term: Term, name: str, standing: str = "", **fields: object) -> CppccMembership:
    person = make_user(name, phone="13800000001")
    if standing:
        make_standing(person, standing)
    return CppccMembership.objects.create(user=person, body=term.body, term=term, starts_on=FIRST, **fields)


def post(client: Client, who: User, path: str, **fields: object) -> int:
    client.force_login(who)
    return client.post(path, {"op": str(op()), **fields}).status_code


def test_every_number_is_the_length_of_its_list(cast: Cast, term: Term) -> None:
    duty = make_branch("甲区履职支部", cast.county_a, "functional")
    office, planned = cast.branch_a, make_branch("筹备支部", cast.county_a, "functional", state="planned")
    activate(duty)
    covered, at_work, early = (seat(term, name, "full") for name in ("已编入", "只在机关", "筹备中"))
    seat(term, "预备", "probationary")
    for one, branch in ((covered, duty), (at_work, office), (early, planned)):
        Membership.objects.create(user=one.user, branch=branch, starts_on=TODAY)
    seat(term, "有联系", "none", contact=covered.user)
    gone = seat(term, "联系人已离任", "none", contact=at_work.user)
    alone, unsaid = seat(term, "无联系", "none"), seat(term, "未记录")
    CppccMembership.objects.filter(pk=at_work.pk).update(ends_on=TODAY)  # neither counted nor a contact any more
    seat(
        Term.objects.create(body=cast.county_a, name="九届", starts_on=date(2017, 2, 1), ends_on=FIRST), "上届", "full"
    )
    seat(Term.objects.create(body=cast.county_b, name="十届", starts_on=FIRST), "乙区委员", "full")

    figures = coverage.figures([cast.county_a], TODAY)[0]

    lists = {part: [row.user.name for row in coverage.missing(cast.county_a, part, TODAY)] for part in coverage.MISSING}
    assert lists["unknown"] == [unsaid.user.name]
    assert set(lists["branch"]) == {"筹备中", "预备"}
    assert set(lists["contact"]) == {gone.user.name, alone.user.name}
    assert (figures.cpc, figures.outside, figures.seats) == (3, 3, 7)
    assert (figures.without_branch, figures.without_contact, figures.unknown) == tuple(map(len, lists.values()))


def test_the_city_reads_numbers_of_the_county_and_never_a_name(client: Client, cast: Cast, term: Term) -> None:
    seat(term, "甲区暗名", "full")
    gap = f"/coverage/{cast.county_a.pk}/branch/"
    client.force_login(cast.county_secretary)
    assert "甲区暗名" in client.get(gap).text

    for who in (cast.secretary, cast.admin, cast.leader):
        client.force_login(who)
        page = client.get("/coverage/").text
        assert cast.county_a.name in page
        assert "甲区暗名" not in page
        assert gap not in page
        assert client.get(gap).status_code == 403
    client.force_login(cast.stranger)
    assert cast.county_a.name not in client.get("/coverage/").text
    assert client.get(gap).status_code == 404
    client.force_login(cast.member)
    assert client.get("/coverage/").status_code == 403


def test_several_join_a_branch_in_one_step(client: Client, cast: Cast, term: Term) -> None:
    duty = make_branch("甲区履职支部", cast.county_a, "functional")
    activate(duty)
    other = make_branch("乙区履职支部", cast.county_b, "functional")
    members = [seat(term, name, "full").user for name in ("甲一", "甲二")]
    path, picks = f"/coverage/{cast.county_a.pk}/branch/", [person.pk for person in members]

    assert post(client, cast.county_secretary, path, pick=picks, branch=duty.pk) == 403
    assert post(client, cast.county_admin, path, branch=duty.pk) == 400
    assert post(client, cast.county_admin, path, pick=picks, branch=other.pk) == 400
    assert post(client, cast.county_admin, path, pick=["x", "9" * 30], branch=duty.pk) == 400
    assert Membership.objects.filter(user__in=members).count() == 0
    assert post(client, cast.county_admin, path, pick=picks, branch=duty.pk) == 302

    assert Membership.objects.filter(user__in=members, branch=duty, starts_on=TODAY, ends_on=None).count() == 2
    assert Change.objects.filter(verb="member-added", person__in=members, by=cast.county_admin).count() == 2
    assert not coverage.missing(cast.county_a, "branch", TODAY).exists()


def test_a_contact_is_a_cpc_member_of_the_same_body(client: Client, cast: Cast, term: Term) -> None:
    outside, contact, lay = seat(term, "党外", "none"), seat(term, "党员", "full").user, seat(term, "也在党外", "none")
    other = Term.objects.create(body=cast.county_b, name="十届", starts_on=FIRST)
    foreign = seat(other, "别处党员", "full").user
    path = f"/coverage/{cast.county_a.pk}/contact/"

    assert post(client, cast.county_secretary, path, pick=[outside.user_id], contact=lay.user.username) == 400
    assert post(client, cast.county_secretary, path, pick=[outside.user_id], contact=foreign.username) == 400
    assert post(client, cast.county_secretary, path, pick=[outside.user_id], contact=contact.username) == 302

    outside.refresh_from_db()
    assert outside.contact == contact
    for wrong in (lay.user, foreign):  # and the database holds it against whoever writes past the action
        with pytest.raises(IntegrityError):
            _write_past_the_action(outside, wrong)
    mine = CppccMembership.objects.get(user=contact)
    with pytest.raises(Invalid):
        give_contact(cast.county_a, [mine.pk], contact, by=cast.county_secretary, op=op(), now=at(TODAY))


def _write_past_the_action(row: CppccMembership, contact: User) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        CppccMembership.objects.filter(pk=row.pk).update(contact=contact)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_seat_is_corrected_and_ended_and_its_history_says_so(cast: Cast, term: Term) -> None:
    row = seat(term, "委员", "full", sector_name="经济界")

    change_seat(row, "教育界", "示例中学校长", by=cast.county_admin, op=op(), now=at(TODAY))
    end_seat(row, TODAY, by=cast.county_admin, op=op(), now=at(TODAY))

    row.refresh_from_db()
    assert (row.sector_name, row.work, row.ends_on) == ("教育界", "示例中学校长", TODAY)
    verbs = set(Change.objects.filter(person=row.user).values_list("verb", flat=True))
    assert verbs == {"seat-changed", "seat-ended"}


def test_a_seat_alone_makes_a_person_visible_to_his_body_and_no_other(client: Client, cast: Cast, term: Term) -> None:
    person = seat(term, "只有委员资格", "full").user

    def sees(who: User) -> bool:
        client.force_login(who)
        return client.get(f"/people/{person.pk}/").status_code == 200

    assert sees(cast.county_admin)
    assert sees(cast.member)
    assert not sees(cast.secretary)
    assert not sees(cast.stranger)


def test_who_looked_is_written_once_a_day_and_read_by_the_person(client: Client, cast: Cast, term: Term) -> None:
    person = seat(term, "被看的人", "full").user
    auditor = make_user("甲区审计")
    make_post(auditor, cast.county_a, Role.AUDITOR)
    for _time in range(2):
        client.force_login(cast.county_admin)
        assert "13800000001" in client.get(f"/people/{person.pk}/").text
    client.force_login(cast.member)
    page = client.get(f"/people/{person.pk}/").text
    assert "13800000001" not in page
    assert "****0001" in page
    client.get(f"/people/{cast.member.pk}/")  # one's own page is no look

    looks = list(Look.objects.values_list("viewer", "person", "entries", "on"))

    assert looks == [(cast.county_admin.pk, person.pk, "both", TODAY)]
    client.force_login(cast.county_admin)
    listed = client.get("/people/?q=被看").text
    assert "13800000001" not in listed  # lists mask, also for those who may know
    assert client.get(f"/people/{person.pk}/privacy/").status_code == 403
    for reader in (person, auditor):
        client.force_login(reader)
        assert "管县" in client.get(f"/people/{person.pk}/privacy/").text
    with pytest.raises(IntegrityError), transaction.atomic():
        Look.objects.all().delete()


@pytest.mark.parametrize("count", [1, 40])
def test_coverage_pages_ask_at_most_twelve_times(
    client: Client, cast: Cast, term: Term, django_assert_max_num_queries: Callable[[int], object], count: int
) -> None:
    for number in range(count):
        seat(term, f"党员{number}", "full")
        seat(term, f"党外{number}", "none")
    client.force_login(cast.county_admin)
    for path in (
        "/coverage/",
        f"/coverage/{cast.county_a.pk}/branch/",
        f"/coverage/{cast.county_a.pk}/contact/",
        "/people/",
    ):
        with django_assert_max_num_queries(12):
            assert client.get(path).status_code == 200


def test_unit_page_of_a_body_tells_no_standing(client: Client, cast: Cast, term: Term) -> None:
    outside, contact = seat(term, "党外人", "none"), seat(term, "党内人", "full").user
    give_contact(cast.county_a, [outside.pk], contact, by=cast.county_secretary, op=op(), now=at(TODAY))
    unit: Unit = cast.county_a

    client.force_login(cast.county_admin)

    assert Change.objects.filter(unit=unit, verb="contact-given").exists()
    assert "党内人" not in client.get(f"/units/{unit.pk}/").text
    assert Post.objects.filter(user=contact).count() == 0
