"""One more occasion: meetings that a branch is short of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tasks", "0017_notices"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notice",
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
                    ("shortage", "Meetings missing"),
                    ("escalated", "Overdue below"),
                ],
                max_length=12,
            ),
        ),
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
                    ("shortage", "Meetings missing"),
                    ("escalated", "Overdue below"),
                ],
                max_length=12,
            ),
        ),
    ]
