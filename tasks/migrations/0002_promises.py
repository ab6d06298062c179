"""What no check of one row can hold: append-only history, rows that follow a moved unit, and what never changes after issue."""

from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON tasks_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER report_append_only BEFORE UPDATE OR DELETE ON tasks_report
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER evidence_append_only BEFORE UPDATE OR DELETE ON tasks_evidence
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
APPEND_ONLY_BACK = """
DROP TRIGGER event_append_only ON tasks_event;
DROP TRIGGER report_append_only ON tasks_report;
DROP TRIGGER evidence_append_only ON tasks_evidence;
"""

# A moved subtree carries its rows along (scale.md): the copy of the path can never differ from the unit's own.
PATHS = """
ALTER TABLE tasks_assignment ADD CONSTRAINT assignment_path_of_unit
    FOREIGN KEY (unit_id, unit_path) REFERENCES branches_unit (id, path) ON UPDATE CASCADE;
ALTER TABLE tasks_assignment ADD CONSTRAINT assignment_path_of_issuer
    FOREIGN KEY (issuer_id, issuer_path) REFERENCES branches_unit (id, path) ON UPDATE CASCADE;
ALTER TABLE tasks_assignment ALTER COLUMN unit_path SET STATISTICS 1000;
"""
PATHS_BACK = """
ALTER TABLE tasks_assignment DROP CONSTRAINT assignment_path_of_unit;
ALTER TABLE tasks_assignment DROP CONSTRAINT assignment_path_of_issuer;
"""

# Unit and issuer never change, the first due date neither (I-15); an ended branch or unit is given nothing new (I-9).
ASSIGNMENT_RULES = """
CREATE FUNCTION assignment_keeps_identity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.unit_id, NEW.issuer_id, NEW.task_id, NEW.step_id, NEW.period_id)
        IS DISTINCT FROM (OLD.unit_id, OLD.issuer_id, OLD.task_id, OLD.step_id, OLD.period_id)
        OR (OLD.original_due_on IS NOT NULL AND NEW.original_due_on IS DISTINCT FROM OLD.original_due_on) THEN
        RAISE EXCEPTION 'assignment_identity_never_changes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assignment_keeps_identity
    BEFORE UPDATE OF unit_id, issuer_id, task_id, step_id, period_id, original_due_on ON tasks_assignment
    FOR EACH ROW EXECUTE FUNCTION assignment_keeps_identity();

CREATE FUNCTION assignment_goes_to_the_living() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM branches_unit u WHERE u.id = NEW.unit_id AND u.ends_on IS NOT NULL AND u.ends_on <= NEW.issued_on)
        OR EXISTS (SELECT 1 FROM branches_branch b WHERE b.unit_id = NEW.unit_id AND b.state = 'ended') THEN
        RAISE EXCEPTION 'receiver_has_ended' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assignment_goes_to_the_living BEFORE INSERT ON tasks_assignment
    FOR EACH ROW EXECUTE FUNCTION assignment_goes_to_the_living();

CREATE FUNCTION text_frozen_after_issue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM tasks_task t JOIN tasks_tasklist l ON l.id = t.list_id
         WHERE t.id = OLD.task_id AND l.stage IN ('issued', 'closed') AND l.edition >= OLD.edition
    ) THEN
        RAISE EXCEPTION 'issued_text_never_changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER text_frozen_after_issue BEFORE UPDATE OR DELETE ON tasks_tasktext
    FOR EACH ROW EXECUTE FUNCTION text_frozen_after_issue();
"""
ASSIGNMENT_RULES_BACK = """
DROP TRIGGER text_frozen_after_issue ON tasks_tasktext;
DROP TRIGGER assignment_goes_to_the_living ON tasks_assignment;
DROP TRIGGER assignment_keeps_identity ON tasks_assignment;
DROP FUNCTION text_frozen_after_issue();
DROP FUNCTION assignment_goes_to_the_living();
DROP FUNCTION assignment_keeps_identity();
"""


class Migration(migrations.Migration):
    dependencies = [("tasks", "0001_initial"), ("branches", "0002_promises")]

    operations = [
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_BACK),
        migrations.RunSQL(PATHS, PATHS_BACK),
        migrations.RunSQL(ASSIGNMENT_RULES, ASSIGNMENT_RULES_BACK),
    ]
