"""The database itself refuses to delete an event or to change one, but for sealing a row without a number."""

from django.db import migrations

FIXED = ("id", "county", "at", "actor_id", "verb", "record_type", "record_id", "area_code", "data")
CHANGED_SQLITE = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FIXED)
CHANGED_POSTGRES = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in FIXED)
SEALING = "OLD.sequence IS NULL AND NEW.sequence IS NOT NULL AND length(NEW.hash) = 64"

CREATE = {
    "sqlite": [
        "CREATE TRIGGER log_event_keep BEFORE DELETE ON log_event BEGIN"
        " SELECT RAISE(ABORT, 'the log is append-only: no event may be deleted'); END",
        "CREATE TRIGGER log_event_fixed BEFORE UPDATE ON log_event"
        f" WHEN NOT ({SEALING}) OR {CHANGED_SQLITE} BEGIN"
        " SELECT RAISE(ABORT, 'the log is append-only: no event may be changed'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION log_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'the log is append-only: % refused', TG_OP USING ERRCODE = 'integrity_constraint_violation';"
        " END $$",
        "CREATE TRIGGER log_event_keep BEFORE DELETE ON log_event FOR EACH ROW EXECUTE FUNCTION log_event_refuse()",
        "CREATE TRIGGER log_event_whole BEFORE TRUNCATE ON log_event"
        " FOR EACH STATEMENT EXECUTE FUNCTION log_event_refuse()",
        "CREATE TRIGGER log_event_fixed BEFORE UPDATE ON log_event FOR EACH ROW"
        f" WHEN (NOT ({SEALING}) OR {CHANGED_POSTGRES}) EXECUTE FUNCTION log_event_refuse()",
    ],
}
DROP = {
    "sqlite": ["DROP TRIGGER log_event_keep", "DROP TRIGGER log_event_fixed"],
    "postgresql": [
        "DROP TRIGGER log_event_keep ON log_event",
        "DROP TRIGGER log_event_whole ON log_event",
        "DROP TRIGGER log_event_fixed ON log_event",
        "DROP FUNCTION log_event_refuse()",
    ],
}


def guard(connection):
    """Create the triggers."""
    with connection.cursor() as cursor:
        for statement in CREATE[connection.vendor]:
            cursor.execute(statement)


def lift(connection):
    """Drop the triggers."""
    with connection.cursor() as cursor:
        for statement in DROP[connection.vendor]:
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("log", "0003_jobrun")]
    operations = [
        migrations.RunPython(
            lambda _apps, editor: guard(editor.connection), lambda _apps, editor: lift(editor.connection)
        )
    ]
