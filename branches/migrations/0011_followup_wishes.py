"""What a body wants of requests for more time and of instructions (ux S27)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("branches", "0010_stand_ins")]

    operations = [
        migrations.AddField(
            model_name="bodysettings",
            name="extensions_most",
            field=models.PositiveSmallIntegerField(
                default=2,
                help_text="After that many a unit cannot ask for more time; the issuer’s desk still can give it",
                verbose_name="Later due dates for one assignment",
            ),
        ),
        migrations.AddField(
            model_name="bodysettings",
            name="extension_head_first",
            field=models.BooleanField(
                default=False,
                help_text="Until then the issuer sees nothing of the request",
                verbose_name="The head agrees before a unit of this body asks for more time",
            ),
        ),
        migrations.AddField(
            model_name="bodysettings",
            name="extension_higher",
            field=models.BooleanField(
                default=True,
                help_text="By a leader, or by the desk of the unit above, where there is one",
                verbose_name="The second request for more time is decided one level higher",
            ),
        ),
        migrations.AddField(
            model_name="bodysettings",
            name="decide_workdays",
            field=models.PositiveSmallIntegerField(
                default=3,
                help_text="After that the waiting time is shown in red to whoever decides",
                verbose_name="Working days to decide on a request for more time",
            ),
        ),
        migrations.AddField(
            model_name="bodysettings",
            name="instruction_workdays",
            field=models.PositiveSmallIntegerField(
                default=5,
                help_text="Sets the day that is offered when a leader writes one",
                verbose_name="Working days to answer an instruction",
            ),
        ),
    ]
