"""Devices; fixes keyed by unit and moment, partitioned by day on PostgreSQL. Existing fixes are kept."""

import django.db.models.deletion
from django.db import migrations, models

PARTITIONED = """
CREATE TABLE patrol_fix (
  unit_id bigint NOT NULL, at timestamp with time zone NOT NULL,
  lon double precision NOT NULL, lat double precision NOT NULL,
  speed double precision NULL, course double precision NULL, accuracy double precision NULL,
  aside varchar(8) NOT NULL, PRIMARY KEY (unit_id, at)
) PARTITION BY RANGE (at);
CREATE TABLE patrol_fix_rest PARTITION OF patrol_fix DEFAULT;
"""
MADE = """
CREATE TABLE patrol_fix_{day:%Y%m%d} PARTITION OF patrol_fix
FOR VALUES FROM ('{day:%Y-%m-%d} 00:00:00+00') TO ('{day:%Y-%m-%d} 00:00:00+00'::timestamptz + interval '24 hours')
"""


def set_aside(apps, schema_editor):
    """Give the old table another name; its index names go with it into the new one's way, so they change too."""
    schema_editor.execute("ALTER TABLE patrol_fix RENAME TO patrol_fix_before")
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER INDEX patrol_fix_pkey RENAME TO patrol_fix_before_pkey")


def make_anew(apps, schema_editor):
    """Make the table, on PostgreSQL with a partition for each day that has fixes, and carry the fixes over."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(PARTITIONED)
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT (at AT TIME ZONE 'UTC')::date FROM patrol_fix_before")
            days = [day for (day,) in cursor.fetchall()]
        for day in days:
            schema_editor.execute(MADE.format(day=day))
    else:
        schema_editor.create_model(apps.get_model("patrol", "Fix"))
    schema_editor.execute(
        "INSERT INTO patrol_fix (unit_id, at, lon, lat, aside) SELECT unit_id, at, lon, lat, '' FROM patrol_fix_before"
    )
    schema_editor.execute("DROP TABLE patrol_fix_before")


class Migration(migrations.Migration):

    dependencies = [
        ('patrol', '0006_phone'),
        ('staff', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('owntracks', 'OwnTracks'), ('osmand', 'Traccar Client or OsmAnd'), ('tracker', 'Tracker behind a Traccar server'), ('server', 'Traccar server')], default='owntracks', max_length=10, verbose_name='kind')),
                ('identifier', models.CharField(max_length=80, verbose_name='identifier')),
                ('area_code', models.CharField(db_index=True, max_length=12, verbose_name='area')),
                ('secret_hash', models.CharField(blank=True, default='', editable=False, max_length=64)),
                ('active', models.BooleanField(default=True, editable=False, verbose_name='in use')),
                ('registered_at', models.DateTimeField(editable=False, verbose_name='registered')),
                ('changed_at', models.DateTimeField(db_index=True, editable=False)),
            ],
            options={
                'verbose_name': 'device',
                'verbose_name_plural': 'devices',
                'ordering': ['identifier', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='DeviceCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(max_length=20, verbose_name='outcome')),
                ('count', models.BigIntegerField(default=0, verbose_name='how often')),
                ('last_at', models.DateTimeField(verbose_name='last')),
            ],
            options={
                'ordering': ['device_id', 'outcome'],
            },
        ),
        migrations.CreateModel(
            name='PositionClock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name='position',
            name='accuracy',
            field=models.FloatField(blank=True, null=True, verbose_name='accuracy in metres'),
        ),
        migrations.AddField(
            model_name='position',
            name='aside_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='position',
            name='aside_lat',
            field=models.FloatField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='position',
            name='aside_lon',
            field=models.FloatField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='position',
            name='course',
            field=models.FloatField(blank=True, null=True, verbose_name='course in degrees'),
        ),
        migrations.AddField(
            model_name='position',
            name='speed',
            field=models.FloatField(blank=True, null=True, verbose_name='speed in m/s'),
        ),
        migrations.AddField(
            model_name='position',
            name='version',
            field=models.BigIntegerField(default=0, editable=False),
        ),
        migrations.AlterField(
            model_name='position',
            name='unit',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='position', serialize=False, to='staff.unit', verbose_name='unit'),
        ),
        migrations.AddField(
            model_name='device',
            name='unit',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='devices', to='staff.unit', verbose_name='unit'),
        ),
        migrations.AddField(
            model_name='devicecount',
            name='device',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='counts', to='patrol.device', verbose_name='device'),
        ),
        migrations.AddConstraint(
            model_name='device',
            constraint=models.UniqueConstraint(condition=models.Q(('active', True)), fields=('kind', 'identifier'), name='device_once'),
        ),
        migrations.AddConstraint(
            model_name='device',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'server'), ('unit', None)), models.Q(models.Q(('kind', 'server'), _negated=True), ('unit__isnull', False)), _connector='OR'), name='device_of_unit'),
        ),
        migrations.AddConstraint(
            model_name='devicecount',
            constraint=models.UniqueConstraint(fields=('device', 'outcome'), name='outcome_once_per_device'),
        ),
        migrations.RunPython(set_aside, migrations.RunPython.noop),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel('Fix')]),
        migrations.SeparateDatabaseAndState(state_operations=[
            migrations.CreateModel(
                name='Fix',
                fields=[
                    ('pk', models.CompositePrimaryKey('unit_id', 'at', blank=True, editable=False, primary_key=True, serialize=False)),
                    ('at', models.DateTimeField(verbose_name='fix time')),
                    ('lon', models.FloatField(verbose_name='longitude')),
                    ('lat', models.FloatField(verbose_name='latitude')),
                    ('speed', models.FloatField(blank=True, null=True, verbose_name='speed in m/s')),
                    ('course', models.FloatField(blank=True, null=True, verbose_name='course in degrees')),
                    ('accuracy', models.FloatField(blank=True, null=True, verbose_name='accuracy in metres')),
                    ('aside', models.CharField(blank=True, choices=[('jump', 'too far away to be true'), ('coarse', 'too inaccurate')], default='', max_length=8, verbose_name='kept aside')),
                    ('unit', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='fixes', to='staff.unit', verbose_name='unit')),
                ],
                options={
                    'verbose_name': 'fix',
                    'verbose_name_plural': 'fixes',
                    'ordering': ['unit_id', 'at'],
                },
            ),
        ]),
        migrations.RunPython(make_anew, migrations.RunPython.noop),
    ]
