"""A change of term on its way: what was answered, who confirmed it, and that it was applied once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

import tasks.models.handing

PERSON = settings.AUTH_USER_MODEL


class Migration(migrations.Migration):
    dependencies = [("branches", "0010_stand_ins"), ("tasks", "0013_audit_indexes")]

    operations = [
        migrations.CreateModel(
            name="TermPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("answers", models.JSONField(default=tasks.models.handing.nothing)),
                ("begun_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("applied_at", models.DateTimeField(blank=True, null=True)),
                ("result", models.JSONField(default=tasks.models.handing.nothing)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "begun_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=PERSON),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=PERSON,
                    ),
                ),
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
                    "term",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="plan", to="branches.term"
                    ),
                ),
            ],
            options={
                "ordering": ["-begun_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        name="term_plan_confirmed_by_somebody",
                        condition=Q(confirmed_at__isnull=True) | Q(by__isnull=False, post__isnull=False),
                    ),
                    models.CheckConstraint(
                        name="term_plan_applied_when_confirmed",
                        condition=Q(applied_at__isnull=True) | Q(confirmed_at__isnull=False),
                    ),
                ],
            },
        ),
    ]
