"""New versions of issued lists, deadlines that a version took out, and questions taken back from a leader (design 4)."""

import django.db.models.deletion
import tasks.models.editions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tasks", "0007_working_on_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="step",
            name="withdrawn_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="approval",
            name="decision",
            field=models.CharField(
                choices=[
                    ("asked", "Waiting for approval"),
                    ("agreed", "Agreed"),
                    ("refused", "Sent back"),
                    ("taken", "Taken back by the desk"),
                ],
                default="asked",
                max_length=8,
            ),
        ),
        migrations.CreateModel(
            name="Edition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("base", models.PositiveSmallIntegerField()),
                ("number", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("changes", models.JSONField(default=tasks.models.editions.no_changes)),
                (
                    "approval",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="editions",
                        to="tasks.approval",
                    ),
                ),
                (
                    "draft",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="edition",
                        to="tasks.paperdraft",
                    ),
                ),
                (
                    "list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="editions", to="tasks.tasklist"
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["list", "-number", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number__gt", 0)), fields=("list", "number"), name="edition_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("number__isnull", True), ("published_at__isnull", True), ("published_by__isnull", True)
                            ),
                            models.Q(
                                ("number__isnull", False),
                                ("published_at__isnull", False),
                                ("published_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="edition_published_by_someone",
                    ),
                ],
            },
        ),
    ]
