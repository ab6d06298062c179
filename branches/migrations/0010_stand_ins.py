"""A post is lent to a stand-in for a span of days; only the post of the one who is away can be lent."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

OWN_POST = """
CREATE FUNCTION stand_in_for_the_holder() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM branches_post p WHERE p.id = NEW.post_id AND p.user_id = NEW.absent_id) THEN
        RAISE EXCEPTION 'stand_in_for_the_holder' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER stand_in_for_the_holder AFTER INSERT OR UPDATE OF post_id, absent_id ON branches_standin
    FOR EACH ROW EXECUTE FUNCTION stand_in_for_the_holder();
"""
OWN_POST_BACK = """
DROP TRIGGER stand_in_for_the_holder ON branches_standin;
DROP FUNCTION stand_in_for_the_holder();
"""
PERSON = settings.AUTH_USER_MODEL


class Migration(migrations.Migration):
    dependencies = [("branches", "0009_branch_life")]

    operations = [
        migrations.CreateModel(
            name="StandIn",
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
                ("reason", models.CharField(blank=True, max_length=120, verbose_name="Reason")),
                ("at", models.DateTimeField()),
                (
                    "absent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stood_in_for", to=PERSON
                    ),
                ),
                (
                    "named_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=PERSON),
                ),
                (
                    "person",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="stands_in", to=PERSON),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stand_ins", to="branches.post"
                    ),
                ),
            ],
            options={
                "ordering": ["-starts_on", "pk"],
                "indexes": [models.Index(fields=["person", "ends_on"], name="stand_in_of_a_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="stand_in_span"
                    ),
                    models.CheckConstraint(condition=Q(ends_on__isnull=False), name="stand_in_ends"),
                    models.CheckConstraint(condition=~Q(person=F("absent")), name="stand_in_is_another"),
                ],
            },
        ),
        migrations.RunSQL(OWN_POST, OWN_POST_BACK),
    ]
