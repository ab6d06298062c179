"""Indexes for the audit page: newest first, and by person."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0011_followup_wishes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["-at", "-id"], name="change_newest"),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["by", "-at"], name="change_of_a_person"),
        ),
    ]
