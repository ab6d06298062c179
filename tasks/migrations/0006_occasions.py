"""Undated work lives: entered event days, a number of times, the day of the last word (design 4)."""

import django.db.models.deletion
from django.db import migrations, models


KNOWN = """
UPDATE tasks_assignment a
   SET kind = s.kind, times_wanted = CASE WHEN s.count > 1 THEN s.count ELSE 0 END
  FROM tasks_step s WHERE s.id = a.step_id;
UPDATE tasks_assignment a
   SET said_on = r.day
  FROM (SELECT assignment_id, max(at AT TIME ZONE 'Asia/Shanghai')::date AS day FROM tasks_report GROUP BY assignment_id) r
 WHERE r.assignment_id = a.id;
"""

# A row that waits for its day takes the period of the first event entered; from then on its period never changes.
IDENTITY = """
CREATE OR REPLACE FUNCTION assignment_keeps_identity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.unit_id, NEW.issuer_id, NEW.task_id, NEW.step_id) IS DISTINCT FROM (OLD.unit_id, OLD.issuer_id, OLD.task_id, OLD.step_id)
        OR (NEW.period_id IS DISTINCT FROM OLD.period_id AND {unless})
        OR (OLD.original_due_on IS NOT NULL AND NEW.original_due_on IS DISTINCT FROM OLD.original_due_on) THEN
        RAISE EXCEPTION 'assignment_identity_never_changes' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0003_national_words"),
        ("tasks", "0005_recalled_lists"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="period",
            name="period_once_a_day",
        ),
        migrations.AddField(
            model_name="assignment",
            name="kind",
            field=models.CharField(
                choices=[
                    ("by", "By a day"),
                    ("window", "Within a time"),
                    ("dates", "Several days"),
                    ("every", "Repeats"),
                    ("quota", "A number of times"),
                    ("after", "After an event"),
                    ("ongoing", "Ongoing"),
                    ("notice", "Date to be notified"),
                ],
                default="by",
                editable=False,
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="assignment",
            name="said_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="assignment",
            name="times",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="assignment",
            name="times_wanted",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="period",
            name="event",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="period",
            name="event_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="period",
            name="for_unit",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="branches.unit"
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="times",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="period",
            constraint=models.UniqueConstraint(
                condition=models.Q(("due_on__isnull", False)),
                fields=("step", "due_on", "event_on", "for_unit"),
                name="period_once_a_day",
                nulls_distinct=False,
            ),
        ),
        migrations.RunSQL(IDENTITY.format(unless="OLD.original_due_on IS NOT NULL"), IDENTITY.format(unless="TRUE")),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
    ]
