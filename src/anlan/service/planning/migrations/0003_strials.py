"""Minutes of presence at a trial's places."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("planning", "0002_planning"),
    ]

    operations = [
        migrations.AddField(
            model_name="trial",
            name="doses",
            field=models.JSONField(blank=True, default=dict, verbose_name="minutes of presence"),
        ),
    ]
