"""Who reviews (design 4): the issuer's desk, its leaders, the units above; never the author, never who it was for."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from branches.roles import Role
from branches.writing import Invalid, NotPossible
from tasks import actions, rules
from tasks.models import Step
from tasks.plans import ListPlan, ReceiverPlan, Span, StepPlan, TaskPlan
from tasks.states import ReceiverRole, Stage
from tests.conftest import Cast
from tests.factories import at, make_assignment, make_list, make_post, make_unit, make_user, op

TODAY = date(2026, 5, 12)
NOW = at(TODAY)


def small_plan(issuer, receiver) -> ListPlan:  # type: ignore[no-untyped-def]
    step = StepPlan("6月底前", Step.Kind.BY, [Span(TODAY, date(2026, 6, 30))])
    task = TaskPlan("1", "整理台账", [step], [ReceiverPlan(ReceiverRole.LEAD, unit=receiver)])
    return ListPlan("小清单", 2026, issuer, [task])


def test_case_12_a_body_of_two_people_reviews_each_other(cast: Cast) -> None:
    body = make_unit("小县政协", "body", cast.city)
    drafter, chair = make_user("干事"), make_user("主席")
    make_post(drafter, body, Role.SECRETARY)
    make_post(chair, body, Role.LEADER)
    published = actions.issue(small_plan(body, body), by=drafter, op=op(), now=NOW)
    row = published.assignments.get()

    actions.report(row, done=True, text="已办", by=drafter, op=op(), now=NOW)

    assert list(rules.review_queue(drafter, TODAY)) == []
    assert list(rules.review_queue(chair, TODAY)) == [row]
    with pytest.raises(PermissionDenied):
        actions.approve(row, by=drafter, op=op(), now=NOW)
    actions.approve(row, by=chair, op=op(), now=NOW)
    assert row.stage == Stage.COMPLETED


def test_publishing_is_blocked_where_nobody_would_be_left(cast: Cast) -> None:
    body = make_unit("一人县政协", "body", cast.city)
    alone = make_user("独一人")
    make_post(alone, body, Role.SECRETARY)

    with pytest.raises(Invalid, match=r"[Nn]obody|没有"):
        actions.issue(small_plan(body, body), by=alone, op=op(), now=NOW)


def test_the_second_secretary_reviews_what_the_first_reported(cast: Cast) -> None:
    row = make_assignment(cast.city, cast.city_list, content="本级任务")

    actions.report(row, done=True, text="已办", by=cast.secretary, op=op(), now=NOW)

    assert list(rules.review_queue(cast.secretary, TODAY)) == []
    assert list(rules.review_queue(cast.second, TODAY)) == [row]


def test_who_was_reported_for_does_not_review(cast: Cast) -> None:
    row = make_assignment(cast.city_office, cast.city_list, content="代报")

    actions.report(row, done=True, text="代报", by=cast.clerk, on_behalf_of=cast.second, op=op(), now=NOW)

    assert list(rules.review_queue(cast.second, TODAY)) == []
    assert list(rules.review_queue(cast.secretary, TODAY)) == [row]


def test_a_unit_without_a_desk_is_reviewed_by_the_nearest_above(cast: Cast) -> None:
    row = make_assignment(cast.city_office, make_list(cast.city_party, cast.secretary, "机关清单"), content="机关任务")

    actions.report(row, done=True, text="已办", by=cast.clerk, op=op(), now=NOW)

    assert (row.review_unit, row.review_leaders) == (cast.city, False)


def test_the_second_of_two_reviewers_is_told(cast: Cast) -> None:
    row = make_assignment(cast.city_office, cast.city_list)
    actions.report(row, done=True, text="已办", by=cast.clerk, op=op(), now=NOW)
    actions.approve(row, by=cast.secretary, op=op(), now=NOW)

    with pytest.raises(NotPossible):
        actions.return_report(row, reason="缺材料", by=cast.second, op=op(), now=NOW)


@pytest.mark.parametrize("who", ["member", "stranger", "foreigner", "admin", "leader"])
def test_others_do_not_review(cast: Cast, who: str) -> None:
    row = make_assignment(cast.city_office, cast.city_list)
    actions.report(row, done=True, text="已办", by=cast.clerk, op=op(), now=NOW)

    with pytest.raises(PermissionDenied):
        actions.approve(row, by=cast.person(who), op=op(), now=NOW)
