"""Employer and duty of a seat; who looked at whose sensitive entries; and whom a seat may name as its contact (domain 1.2)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# A look is history: it answers the person who asks, so nobody takes one away.
LOOKS = """
CREATE TRIGGER look_append_only BEFORE UPDATE OR DELETE ON branches_look
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
LOOKS_BACK = "DROP TRIGGER look_append_only ON branches_look;"

# 党员委员联系党外委员: who keeps contact holds a seat of the same body and term and is a CPC member on some day of it. At the
# end of the transaction, because a roster brings both in at once. That he leaves later is no error but a gap to be counted.
CONTACTS = """
CREATE FUNCTION seat_contact_keeps_contact() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    seat branches_cppccmembership%ROWTYPE;
BEGIN
    SELECT * INTO seat FROM branches_cppccmembership WHERE id = NEW.id;
    IF NOT FOUND OR seat.contact_id IS NULL THEN
        RETURN NULL;
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM branches_cppccmembership other
         WHERE other.user_id = seat.contact_id AND other.body_id = seat.body_id AND other.term_id = seat.term_id
    ) THEN
        RAISE EXCEPTION 'contact_has_no_seat' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM branches_standing s
         WHERE s.user_id = seat.contact_id AND s.kind IN ('full', 'probationary')
           AND (s.ends_on IS NULL OR s.ends_on > seat.starts_on)
    ) THEN
        RAISE EXCEPTION 'contact_is_no_cpc_member' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER seat_contact_keeps_contact
    AFTER INSERT OR UPDATE OF contact_id, body_id, term_id ON branches_cppccmembership
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION seat_contact_keeps_contact();
"""
CONTACTS_BACK = """
DROP TRIGGER seat_contact_keeps_contact ON branches_cppccmembership;
DROP FUNCTION seat_contact_keeps_contact();
"""


class Migration(migrations.Migration):
    dependencies = [("branches", "0005_whole_promises")]

    operations = [
        migrations.AddField(
            model_name="cppccmembership",
            name="work",
            field=models.CharField(blank=True, max_length=120, verbose_name="Employer and duty"),
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "entries",
                    models.CharField(
                        choices=[
                            ("phone", "Phone"),
                            ("standing", "Standing in the CPC"),
                            ("both", "Phone and standing in the CPC"),
                        ],
                        max_length=16,
                    ),
                ),
                ("on", models.DateField()),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="looks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "viewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "viewer", "on", "entries"), name="look_once_a_day")
                ],
            },
        ),
        migrations.RunSQL(LOOKS, LOOKS_BACK),
        migrations.RunSQL(CONTACTS, CONTACTS_BACK),
    ]
