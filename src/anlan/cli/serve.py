"""`anlan serve`, `worker`, `migrate`, `log verify`: running the site."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from anlan.cli import app

if TYPE_CHECKING:
    from anlan.service.log.chain import Verdict

PARENT = "ANLAN_PARENT"
RESTART_S = 1.0
GRACE_S = 10.0
log_commands = typer.Typer(no_args_is_help=True, help="The event log.")
app.add_typer(log_commands, name="log")


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on", min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Web processes", min=1)] = 1,
    migrate: Annotated[bool, typer.Option("--migrate", help="Bring the database up to date first")] = False,
    work: Annotated[
        bool, typer.Option("--work/--no-work", help="Also run the sealer, the jobs and the planner")
    ] = True,
) -> None:
    """Serve the site: web processes, the log's sealer, and the jobs; all end together."""
    prepare(migrate=migrate)
    os.environ[PARENT] = str(os.getpid())
    stop = threading.Event()
    roles = ("sealer", "jobs", "planner") if work else ()
    keepers = [threading.Thread(target=keep, args=(role, stop)) for role in roles]
    for keeper in keepers:
        keeper.start()
    try:
        web(host, port, workers)
    finally:
        stop.set()
        for keeper in keepers:
            keeper.join()


def web(host: str, port: int, workers: int) -> None:
    """Run the web processes until SIGTERM or SIGINT.

    They start afresh instead of being forked: Polars' threads do not survive a fork, and this process may
    have used them, as the demo does when it writes its history.
    """
    import multiprocessing

    from granian import Granian
    from granian.constants import Interfaces

    multiprocessing.set_start_method("spawn", force=True)
    Granian(
        "anlan.service.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        workers=workers,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=3,
    ).serve()


def keep(role: str, stop: threading.Event) -> None:
    """Keep one worker process of the role running until `stop` is set; one that crashed is started again."""
    while not stop.is_set():
        process = subprocess.Popen([sys.executable, "-m", "anlan", "worker", "--role", role])  # noqa: S603
        while process.poll() is None and not stop.wait(0.2):
            pass
        if stop.is_set():
            end(process)
        else:
            typer.echo(f"{role} ended with code {process.returncode}; starting it again", err=True)
            stop.wait(RESTART_S)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, then make it."""
    process.terminate()
    try:
        process.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@app.command()
def worker(
    role: Annotated[str, typer.Option(help="sealer, jobs, planner or all")] = "all",
) -> None:
    """Run the log's sealer, the periodic jobs and queued tasks without serving the site."""
    if role not in {"sealer", "jobs", "planner", "all"}:
        raise typer.BadParameter(f"{role!r}: expected sealer, jobs, planner or all", param_hint="--role")
    import django

    django.setup()
    from anlan.service import worker as work
    from anlan.service.process import end_with_parent

    end_with_parent()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    raise typer.Exit(work.work(role, stop))


@app.command()
def migrate() -> None:
    """Bring the database up to date."""
    prepare(migrate=True)


def prepare(*, migrate: bool) -> None:
    """Set Django up; apply migrations if asked, else refuse to go on while some are missing."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        typer.echo(f"The database cannot be reached: {error}", err=True)
        raise typer.Exit(1) from error
    if plan and not migrate:
        names = ", ".join(sorted({f"{step.app_label}.{step.name}" for step, _back in plan})[:5])
        typer.echo(
            f"The database is {len(plan)} migrations behind ({names} …). Run `anlan migrate`, "
            "or `anlan serve --migrate`.",
            err=True,
        )
        raise typer.Exit(1)
    if plan:
        call_command("migrate", verbosity=0, interactive=False)
        typer.echo(f"Applied {len(plan)} migrations.")
    connection.close()


@log_commands.command()
def verify(
    county: Annotated[str, typer.Option(help="Six-digit code; empty: all counties")] = "",
) -> None:
    """Check the hash chain; name the first bad row. Exit code 1 when a row is bad, 2 when it cannot check."""
    import django

    django.setup()
    from django.db import DatabaseError

    from anlan.service.log import chain

    try:
        verdicts = list(chain.verify_all([county[:6]] if county else ()))
    except DatabaseError as error:
        typer.echo(f"could not check: {error}", err=True)
        raise typer.Exit(2) from error
    for verdict in verdicts:
        typer.echo(describe(verdict))
    if not verdicts:
        typer.echo("The log is empty.")
    raise typer.Exit(0 if all(verdict.intact for verdict in verdicts) else 1)


def describe(verdict: Verdict) -> str:
    """Return a verdict in one line."""
    name = verdict.county or "(no county)"
    waiting = f"; {verdict.unsealed} events wait to be sealed" if verdict.unsealed else ""
    if verdict.intact:
        return f"{name}: intact, rows {verdict.first}–{verdict.last}, head {verdict.head}{waiting}"
    row = f" (id {verdict.bad_id})" if verdict.bad_id else ""
    return f"{name}: BAD at row {verdict.bad_sequence}{row}: {verdict.fault}{waiting}"
