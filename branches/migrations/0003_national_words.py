"""Kinds of units, types of branches and the groups that lists name: the words that hold everywhere until a body adds its own."""

from django.db import migrations

KINDS = [  # code, Chinese, English, is a body, has people of its own
    ("body", "政协", "CPPCC committee", True, True),
    ("party_group", "政协党组", "Party group", False, True),
    ("office_group", "机关党组", "Office party group", False, True),
    ("party_organ", "机关党委", "Party organ", False, True),
    ("office", "办公厅（室）", "Office", False, True),
    ("division", "处室", "Division", False, True),
    ("committee", "专门委员会", "Special committee", False, True),
    ("committee_office", "专委会办公室", "Committee office", False, True),
    ("sector", "界别", "Sector", False, True),
    ("duty_group", "履职小组", "Duty group", False, True),
    ("inspection", "派驻纪检监察组", "Resident discipline inspection group", False, True),
    ("branch", "党支部", "Party branch", False, True),
    ("partner", "联系部门", "Partner department", False, False),
    ("heading", "分组", "Heading", False, False),
]
TYPES = [  # code, Chinese, English, temporary, line, leaders appointed, needs a platform
    ("office", "机关党支部", "Office branch", False, "office", False, False),
    ("joint", "联合党支部", "Joint branch", False, "office", False, False),
    ("functional", "功能型党支部", "Functional branch", False, "members", True, False),
    ("duty", "履职党支部", "Duty branch", False, "members", True, False),
    ("temporary", "履职临时党支部", "Temporary duty branch", True, "members", True, True),
]
OWN, CHILDREN = "own", "child_bodies"
GROUPS = [  # Chinese, English, reach, kinds, branch types, aliases
    (
        "各县（市、区）政协",
        "All county CPPCCs",
        CHILDREN,
        [],
        [],
        ["各县市区政协", "各县（市、区）", "各县政协", "各区县政协", "各地政协"],
    ),
    ("各专委会", "All special committees", OWN, ["committee"], [], ["各专门委员会", "各委员会"]),
    ("各处室", "All divisions", OWN, ["office", "division", "committee_office"], [], ["机关各处室", "各科室"]),
    (
        "各党支部",
        "All party branches",
        OWN,
        ["branch"],
        ["office", "joint"],
        ["各支部", "机关各党支部", "各机关党支部"],
    ),
    ("各功能型党支部", "All functional branches", OWN, ["branch"], ["functional", "duty"], ["各履职党支部"]),
    ("各履职临时党支部", "All temporary duty branches", OWN, ["branch"], ["temporary"], ["各临时党支部"]),
]


def fill(apps, schema_editor):
    kind, branch_type, group = (apps.get_model("branches", name) for name in ("UnitKind", "BranchType", "UnitGroup"))
    kind.objects.bulk_create(
        kind(code=code, name=zh, name_en=en, is_body=body, has_people=people, position=position)
        for position, (code, zh, en, body, people) in enumerate(KINDS, 1)
    )
    branch_type.objects.bulk_create(
        branch_type(
            code=code,
            name=zh,
            name_en=en,
            temporary=temporary,
            line=line,
            appointed_leaders=appointed,
            needs_platform=platform,
            position=position,
        )
        for position, (code, zh, en, temporary, line, appointed, platform) in enumerate(TYPES, 1)
    )
    group.objects.bulk_create(
        group(name=zh, name_en=en, reach=reach, kinds=kinds, branch_types=types, aliases=aliases)
        for zh, en, reach, kinds, types, aliases in GROUPS
    )


def empty(apps, schema_editor):
    for name in ("UnitGroup", "BranchType", "UnitKind"):
        apps.get_model("branches", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("branches", "0002_promises")]

    operations = [migrations.RunPython(fill, empty)]
