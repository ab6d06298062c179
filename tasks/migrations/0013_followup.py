"""More time asked, help asked, words for everyone, a leader's instruction: what was said stays, an end is written once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# A value that stands is never changed, `state` apart; once the row has ended nothing of it is (I-26; decided once).
FILLED_ONCE = """
CREATE FUNCTION said_is_said() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := to_jsonb(OLD);
    after jsonb;
    name text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'said_is_said' USING ERRCODE = 'check_violation';
    END IF;
    after := to_jsonb(NEW);
    IF OLD.ended_at IS NOT NULL AND before IS DISTINCT FROM after THEN
        RAISE EXCEPTION 'ended_already' USING ERRCODE = 'check_violation';
    END IF;
    FOR name IN SELECT jsonb_object_keys(before) LOOP
        IF name <> 'state' AND before ->> name <> '' AND before -> name IS DISTINCT FROM after -> name THEN
            RAISE EXCEPTION 'said_is_said' USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER extension_is_said BEFORE UPDATE OR DELETE ON tasks_extension
    FOR EACH ROW EXECUTE FUNCTION said_is_said();
CREATE TRIGGER helprequest_is_said BEFORE UPDATE OR DELETE ON tasks_helprequest
    FOR EACH ROW EXECUTE FUNCTION said_is_said();
CREATE TRIGGER instruction_is_said BEFORE UPDATE OR DELETE ON tasks_instruction
    FOR EACH ROW EXECUTE FUNCTION said_is_said();
CREATE TRIGGER clarification_append_only BEFORE UPDATE OR DELETE ON tasks_clarification
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
CHANGED_AGAIN = """
DROP TRIGGER extension_is_said ON tasks_extension;
DROP TRIGGER helprequest_is_said ON tasks_helprequest;
DROP TRIGGER instruction_is_said ON tasks_instruction;
DROP TRIGGER clarification_append_only ON tasks_clarification;
DROP FUNCTION said_is_said();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0004_calendar_days"),
        ("tasks", "0012_moved_units"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Clarification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tasks.storedfile",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.post",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="clarifications", to="tasks.task"
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Extension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("at_unit", "With the head of the unit"),
                            ("asked", "Extension requested"),
                            ("agreed", "Agreed"),
                            ("refused", "Refused"),
                            ("declined", "Not passed on by the head"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="asked",
                        max_length=12,
                    ),
                ),
                ("due_on", models.DateField()),
                ("wished_on", models.DateField()),
                ("asked_on", models.DateField()),
                ("reason", models.CharField(max_length=500)),
                ("progress", models.CharField(blank=True, max_length=500)),
                ("higher", models.BooleanField(default=False)),
                ("decide_by", models.DateField(blank=True, null=True)),
                ("decided_on", models.DateField(blank=True, null=True)),
                ("moved_from", models.DateField(blank=True, null=True)),
                ("granted_on", models.DateField(blank=True, null=True)),
                ("words", models.CharField(blank=True, max_length=500)),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extension_requests",
                        to="tasks.assignment",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.post",
                    ),
                ),
                (
                    "head",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.post",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="HelpRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Waiting for help"), ("answered", "Answered"), ("withdrawn", "Withdrawn")],
                        default="open",
                        max_length=12,
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("unclear", "What is asked is unclear"),
                            ("papers", "Waiting for papers from above"),
                            ("means", "Short of people or money"),
                            ("others", "Another unit is needed"),
                            ("other", "Something else"),
                        ],
                        default="other",
                        max_length=12,
                    ),
                ),
                ("text", models.CharField(max_length=500)),
                ("answer", models.CharField(blank=True, max_length=500)),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="help_requests", to="tasks.assignment"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.post",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.post",
                    ),
                ),
                (
                    "published",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answered_requests",
                        to="tasks.clarification",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Instruction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waiting for an answer"),
                            ("answered", "Answered"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=12,
                    ),
                ),
                ("text", models.CharField(max_length=500)),
                ("given_on", models.DateField()),
                ("due_on", models.DateField()),
                ("answer", models.CharField(blank=True, max_length=500)),
                (
                    "assignment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="instructions",
                        to="tasks.assignment",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.post",
                    ),
                ),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="branches.unit"
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.post",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="instructions",
                        to="tasks.task",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="instructions", to="branches.unit"
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="clarification",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="clarification_has_words"
            ),
        ),
        migrations.AddIndex(
            model_name="extension",
            index=models.Index(condition=models.Q(("state", "asked")), fields=["decide_by"], name="extension_waiting"),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["at_unit", "asked"])),
                fields=("assignment",),
                name="extension_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.CheckConstraint(
                condition=models.Q(("asked_on__lte", models.F("due_on")), ("wished_on__gt", models.F("due_on"))),
                name="extension_asked_in_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="extension_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("ended_by", None), ("state__in", ["at_unit", "asked"])),
                    models.Q(
                        models.Q(("state__in", ["at_unit", "asked"]), _negated=True),
                        ("ended_at__isnull", False),
                        ("ended_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="extension_ends_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_on__isnull", False),
                        ("granted_on__gt", models.F("moved_from")),
                        ("granted_on__gte", models.F("decided_on")),
                        ("granted_on__isnull", False),
                        ("moved_from__isnull", False),
                        ("state", "agreed"),
                    ),
                    models.Q(models.Q(("state", "agreed"), _negated=True), ("granted_on", None)),
                    _connector="OR",
                ),
                name="extension_granted_later",
            ),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["refused", "declined"]), _negated=True),
                    models.Q(("words", ""), _negated=True),
                    _connector="OR",
                ),
                name="extension_refused_with_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["agreed", "refused"]), _negated=True),
                    models.Q(("ended_by", models.F("by")), _negated=True),
                    _connector="OR",
                ),
                name="extension_decided_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["asked", "agreed", "refused"]), _negated=True),
                    ("decide_by__isnull", False),
                    _connector="OR",
                ),
                name="extension_passed_on_has_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="helprequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")), fields=("assignment",), name="help_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="helprequest",
            constraint=models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="help_has_words"),
        ),
        migrations.AddConstraint(
            model_name="helprequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answer", ""), ("ended_at", None), ("ended_by", None), ("published", None), ("state", "open")
                    ),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("ended_by__isnull", False),
                        ("state", "answered"),
                        models.Q(("answer", ""), _negated=True),
                    ),
                    models.Q(
                        ("answer", ""),
                        ("ended_at__isnull", False),
                        ("ended_by__isnull", False),
                        ("published", None),
                        ("state", "withdrawn"),
                    ),
                    _connector="OR",
                ),
                name="help_ends_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="helprequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "answered"), _negated=True),
                    models.Q(("ended_by", models.F("by")), _negated=True),
                    _connector="OR",
                ),
                name="help_answered_by_another",
            ),
        ),
        migrations.AddIndex(
            model_name="instruction",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["unit", "due_on"], name="instruction_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="instruction",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="instruction_has_words"
            ),
        ),
        migrations.AddConstraint(
            model_name="instruction",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_on__gte", models.F("given_on"))), name="instruction_due_after_its_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="instruction",
            constraint=models.CheckConstraint(
                condition=models.Q(("assignment", None), ("task", None), _connector="OR"),
                name="instruction_about_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="instruction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("ended_at", None), ("ended_by", None), ("state", "open")),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("ended_by__isnull", False),
                        ("state", "answered"),
                        models.Q(("answer", ""), _negated=True),
                    ),
                    models.Q(
                        ("answer", ""), ("ended_at__isnull", False), ("ended_by__isnull", False), ("state", "withdrawn")
                    ),
                    _connector="OR",
                ),
                name="instruction_ends_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="instruction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "answered"), _negated=True),
                    models.Q(("ended_by", models.F("by")), _negated=True),
                    _connector="OR",
                ),
                name="instruction_answered_by_another",
            ),
        ),
        migrations.RunSQL(FILLED_ONCE, CHANGED_AGAIN),
    ]
