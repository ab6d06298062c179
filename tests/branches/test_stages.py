"""The way of a branch as its pages tell it, platforms without a branch, and pairs across the two lines (domain 1.2–1.5)."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.forms import BaseForm
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from branches import actions
from branches.actions import Appointment, BranchPlan, UnitWords
from branches.models import Branch, BranchType, Pairing, Platform
from branches.queries import life as queries
from branches.queries.steps import announced_to, asked_of, next_step
from branches.roles import Role
from branches.rules import needs_of, speaks_for
from branches.writing import Invalid, NotPossible
from tests.conftest import Cast
from tests.factories import LONG_AGO, activate, at, make_branch, make_standing, make_user, op

TODAY = date(2026, 5, 12)
NOW = at(TODAY)


def plan(cast: Cast) -> Branch:
    hall = Platform.objects.create(name="玉山议事堂", kind="hall", body=cast.county_a, starts_on=TODAY, gap="under_way")
    kind = BranchType.objects.get(code="temporary")
    paper = BranchPlan(kind, kind.line, TODAY, platform=hall, plan_paper="2026年视察方案", asked=cast.county_a)
    return actions.plan_branch(
        cast.county_a, UnitWords("玉山临时党支部"), paper, by=cast.county_admin, op=op(), now=NOW
    )


def settle() -> None:
    """Let the database check the founding before the branch ends in the same transaction."""
    connection.check_constraints()


def label(cast: Cast, branch: Branch, who: str) -> str:
    """What the page offers this person as the next step."""
    branch.refresh_from_db()
    person = cast.person(who)
    posts = person.posts_on(TODAY)
    found = next_step(
        branch, needs_of(branch, TODAY), posts, speaks_for(posts, branch, person), TODAY, branch.state == "ended"
    )
    return found.url.rsplit("/", 2)[1] if found and "appoint" not in found.url else found.label if found else ""


def test_one_next_step_at_each_stage(cast: Cast) -> None:
    """From plan to archive: whose turn it is, and nothing for the others."""
    branch = plan(cast)
    assert (label(cast, branch, "county_head"), label(cast, branch, "county_admin")) == ("approve", "approve")
    assert label(cast, branch, "member") == ""
    assert list(asked_of([cast.county_a.pk])) == [branch]

    actions.approve_branch(
        branch, cast.county_a, "甲政协〔2026〕8号", TODAY, version=1, by=cast.county_head, op=op(), now=NOW
    )
    branch.refresh_from_db()
    assert (branch.approval_by, branch.approval_on_paper) == (cast.county_head, False)
    assert label(cast, branch, "county_admin") == "members"
    people = [make_user(f"党员{n}") for n in range(3)]
    for person in people:
        make_standing(person)
        actions.add_member(branch, person, "temporary", TODAY, by=cast.county_admin, op=op(), now=NOW)
    assert label(cast, branch, "county_admin")
    actions.appoint(
        people[0], branch.unit, Appointment(Role.HEAD, TODAY, appointed_by=cast.county_a), by=cast.county_admin,
        op=op(), now=NOW,
    )  # fmt: skip
    assert label(cast, branch, "county_admin") == "announce"
    actions.announce_branch(branch, version=branch.version, by=people[0], op=op(), now=NOW)
    assert list(announced_to(people[1], TODAY)) == [branch]
    assert not announced_to(cast.member, TODAY).exists()
    assert label(cast, branch, "county_admin") == "activate"
    actions.activate_branch(branch, TODAY, version=branch.version, by=cast.county_admin, op=op(), now=NOW)
    assert label(cast, branch, "county_admin") == ""
    settle()

    branch.refresh_from_db()
    actions.end_branch(branch, TODAY, version=branch.version, by=cast.county_admin, op=op(), now=NOW)
    assert label(cast, branch, "county_admin") == "summary"
    branch.refresh_from_db()
    actions.summarise_branch(
        branch, "收集意见12条，办结9条", version=branch.version, by=people[0], op=op(), now=NOW
    )  # the last head, though his post has ended
    assert label(cast, branch, "county_admin") == ""
    verbs = list(branch.unit.changes.order_by("pk").values_list("verb", flat=True))
    assert [verb for verb in verbs if verb.startswith("branch-")] == [
        "branch-planned", "branch-approved", "branch-announced", "branch-activated", "branch-ended", "branch-summary",
    ]  # fmt: skip


def test_only_who_may_approves_announces_and_sums_up(cast: Cast) -> None:
    branch = plan(cast)
    with pytest.raises(PermissionDenied):  # no head of that unit, no organisation admin
        actions.approve_branch(
            branch, cast.county_a, "号", TODAY, version=1, by=cast.county_secretary, op=op(), now=NOW
        )
    with pytest.raises(Invalid):  # a unit beside its body
        actions.approve_branch(branch, cast.county_b, "号", TODAY, version=1, by=cast.county_admin, op=op(), now=NOW)
    with pytest.raises(NotPossible):
        actions.announce_branch(branch, version=1, by=cast.county_admin, op=op(), now=NOW)
    with pytest.raises(PermissionDenied):
        actions.summarise_branch(cast.branch_a, "字", version=1, by=cast.member, op=op(), now=NOW)


def test_archive_is_readable_and_fits_a_card(client: Client, cast: Cast) -> None:
    branch = cast.temporary_a
    Branch.objects.filter(pk=branch.pk).update(summary="办结意见9条", summary_on=TODAY, summary_by=cast.county_head)
    actions.end_branch(branch, TODAY, version=1, by=cast.county_admin, op=op(), now=NOW)
    client.force_login(cast.county_secretary)

    for name in ("branch", "branch-card"):
        page = client.get(reverse(f"branches:{name}", args=[branch.pk])).text
        assert "办结意见9条" in page
        assert branch.memberships.select_related("user")[0].user.name in page


def test_coverage_of_platforms_is_the_length_of_its_lists(client: Client, cast: Cast) -> None:
    """Open lounges, halls and studios by body; a session is not asked, "not needed" is not missing, a plan is no branch."""
    place = {"body": cast.county_a, "starts_on": LONG_AGO}
    bare = Platform.objects.create(name="空厅", kind="hall", **place)
    spare = Platform.objects.create(name="闲室", kind="studio", **place)
    Platform.objects.create(name="全会", kind="session", **place)
    Platform.objects.create(name="旧厅", kind="hall", ends_on=date(2025, 1, 1), **place)
    actions.explain_gap(spare, "not_needed", "", by=cast.county_admin, op=op(), now=NOW)
    with pytest.raises(Invalid):
        actions.explain_gap(bare, "other", " ", by=cast.county_admin, op=op(), now=NOW)
    with pytest.raises(NotPossible):
        actions.explain_gap(cast.temporary_a.platform, "too_few", "", by=cast.county_admin, op=op(), now=NOW)

    cover = queries.coverage(queries.platform_rows(cast.county_secretary, TODAY), TODAY)[0]

    assert cover.covered == [cast.temporary_a.platform]
    assert (cover.missing, cover.excused, cover.asked) == ([bare], [spare], 2)
    client.force_login(cast.county_secretary)
    page = client.get(reverse("branches:platforms") + "?show=missing").text
    assert ("空厅" in page, "闲室" in page) == (True, False)
    branch = plan(cast)
    assert branch.platform is not None
    assert (branch.platform.gap, branch.platform in cover.missing) == ("", False)


def test_pairing_joins_the_two_lines_and_ends(client: Client, cast: Cast) -> None:
    other = make_branch("委员第一党支部", cast.county_a, "functional")
    activate(other)
    same = make_branch("机关第二党支部", cast.county_a)
    activate(same)

    def pair(one: Branch, two: Branch) -> None:
        actions.pair_branches(one, two, TODAY, "提供场地", "提供专家", by=cast.county_admin, op=op(), now=NOW)

    for wrong in (same, cast.branch_b):
        with pytest.raises(Invalid):
            pair(cast.branch_a, wrong)
    pair(other, cast.branch_a)
    with pytest.raises(Invalid):
        pair(cast.branch_a, other)
    row = Pairing.objects.get()
    assert (row.office, row.members, row.office_gives, row.members_give) == (
        cast.branch_a,
        other,
        "提供专家",
        "提供场地",
    )
    client.force_login(cast.county_secretary)
    for branch in (cast.branch_a, other):
        assert "提供场地" in client.get(branch.get_absolute_url()).text

    actions.end_pairing(row, date(2026, 6, 1), by=cast.county_admin, op=op(), now=NOW)

    row.refresh_from_db()
    assert row.ends_on == date(2026, 6, 1)


FORBIDDEN = ("election", "elect", "dues", "admission", "admit", "discipline", "punish", "sanction")
FORBIDDEN_ZH = ("党费", "发展党员", "党纪处分", "处分党员", "预备党员转正", "选举")


def _names() -> set[str]:
    """Every name under which something could be entered: tables, columns, forms with their fields, addresses."""
    found = set()
    for model in apps.get_models():
        found |= {model.__name__, *(field.name for field in model._meta.get_fields() if field.concrete)}
    pending: list[type[BaseForm]] = [BaseForm]
    while pending:
        kind = pending.pop()
        pending += kind.__subclasses__()
        if kind.__module__.split(".")[0] in ("branches", "tasks", "activities", "dashboards"):
            found |= {kind.__name__, *getattr(kind, "base_fields", {})}
    addresses: list[URLPattern | URLResolver] = list(get_resolver().url_patterns)
    while addresses:
        each = addresses.pop()
        if isinstance(each, URLResolver):
            addresses += each.url_patterns
        else:
            found |= {each.name or "", str(each.pattern)}
    return found


def test_i7_what_a_temporary_branch_may_not_do_has_no_place_to_be_entered() -> None:
    """No table, column, form, field or address for elections, dues, admission or discipline (domain 1.5, I-7)."""
    words = {
        part for name in _names() for part in re.split(r"[^a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower())
    }

    assert "membership" in words  # the walk did reach the names
    assert words & set(FORBIDDEN) == set()


def test_i7_the_catalogue_has_no_words_to_enter_it() -> None:
    catalogue = (Path(__file__).parents[2] / "locale/zh_Hans/LC_MESSAGES/django.po").read_text()
    said = re.findall(r'^msgstr(?:\[0\])? "(.*)"$', catalogue, re.MULTILINE)

    assert any("临时" in words for words in said)
    assert not [words for words in said if any(bad in words for bad in FORBIDDEN_ZH)]
