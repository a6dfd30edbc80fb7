"""`anlan check` tells ready, missing and could not check apart."""

from anlan.cli import check


def test_states_of_a_new_installation(db):
    """With tables and no data, database and migrations are ready and the county is missing with its mend."""
    states = {one.name: one for one in check.look()}
    assert states["database"].state == states["migrations"].state == check.OK
    assert states["county"].state == states["history"].state == check.MISSING
    assert "anlan import areas" in states["county"].mend


def test_what_fails_to_run_is_not_a_pass(db, monkeypatch):
    """A check that breaks is reported as such and the others still run."""

    def broken(name):
        raise OSError("disk gone")

    monkeypatch.setitem(check.CHECKS, "history", broken)
    states = {one.name: one for one in check.look()}
    assert (states["history"].state, states["history"].seen) == (check.UNKNOWN, "disk gone")
    assert states["database"].state == check.OK
