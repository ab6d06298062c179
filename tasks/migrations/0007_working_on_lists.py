"""Rows that are being written in, lists kept as templates, filters kept by name; a draft may be shared (issue 3, section 3)."""

import django.db.models.deletion
import tasks.models.working
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0003_national_words"),
        ("tasks", "0006_occasions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="paperdraft",
            name="shared",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="ListTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, verbose_name="Name of the template")),
                (
                    "line",
                    models.CharField(
                        choices=[("office", "Office line"), ("members", "Members’ line"), ("joint", "Joint")],
                        default="joint",
                        max_length=8,
                    ),
                ),
                ("rows", models.JSONField(default=tasks.models.working.no_rows)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("retired_on", models.DateField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="branches.unit"
                    ),
                ),
                (
                    "kept_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_on__isnull", True)),
                        fields=("body", "name"),
                        name="template_name_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RowLease",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.CharField(max_length=12)),
                ("until_at", models.DateTimeField()),
                (
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="leases", to="tasks.paperdraft"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["draft", "row"],
                "constraints": [models.UniqueConstraint(fields=("draft", "row"), name="row_leased_once")],
            },
        ),
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page", models.CharField(choices=[("lists", "Lists"), ("rows", "Rows of a board")], max_length=8)),
                ("name", models.CharField(max_length=30, verbose_name="Name of the filter")),
                ("query", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField()),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="branches.unit",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_filters",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [models.UniqueConstraint(fields=("user", "page", "name"), name="filter_name_once")],
            },
        ),
    ]
