"""The deployment plan moves to the `planning` app: its table gets that app's name and keeps its rows."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("patrol", "0003_briefing_periods")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.AlterModelTable("DeploymentPlan", "planning_deploymentplan")],
            state_operations=[migrations.DeleteModel("DeploymentPlan")],
        ),
    ]
