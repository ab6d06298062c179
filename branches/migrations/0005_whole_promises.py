"""The rest of I-1 to I-10 (domain 7) that no check of one row can hold: a whole tree, heads that are members and named by the
unit that approved, spans that do not overlap, and members who are CPC members on every day of their membership.

Checks over several rows of one person take that person's row first, so that two writers at once wait for each other.
"""

from django.db import migrations

# I-1 and I-2. The path is the tree: whoever stands under a path that no unit has is an orphan; a cycle has no path at all. The
# body of a unit is itself or that of the unit above it. Four characters a level, as in branches.models.units.
TREE = """
CREATE FUNCTION unit_stands_in_the_tree() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    u branches_unit%ROWTYPE;
    above branches_unit%ROWTYPE;
    is_body boolean;
BEGIN
    IF TG_OP <> 'INSERT' AND NOT EXISTS (SELECT 1 FROM branches_unit WHERE path = OLD.path)
        AND EXISTS (SELECT 1 FROM branches_unit WHERE path > OLD.path AND path < OLD.path || '~') THEN
        RAISE EXCEPTION 'unit_without_a_unit_above' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN NULL;
    END IF;
    SELECT * INTO u FROM branches_unit WHERE id = NEW.id;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF length(u.path) = 0 OR length(u.path) % 4 <> 0 OR u.depth <> length(u.path) / 4 THEN
        RAISE EXCEPTION 'unit_path_is_no_place' USING ERRCODE = 'check_violation';
    END IF;
    IF u.depth > 1 THEN
        SELECT * INTO above FROM branches_unit WHERE path = left(u.path, -4);
        IF NOT FOUND THEN
            RAISE EXCEPTION 'unit_without_a_unit_above' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    SELECT k.is_body INTO is_body FROM branches_unitkind k WHERE k.code = u.kind_id;
    IF u.body_id IS DISTINCT FROM (CASE WHEN is_body THEN u.id ELSE above.body_id END) THEN
        RAISE EXCEPTION 'unit_belongs_to_another_body' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.body_id IS DISTINCT FROM u.body_id AND EXISTS (
        SELECT 1 FROM branches_unit c JOIN branches_unitkind k ON k.code = c.kind_id
         WHERE c.path > u.path AND c.path < u.path || '~' AND c.depth = u.depth + 1
           AND NOT k.is_body AND c.body_id IS DISTINCT FROM u.body_id
    ) THEN
        RAISE EXCEPTION 'unit_belongs_to_another_body' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER unit_stands_in_the_tree
    AFTER INSERT OR DELETE OR UPDATE OF path, depth, kind_id, body_id ON branches_unit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION unit_stands_in_the_tree();
"""
TREE_BACK = """
DROP TRIGGER unit_stands_in_the_tree ON branches_unit;
DROP FUNCTION unit_stands_in_the_tree();
"""

# I-3 and I-4. One home branch on any day, one membership of a branch, one post of a kind at a unit, one standing. An empty span
# (it ended on its first day) holds no day and overlaps nothing.
SPANS = """
CREATE FUNCTION spans_do_not_overlap() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    same text;
    found boolean;
BEGIN
    PERFORM 1 FROM branches_user WHERE id = NEW.user_id FOR NO KEY UPDATE;
    same := CASE TG_TABLE_NAME
        WHEN 'branches_membership' THEN '(r.branch_id = n.branch_id OR (r.kind = ''home'' AND n.kind = ''home''))'
        WHEN 'branches_post' THEN 'r.unit_id = n.unit_id AND r.role = n.role'
        ELSE 'true' END;
    EXECUTE format(  -- the row as it stands now: a deferred check may come after later changes of it
        'SELECT EXISTS (SELECT 1 FROM %I n JOIN %I r ON r.user_id = n.user_id AND r.id <> n.id AND %s WHERE n.id = $1'
        ' AND (n.ends_on IS NULL OR n.ends_on > n.starts_on) AND (r.ends_on IS NULL OR r.ends_on > r.starts_on)'
        ' AND r.starts_on < coalesce(n.ends_on, ''infinity'') AND coalesce(r.ends_on, ''infinity'') > n.starts_on)',
        TG_TABLE_NAME, TG_TABLE_NAME, same
    ) INTO found USING NEW.id;
    IF found THEN
        RAISE EXCEPTION '%_overlaps', replace(TG_TABLE_NAME, 'branches_', '') USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER membership_overlaps AFTER INSERT OR UPDATE OF user_id, branch_id, kind, starts_on, ends_on
    ON branches_membership DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION spans_do_not_overlap();
CREATE CONSTRAINT TRIGGER post_overlaps AFTER INSERT OR UPDATE OF user_id, unit_id, role, starts_on, ends_on
    ON branches_post DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION spans_do_not_overlap();
CREATE CONSTRAINT TRIGGER standing_overlaps AFTER INSERT OR UPDATE OF user_id, starts_on, ends_on
    ON branches_standing DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION spans_do_not_overlap();
"""
SPANS_BACK = """
DROP TRIGGER standing_overlaps ON branches_standing;
DROP TRIGGER post_overlaps ON branches_post;
DROP TRIGGER membership_overlaps ON branches_membership;
DROP FUNCTION spans_do_not_overlap();
"""

# I-5, I-6, I-7. Approved by another unit, none of its own below it; led by one of its members, or by the instructor named for
# it; where leaders are appointed, by the unit that approved. The approval of a branch that has begun is not exchanged.
LEADERS = """
CREATE FUNCTION branch_led_as_approved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    b branches_branch%ROWTYPE;
    here text;
    appointed boolean;
    first_day date;
BEGIN
    IF TG_TABLE_NAME = 'branches_post' THEN
        SELECT * INTO b FROM branches_branch WHERE unit_id = NEW.unit_id;
    ELSE
        SELECT * INTO b FROM branches_branch WHERE id = NEW.id;
    END IF;
    IF NOT FOUND OR b.state = 'planned' THEN
        RETURN NULL;
    END IF;
    SELECT u.path INTO here FROM branches_unit u WHERE u.id = b.unit_id;
    IF EXISTS (SELECT 1 FROM branches_unit a WHERE a.id = b.approved_by_id AND a.path LIKE here || '%') THEN
        RAISE EXCEPTION 'branch_approved_by_itself' USING ERRCODE = 'check_violation';
    END IF;
    SELECT b.temporary OR t.appointed_leaders INTO appointed FROM branches_branchtype t WHERE t.code = b.type_id;
    IF appointed AND b.state <> 'ended' AND (b.approved_by_id IS NULL OR b.approved_on IS NULL OR b.approval_document = '') THEN
        RAISE EXCEPTION 'branch_without_approval' USING ERRCODE = 'check_violation';
    END IF;
    IF b.state <> 'active' THEN
        RETURN NULL;
    END IF;
    IF appointed AND EXISTS (
        SELECT 1 FROM branches_post p
         WHERE p.unit_id = b.unit_id AND p.role = 'head' AND p.appointed_by_id IS DISTINCT FROM b.approved_by_id
           AND (p.ends_on IS NULL OR p.ends_on > greatest(b.activated_on, p.starts_on))
    ) THEN
        RAISE EXCEPTION 'branch_head_appointed_by_another' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_TABLE_NAME = 'branches_post' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'active' THEN
        RETURN NULL;
    END IF;
    first_day := coalesce(b.activated_on, current_date);
    IF NOT EXISTS (
        SELECT 1 FROM branches_post p
         WHERE p.unit_id = b.unit_id AND p.role = 'head' AND p.starts_on <= first_day
           AND (p.ends_on IS NULL OR p.ends_on > first_day)
           AND (EXISTS (
                SELECT 1 FROM branches_membership m WHERE m.branch_id = b.id AND m.user_id = p.user_id
                   AND m.starts_on <= first_day AND (m.ends_on IS NULL OR m.ends_on > first_day))
             OR EXISTS (
                SELECT 1 FROM branches_post i WHERE i.unit_id = b.unit_id AND i.user_id = p.user_id AND i.role = 'instructor'
                   AND i.starts_on <= first_day AND (i.ends_on IS NULL OR i.ends_on > first_day)))
    ) THEN
        RAISE EXCEPTION 'branch_head_is_no_member' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER branch_led_as_approved
    AFTER INSERT OR UPDATE OF state, approved_by_id, approved_on, approval_document, type_id ON branches_branch
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION branch_led_as_approved();
CREATE CONSTRAINT TRIGGER branch_led_as_approved
    AFTER INSERT OR UPDATE OF unit_id, role, appointed_by_id, starts_on, ends_on ON branches_post
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.role = 'head') EXECUTE FUNCTION branch_led_as_approved();

CREATE FUNCTION branch_goes_one_way() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'ended' AND NEW.state <> 'ended' THEN
        RAISE EXCEPTION 'branch_has_ended' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state IN ('active', 'ended') AND OLD.approved_by_id IS NOT NULL AND NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id THEN
        RAISE EXCEPTION 'branch_approval_stands' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER branch_goes_one_way BEFORE UPDATE OF state, approved_by_id ON branches_branch
    FOR EACH ROW EXECUTE FUNCTION branch_goes_one_way();

CREATE FUNCTION branch_hangs_in_its_body() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM branches_branch b JOIN branches_unit u ON u.id = b.unit_id JOIN branches_platform h ON h.id = b.platform_id
         WHERE b.id = NEW.id AND h.body_id IS DISTINCT FROM u.body_id
    ) THEN
        RAISE EXCEPTION 'platform_of_another_body' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER branch_hangs_in_its_body AFTER INSERT OR UPDATE OF platform_id, unit_id ON branches_branch
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION branch_hangs_in_its_body();
"""
LEADERS_BACK = """
DROP TRIGGER branch_hangs_in_its_body ON branches_branch;
DROP FUNCTION branch_hangs_in_its_body();
DROP TRIGGER branch_goes_one_way ON branches_branch;
DROP FUNCTION branch_goes_one_way();
DROP TRIGGER branch_led_as_approved ON branches_post;
DROP TRIGGER branch_led_as_approved ON branches_branch;
DROP FUNCTION branch_led_as_approved();
"""

# I-8 and I-9. A branch that has ended has a last day, and nobody stays in it or is put into it.
ENDED = """
CREATE FUNCTION nobody_stays_in_an_ended_branch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE b branches_branch%ROWTYPE;
BEGIN
    IF TG_TABLE_NAME = 'branches_post' THEN
        SELECT * INTO b FROM branches_branch WHERE unit_id = NEW.unit_id;
    ELSIF TG_TABLE_NAME = 'branches_membership' THEN
        SELECT * INTO b FROM branches_branch WHERE id = NEW.branch_id;
    ELSE
        SELECT * INTO b FROM branches_branch WHERE id = NEW.id;
    END IF;
    IF b.state IS DISTINCT FROM 'ended' THEN
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT 1 FROM branches_unit WHERE id = b.unit_id AND ends_on IS NULL) THEN
        RAISE EXCEPTION 'branch_ended_without_a_day' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM branches_unit u JOIN branches_membership m ON m.branch_id = b.id
         WHERE u.id = b.unit_id AND (m.ends_on IS NULL OR m.ends_on > greatest(u.ends_on, m.starts_on))
    ) OR EXISTS (
        SELECT 1 FROM branches_unit u JOIN branches_post p ON p.unit_id = b.unit_id
         WHERE u.id = b.unit_id AND (p.ends_on IS NULL OR p.ends_on > greatest(u.ends_on, p.starts_on))
    ) THEN
        RAISE EXCEPTION 'branch_has_ended' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER nobody_stays_in_an_ended_branch AFTER INSERT OR UPDATE OF state ON branches_branch
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'ended')
    EXECUTE FUNCTION nobody_stays_in_an_ended_branch();
CREATE CONSTRAINT TRIGGER nobody_stays_in_an_ended_branch AFTER UPDATE OF branch_id, ends_on, starts_on ON branches_membership
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION nobody_stays_in_an_ended_branch();
CREATE CONSTRAINT TRIGGER nobody_stays_in_an_ended_branch AFTER INSERT OR UPDATE OF unit_id, ends_on, starts_on ON branches_post
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION nobody_stays_in_an_ended_branch();
"""
ENDED_BACK = """
DROP TRIGGER nobody_stays_in_an_ended_branch ON branches_post;
DROP TRIGGER nobody_stays_in_an_ended_branch ON branches_membership;
DROP TRIGGER nobody_stays_in_an_ended_branch ON branches_branch;
DROP FUNCTION nobody_stays_in_an_ended_branch();
"""

# I-10 on every day, not only the first: when the standing ends, the membership has to end with it. Days are summed, since
# standings of one person do not overlap.
STANDING = """
CREATE FUNCTION members_stay_cpc_members() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    never CONSTANT date := '9999-12-31';
    old_user bigint := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE OLD.user_id END;
    new_user bigint := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE NEW.user_id END;
BEGIN
    PERFORM 1 FROM branches_user WHERE id IN (old_user, new_user) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM branches_membership m
         WHERE m.user_id IN (old_user, new_user) AND (m.ends_on IS NULL OR m.ends_on > m.starts_on)
           AND coalesce(m.ends_on, never) - m.starts_on > (
            SELECT coalesce(sum(least(coalesce(s.ends_on, never), coalesce(m.ends_on, never)) - greatest(s.starts_on, m.starts_on)), 0)
              FROM branches_standing s
             WHERE s.user_id = m.user_id AND s.kind IN ('full', 'probationary')
               AND s.starts_on < coalesce(m.ends_on, never) AND coalesce(s.ends_on, never) > m.starts_on)
    ) THEN
        RAISE EXCEPTION 'member_is_no_cpc_member' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER members_stay_cpc_members AFTER INSERT OR UPDATE OF user_id, starts_on, ends_on ON branches_membership
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION members_stay_cpc_members();
CREATE CONSTRAINT TRIGGER members_stay_cpc_members AFTER UPDATE OR DELETE ON branches_standing
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION members_stay_cpc_members();
"""
STANDING_BACK = """
DROP TRIGGER members_stay_cpc_members ON branches_standing;
DROP TRIGGER members_stay_cpc_members ON branches_membership;
DROP FUNCTION members_stay_cpc_members();
"""


class Migration(migrations.Migration):
    dependencies = [("branches", "0004_calendar_days")]

    operations = [
        migrations.RunSQL(TREE, TREE_BACK),
        migrations.RunSQL(SPANS, SPANS_BACK),
        migrations.RunSQL(LEADERS, LEADERS_BACK),
        migrations.RunSQL(ENDED, ENDED_BACK),
        migrations.RunSQL(STANDING, STANDING_BACK),
    ]
