"""People and posts: accounts opened by invitation, appointments that stay within the admin's reach, standing for few."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from branches import actions, codes
from branches.actions import Appointment, PersonWords
from branches.models import Change, Invitation, Post, Unit, User
from branches.queries import people as queries
from branches.roles import Role
from branches.writing import Invalid, NotPossible
from tests.conftest import Cast
from tests.factories import at, make_post, make_standing, make_unit, make_user, op

NOW = at(date(2026, 5, 12))
DAY = date(2026, 6, 1)


def new_person_data(cast: Cast, **more: object) -> dict[str, object]:
    data = {
        "name": "新人", "username": "xinren", "phone": "", "email": "", "name_en": "", "unit": cast.city_office.pk,
        "role": "member", "title": "干事", "title_en": "", "starts_on": "2026-06-01", "fields_in_charge": "",
        "appointed_by": "", "appointment": "", "op": str(op()),
    }  # fmt: skip
    return data | more


def appoint(cast: Cast, person: User, unit: Unit, role: str, by: User) -> Post:
    return actions.appoint(person, unit, Appointment(role, DAY), by=by, op=op(), now=NOW)


def test_new_person_gets_a_slip_and_no_password_of_ours(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    data = new_person_data(cast)

    first = client.post(reverse("branches:person-new"), data)
    again = client.post(reverse("branches:person-new"), data)

    person = User.objects.get(username="xinren")
    assert not person.has_usable_password()
    assert person.posts.get().unit == cast.city_office
    assert first["Location"] == again["Location"]
    code = codes.code_of(Invitation.objects.get(user=person).seed)
    assert code in client.get(first["Location"]).text
    assert code not in str(list(Change.objects.values_list("after", flat=True)))


def test_new_person_of_a_known_name_asks_first(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)

    page = client.post(reverse("branches:person-new"), new_person_data(cast, name="王明"))
    assert page.status_code == 400
    assert not User.objects.filter(username="xinren").exists()

    client.post(reverse("branches:person-new"), new_person_data(cast, name="王明", another="on"))
    assert User.objects.filter(name="王明").count() == 2


def test_new_person_with_a_taken_user_name_is_refused_beside_the_field(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)

    page = client.post(reverse("branches:person-new"), new_person_data(cast, username="Secretary"))

    assert page.status_code == 400
    assert 'href="#id_username"' in page.text


def test_admin_appoints_in_his_own_body_only(cast: Cast) -> None:
    assert appoint(cast, cast.clerk, cast.committee, Role.MEMBER, cast.admin)

    with pytest.raises(PermissionDenied):
        appoint(cast, cast.clerk, cast.county_a, Role.SECRETARY, cast.admin)
    with pytest.raises(PermissionDenied):
        appoint(cast, cast.clerk, cast.committee, Role.SYSTEM_ADMIN, cast.admin)
    with pytest.raises(PermissionDenied):
        appoint(cast, cast.clerk, cast.committee, Role.HEAD, cast.secretary)


def test_system_admin_appoints_anywhere_but_gives_himself_no_content(cast: Cast) -> None:
    assert appoint(cast, cast.nobody, cast.foreign_city, Role.TREE_ADMIN, cast.system_admin)
    assert appoint(cast, cast.nobody, cast.city, Role.SYSTEM_ADMIN, cast.system_admin)

    with pytest.raises(PermissionDenied):
        appoint(cast, cast.system_admin, cast.city, Role.LEADER, cast.system_admin)


def test_appoint_twice_to_one_role_is_refused_in_words(cast: Cast) -> None:
    with pytest.raises(Invalid) as problem:
        appoint(cast, cast.secretary, cast.city, Role.SECRETARY, cast.admin)

    assert "role" in problem.value.details


def test_unit_without_people_has_no_posts(cast: Cast) -> None:
    partner = make_unit("市委组织部", "partner", cast.city)

    with pytest.raises(NotPossible):
        appoint(cast, cast.clerk, partner, Role.LIAISON, cast.admin)


def test_end_post_ends_what_it_lets_do(cast: Cast) -> None:
    post = cast.secretary.posts.get()

    actions.end_post(post, DAY, reason="调动", by=cast.admin, op=op(), now=NOW)

    person = User.objects.get(pk=cast.secretary.pk)
    assert person.posts_on(date(2026, 5, 31)) == [post]
    assert person.posts_on(DAY) == []
    with pytest.raises(Invalid):
        actions.end_post(cast.leader.posts.get(), date(2019, 1, 1), by=cast.admin, op=op(), now=NOW)


def test_post_of_a_system_admin_is_not_ended_by_a_tree_admin(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        actions.end_post(cast.system_admin.posts.get(), DAY, by=cast.admin, op=op(), now=NOW)


def test_reset_needs_an_admin_of_every_body(cast: Cast) -> None:
    assert actions.reset_account(cast.clerk, by=cast.admin, op=op(), now=NOW)

    make_post(cast.clerk, cast.county_a, Role.MEMBER)
    with pytest.raises(PermissionDenied):
        actions.reset_account(cast.clerk, by=cast.admin, op=op(), now=NOW)
    with pytest.raises(PermissionDenied):
        actions.reset_account(cast.system_admin, by=cast.admin, op=op(), now=NOW)
    assert actions.reset_account(cast.clerk, by=cast.system_admin, op=op(), now=NOW)


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("county_admin", True), ("county_secretary", True), ("county_head", True), ("member", True),
        ("head_a", True), ("system_admin", False),
    ],
)  # fmt: skip
def test_standing_is_shown_to_those_who_need_it(client: Client, cast: Cast, who: str, sees: bool) -> None:
    client.force_login(cast.person(who))

    page = client.get(reverse("branches:person", args=[cast.member.pk]), headers={"Accept-Language": "en"})

    assert page.status_code == 200
    assert ("Full CPC member" in page.text) is sees


def test_standing_is_hidden_from_a_colleague(client: Client, cast: Cast) -> None:
    make_post(cast.nobody, cast.county_a_office, Role.MEMBER)
    client.force_login(cast.nobody)

    page = client.get(reverse("branches:person", args=[cast.member.pk]), headers={"Accept-Language": "en"})

    assert page.status_code == 200
    assert "CPC member" not in page.text
    assert "机关党支部" not in page.text


def test_record_standing_ends_the_one_before(cast: Cast) -> None:
    make_standing(cast.clerk, "probationary")

    actions.record_standing(cast.clerk, "full", DAY, by=cast.secretary, op=op(), now=NOW)

    assert [(row.kind, row.ends_on) for row in cast.clerk.standings.order_by("starts_on")] == [
        ("probationary", DAY), ("full", None),
    ]  # fmt: skip
    with pytest.raises(PermissionDenied):
        actions.record_standing(cast.clerk, "none", date(2026, 7, 1), by=cast.system_admin, op=op(), now=NOW)
    with pytest.raises(Invalid):
        actions.record_standing(cast.clerk, "none", DAY, by=cast.secretary, op=op(), now=NOW)


def test_standing_in_history_is_hidden_like_the_standing(client: Client, cast: Cast) -> None:
    actions.record_standing(cast.county_secretary, "full", DAY, by=cast.county_admin, op=op(), now=NOW)
    url, words = reverse("branches:person", args=[cast.county_secretary.pk]), "Standing recorded"

    client.force_login(cast.county_admin)
    assert words in client.get(url, headers={"Accept-Language": "en"}).text
    client.force_login(cast.system_admin)
    assert words not in client.get(url, headers={"Accept-Language": "en"}).text


def test_phone_is_masked_for_colleagues(client: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.secretary.pk).update(phone="13800001234")
    url = reverse("branches:person", args=[cast.secretary.pk])

    client.force_login(cast.second)
    assert "13800001234" in client.get(url).text  # keeps the body's desk, too
    for who in ("leader", "clerk"):
        client.force_login(cast.person(who))
        page = client.get(url).text
        assert "13800001234" not in page
        assert "****1234" in page


@pytest.mark.parametrize("words", ["王明", "wangming", "wm", "WM", "secretary", "王明 (secretary)"])
def test_find_person_by_name_pinyin_initials_or_user_name(cast: Cast, words: str) -> None:
    User.objects.filter(pk=cast.secretary.pk).update(pinyin="wangming wm")

    if words.endswith(")"):
        found = queries.people_named(cast.admin, cast.today, words)
    else:
        found = list(queries.find_people(cast.admin, cast.today, words))

    assert found == [cast.secretary]


def test_two_people_of_one_name_are_told_apart(client: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.clerk.pk).update(name="王明", phone="13900005678")
    client.force_login(cast.admin)
    data = {"person": "王明", "role": "member", "starts_on": "2026-06-01", "op": str(op())}

    page = client.post(reverse("branches:appoint", args=[cast.committee.pk]), data)

    assert page.status_code == 400
    assert "****5678" in page.text
    assert "(clerk)" in page.text


def test_appoint_form_appoints(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    data = {"person": "周文 (clerk)", "role": "liaison", "starts_on": "2026-06-01", "op": str(op())}

    page = client.post(reverse("branches:appoint", args=[cast.committee.pk]), data)

    assert page.status_code == 302
    assert cast.clerk.posts.filter(unit=cast.committee, role=Role.LIAISON).exists()


def test_history_keeps_addresses_shaded(cast: Cast) -> None:
    words = PersonWords("clerk", "周文", "", "13900005678", "zhou@example.invalid")

    actions.change_person(cast.clerk, words, by=cast.admin, op=op(), now=NOW)

    line = Change.objects.get(person=cast.clerk, verb="person-changed")
    assert line.after == {"phone": "****5678", "email": "…@example.invalid"}


def test_roster_names_no_unit_of_another_body(client: Client, cast: Cast) -> None:
    guest = make_user("两级", username="both")
    make_post(guest, cast.city_office, Role.MEMBER)
    inside = make_unit("乙区秘书处", "division", cast.county_b)
    make_post(guest, inside, Role.HEAD)
    client.force_login(cast.admin)

    pages = client.get(reverse("branches:people")).text + client.get(reverse("branches:person", args=[guest.pk])).text

    assert "两级" in pages
    assert "乙区秘书处" not in pages


def test_folded_entries_open_when_one_of_them_is_wrong(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    assert '<details class="fold">' in client.get(reverse("branches:unit-new")).text

    data = {
        "parent": cast.city.pk,
        "kind": "office",
        "name": "x",
        "code": "a b",
        "starts_on": "2026-06-01",
        "op": str(op()),
    }
    page = client.post(reverse("branches:unit-new"), data)

    assert page.status_code == 400
    assert '<details class="fold" open>' in page.text


def test_account_of_somebody_who_serves_elsewhere_too_is_left_to_others(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    url, button = (
        reverse("branches:person", args=[cast.clerk.pk]),
        reverse("branches:person-account", args=[cast.clerk.pk]),
    )
    assert button in client.get(url).text

    make_post(cast.clerk, make_unit("乙区秘书处", "division", cast.county_b), Role.MEMBER)

    assert button not in client.get(url).text
    assert client.get(reverse("branches:person-edit", args=[cast.clerk.pk])).status_code == 403


def test_account_of_a_member_of_a_branch_elsewhere_is_left_to_others(client: Client, cast: Cast) -> None:
    make_standing(cast.clerk)
    cast.branch_a.memberships.create(user=cast.clerk, starts_on=date(2026, 1, 1))
    client.force_login(cast.admin)

    assert client.get(reverse("branches:person-edit", args=[cast.clerk.pk])).status_code == 403
    with pytest.raises(PermissionDenied):
        actions.reset_account(cast.clerk, by=cast.admin, op=op(), now=NOW)
