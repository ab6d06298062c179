"""Moves, merges and new names with a day (decision 0018); a branch stays on platforms of its body when its unit moves."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PLATFORMS = """
CREATE FUNCTION moved_branch_keeps_its_platform() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM branches_branch b JOIN branches_unit u ON u.id = b.unit_id JOIN branches_platform h ON h.id = b.platform_id
         WHERE u.id = NEW.id AND b.state <> 'ended' AND h.body_id IS DISTINCT FROM u.body_id
    ) THEN
        RAISE EXCEPTION 'platform_of_another_body' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER moved_branch_keeps_its_platform AFTER UPDATE OF body_id ON branches_unit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.body_id IS DISTINCT FROM OLD.body_id)
    EXECUTE FUNCTION moved_branch_keeps_its_platform();
"""
PLATFORMS_BACK = """
DROP TRIGGER moved_branch_keeps_its_platform ON branches_unit;
DROP FUNCTION moved_branch_keeps_its_platform();
"""


def to(model: str, **more: object) -> models.ForeignKey:
    """A foreign key that keeps what it points at."""
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=model, **more)


class Migration(migrations.Migration):
    dependencies = [("branches", "0007_invitations")]

    operations = [
        migrations.CreateModel(
            name="PlannedChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("move", "Move"), ("merge", "Merge"), ("rename", "Rename")], max_length=8
                    ),
                ),
                ("words", models.JSONField(blank=True, default=dict)),
                ("effective_on", models.DateField(verbose_name="Takes effect on")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="Reason")),
                ("made_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("done", "Done"),
                            ("withdrawn", "Withdrawn"),
                            ("objected", "Objected to"),
                            ("failed", "Could not be done"),
                            ("undone", "Undone"),
                        ],
                        default="planned",
                        max_length=10,
                    ),
                ),
                ("said", models.CharField(blank=True, max_length=500)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("before", models.JSONField(blank=True, default=dict)),
                ("by", to(settings.AUTH_USER_MODEL, related_name="+")),
                ("old_body", to("branches.unit", blank=True, null=True, related_name="+")),
                ("post", to("branches.post", blank=True, null=True, related_name="+")),
                ("said_by", to(settings.AUTH_USER_MODEL, blank=True, null=True, related_name="+")),
                ("target", to("branches.unit", blank=True, null=True, related_name="changes_towards")),
                ("unit", to("branches.unit", related_name="planned_changes")),
            ],
            options={
                "ordering": ["effective_on", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "planned")), fields=["effective_on"], name="change_waiting"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind__in", ["move", "merge"]), ("state", "planned")),
                        fields=("unit",),
                        name="one_way_planned",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "rename"), ("state", "planned")),
                        fields=("unit",),
                        name="one_name_planned",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "rename"), ("target__isnull", False), _connector="OR"),
                        name="change_goes_somewhere",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["done", "undone"]), _negated=True),
                            ("done_at__isnull", False),
                            _connector="OR",
                        ),
                        name="change_done_has_a_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["failed", "objected"]), _negated=True),
                            models.Q(("said", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="change_failed_says_why",
                    ),
                ],
            },
        ),
        migrations.RunSQL(PLATFORMS, PLATFORMS_BACK),
    ]
