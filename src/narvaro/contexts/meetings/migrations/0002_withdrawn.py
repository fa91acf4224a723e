from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="participant",
            name="withdrawn_on",
            field=models.DateField(blank=True, null=True),
        ),
    ]
