"""Lights: the lamp of one row, the condition in the database and the rule in words say the same (design 4)."""

from datetime import date, timedelta

import pytest

from branches.models import BodySettings
from tasks.lights import Thresholds
from tasks.models import Assignment
from tasks.models.assignments import overdue_q
from tasks.states import Light, Stage
from tests.conftest import Cast
from tests.factories import at, make_assignment

TODAY = date(2026, 5, 12)


def rows_around(cast: Cast) -> list[Assignment]:
    """A row for each stage, short and long, due on each of forty days around today."""
    made = []
    for offset in range(-20, 20, 3):
        for stage in (Stage.ISSUED, Stage.IN_PROGRESS, Stage.REPORTED, Stage.RETURNED, Stage.COMPLETED):
            due = TODAY + timedelta(days=offset)
            extra = {"supplement_by": due} if stage == Stage.RETURNED else {}
            if stage == Stage.COMPLETED:
                extra = {"completed_on": TODAY}
            if stage == Stage.REPORTED:
                extra = {"reported_on": TODAY, "submitted_at": at(TODAY)}
            made.append(
                make_assignment(
                    cast.city_office, cast.city_list, due_on=due, stage=stage, short=offset % 2 == 0, **extra
                )
            )
    return made


@pytest.mark.parametrize("special", [False, True])
def test_lamp_and_condition_agree(cast: Cast, special: bool) -> None:
    if special:
        BodySettings.objects.create(body=cast.city, due_soon_days=2, due_soon_workdays=1)
    rows = rows_around(cast)
    thresholds = Thresholds.load(TODAY)
    mine = Assignment.objects.filter(pk__in=[row.pk for row in rows])

    overdue = set(mine.filter(overdue_q(TODAY)).values_list("pk", flat=True))
    soon = set(mine.filter(thresholds.soon_q()).values_list("pk", flat=True))
    lamps = {row.pk: thresholds.lamp(row).code for row in rows}

    assert overdue
    assert soon
    assert {pk for pk, code in lamps.items() if code == Light.OVERDUE} == overdue
    assert {pk for pk, code in lamps.items() if code == Light.SOON} == soon


@pytest.mark.parametrize(
    ("due", "code", "days"),
    [
        (date(2026, 5, 11), Light.OVERDUE, 1),  # overdue from 00:00 of the next day
        (date(2026, 5, 12), Light.SOON, 0),
        (date(2026, 5, 19), Light.SOON, 7),
        (date(2026, 5, 20), Light.ON_TRACK, 8),
    ],
)
def test_the_day_at_which_a_light_turns(cast: Cast, due: date, code: Light, days: int) -> None:
    row = make_assignment(cast.city_office, cast.city_list, due_on=due)

    lamp = Thresholds.load(TODAY).lamp(row)

    assert (lamp.code, lamp.days) == (code, days)


def test_a_short_task_turns_three_working_days_before(cast: Cast) -> None:
    row = make_assignment(cast.city_office, cast.city_list, due_on=date(2026, 5, 18), short=True)

    codes = [Thresholds.load(day).lamp(row).code for day in (date(2026, 5, 12), date(2026, 5, 13))]

    assert codes == [Light.ON_TRACK, Light.SOON]  # 13 May is the third working day before Monday the 18th


def test_undated_work_has_no_light(cast: Cast) -> None:
    row = make_assignment(cast.city_office, cast.city_list, due_on=None)

    assert Thresholds.load(TODAY).lamp(row).code == Light.NONE
