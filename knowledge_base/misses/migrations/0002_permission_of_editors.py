"""Wagtail's own groups may handle unanswered questions; other groups get the permission in the console."""

from django.db import migrations

GROUPS = ("Editors", "Moderators")  # made by wagtailcore's first migrations; an installation may have removed them


def permit(apps, schema_editor):
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="misses", model="miss"
    )
    # Django makes permissions after all migrations; this one is needed now.
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type,
        codename="handle_miss",
        defaults={"name": "Can handle unanswered questions"},
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("misses", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("wagtailcore", "0002_initial_data"),
    ]

    operations = [migrations.RunPython(permit, migrations.RunPython.noop)]
