from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("planning", "0003_strials")]

    operations = [
        migrations.AlterModelOptions(
            name="member",
            options={
                "ordering": ["team__code", "group", "code"],
                "verbose_name": "member of a team",
                "verbose_name_plural": "members of teams",
            },
        ),
        migrations.AddField(
            model_name="member",
            name="group",
            field=models.CharField(
                blank=True,
                default="",
                help_text="members of a group turn through a pattern together",
                max_length=20,
                verbose_name="group",
            ),
        ),
    ]
