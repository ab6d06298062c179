"""The tree: added in establishment order, renamed without losing the old name, ended when nothing goes on."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from branches import actions
from branches.actions import UnitWords
from branches.models import Change, Unit, UnitAlias, UnitKind
from branches.queries import units as queries
from branches.writing import Conflict, Invalid, NotPossible
from tests.conftest import Cast
from tests.factories import at, make_unit, op

NOW = at(date(2026, 5, 12))
FIRST = date(2026, 6, 1)


def add(cast: Cast, parent: Unit | None, name: str, **more: object) -> Unit:
    values: dict = {"kind": "committee", "by": cast.admin, "op": op(), "after": None, **more}
    kind = UnitKind.objects.get(code=values.pop("kind"))
    return actions.add_unit(parent, UnitWords(name), kind, starts_on=FIRST, now=NOW, **values)


def children(parent: Unit) -> list[str]:
    return [unit.name for unit in Unit.objects.get_children(Unit.objects.get(pk=parent.pk))]


def test_add_unit_at_the_end_knows_its_body_letters_and_history(cast: Cast) -> None:
    unit = add(cast, cast.city, "经济委员会")

    assert children(cast.city)[-1] == "经济委员会"
    assert (unit.body, unit.initials, unit.code) == (cast.city, "jjwyh", "city-jjwyh")
    line = Change.objects.get(unit=unit)
    assert (line.verb, line.by, line.post) == ("unit-added", cast.admin, cast.admin.posts.get())


def test_add_unit_after_a_sibling_keeps_every_path_and_assignment(cast: Cast) -> None:
    row = cast.to_county_a
    assert row.unit_path == cast.county_a.path

    add(cast, cast.city, "经济委员会", after=cast.city_office)

    assert children(cast.city)[:3] == ["市政协机关党委", "办公室", "经济委员会"]
    row.refresh_from_db()
    assert row.unit_path == Unit.objects.get(pk=cast.county_a.pk).path != cast.county_a.path


def test_add_body_is_its_own_body(cast: Cast) -> None:
    county = add(cast, cast.city, "丙县政协", kind="body")

    assert county.body == county


def test_add_unit_twice_with_one_operation_adds_one(cast: Cast) -> None:
    once = op()

    first, second = add(cast, cast.city, "经济委员会", op=once), add(cast, cast.city, "经济委员会", op=once)

    assert first == second
    assert children(cast.city).count("经济委员会") == 1


def test_add_unit_of_the_same_name_at_the_same_place_is_refused(cast: Cast) -> None:
    with pytest.raises(Invalid) as problem:
        add(cast, cast.city, "办公室")

    assert "name" in problem.value.details


def test_add_unit_with_a_name_used_elsewhere_gets_another_code(cast: Cast) -> None:
    one, two = add(cast, cast.city_office, "秘书处"), add(cast, cast.committee, "秘书处")

    assert one.code != two.code


def test_add_unit_in_another_body_is_refused(cast: Cast) -> None:
    assert add(cast, cast.county_a, "提案委员会", by=cast.county_admin)

    with pytest.raises(PermissionDenied):
        add(cast, cast.county_a, "经济委员会")  # the city's admin: command stops at the boundary
    with pytest.raises(PermissionDenied):
        add(cast, None, "又一市政协", kind="body")
    assert add(cast, None, "又一市政协", kind="body", by=cast.system_admin).is_root()


def test_rename_keeps_the_old_name_for_lists_here_and_above(cast: Cast) -> None:
    words = UnitWords("甲区（新）政协", "甲区", "District A (new) CPPCC", "county-a")

    unit = actions.rename_unit(cast.county_a, words, version=1, by=cast.county_admin, op=op(), now=NOW)

    assert (unit.name, unit.short_name, unit.version) == ("甲区（新）政协", "甲区", 2)
    assert set(UnitAlias.objects.filter(name="甲区政协", unit=unit).values_list("body_id", flat=True)) == {
        cast.city.pk, cast.county_a.pk,
    }  # fmt: skip
    line = Change.objects.get(unit=unit, verb="unit-renamed")
    assert (line.before["name"], line.after["name"]) == ("甲区政协", "甲区（新）政协")
    assert "code" not in line.after


def test_rename_with_an_old_version_is_a_conflict(cast: Cast) -> None:
    first, second = UnitWords("甲", code="a1"), UnitWords("乙", code="a2")
    actions.rename_unit(cast.committee, first, version=1, by=cast.admin, op=op(), now=NOW)

    with pytest.raises(Conflict):
        actions.rename_unit(cast.committee, second, version=1, by=cast.admin, op=op(), now=NOW)

    assert Unit.objects.get(pk=cast.committee.pk).name == "甲"


def test_rename_conflict_page_shows_both_and_keeps_the_text(client: Client, cast: Cast) -> None:
    actions.rename_unit(cast.committee, UnitWords("提案一委", code="a1"), version=1, by=cast.admin, op=op(), now=NOW)
    client.force_login(cast.admin)
    data = {"name": "提案二委", "short_name": "", "name_en": "", "code": "a2", "version": "1", "op": str(op())}

    page = client.post(reverse("branches:unit-edit", args=[cast.committee.pk]), data)

    assert page.status_code == 409
    assert "提案一委" in page.text
    assert 'name="name" value="提案二委"' in page.text
    assert 'name="version" value="2"' in page.text

    again = client.post(
        reverse("branches:unit-edit", args=[cast.committee.pk]), {**data, "version": "2", "op": str(op())}
    )
    assert again.status_code == 302
    assert Unit.objects.get(pk=cast.committee.pk).name == "提案二委"


def test_end_unit_waits_for_posts_and_units_below(cast: Cast) -> None:
    with pytest.raises(NotPossible) as problem:
        actions.end_unit(cast.committee, FIRST, version=1, by=cast.admin, op=op(), now=NOW)
    assert "1" in problem.value.message

    make_unit("专委会办公室", "committee_office", cast.committee, ends_on=FIRST)
    post = cast.committee.posts.get()
    actions.end_post(post, FIRST, by=cast.admin, op=op(), now=NOW)
    unit = actions.end_unit(cast.committee, FIRST, version=1, reason="机构改革", by=cast.admin, op=op(), now=NOW)

    assert unit.ends_on == FIRST
    assert Change.objects.get(unit=unit, verb="unit-ended").reason == "机构改革"
    assert unit in Unit.objects.active(date(2026, 5, 31))
    assert unit not in Unit.objects.active(FIRST)


def test_end_of_a_branch_goes_through_the_branch(cast: Cast) -> None:
    with pytest.raises(NotPossible):
        actions.end_unit(cast.branch_a.unit, FIRST, version=1, by=cast.county_admin, op=op(), now=NOW)


def test_alias_belongs_to_the_body_that_uses_it(cast: Cast) -> None:
    actions.add_alias(cast.county_a, "甲区", cast.city, by=cast.admin, op=op(), now=NOW)
    actions.add_alias(cast.county_a, "甲区", cast.county_a, by=cast.county_admin, op=op(), now=NOW)

    assert cast.county_a.aliases.count() == 2
    with pytest.raises(Invalid):
        actions.add_alias(cast.county_b, "甲区", cast.city, by=cast.admin, op=op(), now=NOW)
    with pytest.raises(PermissionDenied):
        actions.remove_alias(cast.county_a.aliases.get(body=cast.city), by=cast.county_admin, op=op(), now=NOW)


@pytest.mark.parametrize("words", ["提案", "tawyh", "TAWYH", "tianwei", "city-tawyh", "提案委"])
def test_find_unit_by_name_initials_pinyin_code_or_alias(cast: Cast, words: str) -> None:
    unit = add(cast, cast.city_office, "提案委员会")
    actions.add_alias(unit, "提案委", cast.city, by=cast.admin, op=op(), now=NOW)
    Unit.objects.filter(pk=unit.pk).update(code="city-tawyh", pinyin="tianweiyuanhui")

    found = queries.find_units(cast.admin, cast.today, words)

    assert unit in [hit.unit for hit in found]
    assert next(hit for hit in found if hit.unit == unit).above == [cast.city, cast.city_office]


def test_find_unit_shows_nothing_of_another_body(cast: Cast) -> None:
    assert [hit.unit for hit in queries.find_units(cast.foreigner, cast.today, "外市")] == [cast.foreign_city]
    assert queries.find_units(cast.foreigner, cast.today, "办公室") == []


def test_tree_folds_what_has_ended_and_nests_the_rest(cast: Cast) -> None:
    make_unit("老委员会", "committee", cast.city, ends_on=date(2026, 1, 1))

    roots, cut = queries.tree(cast.admin, cast.today)

    assert not cut
    assert [node.unit.name for node in roots] == ["示例市政协"]
    assert [node.unit.name for node in roots[0].ended] == ["老委员会"]
    assert "机关第一党支部" in [below.unit.name for below in roots[0].below[0].below]


def test_add_unit_form_puts_the_problem_beside_the_field(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    data = {"parent": cast.city.pk, "kind": "committee", "name": "", "starts_on": "2026-02-30", "op": str(op())}

    page = client.post(reverse("branches:unit-new"), data)

    assert page.status_code == 400
    assert 'href="#id_name"' in page.text
    assert 'href="#id_starts_on"' in page.text


def test_add_unit_form_adds_and_shows_the_unit(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    data = {
        "parent": cast.city.pk,
        "kind": "committee",
        "name": "经济委员会",
        "starts_on": "2026-06-01",
        "op": str(op()),
    }

    page = client.post(reverse("branches:unit-new"), data, follow=True)

    assert page.status_code == 200
    assert "<h1>经济委员会</h1>" in page.text.replace(
        '<h1><span lang="zh-Hans">经济委员会</span></h1>', "<h1>经济委员会</h1>"
    )


def test_form_without_an_operation_is_a_bad_request(client: Client, cast: Cast) -> None:
    client.force_login(cast.admin)
    data = {"parent": cast.city.pk, "kind": "committee", "name": "经济委员会", "starts_on": "2026-06-01", "op": "x"}

    assert client.post(reverse("branches:unit-new"), data).status_code == 400
    assert client.get(reverse("branches:unit-new") + "?parent=abc").status_code == 400


def test_people_of_a_unit_stay_inside_its_body(client: Client, cast: Cast) -> None:
    url = reverse("branches:unit", args=[cast.county_a.pk])
    client.force_login(cast.county_secretary)
    assert "赵敏" in client.get(url).text

    client.force_login(cast.secretary)  # the city sees that the county exists, not who serves there
    page = client.get(url)

    assert page.status_code == 200
    assert "赵敏" not in page.text
