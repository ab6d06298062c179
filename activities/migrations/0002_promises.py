"""What no check of one row can hold: no meeting outside the life of its branch (I-9), members only as members, history kept."""

from django.db import migrations

# I-9: a meeting lies within the life of its branch, and of every branch that takes part. The unit's row is held, so that an
# end entered at the same moment waits or is seen. A record that is only corrected in its words is not asked again.
LIFE = """
CREATE FUNCTION meeting_within_branch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE meeting record; b record; u record;
BEGIN
    IF TG_TABLE_NAME = 'activities_meeting' THEN
        SELECT * INTO meeting FROM activities_meeting WHERE id = NEW.id;
    ELSE
        SELECT * INTO meeting FROM activities_meeting WHERE id = NEW.meeting_id;
    END IF;
    IF meeting IS NULL OR meeting.state = 'struck' THEN
        RETURN NULL;
    END IF;
    FOR b IN
        SELECT id, unit_id, activated_on FROM branches_branch
         WHERE id = meeting.branch_id
            OR id IN (SELECT branch_id FROM activities_participation WHERE meeting_id = meeting.id)
    LOOP
        SELECT starts_on, ends_on INTO u FROM branches_unit WHERE id = b.unit_id FOR SHARE;
        IF b.activated_on IS NULL OR meeting.held_on < b.activated_on OR meeting.held_on < u.starts_on THEN
            RAISE EXCEPTION 'meeting_before_its_branch' USING ERRCODE = 'check_violation';
        END IF;
        IF u.ends_on IS NOT NULL AND meeting.held_on >= u.ends_on THEN
            RAISE EXCEPTION 'meeting_after_its_branch' USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    IF EXISTS (SELECT 1 FROM activities_participation WHERE meeting_id = meeting.id AND branch_id = meeting.branch_id) THEN
        RAISE EXCEPTION 'meeting_joint_with_itself' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER meeting_within_branch AFTER INSERT OR UPDATE OF branch_id, held_on, state ON activities_meeting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION meeting_within_branch();
CREATE CONSTRAINT TRIGGER participation_within_branch AFTER INSERT OR UPDATE ON activities_participation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION meeting_within_branch();
"""
LIFE_BACK = """
DROP TRIGGER participation_within_branch ON activities_participation;
DROP TRIGGER meeting_within_branch ON activities_meeting;
DROP FUNCTION meeting_within_branch();
"""

# Who is entered as a member was a member of the branch, or of one that took part, on that day; an instructor held that post.
ROLL = """
CREATE FUNCTION attendance_of_members() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE meeting_key bigint;
BEGIN
    IF TG_TABLE_NAME = 'activities_meeting' THEN
        meeting_key := NEW.id;
    ELSE
        meeting_key := NEW.meeting_id;
    END IF;
    IF EXISTS (
        SELECT 1 FROM activities_attendance a
          JOIN activities_meeting m ON m.id = a.meeting_id
         WHERE m.id = meeting_key
           AND (TG_TABLE_NAME = 'activities_meeting' OR to_jsonb(NEW) ->> 'user_id' = a.user_id::text)
           AND ((a.capacity = 'member' AND NOT EXISTS (
                    SELECT 1 FROM branches_membership s
                     WHERE s.user_id = a.user_id
                       AND (s.branch_id = m.branch_id OR s.branch_id IN (
                            SELECT p.branch_id FROM activities_participation p WHERE p.meeting_id = m.id))
                       AND s.starts_on <= m.held_on AND (s.ends_on IS NULL OR s.ends_on > m.held_on)))
             OR (a.capacity = 'instructor' AND NOT EXISTS (
                    SELECT 1 FROM branches_post t
                      JOIN branches_branch b ON b.unit_id = t.unit_id
                     WHERE t.user_id = a.user_id AND t.role = 'instructor'
                       AND (b.id = m.branch_id OR b.id IN (
                            SELECT p.branch_id FROM activities_participation p WHERE p.meeting_id = m.id))
                       AND t.starts_on <= m.held_on AND (t.ends_on IS NULL OR t.ends_on > m.held_on))))
    ) THEN
        RAISE EXCEPTION 'attendance_by_no_member' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER attendance_of_members AFTER INSERT OR UPDATE ON activities_attendance
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION attendance_of_members();
CREATE CONSTRAINT TRIGGER meeting_keeps_its_members AFTER UPDATE OF branch_id, held_on ON activities_meeting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION attendance_of_members();
"""
ROLL_BACK = """
DROP TRIGGER meeting_keeps_its_members ON activities_meeting;
DROP TRIGGER attendance_of_members ON activities_attendance;
DROP FUNCTION attendance_of_members();
"""

TABLES = ("meetingevent", "cadencechange", "meetingreport")
APPEND_ONLY = "\n".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON activities_{table}"
    " FOR EACH ROW EXECUTE FUNCTION refuse_change();"
    for table in TABLES
)
APPEND_ONLY_BACK = "\n".join(f"DROP TRIGGER {table}_append_only ON activities_{table};" for table in TABLES)

# A record is struck out with a reason, never deleted.
KEPT = """
CREATE TRIGGER meeting_is_kept BEFORE DELETE ON activities_meeting FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
KEPT_BACK = "DROP TRIGGER meeting_is_kept ON activities_meeting;"


class Migration(migrations.Migration):
    dependencies = [("activities", "0001_initial"), ("branches", "0002_promises")]

    operations = [
        migrations.RunSQL(LIFE, LIFE_BACK),
        migrations.RunSQL(ROLL, ROLL_BACK),
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_BACK),
        migrations.RunSQL(KEPT, KEPT_BACK),
    ]
