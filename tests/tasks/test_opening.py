"""The first week of a site: a one-time link, a body, a workbook that is all or nothing, a real structure (decision 0022)."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from branches import actions, codes, tree_files
from branches.models import Change, Invitation, Post, Term, Unit, UnitKind, User
from branches.roles import Role
from branches.writing import NotPossible
from tasks.papers.out.opening import blank
from tests.conftest import Cast
from tests.factories import at, make_post, make_user, op

NOW = at(date(2026, 5, 12))
UNITS = [
    ["名称", "类别", "上级", "简称", "代码"],
    ["党组", "政协党组", "", "", ""],
    ["综合科", "处室", "党组", "", "zhk"],
]
PEOPLE = [
    ["姓名", "手机", "政治面貌", "任职单位", "职务", "角色"],
    ["甲一", "13800000001", "中共党员", "", "党务干部", "党务干部"],
    ["乙二", "13800000002", "中共党员", "综合科", "科长", "负责人"],
]


def workbook(units: list[list[str]] = UNITS, people: list[list[str]] = PEOPLE) -> SimpleUploadedFile:
    book = Workbook()
    for title, rows in (("单位", units), ("人员", people)):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("opening.xlsx", out.getvalue())


def counts() -> tuple[int, int, int]:
    return Unit.objects.count(), User.objects.count(), Post.objects.count()


def held(page: Any) -> str:
    found = re.search(r'name="held" value="([^"]+)"', page.text)
    assert found
    return found[1]


def test_first_link_opens_the_site_once_and_is_never_a_default(client: Client, db: None) -> None:
    out = io.StringIO()
    call_command("open_site", stdout=out)
    call_command("open_site", stdout=out)
    links = re.findall(r"/join/[a-z0-9-]+/", out.getvalue())
    assert len(set(links)) == 2
    assert client.get(links[0]).status_code == 404  # the newer one has replaced it
    assert not User.objects.get(username="admin").has_usable_password()
    made = Invitation.objects.valid(Invitation.objects.latest("made_at").made_at).get()
    assert made.expires_at - made.made_at == timedelta(hours=24)

    data = {"password1": "a good long secret", "password2": "a good long secret", "phone": "", "op": str(op())}
    answer = client.post(links[1], data)

    assert answer["Location"] == reverse("tasks:opening")
    assert client.get(reverse("tasks:opening")).status_code == 200
    with pytest.raises(CommandError):
        call_command("open_site")
    call_command("open_site", "--quiet", stdout=io.StringIO())
    assert User.objects.count() == 1


def test_console_lets_in_whom_no_admin_can_help(client: Client, cast: Cast) -> None:
    cast.system_admin.set_password("a good long secret")
    cast.system_admin.save()
    client.force_login(cast.system_admin)

    out = io.StringIO()
    call_command("let_in", "system-admin", stdout=out)

    assert client.get(reverse("home")).status_code == 302
    assert re.search(r"/join/[a-z0-9-]{19}/", out.getvalue())
    with pytest.raises(CommandError):
        call_command("let_in", "nobody-here")


def test_structure_of_jinhua_is_whole_and_a_second_run_changes_nothing(db: None) -> None:
    call_command("load_tree", "jinhua", stdout=io.StringIO())
    seen = (Unit.objects.count(), Change.objects.count(), UnitKind.objects.count(), User.objects.count())

    call_command("load_tree", "jinhua", stdout=io.StringIO())

    assert (Unit.objects.count(), Change.objects.count(), UnitKind.objects.count(), User.objects.count()) == seen
    towns = list(Unit.objects.filter(kind="town").values_list("name", flat=True))
    assert [sum(name.endswith(end) for name in towns) for end in ("镇", "街道", "乡")] == [74, 42, 30]
    below = {
        unit.code: Unit.objects.under(unit).filter(kind="town").count() for unit in Unit.objects.filter(kind="body")
    }
    assert below == {
        "330700": 146, "330702": 26, "330703": 11, "330723": 18, "330726": 15, "330727": 14, "330781": 16,
        "330782": 14, "330783": 18, "330784": 14,
    }  # fmt: skip
    assert User.objects.count() == 0
    assert Unit.objects.get(code="330702103").body.code == "330702"
    usual = {sprout.code for sprout in tree_files.read("jinhua").sprouts if sprout.usual}
    assert set(Change.objects.exclude(reason="").values_list("unit__code", flat=True)) == usual


def test_workbook_is_looked_at_without_a_trace_and_taken_in_whole(client: Client, cast: Cast) -> None:
    client.force_login(cast.county_admin)
    before = counts()

    page = client.post(reverse("tasks:opening-check"), {"body": cast.county_a.pk, "file": workbook()})

    assert page.status_code == 200
    assert counts() == before
    assert "13800000001" not in page.text  # masked in the preview
    data = {"held": held(page), "op": str(op())}
    for _twice in range(2):
        assert client.post(reverse("tasks:opening-take"), data).status_code == 302
    assert counts() == (before[0] + 2, before[1] + 2, before[2] + 2)
    assert Unit.objects.get(code="zhk").body == cast.county_a
    one, two = User.objects.get(name="甲一"), User.objects.get(name="乙二")
    assert not one.has_usable_password()
    assert one.posts.get().role == Role.SECRETARY
    assert (one.posts.get().unit, two.posts.get().unit.code) == (cast.county_a, "zhk")
    again = client.post(reverse("tasks:opening-check"), {"body": cast.county_a.pk, "file": workbook()})
    client.post(reverse("tasks:opening-take"), {"held": held(again), "op": str(op())})
    assert counts() == (before[0] + 2, before[1] + 2, before[2] + 2)  # the same workbook again adds nothing


@pytest.mark.parametrize(
    "row",
    [
        ["新科", "没有的类别", "", "", ""],
        ["新科", "处室", "没有的上级", "", ""],
        ["新支部", "党支部", "", "", ""],
        ["新科", "处室", "", "", "a b"],
        ["新科", "处室", "", "", "city"],
    ],
)
def test_what_is_wrong_with_units_is_said_before_anything(client: Client, cast: Cast, row: list[str]) -> None:
    client.force_login(cast.county_admin)

    page = client.post(reverse("tasks:opening-check"), {"body": cast.county_a.pk, "file": workbook([*UNITS, row])})

    assert "note-warn" in page.text
    assert 'name="held"' not in page.text
    assert not Unit.objects.filter(code="zhk").exists()


def test_row_that_cannot_be_is_left_out_by_a_tick(client: Client, cast: Cast) -> None:
    client.force_login(cast.county_admin)
    people = [*PEOPLE, ["", "13800000009", "", "综合科", "", ""]]
    page = client.post(reverse("tasks:opening-check"), {"body": cast.county_a.pk, "file": workbook(people=people)})
    assert reverse("tasks:opening-take") not in page.text

    page = client.post(reverse("tasks:opening-check"), {"held": held(page), "again": "1", "skip:4": "1"})

    assert reverse("tasks:opening-take") in page.text


def test_workbook_goes_into_no_other_body_and_cannot_be_forged(client: Client, cast: Cast) -> None:
    client.force_login(cast.county_admin)
    assert (
        client.post(reverse("tasks:opening-check"), {"body": cast.county_b.pk, "file": workbook()}).status_code == 400
    )
    page = client.post(reverse("tasks:opening-check"), {"body": cast.county_a.pk, "file": workbook()})
    data = {"held": held(page), "op": str(op())}

    client.force_login(cast.admin)
    assert client.post(reverse("tasks:opening-take"), data).status_code == 404
    client.force_login(cast.secretary)
    assert client.post(reverse("tasks:opening-take"), data).status_code == 403
    assert client.get(reverse("tasks:opening")).status_code == 403
    client.force_login(cast.county_admin)
    assert client.post(reverse("tasks:opening-take"), data | {"held": data["held"][:-2]}).status_code == 400


def test_blank_workbook_has_both_sheets_choices_and_can_be_uploaded_as_it_is(client: Client, cast: Cast) -> None:
    book = load_workbook(io.BytesIO(blank()))
    assert book.sheetnames == ["单位", "人员"]
    assert all(sheet.data_validations.dataValidation for sheet in book)
    client.force_login(cast.county_admin)

    file = SimpleUploadedFile("opening.xlsx", client.get(reverse("tasks:opening-blank")).getvalue())
    page = client.post(reverse("tasks:opening-check"), {"body": cast.county_a.pk, "file": file})

    assert reverse("tasks:opening-take") in page.text


def test_body_is_founded_with_its_term_by_a_system_admin_alone(client: Client, cast: Cast) -> None:
    data = {"name": "新县政协", "code": "330799", "term": "十届", "term_from": "2022-02-20", "op": str(op())}
    client.force_login(cast.admin)
    assert client.post(reverse("tasks:opening-body"), data).status_code == 403
    client.force_login(cast.system_admin)
    for _twice in range(2):
        assert client.post(reverse("tasks:opening-body"), data).status_code == 302

    body = Unit.objects.get(code="330799")
    assert body.is_body
    assert Term.objects.get(body=body).name == "十届"
    late = data | {"op": str(op()), "code": "x1", "name": "又一政协", "term_from": "2100-01-01"}
    assert client.post(reverse("tasks:opening-body"), late).status_code == 400
    assert not Unit.objects.filter(code="x1").exists()


def test_second_system_admin_lets_in_the_first(cast: Cast) -> None:
    other = make_user("管二")
    make_post(other, cast.city, Role.SYSTEM_ADMIN)

    lot = actions.reset_account(cast.system_admin, by=other, op=op(), now=NOW)

    assert actions.invited_by(codes.code_of(Invitation.objects.get(lot=lot).seed), NOW)
    with pytest.raises(NotPossible):
        actions.close_account(other, by=other, op=op(), now=NOW)
