"""What drafts were read from, and columns learnt by hand."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0003_national_words"),
        ("tasks", "0008_editions"),
    ]

    operations = [
        migrations.CreateModel(
            name="ColumnName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("heading", models.CharField(max_length=120)),
                ("column", models.CharField(blank=True, max_length=24)),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="branches.unit"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("body", "heading"), name="column_name_once")],
            },
        ),
        migrations.CreateModel(
            name="PaperSource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("file", "file"), ("paste", "paste"), ("grid", "grid")], max_length=8),
                ),
                ("name", models.CharField(blank=True, max_length=160)),
                ("data", models.BinaryField()),
                ("digest", models.CharField(db_index=True, max_length=64)),
                ("about", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("asked_at", models.DateTimeField()),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.CharField(blank=True, max_length=400)),
                (
                    "draft",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="read_from", to="tasks.paperdraft"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("read_at", None)), fields=["asked_at"], name="source_to_be_read")
                ],
            },
        ),
    ]
