"""Who is told: the person responsible, else the unit's secretaries, else its heads, else up the tree within the body."""

from datetime import date

from pytest_django.fixtures import DjangoAssertNumQueries

from branches.models import Post, Unit, User
from branches.roles import Role
from tasks.reminders.ledger import place_of
from tasks.reminders.people import Addressee, Directory
from tests.factories import make_post, make_unit, make_user
from tests.reminders.conftest import World

ON = date(2026, 5, 12)


def told(world: World, unit: Unit, person: User | None = None) -> list[str]:
    row = world.give(unit, date(2026, 6, 30), person=person)
    found = Directory.load([place_of(row)], ON).of(place_of(row))
    return sorted(User.objects.get(pk=one.user_id).username for one in found)


def test_person_responsible_before_everyone(world: World) -> None:
    assert told(world, world.office, make_user("孙悦", username="member")) == ["member"]


def test_closed_account_of_the_person_falls_to_the_desk(world: World) -> None:
    gone = make_user("走了", username="gone", is_active=False)

    assert told(world, world.office, gone) == ["clerk"]


def test_all_secretaries_of_the_unit_and_no_head(world: World) -> None:
    make_post(make_user("第二", username="second"), world.office, Role.SECRETARY)
    make_post(make_user("主任", username="director"), world.office, Role.HEAD)

    assert told(world, world.office) == ["clerk", "second"]


def test_branch_without_a_secretary_is_told_through_its_head(world: World) -> None:
    assert told(world, world.branch.unit) == ["head"]


def test_branch_with_a_secretary(world: World) -> None:
    make_post(make_user("组织委员", username="organiser"), world.branch.unit, Role.SECRETARY)

    assert told(world, world.branch.unit) == ["organiser"]


def test_empty_desk_falls_to_the_unit_above(world: World) -> None:
    section = make_unit("综合科", "office", world.office)

    assert told(world, section) == ["clerk"]


def test_never_beyond_the_body(world: World) -> None:
    Post.objects.filter(unit=world.county).delete()

    assert told(world, world.county) == []
    assert told(world, world.office) == ["clerk"]


def test_only_posts_that_hold_that_day_at_units_that_live(world: World) -> None:
    old = make_unit("旧办公室", "office", world.city, ends_on=date(2026, 1, 1))
    section = make_unit("综合科", "office", old, ends_on=None)
    make_post(make_user("旧秘书"), old, Role.SECRETARY)
    make_post(make_user("前任"), section, Role.SECRETARY, ends_on=ON)
    make_post(make_user("后任"), section, Role.SECRETARY, starts_on=date(2026, 5, 13))

    assert told(world, section) == ["secretary"]


def test_leaders_members_and_admins_are_not_reminded(world: World) -> None:
    section = make_unit("综合科", "office", world.office)
    for role in (Role.LEADER, Role.MEMBER, Role.TREE_ADMIN, Role.INSTRUCTOR):
        make_post(make_user(role), section, role)

    assert told(world, section) == ["clerk"]


def test_three_questions_for_any_number_of_rows(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    units = (world.office, world.county, world.branch.unit) * 3
    places = [place_of(world.give(unit, date(2026, 6, 30))) for unit in units]
    places.append(place_of(world.give(world.office, date(2026, 6, 30), person=world.head)))

    with django_assert_num_queries(3):
        directory = Directory.load(places, ON)
        found = [directory.of(place) for place in places]

    assert found[0] == [Addressee(world.clerk.pk, Role.SECRETARY, world.office.pk)]
    assert all(found)
