"""Days off and make-up days that a site enters on top of the published calendar (design 5)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("branches", "0003_national_words")]

    operations = [
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True, verbose_name="Day")),
                (
                    "worked",
                    models.BooleanField(help_text="A make-up day is worked; a holiday is not", verbose_name="Worked"),
                ),
                ("name", models.CharField(blank=True, max_length=40, verbose_name="Name")),
            ],
            options={"ordering": ["day"]},
        ),
    ]
