"""Responsibility lists: duties, who bears them, the tasks that carry them out, breaches; and what no check of one row can hold."""

import django.contrib.postgres.fields
import django.db.models.deletion
import tasks.models.duties
from django.conf import settings
from django.db import migrations, models


# A duty stands in a responsibility list; after issue its words and bearers never change (I-11, I-15).
RULES = """
CREATE FUNCTION list_kind_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'list_kind_never_changes' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER list_kind_never_changes BEFORE UPDATE OF kind ON tasks_tasklist
    FOR EACH ROW WHEN (OLD.kind IS DISTINCT FROM NEW.kind) EXECUTE FUNCTION list_kind_never_changes();

CREATE FUNCTION duty_list_is_open(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM tasks_tasklist l WHERE l.id = wanted AND l.kind = 'responsibility') THEN
        RAISE EXCEPTION 'duty_stands_in_a_responsibility_list' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM tasks_tasklist l WHERE l.id = wanted AND l.stage IN ('issued', 'closed')) THEN
        RAISE EXCEPTION 'issued_duty_never_changes' USING ERRCODE = 'restrict_violation';
    END IF;
END $$;
CREATE FUNCTION duty_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM duty_list_is_open(OLD.list_id); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM duty_list_is_open(NEW.list_id); RETURN NEW; END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER duty_keeps BEFORE INSERT OR UPDATE OR DELETE ON tasks_duty
    FOR EACH ROW EXECUTE FUNCTION duty_keeps();
CREATE FUNCTION bearer_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM duty_list_is_open(d.list_id) FROM tasks_duty d WHERE d.id = OLD.duty_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM duty_list_is_open(d.list_id) FROM tasks_duty d WHERE d.id = NEW.duty_id;
        RETURN NEW;
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER bearer_keeps BEFORE INSERT OR UPDATE OR DELETE ON tasks_bearer
    FOR EACH ROW EXECUTE FUNCTION bearer_keeps();

CREATE FUNCTION duty_task_is_to_do() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM tasks_duty d WHERE d.id = NEW.duty_id AND d.kind = 'negative') THEN
        RAISE EXCEPTION 'negative_duty_has_no_tasks' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER duty_task_is_to_do BEFORE INSERT OR UPDATE ON tasks_dutytask
    FOR EACH ROW EXECUTE FUNCTION duty_task_is_to_do();

CREATE FUNCTION breach_of_a_negative_duty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM tasks_duty d JOIN tasks_tasklist l ON l.id = d.list_id
         WHERE d.id = NEW.duty_id AND d.kind = 'negative' AND l.stage IN ('issued', 'closed')
    ) THEN
        RAISE EXCEPTION 'breach_of_an_issued_negative_duty' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.corrects_id IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM tasks_breach b WHERE b.id = NEW.corrects_id AND b.duty_id = NEW.duty_id) THEN
        RAISE EXCEPTION 'breach_corrects_its_own_duty' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER breach_of_a_negative_duty BEFORE INSERT ON tasks_breach
    FOR EACH ROW EXECUTE FUNCTION breach_of_a_negative_duty();
CREATE TRIGGER breach_append_only BEFORE UPDATE OR DELETE ON tasks_breach
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
RULES_BACK = """
DROP TRIGGER breach_append_only ON tasks_breach;
DROP TRIGGER breach_of_a_negative_duty ON tasks_breach;
DROP TRIGGER duty_task_is_to_do ON tasks_dutytask;
DROP TRIGGER bearer_keeps ON tasks_bearer;
DROP TRIGGER duty_keeps ON tasks_duty;
DROP TRIGGER list_kind_never_changes ON tasks_tasklist;
DROP FUNCTION breach_of_a_negative_duty();
DROP FUNCTION duty_task_is_to_do();
DROP FUNCTION bearer_keeps();
DROP FUNCTION duty_keeps();
DROP FUNCTION duty_list_is_open(bigint);
DROP FUNCTION list_kind_never_changes();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0003_national_words"),
        ("tasks", "0002_promises"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Duty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "heading",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=tasks.models.duties.no_headings,
                        size=None,
                    ),
                ),
                ("content", models.CharField(max_length=500, verbose_name="Duty")),
                ("content_en", models.CharField(blank=True, max_length=500, verbose_name="Duty in English")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="Source")),
                (
                    "kind",
                    models.CharField(
                        choices=[("positive", "To do"), ("negative", "Not to do")],
                        default="positive",
                        max_length=8,
                        verbose_name="Kind",
                    ),
                ),
                ("standing", models.BooleanField(default=True, verbose_name="Standing")),
                (
                    "list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="duties", to="tasks.tasklist"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "duties",
                "ordering": ["list", "position"],
            },
        ),
        migrations.CreateModel(
            name="Breach",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on_day", models.DateField(verbose_name="Day of the breach")),
                ("words", models.CharField(max_length=300, verbose_name="What happened")),
                ("noted_at", models.DateTimeField()),
                ("noted_on", models.DateField()),
                ("withdrawn", models.BooleanField(default=False)),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="tasks.breach",
                    ),
                ),
                (
                    "noted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "duty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="breaches", to="tasks.duty"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "breaches",
                "ordering": ["-on_day", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Bearer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("outside_name", models.CharField(blank=True, max_length=120)),
                ("post_title", models.CharField(blank=True, max_length=60, verbose_name="Responsible post")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.unitgroup",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="branches.unit",
                    ),
                ),
                (
                    "duty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="bearers", to="tasks.duty"
                    ),
                ),
            ],
            options={
                "ordering": ["duty", "position"],
            },
        ),
        migrations.CreateModel(
            name="DutyTask",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("linked_at", models.DateTimeField()),
                (
                    "duty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to="tasks.duty"
                    ),
                ),
                (
                    "linked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="duty_links", to="tasks.task"
                    ),
                ),
            ],
            options={
                "ordering": ["duty", "task__list", "task__position"],
            },
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.UniqueConstraint(fields=("list", "position"), name="duty_once_a_place"),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.CheckConstraint(
                condition=models.Q(("content", ""), _negated=True), name="duty_has_words"
            ),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.CheckConstraint(condition=models.Q(("heading__len__lte", 3)), name="duty_headings"),
        ),
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.CheckConstraint(
                condition=models.Q(("words", ""), _negated=True), name="breach_has_words"
            ),
        ),
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.CheckConstraint(
                condition=models.Q(("on_day__lte", models.F("noted_on"))), name="breach_not_in_the_future"
            ),
        ),
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.CheckConstraint(
                condition=models.Q(("withdrawn", False), ("corrects__isnull", False), _connector="OR"),
                name="breach_withdrawn_corrects_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="bearer",
            constraint=models.UniqueConstraint(fields=("duty", "position"), name="bearer_once_a_place"),
        ),
        migrations.AddConstraint(
            model_name="bearer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("group__isnull", True), ("outside_name", ""), ("unit__isnull", False)),
                    models.Q(("group__isnull", False), ("outside_name", ""), ("unit__isnull", True)),
                    models.Q(
                        ("group__isnull", True),
                        ("unit__isnull", True),
                        models.Q(
                            models.Q(("outside_name", ""), _negated=True),
                            models.Q(("post_title", ""), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="bearer_is_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="dutytask",
            constraint=models.UniqueConstraint(fields=("duty", "task"), name="duty_task_once"),
        ),
        migrations.RunSQL(RULES, RULES_BACK),
    ]
