"""What a branch is told about on its way: its plan, its announcement and its summary; why a platform has none; pairs of
an office and a members' branch."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0008_planned_changes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Pairing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField(verbose_name="First day")),
                (
                    "ends_on",
                    models.DateField(
                        blank=True,
                        help_text="The first day on which it no longer holds",
                        null=True,
                        verbose_name="Ends on",
                    ),
                ),
                (
                    "office_gives",
                    models.CharField(blank=True, max_length=200, verbose_name="What the office branch does"),
                ),
                (
                    "members_give",
                    models.CharField(blank=True, max_length=200, verbose_name="What the members’ branch does"),
                ),
            ],
            options={
                "ordering": ["starts_on", "pk"],
            },
        ),
        migrations.AddField(
            model_name="branch",
            name="announced_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="branch",
            name="announced_on",
            field=models.DateField(blank=True, null=True, verbose_name="Announced on"),
        ),
        migrations.AddField(
            model_name="branch",
            name="approval_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="branch",
            name="approval_on_paper",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="branch",
            name="arrangements",
            field=models.TextField(blank=True, max_length=1000, verbose_name="Arrangements"),
        ),
        migrations.AddField(
            model_name="branch",
            name="asked",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="branches.unit"
            ),
        ),
        migrations.AddField(
            model_name="branch",
            name="duties",
            field=models.TextField(blank=True, max_length=1000, verbose_name="Duties"),
        ),
        migrations.AddField(
            model_name="branch",
            name="plan_paper",
            field=models.CharField(blank=True, max_length=160, verbose_name="Activity plan"),
        ),
        migrations.AddField(
            model_name="branch",
            name="summary",
            field=models.TextField(blank=True, max_length=4000, verbose_name="Summary"),
        ),
        migrations.AddField(
            model_name="branch",
            name="summary_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="branch",
            name="summary_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="platform",
            name="gap",
            field=models.CharField(
                blank=True,
                choices=[
                    ("not_needed", "Not needed"),
                    ("under_way", "Under way"),
                    ("too_few", "No three CPC members"),
                    ("other", "Other reason"),
                ],
                max_length=16,
                verbose_name="Why it has no branch",
            ),
        ),
        migrations.AddField(
            model_name="platform",
            name="gap_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="platform",
            name="gap_words",
            field=models.CharField(blank=True, max_length=200, verbose_name="In words"),
        ),
        migrations.AddField(
            model_name="platform",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddConstraint(
            model_name="branch",
            constraint=models.CheckConstraint(
                condition=models.Q(("announced_on__isnull", True), ("announced_by__isnull", False), _connector="OR"),
                name="branch_announced_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="branch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("summary", ""),
                    models.Q(("summary_by__isnull", False), ("summary_on__isnull", False)),
                    _connector="OR",
                ),
                name="branch_summary_has_an_author",
            ),
        ),
        migrations.AddField(
            model_name="pairing",
            name="members",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="paired_with_office", to="branches.branch"
            ),
        ),
        migrations.AddField(
            model_name="pairing",
            name="office",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="paired_with_members", to="branches.branch"
            ),
        ),
        migrations.AddConstraint(
            model_name="pairing",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                name="pairing_span",
            ),
        ),
        migrations.AddConstraint(
            model_name="pairing",
            constraint=models.CheckConstraint(
                condition=models.Q(("office", models.F("members")), _negated=True), name="pairing_of_two"
            ),
        ),
        migrations.AddConstraint(
            model_name="pairing",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ends_on__isnull", True)),
                fields=("office", "members"),
                name="pairing_once_while_open",
            ),
        ),
    ]
