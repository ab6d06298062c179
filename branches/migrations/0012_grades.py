"""Grades that a body may use for completed work (issue 5)."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0011_audit_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="bodysettings",
            name="grades",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20),
                blank=True,
                default=list,
                help_text="One a line, such as “good” or “to be improved”; without any, nothing is graded. Nobody is ranked by them",
                size=None,
                verbose_name="Grades for completed work",
            ),
        ),
    ]
