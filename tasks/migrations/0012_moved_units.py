"""A row stops because its unit went to another body; open rows never stand in another body than their units (decision 0018)."""

from django.db import migrations, models

# Closed rows keep the body in which they were done, so that it keeps its record; an open row is where its unit is, and its
# issuer where it is said to be. Read afresh: a deferred trigger is told the row as it was in the middle of the transaction.
BODIES = """
CREATE FUNCTION open_row_stands_in_its_body() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong boolean;
BEGIN
    IF TG_TABLE_NAME = 'tasks_assignment' THEN
        SELECT EXISTS (
            SELECT 1 FROM tasks_assignment a
              JOIN branches_unit u ON u.id = a.unit_id JOIN branches_unit i ON i.id = a.issuer_id
             WHERE a.id = NEW.id AND a.stage NOT IN ('completed', 'stopped')
               AND (a.body_id IS DISTINCT FROM u.body_id OR a.issuer_body_id IS DISTINCT FROM i.body_id)
        ) INTO wrong;
    ELSE
        SELECT EXISTS (
            SELECT 1 FROM tasks_assignment a JOIN branches_unit u ON u.id = NEW.id
             WHERE a.stage NOT IN ('completed', 'stopped')
               AND ((a.unit_id = u.id AND a.body_id IS DISTINCT FROM u.body_id)
                 OR (a.issuer_id = u.id AND a.issuer_body_id IS DISTINCT FROM u.body_id))
        ) INTO wrong;
    END IF;
    IF wrong THEN
        RAISE EXCEPTION 'open_row_in_another_body' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER open_row_stands_in_its_body AFTER INSERT OR UPDATE OF body_id, issuer_body_id, stage
    ON tasks_assignment DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.stage NOT IN ('completed', 'stopped')) EXECUTE FUNCTION open_row_stands_in_its_body();
CREATE CONSTRAINT TRIGGER open_row_stands_in_its_body AFTER UPDATE OF body_id ON branches_unit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.body_id IS DISTINCT FROM OLD.body_id)
    EXECUTE FUNCTION open_row_stands_in_its_body();
"""
BODIES_BACK = """
DROP TRIGGER open_row_stands_in_its_body ON branches_unit;
DROP TRIGGER open_row_stands_in_its_body ON tasks_assignment;
DROP FUNCTION open_row_stands_in_its_body();
"""


class Migration(migrations.Migration):
    dependencies = [("tasks", "0011_rosters"), ("tasks", "0011_post_handovers"), ("branches", "0002_promises")]

    operations = [
        migrations.AlterField(
            model_name="assignment",
            name="stop",
            field=models.CharField(
                blank=True,
                choices=[
                    ("cancelled", "cancelled"),
                    ("terminated", "terminated"),
                    ("not_applicable", "not applicable"),
                    ("handed_over", "handed over"),
                    ("branch_ended", "branch ended"),
                    ("unit_moved", "unit moved away"),
                ],
                max_length=16,
            ),
        ),
        migrations.RunSQL(BODIES, BODIES_BACK),
    ]
