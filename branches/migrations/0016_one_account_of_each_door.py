from django.db import migrations

MAKE = "CREATE UNIQUE INDEX one_account_of_each_door ON socialaccount_socialaccount (user_id, provider)"
DROP = "DROP INDEX one_account_of_each_door"


class Migration(migrations.Migration):
    """A person has one account of each provider at most. The table is the sign-in package's, so the promise is an index of ours."""

    dependencies = [
        ("branches", "0015_tell_by"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]

    operations = [migrations.RunSQL(MAKE, DROP)]
