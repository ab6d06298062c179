"""What no check of one row can hold: history that cannot be changed, and the founding rules of branches (domain 7, I-5 to I-10)."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only: % of % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER change_append_only BEFORE UPDATE OR DELETE ON branches_change
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
APPEND_ONLY_BACK = "DROP TRIGGER change_append_only ON branches_change; DROP FUNCTION refuse_change();"

# A branch is temporary exactly when its type is: a copy that the database keeps true, so that checks may read it.
SAME_NATURE = """
ALTER TABLE branches_branch ADD CONSTRAINT branch_nature_of_type
    FOREIGN KEY (type_id, temporary) REFERENCES branches_branchtype (code, temporary) ON UPDATE CASCADE;
"""
SAME_NATURE_BACK = "ALTER TABLE branches_branch DROP CONSTRAINT branch_nature_of_type;"

# I-6: three full CPC members and an appointed head on the day a branch becomes active (fewer later only warns).
# I-8: a branch ends no later than its platform. I-9: an ended branch takes no new members. I-10: members are CPC members.
BRANCH_RULES = """
CREATE FUNCTION branch_founded_properly() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE full_members integer; heads integer; first_day date := coalesce(NEW.activated_on, current_date);
BEGIN
    IF NEW.state <> 'active' OR (TG_OP = 'UPDATE' AND OLD.state = 'active') THEN
        RETURN NULL;
    END IF;
    SELECT count(DISTINCT m.user_id) INTO full_members
      FROM branches_membership m
      JOIN branches_standing s ON s.user_id = m.user_id AND s.kind = 'full'
       AND s.starts_on <= first_day AND (s.ends_on IS NULL OR s.ends_on > first_day)
     WHERE m.branch_id = NEW.id AND m.starts_on <= first_day AND (m.ends_on IS NULL OR m.ends_on > first_day);
    IF full_members < 3 THEN
        RAISE EXCEPTION 'branch_needs_three_full_members' USING ERRCODE = 'check_violation';
    END IF;
    SELECT count(*) INTO heads FROM branches_post p
     WHERE p.unit_id = NEW.unit_id AND p.role = 'head' AND p.starts_on <= first_day
       AND (p.ends_on IS NULL OR p.ends_on > first_day)
       AND (NOT NEW.temporary OR p.appointed_by_id IS NOT NULL);
    IF heads = 0 THEN
        RAISE EXCEPTION 'branch_needs_an_appointed_head' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER branch_founded_properly AFTER INSERT OR UPDATE OF state ON branches_branch
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION branch_founded_properly();

CREATE FUNCTION branch_ends_with_its_platform() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM branches_branch b
          JOIN branches_platform h ON h.id = b.platform_id
          JOIN branches_unit u ON u.id = b.unit_id
         WHERE h.ends_on IS NOT NULL AND (u.ends_on IS NULL OR u.ends_on > h.ends_on)
           AND ((TG_TABLE_NAME = 'branches_platform' AND h.id = NEW.id)
             OR (TG_TABLE_NAME = 'branches_unit' AND u.id = NEW.id)
             OR (TG_TABLE_NAME = 'branches_branch' AND b.id = NEW.id))
    ) THEN
        RAISE EXCEPTION 'branch_outlives_its_platform' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER branch_within_platform AFTER INSERT OR UPDATE OF platform_id ON branches_branch
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION branch_ends_with_its_platform();
CREATE CONSTRAINT TRIGGER unit_within_platform AFTER UPDATE OF ends_on ON branches_unit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION branch_ends_with_its_platform();
CREATE CONSTRAINT TRIGGER platform_holds_its_branches AFTER UPDATE OF ends_on ON branches_platform
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION branch_ends_with_its_platform();

CREATE FUNCTION membership_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND EXISTS (SELECT 1 FROM branches_branch WHERE id = NEW.branch_id AND state = 'ended') THEN
        RAISE EXCEPTION 'branch_has_ended' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM branches_standing s
         WHERE s.user_id = NEW.user_id AND s.kind IN ('full', 'probationary')
           AND s.starts_on <= NEW.starts_on AND (s.ends_on IS NULL OR s.ends_on > NEW.starts_on)
    ) THEN
        RAISE EXCEPTION 'member_is_no_cpc_member' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER membership_allowed AFTER INSERT OR UPDATE OF user_id, branch_id, starts_on ON branches_membership
    FOR EACH ROW EXECUTE FUNCTION membership_allowed();
"""
BRANCH_RULES_BACK = """
DROP TRIGGER membership_allowed ON branches_membership;
DROP TRIGGER platform_holds_its_branches ON branches_platform;
DROP TRIGGER unit_within_platform ON branches_unit;
DROP TRIGGER branch_within_platform ON branches_branch;
DROP TRIGGER branch_founded_properly ON branches_branch;
DROP FUNCTION membership_allowed();
DROP FUNCTION branch_ends_with_its_platform();
DROP FUNCTION branch_founded_properly();
"""


class Migration(migrations.Migration):
    dependencies = [("branches", "0001_initial")]

    operations = [
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_BACK),
        migrations.RunSQL(SAME_NATURE, SAME_NATURE_BACK),
        migrations.RunSQL(BRANCH_RULES, BRANCH_RULES_BACK),
    ]
