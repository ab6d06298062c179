"""A post goes to a successor on a day: what was ordered, what went along, and whether it was undone (ux ADM-3)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import tasks.models.handing


class Migration(migrations.Migration):
    dependencies = [("branches", "0004_calendar_days"), ("tasks", "0010_slips")]

    operations = [
        migrations.CreateModel(
            name="PostHandover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("plan", models.JSONField(default=tasks.models.handing.nothing)),
                ("moved", models.JSONField(default=tasks.models.handing.nothing)),
                ("at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handed_over",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="branches.post"
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken_over",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "undone_by",
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
                "ordering": ["-on", "-pk"],
                "indexes": [
                    models.Index(
                        fields=["on"],
                        name="handover_to_settle",
                        condition=Q(settled_at__isnull=True, undone_at__isnull=True),
                    )
                ],
                "constraints": [
                    models.CheckConstraint(name="handover_to_another", condition=~Q(successor=F("person"))),
                    models.CheckConstraint(
                        name="handover_undone_by_somebody",
                        condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                        | Q(undone_at__isnull=False, undone_by__isnull=False),
                    ),
                ],
            },
        ),
    ]
