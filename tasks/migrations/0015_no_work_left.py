"""An ended branch leaves no work open behind it (I-8 of domain 7), whoever ends it and by whatever way."""

from django.db import migrations

# What was handed in before the end may still be reviewed (design 3); everything else was handed over or stopped by the commit.
WORK = """
CREATE FUNCTION ended_branch_leaves_no_work() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM tasks_assignment a JOIN branches_branch b ON b.unit_id = a.unit_id
         WHERE b.id = NEW.id AND b.state = 'ended' AND a.stage NOT IN ('completed', 'stopped', 'reported')
    ) THEN
        RAISE EXCEPTION 'ended_branch_has_open_work' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ended_branch_leaves_no_work AFTER INSERT OR UPDATE OF state ON branches_branch
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'ended') EXECUTE FUNCTION ended_branch_leaves_no_work();
"""
WORK_BACK = """
DROP TRIGGER ended_branch_leaves_no_work ON branches_branch;
DROP FUNCTION ended_branch_leaves_no_work();
"""


class Migration(migrations.Migration):
    dependencies = [("branches", "0009_branch_life"), ("tasks", "0014_term_plans")]

    operations = [migrations.RunSQL(WORK, WORK_BACK)]
