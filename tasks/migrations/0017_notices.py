"""More occasions to tell somebody, and the page of notices (issue 6)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0013_escalation"),
        ("tasks", "0016_grades"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="reminder",
            name="kind",
            field=models.CharField(
                choices=[
                    ("before", "Due in three working days"),
                    ("due", "Due today"),
                    ("late", "First day late"),
                    ("returned", "Returned"),
                    ("new_list", "New list"),
                    ("by_hand", "Reminded by hand"),
                    ("help", "Request for help answered"),
                    ("instruction", "Instruction"),
                    ("extension", "Request for more time decided"),
                    ("clarified", "Clarification"),
                    ("edition", "New version of a list"),
                    ("sign", "List to sign for"),
                    ("review", "Review waiting"),
                    ("approved", "Report approved"),
                    ("branch_ends", "Branch about to end"),
                    ("escalated", "Overdue below"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("before", "Due in three working days"),
                            ("due", "Due today"),
                            ("late", "First day late"),
                            ("returned", "Returned"),
                            ("new_list", "New list"),
                            ("by_hand", "Reminded by hand"),
                            ("help", "Request for help answered"),
                            ("instruction", "Instruction"),
                            ("extension", "Request for more time decided"),
                            ("clarified", "Clarification"),
                            ("edition", "New version of a list"),
                            ("sign", "List to sign for"),
                            ("review", "Review waiting"),
                            ("approved", "Report approved"),
                            ("branch_ends", "Branch about to end"),
                            ("escalated", "Overdue below"),
                        ],
                        max_length=12,
                    ),
                ),
                ("subject_type", models.CharField(max_length=16)),
                ("subject_id", models.BigIntegerField()),
                ("due_revision", models.PositiveSmallIntegerField(default=1)),
                ("day", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("facts", models.JSONField(default=dict)),
                ("role", models.CharField(blank=True, max_length=20)),
                ("instead_of", models.CharField(blank=True, max_length=60)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("snoozed_until", models.DateField(blank=True, null=True)),
                (
                    "at",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.unit",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notices", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at", "-pk"],
                "indexes": [
                    models.Index(fields=["recipient", "-made_at"], name="notices_of_a_person"),
                    models.Index(fields=["subject_type", "subject_id"], name="notices_of_a_subject"),
                    models.Index(
                        condition=models.Q(("read_at__isnull", True), ("snoozed_until__isnull", True)),
                        fields=["recipient"],
                        name="notices_unread",
                    ),
                    models.Index(
                        condition=models.Q(("snoozed_until__isnull", False)),
                        fields=["snoozed_until"],
                        name="notices_put_off",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("recipient", "kind", "subject_type", "subject_id", "due_revision", "day"),
                        name="notice_once",
                    )
                ],
            },
        ),
    ]
