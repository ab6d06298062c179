"""A list that was called back has a stage of its own; the words it went out with stay frozen (I-15)."""

from django.db import migrations, models

FROZEN = """
CREATE OR REPLACE FUNCTION text_frozen_after_issue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM tasks_task t JOIN tasks_tasklist l ON l.id = t.list_id
         WHERE t.id = OLD.task_id AND l.stage IN ({stages}) AND l.edition >= OLD.edition
    ) THEN
        RAISE EXCEPTION 'issued_text_never_changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("tasks", "0004_returned_files")]

    operations = [
        migrations.AlterField(
            model_name="tasklist",
            name="stage",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("in_approval", "In approval"),
                    ("issued", "Issued"),
                    ("closed", "Closed"),
                    ("recalled", "Recalled"),
                ],
                default="draft",
                max_length=16,
            ),
        ),
        migrations.RunSQL(
            FROZEN.format(stages="'issued', 'closed', 'recalled'"), FROZEN.format(stages="'issued', 'closed'")
        ),
    ]
