"""The grade of completed work, in the words of the issuer's body."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0012_grades"),
        ("tasks", "0015_no_work_left"),
    ]

    operations = [
        migrations.AddField(
            model_name="assignment",
            name="grade",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(("stage", "completed"), ("grade", ""), _connector="OR"),
                name="assignment_graded_when_completed",
            ),
        ),
    ]
