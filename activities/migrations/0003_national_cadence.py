"""How often a branch is to meet where nobody says otherwise: the national rows, each with its source (domain 1.6)."""

from django.db import migrations

REGULATIONS = "《中国共产党支部工作条例（试行）》"
LOCAL = "肃南县政协2024年功能型党支部做法"
PLAN = "支部工作条例要点；江苏省政协2023年临时党支部规定（随活动方案）"
OFFICE = [  # kind, how many (0: by plan), in each, only where
    ("assembly", 1, "quarter", ""),
    ("committee", 1, "month", "committee"),
    ("group", 1, "month", "groups"),
    ("lecture", 0, "quarter", ""),
    ("theme_day", 1, "month", ""),
    ("life", 1, "year", ""),
    ("appraisal", 1, "year", ""),
    ("talk", 1, "year", ""),
]
ROWS = [
    *((branch_type, *row, REGULATIONS) for branch_type in ("office", "joint") for row in OFFICE),
    *((branch_type, "activity", 1, "quarter", "", LOCAL) for branch_type in ("functional", "duty")),
    *((branch_type, "life", 1, "year", "", LOCAL) for branch_type in ("functional", "duty")),
    ("temporary", "lecture", 0, "quarter", "", PLAN),
    ("temporary", "activity", 0, "quarter", "", PLAN),
]


def fill(apps, schema_editor):
    cadence = apps.get_model("activities", "Cadence")
    cadence.objects.bulk_create(
        cadence(branch_type_id=branch_type, kind=kind, count=count, per=per, condition=condition, source=source)
        for branch_type, kind, count, per, condition, source in ROWS
    )


def empty(apps, schema_editor):
    apps.get_model("activities", "Cadence").objects.filter(body=None).delete()


class Migration(migrations.Migration):
    dependencies = [("activities", "0002_promises"), ("branches", "0003_national_words")]

    operations = [migrations.RunPython(fill, empty)]
