"""A preset that was chosen is from now on a version that was approved. The document is that of the preset today."""

from django.conf import settings
from django.db import migrations

from narvaro.plans import load_plan, preset_names, preset_text

DEFAULT = "tyreso_default"


def choices_to_versions(apps, schema_editor):
    authority = apps.get_model("register", "Authority")
    for pk in authority.objects.values_list("pk", flat=True):
        _tell(schema_editor, pk)
        _of_authority(apps, pk)


def _tell(schema_editor, authority):
    """PostgreSQL's row-level security shows the rows of one authority at a time."""
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("select set_config('narvaro.authority', %s, true)", [str(authority)])


def _of_authority(apps, authority):
    version = apps.get_model("plan", "PlanVersion")
    choices = apps.get_model("plan", "PlanChoice")._base_manager.filter(authority_id=authority).order_by("pk")
    known = [choice for choice in choices if choice.preset in preset_names()]
    if not known:
        return
    plan = load_plan(DEFAULT)
    _add(version, authority, 1, plan, DEFAULT, known[0].chosen_at, plan.valid_from)
    for number, choice in enumerate(known, 2):
        values = {"approved_by_id": choice.chosen_by_id, "reason": choice.reason}
        plan = load_plan(choice.preset)
        _add(version, authority, number, plan, choice.preset, choice.chosen_at, choice.in_force_from, **values)


def _add(version, authority, number, plan, preset, at, day, **values):
    version._base_manager.create(
        authority_id=authority,
        number=number,
        name=plan.name,
        title=plan.title,
        document=preset_text(preset),
        preset=preset,
        state="approved",
        created_at=at,
        changed_at=at,
        approved_at=at,
        in_force_from=day,
        **values,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("plan", "0003_versions"),
        ("core", "0004_membership_given_by"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunPython(choices_to_versions, migrations.RunPython.noop)]
