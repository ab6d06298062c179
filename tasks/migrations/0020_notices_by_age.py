"""Every sweep takes the oldest notices away: found by an index, not by reading them all."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0013_escalation"),
        ("tasks", "0019_calendar_feed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["made_at"], name="notices_by_age"),
        ),
    ]
