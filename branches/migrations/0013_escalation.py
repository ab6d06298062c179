"""When the level above is told of overdue work (issue 6)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0012_grades"),
    ]

    operations = [
        migrations.AddField(
            model_name="bodysettings",
            name="escalate_workdays",
            field=models.PositiveSmallIntegerField(
                default=5,
                help_text="Once, up the same tree and never before the one who does the work was told; 0: never",
                verbose_name="Working days overdue before the level above is told",
            ),
        ),
    ]
