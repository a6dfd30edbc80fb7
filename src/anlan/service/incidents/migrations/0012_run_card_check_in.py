from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0011_eido"),
    ]

    operations = [
        migrations.AlterField(
            model_name="runcard",
            name="check_in_min",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="empty: as the county's standards say; 0: never",
                null=True,
                verbose_name="check-in every (min)",
            ),
        ),
    ]
