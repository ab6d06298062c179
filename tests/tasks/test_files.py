"""Uploads and downloads: what is taken, what is left of it, and who gets it (reliability.md threats 4 and 6, P11)."""

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from branches.markings import secret_marking
from branches.models import Feedback, User
from tasks import actions
from tasks.models import Evidence, Report, StoredFile, TaskFile
from tasks.queries.assignments import own_files
from tasks.uploads import Unacceptable, clean_name, keep, keep_all, location, thumbnail_of
from tests import uploads
from tests.conftest import Cast
from tests.factories import at, make_report, make_user, op
from tests.uploads import upload

TODAY = date(2026, 5, 12)
NOW = at(TODAY)


@pytest.fixture(autouse=True)
def _day(clock_at: Callable[..., None], settings: object, tmp_path: Path) -> None:
    clock_at(TODAY)
    settings.MEDIA_ROOT = str(tmp_path)  # type: ignore[attr-defined]


@pytest.fixture
def writer(db: None) -> User:
    """Somebody who uploads; the checks of a file need no more."""
    return make_user("孙悦")


def kept(by: User, name: str, content: bytes) -> StoredFile:
    return keep(upload(name, content), by=by, unit=None, now=NOW)


def on_disk(root: str) -> list[Path]:
    return [path for path in Path(root).rglob("*") if path.is_file()]


# --- what is taken ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "content_type", "stored_name"),
    [
        ("台账.jpg", uploads.photo(), "image/jpeg", "台账.jpg"),
        ("台账.JPEG", uploads.photo(), "image/jpeg", "台账.jpg"),
        ("IMG_1.HEIC", uploads.heic(), "image/jpeg", "IMG_1.jpg"),
        ("图.png", uploads.png(), "image/png", "图.png"),
        ("报告.pdf", uploads.PDF, "application/pdf", "报告.pdf"),
        ("小结.txt", "已建台账".encode("gb18030"), "text/plain", "小结.txt"),
        (
            "小结.docx",
            uploads.office(),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "小结.docx",
        ),
        (
            "表.xlsx",
            uploads.office("xl/workbook.xml"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "表.xlsx",
        ),
        ("image", uploads.photo(), "image/jpeg", "image.jpg"),
    ],
)
def test_a_file_of_the_allowed_kinds_is_kept(
    writer: User, name: str, content: bytes, content_type: str, stored_name: str
) -> None:
    file = kept(writer, name, content)

    assert (file.content_type, file.name) == (content_type, stored_name)
    assert location(file).stat().st_size == file.size
    assert name not in file.path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.svg", uploads.SVG), ("a.png", uploads.SVG), ("a.jpg", uploads.png()), ("a.pdf", uploads.photo()),
        ("a.html", b"<script>1</script>"), ("a.txt", b"<!doctype html><script>1</script>"), ("a.txt", b"\x00\x01\x02"),
        ("a.gif", b"GIF89a=1;window.__x=1"), ("a.jpg", b"GIF89a" + uploads.photo()), ("a.pdf", b"<html>" + uploads.PDF),
        ("a.pdf", b"%PDF-1.4 and no more"), ("a.exe", b"MZ\x90\x00"), ("photo\u202egpj.exe", b"MZ\x90\x00"),
        ("a.jpg", uploads.photo()[:200]), ("a.png", uploads.huge_png()), ("a.docx", b"PK\x03\x04broken"), ("a.jpg", b""),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600), ("a.docx", uploads.office("xl/workbook.xml")),
        ("a.docx", uploads.office(extra={"word/vbaProject.bin": b"macro"})),
        ("a.docx", uploads.office(types=uploads.MACRO_TYPES)),
        ("a.docx", uploads.office(extra={"../../outside.xml": b"x"})),
        ("a.docx", uploads.office(extra={"word/big.xml": b"0" * 30_000_000})),
        ("a.docx", uploads.office(extra={f"word/{n}.xml": b"" for n in range(2001)})),
    ],
)  # fmt: skip
def test_what_is_not_what_it_says_is_refused_and_leaves_nothing(
    writer: User, settings: object, name: str, content: bytes
) -> None:
    with pytest.raises(Unacceptable):
        kept(writer, name, content)

    assert not StoredFile.objects.exists()
    assert on_disk(settings.MEDIA_ROOT) == []  # type: ignore[attr-defined]


def test_a_file_over_the_limit_is_refused_by_its_size(writer: User, settings: object) -> None:
    settings.EVIDENCE_MAX_BYTES = 1000  # type: ignore[attr-defined]

    with pytest.raises(Unacceptable, match="MB"):
        kept(writer, "a.txt", b"0" * 1001)


def test_a_picture_over_forty_million_dots_is_refused(writer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.filetypes.PIXELS", 1000)

    with pytest.raises(Unacceptable):
        kept(writer, "a.jpg", uploads.photo((64, 48)))


@pytest.mark.parametrize(
    ("name", "content"), [("a.jpg", uploads.photo()), ("a.heic", uploads.heic()), ("a.png", uploads.png())]
)
def test_position_camera_and_comments_are_gone_from_photos(writer: User, name: str, content: bytes) -> None:
    file = kept(writer, name, content)

    for path in (location(file), thumbnail_of(file)):
        left = path.read_bytes()
        with Image.open(io.BytesIO(left)) as picture:
            assert not picture.getexif()
        assert b"SecretPhone" not in left
        assert b"canary-comment" not in left
        assert b"Exif" not in left


def test_a_photo_is_turned_upright_before_its_side_is_forgotten(writer: User) -> None:
    file = kept(writer, "a.jpg", uploads.photo((64, 48), orientation=6))

    with Image.open(location(file)) as picture:
        assert picture.size == (48, 64)


def test_the_same_content_of_the_same_person_is_kept_once(writer: User, settings: object) -> None:
    first, second = kept(writer, "a.jpg", uploads.photo()), kept(writer, "b.jpg", uploads.photo())
    other = keep(upload("a.jpg", uploads.photo()), by=make_user("吴刚"), unit=None, now=NOW)

    assert (first, StoredFile.objects.count()) == (second, 2)
    assert first.sha256 == other.sha256
    assert len([path for path in on_disk(settings.MEDIA_ROOT) if path.suffix != ".thumb"]) == 2  # type: ignore[attr-defined]


def test_a_row_that_cannot_be_written_leaves_no_file(
    writer: User, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_fields: object) -> None:
        raise RuntimeError("the database said no")

    monkeypatch.setattr(StoredFile, "save", fail)

    with pytest.raises(RuntimeError):
        kept(writer, "a.jpg", uploads.photo())
    assert on_disk(settings.MEDIA_ROOT) == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("../../etc/passwd.txt", "passwd.txt"), ("C:\\照片\\台账.jpg", "台账.jpg"), ("a\u202egpj.txt", "agpj.txt"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie_ x.txt"), (' "q".pdf ', "_q_.pdf"), ("长" * 300 + ".pdf", "长" * 120 + ".pdf"),
    ],
)  # fmt: skip
def test_names_lose_paths_and_unseen_signs(given: str, clean: str) -> None:
    assert clean_name(given) == clean


# --- secrecy markings ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("秘密★1年", True),
        ("机 密 ★", True),
        ("绝密★长期", True),
        ("秘\u200b密★", True),
        ("保密工作要点★", False),
        ("机密", False),
    ],
)
def test_markings_are_known_in_the_forms_offices_write(text: str, marked: bool) -> None:
    assert secret_marking(text) is marked


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("机密★文件.pdf", uploads.PDF), ("a.txt", "绝密★长期".encode()), ("a.txt", "秘密★".encode("gb18030")),
        ("a.docx", uploads.office(text="秘密</w:t><w:t>★1年")), ("a.docx", uploads.office(text="秘密&#9733;1年")),
        ("a.xlsx", uploads.office("xl/workbook.xml", extra={"xl/sharedStrings.xml": "<si><t>机密★</t></si>".encode()})),
        ("a.pdf", uploads.PDF.replace(b"/Catalog", "/Catalog/T(秘密★)".encode("utf-16-be"))),
    ],
)  # fmt: skip
def test_a_marked_file_is_refused_before_storing_and_its_name_is_not_repeated(
    writer: User, settings: object, name: str, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    files, problems = keep_all([upload(name, content)], by=writer, unit=None, now=NOW)

    assert (files, len(problems)) == ([], 1)
    assert "密" not in problems[0].replace("涉密", "").replace("密级", "")
    assert (on_disk(settings.MEDIA_ROOT), caplog.text) == ([], "")  # type: ignore[attr-defined]


def test_marked_feedback_is_refused_as_well(client: Client, cast: Cast) -> None:
    client.force_login(cast.member)
    values = {"op": "00000000-0000-4000-8000-000000000001", "page": "/"}

    refused = client.post(reverse("branches:feedback"), {**values, "text": "见机密★文件"})
    taken = client.post(reverse("branches:feedback"), {**values, "text": "字太小"})

    assert (refused.status_code, taken.status_code) == (400, 302)
    assert [feedback.text for feedback in Feedback.objects.all()] == ["字太小"]


# --- who gets it ----------------------------------------------------------------------------------


def evidence(cast: Cast, row: object, kind: str = "completion", hour: int = 9) -> StoredFile:
    """A photo in a report of the row, uploaded by somebody who is in no test below."""
    uploader = cast.county_admin
    file = keep(
        upload(f"{kind}.jpg", uploads.photo(colour="red" if kind == "progress" else "blue")),
        by=uploader,
        unit=None,
        now=NOW,
    )
    report = make_report(row, cast.county_secretary, at(TODAY, hour), kind=kind)  # type: ignore[arg-type]
    Evidence.objects.create(report=report, file=file)
    return file


@pytest.mark.parametrize(
    ("person", "completion", "progress"),
    [
        ("county_secretary", 200, 200), ("county_head", 200, 200), ("secretary", 200, 404), ("leader", 200, 404),
        ("clerk", 404, 404), ("member", 404, 404), ("stranger", 404, 404), ("foreigner", 404, 404), ("system_admin", 404, 404),
        ("auditor", 404, 404), ("nobody", 404, 404),
    ],
)  # fmt: skip
def test_evidence_follows_its_report_and_stops_at_the_boundary(
    client: Client, cast: Cast, person: str, completion: int, progress: int
) -> None:
    reported, noted = evidence(cast, cast.to_county_a), evidence(cast, cast.to_county_a, "progress")
    client.force_login(cast.person(person))

    answers = [
        client.get(reverse(door, args=[file.pk])).status_code
        for file in (reported, noted)
        for door in ("tasks:file", "tasks:thumb")
    ]

    assert answers == [completion, completion, progress, progress]


def test_evidence_that_was_taken_back_is_not_given_to_the_issuing_body(client: Client, cast: Cast) -> None:
    first = evidence(cast, cast.to_county_a, hour=9)
    cast.to_county_a.events.create(at=at(TODAY, 10), list=cast.city_list, move="take_back", by=cast.county_secretary)
    client.force_login(cast.secretary)
    before = client.get(reverse("tasks:file", args=[first.pk])).status_code

    again = make_report(cast.to_county_a, cast.county_secretary, at(TODAY, 11))
    Evidence.objects.create(report=again, file=first)

    assert (before, client.get(reverse("tasks:file", args=[first.pk])).status_code) == (404, 200)
    assert set(Report.objects.visible_to(cast.secretary, TODAY)) == {again}


def test_a_file_of_a_task_goes_to_whoever_sees_the_task(client: Client, cast: Cast) -> None:
    file = keep(upload("通知.pdf", uploads.PDF), by=cast.secretary, unit=None, now=NOW)
    TaskFile.objects.create(task=cast.to_county_a.task, file=file)

    seen = {}
    for person in ("county_secretary", "stranger", "foreigner"):
        client.force_login(cast.person(person))
        seen[person] = client.get(reverse("tasks:file", args=[file.pk])).status_code

    assert seen == {"county_secretary": 200, "stranger": 404, "foreigner": 404}


def test_a_right_that_ended_ends_the_download(client: Client, cast: Cast) -> None:
    file = evidence(cast, cast.to_county_a)
    client.force_login(cast.county_secretary)
    assert client.get(reverse("tasks:file", args=[file.pk])).status_code == 200

    cast.county_secretary.posts.update(ends_on=TODAY)

    assert client.get(reverse("tasks:file", args=[file.pk])).status_code == 404


def test_a_download_runs_nothing_and_is_kept_by_nobody(client: Client, writer: User) -> None:
    file = keep(upload('台账 "1".txt', "已办".encode()), by=writer, unit=None, now=NOW)
    client.force_login(writer)

    answer = client.get(reverse("tasks:file", args=[file.pk]))

    assert b"".join(answer.streaming_content) == "已办".encode()  # type: ignore[attr-defined]
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''%E5%8F%B0%E8%B4%A6%20_1_.txt"
    assert (answer.headers["X-Content-Type-Options"], answer.headers["Cache-Control"]) == (
        "nosniff",
        "private, no-store",
    )


def test_only_our_own_small_pictures_show_inside_a_page(client: Client, writer: User) -> None:
    picture, paper = kept(writer, "a.jpg", uploads.photo((900, 900))), kept(writer, "a.pdf", uploads.PDF)
    client.force_login(writer)

    small = client.get(reverse("tasks:thumb", args=[picture.pk]))

    assert (small.headers["Content-Disposition"], small.headers["Content-Type"]) == ("inline", "image/jpeg")
    with Image.open(io.BytesIO(b"".join(small.streaming_content))) as shown:  # type: ignore[attr-defined]
        assert shown.size == (480, 480)
    assert client.get(reverse("tasks:thumb", args=[paper.pk])).status_code == 404


def test_a_small_picture_that_was_lost_is_made_again(client: Client, writer: User) -> None:
    picture = kept(writer, "a.jpg", uploads.photo())
    thumbnail_of(picture).unlink()
    client.force_login(writer)

    assert client.get(reverse("tasks:thumb", args=[picture.pk])).status_code == 200


def test_a_file_that_is_gone_is_not_found(client: Client, writer: User) -> None:
    picture = kept(writer, "a.jpg", uploads.photo())
    location(picture).unlink()
    thumbnail_of_path = location(picture).with_suffix(".thumb")
    thumbnail_of_path.unlink()
    client.force_login(writer)

    assert [client.get(reverse(door, args=[picture.pk])).status_code for door in ("tasks:file", "tasks:thumb")] == [
        404,
        404,
    ]


def test_one_uploaded_file_serves_several_assignments_and_levels(cast: Cast) -> None:
    file = kept(cast.member, "台账.pdf", uploads.PDF)
    actions.report(cast.to_branch_a, done=True, text="已建", files=[file], by=cast.member, op=op(), now=NOW)
    assert not StoredFile.objects.visible_to(cast.secretary, TODAY).exists(), "inside the county it stays inside"

    shown = own_files(cast.county_secretary, TODAY, [file.pk])
    actions.report(cast.to_county_a, done=True, text="已建", files=shown, by=cast.county_secretary, op=op(), now=NOW)

    assert set(Evidence.objects.values_list("file", "report__assignment")) == {
        (file.pk, cast.to_branch_a.pk),
        (file.pk, cast.to_county_a.pk),
    }
    assert StoredFile.objects.get() == file, "nothing was uploaded twice"
    assert StoredFile.objects.visible_to(cast.secretary, TODAY).get() == file
    assert not StoredFile.objects.visible_to(cast.stranger, TODAY).exists()
