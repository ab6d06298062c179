"""What is written down stays: the database refuses to change or delete a closed month and its figures (design 7)."""

from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER closed_month_append_only BEFORE UPDATE OR DELETE ON dashboards_closedmonth
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER figure_snapshot_append_only BEFORE UPDATE OR DELETE ON dashboards_figuresnapshot
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
APPEND_ONLY_BACK = """
DROP TRIGGER figure_snapshot_append_only ON dashboards_figuresnapshot;
DROP TRIGGER closed_month_append_only ON dashboards_closedmonth;
"""


class Migration(migrations.Migration):
    dependencies = [("dashboards", "0001_figure_snapshots"), ("branches", "0002_promises")]

    operations = [migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_BACK)]
