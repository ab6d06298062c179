"""Words for the chat: each unit its own, with the way to the form; nobody is named and nothing is called late (ux C1)."""

from __future__ import annotations

from datetime import date

from django.test import Client
from django.utils.translation import override

from tasks.models import Assignment
from tasks.reminders import texts
from tests.factories import make_task
from tests.reminders.conftest import World


def test_each_unit_has_its_rows_with_their_dates_and_forms(world: World) -> None:
    first = world.give(world.county, date(2026, 5, 14), person=world.county_secretary)
    second = world.give(world.county, date(2026, 5, 11))
    other = world.give(world.branch.unit, date(2026, 5, 20))
    with override("zh-hans"):
        found = texts.of_rows([second, first, other])
    assert [text.unit for text in found] == [world.county, world.branch.unit]
    county = "\n".join(found[0].lines)
    assert found[0].lines[0] == "甲区政协：有 2 项任务待报送"
    for row, day in ((first, "5-14"), (second, "5-11")):
        assert f"{row.task.local_name}（{day}前）http://testserver/a/{row.pk}/update/" in county
    assert found[1].lines[0].startswith("甲区政协 机关党支部：")
    assert f"/a/{other.pk}/" not in county
    assert all(word not in county for word in ("逾期", "赵敏"))


def test_a_long_queue_is_cut_and_says_where_the_rest_is(world: World) -> None:
    rows = [world.give(world.county, date(2026, 5, 14)) for _n in range(texts.MOST + 3)]
    with override("en"):
        (text,) = texts.of_rows(rows)
    assert len(text.lines) == texts.MOST + 2
    assert text.lines[0].endswith("23 tasks are to be reported")
    assert text.lines[-1] == "The whole work queue: http://testserver/"


def test_a_new_list_is_said_to_each_unit_with_its_own_number_and_first_date(world: World, client: Client) -> None:
    for due in (date(2099, 6, 30), date(2099, 5, 14)):
        world.give(world.county, due, task=make_task(world.list))
    world.give(world.branch.unit, None, task=make_task(world.list))
    with override("zh-hans"):
        found = texts.of_list(world.list, Assignment.objects.select_related("unit__body").order_by("unit_path", "pk"))
    address = f"http://testserver/lists/{world.list.pk}/"
    assert [text.lines for text in found] == [
        [f"甲区政协：{world.list.title}，2 项任务，最早 5-14 到期。{address}"],
        [f"甲区政协 机关党支部：{world.list.title}，1 项任务。{address}"],
    ]
    client.force_login(world.secretary)
    page = client.get(f"/lists/{world.list.pk}/published/").content.decode()
    assert "2 项任务，最早 5-14 到期" in page
