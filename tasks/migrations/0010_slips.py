"""Supervision slips: issued once, never changed; what becomes of one are rows of their own (I-26)."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


TABLES = (
    "slip",
    "slip_supports",
    "slip_assignments",
    "slip_leading",
    "slip_supporting",
    "slip_files",
    "slipdue",
    "slipnote",
    "slipnote_files",
)
APPEND_ONLY = "\n".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON tasks_{table}"
    " FOR EACH ROW EXECUTE FUNCTION refuse_change();"
    for table in TABLES
)
NO_MORE = "\n".join(f"DROP TRIGGER {table}_append_only ON tasks_{table};" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0004_calendar_days"),
        ("tasks", "0009_paper_sources"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Slip",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("prefix", models.CharField(max_length=20)),
                ("year", models.PositiveSmallIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("level", models.PositiveSmallIntegerField()),
                ("level_name", models.CharField(max_length=12)),
                ("matter", models.CharField(max_length=120)),
                ("content", models.TextField(blank=True, max_length=2000)),
                ("contact", models.CharField(max_length=40)),
                ("phone", models.CharField(blank=True, max_length=40)),
                (
                    "feedback",
                    models.CharField(
                        choices=[
                            ("once", "Once"),
                            ("weekly", "Every week"),
                            ("monthly", "Every month"),
                            ("quarterly", "Every quarter"),
                        ],
                        default="once",
                        max_length=12,
                    ),
                ),
                ("due_on", models.DateField()),
                ("issued_on", models.DateField()),
                ("at", models.DateTimeField()),
                ("assignments", models.ManyToManyField(blank=True, related_name="slips", to="tasks.assignment")),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="branches.unit"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("files", models.ManyToManyField(blank=True, related_name="+", to="tasks.storedfile")),
                (
                    "instructed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="slips_issued", to="branches.unit"
                    ),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="slips_received", to="branches.unit"
                    ),
                ),
                ("leading", models.ManyToManyField(related_name="+", to=settings.AUTH_USER_MODEL)),
                (
                    "post",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="branches.post"
                    ),
                ),
                ("supporting", models.ManyToManyField(blank=True, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("supports", models.ManyToManyField(blank=True, related_name="+", to="branches.unit")),
                (
                    "task",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="slips",
                        to="tasks.task",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="SlipCounter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("prefix", models.CharField(max_length=20)),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField()),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="branches.unit"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SlipDue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_on", models.DateField()),
                (
                    "slip",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="dues", to="tasks.slip"
                    ),
                ),
            ],
            options={
                "ordering": ["due_on"],
            },
        ),
        migrations.CreateModel(
            name="SlipNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("answer", "Answered"),
                            ("accepted", "Answer accepted"),
                            ("again", "Asked again"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=12,
                    ),
                ),
                ("closes", models.BooleanField(default=False)),
                ("text", models.TextField(blank=True, max_length=2000)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "due",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="tasks.slipdue",
                    ),
                ),
                ("files", models.ManyToManyField(blank=True, related_name="+", to="tasks.storedfile")),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.post",
                    ),
                ),
                (
                    "slip",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="tasks.slip"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="SlipWords",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "names",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), size=3),
                ),
                (
                    "prefixes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=3),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "body",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="slip_words", to="branches.unit"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="slip",
            index=models.Index(fields=["issuer", "-at"], name="slip_by_issuer"),
        ),
        migrations.AddIndex(
            model_name="slip",
            index=models.Index(fields=["lead", "-at"], name="slip_by_lead"),
        ),
        migrations.AddConstraint(
            model_name="slip",
            constraint=models.UniqueConstraint(fields=("body", "prefix", "year", "number"), name="slip_number_once"),
        ),
        migrations.AddConstraint(
            model_name="slip",
            constraint=models.CheckConstraint(condition=models.Q(("level__in", (1, 2, 3))), name="slip_level_of_three"),
        ),
        migrations.AddConstraint(
            model_name="slip",
            constraint=models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="slip_number_from_one"),
        ),
        migrations.AddConstraint(
            model_name="slip",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("matter", ""), _negated=True), models.Q(("level_name", ""), _negated=True)
                ),
                name="slip_has_a_matter",
            ),
        ),
        migrations.AddConstraint(
            model_name="slip",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_on__gte", models.F("issued_on"))), name="slip_due_after_issue"
            ),
        ),
        migrations.AddConstraint(
            model_name="slipcounter",
            constraint=models.UniqueConstraint(fields=("body", "prefix", "year"), name="slip_counter_once"),
        ),
        migrations.AddConstraint(
            model_name="slipdue",
            constraint=models.UniqueConstraint(fields=("slip", "due_on"), name="slip_due_once"),
        ),
        migrations.AddConstraint(
            model_name="slipnote",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "withdrawn")), fields=("slip",), name="slip_withdrawn_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="slipnote",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closes", True)), fields=("slip",), name="slip_closed_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="slipnote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("due__isnull", True), ("kind", "withdrawn")),
                    models.Q(models.Q(("kind", "withdrawn"), _negated=True), ("due__isnull", False)),
                    _connector="OR",
                ),
                name="slip_note_has_its_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="slipnote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["again", "withdrawn"]), _negated=True),
                    models.Q(("text", ""), _negated=True),
                    _connector="OR",
                ),
                name="slip_note_has_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="slipnote",
            constraint=models.CheckConstraint(
                condition=models.Q(("closes", False), ("kind", "accepted"), _connector="OR"),
                name="slip_closed_by_acceptance",
            ),
        ),
        migrations.AddConstraint(
            model_name="slipwords",
            constraint=models.CheckConstraint(
                condition=models.Q(("names__len", 3), ("prefixes__len", 3)), name="slip_words_three_levels"
            ),
        ),
        migrations.RunSQL(APPEND_ONLY, NO_MORE),
    ]
