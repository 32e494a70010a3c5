"""The audit, verified in place and from afar: a hand in the database does not go unseen."""

import json
import sqlite3

import pytest

from played import Call

TRIGGERS = ("audit_stays", "audit_keeps", "audit_grows")


def tamper(agent1, sql):
    """Runs SQL as somebody who owns the file could: without the triggers that forbid it."""
    database = sqlite3.connect(agent1.state / "agent1.db")
    made = [database.execute("SELECT sql FROM sqlite_schema WHERE name = ?", [name]).fetchone()[0]
            for name in TRIGGERS]
    drop = ";".join(f"DROP TRIGGER {name}" for name in TRIGGERS)
    database.executescript(f"{drop};{sql};{';'.join(made)}")
    database.close()


def rows_of(agent1):
    database = sqlite3.connect(agent1.state / "agent1.db")
    (count,) = database.execute("SELECT count(*) FROM audit").fetchone()
    database.close()
    return count


def verify(console, *options):
    return Call(console, *options, "audit", "verify").end()


def make_rows(console, count=3):
    for _ in range(count):
        assert Call(console, "send", "!agentON agent1").end().code == 0


@pytest.fixture
def watched(house):
    """A house whose audit was seen sound from a console; agent1 is stopped."""
    console = house.ctl("sylvain")
    house.start()
    make_rows(console)
    first = verify(console)
    assert first.code == 0 and first.out.startswith("The audit is sound: "), first
    assert "nothing was saved here" in first.err
    house.agent1.stop()
    return console


@pytest.mark.parametrize("words", [("audit",), ("audit", "verfiy"), ("audit", "verify", "12")])
def test_wrong_usage(house, words):
    console = house.ctl("sylvain", is_known=False)
    done = Call(console, *words).end()
    assert (done.code, done.out) == (2, "") and "expected agentctl audit verify" in done.err


def test_a_sound_audit_that_grew(house, watched):
    heads = watched.file.parent / "audit_heads.json"
    assert heads.stat().st_mode & 0o777 == 0o600
    before = json.loads(heads.read_text())
    house.agent1.start()
    make_rows(watched)
    done = verify(watched)
    assert done.code == 0 and ", stands there unchanged" in done.err, done
    after = json.loads(heads.read_text())
    assert before.keys() == after.keys() == {house.agent1.key}
    (old,), (new,) = before.values(), after.values()
    assert new["row"] > old["row"] and new["hash"] in done.out
    assert f"row {old['row']}: {old['hash']}" in done.out
    quiet = verify(watched, "--quiet")
    assert (quiet.code, quiet.err) == (0, "")
    as_json = verify(watched, "--json", "--quiet")
    assert as_json.code == 0 and json.loads(as_json.out)["outcome"] == "ok"


def test_a_row_that_was_changed(house, watched):
    tamper(house.agent1, "UPDATE audit SET text = 'nothing happened' WHERE seq = 2")
    here = house.agent1.run("--audit-verify")
    assert here.returncode == 1 and "audit row 2 was changed: its hash does not fit" in here.stderr
    house.agent1.start()
    done = verify(watched)
    assert done.code == 1
    assert done.out == ("The audit is BROKEN: row 2 was changed: its hash does not fit. The row "
                        "before it is sound.\n")


def test_the_last_rows_taken_away(house, watched):
    """What is left is a sound chain: only who kept the head can tell."""
    kept = rows_of(house.agent1) - 2
    tamper(house.agent1, f"DELETE FROM audit WHERE seq > {kept}")
    here = house.agent1.run("--audit-verify")
    assert here.returncode == 0 and f"the audit is sound: {kept} rows" in here.stdout
    house.agent1.start()
    done = verify(watched)
    assert done.code == 1 and "The audit is sound" in done.out
    assert "the audit was CHANGED since" in done.err and "rows are missing: there are " in done.err
    assert str(watched.file.parent / "audit_heads.json") in done.err
    assert verify(watched).code == 1, "what was seen is not forgotten"


def test_another_audit_in_its_place(house, watched):
    seen = rows_of(house.agent1)
    for file in house.agent1.state.glob("agent1.db*"):
        file.unlink()
    house.agent1.start()
    make_rows(watched, seen + 1)
    done = verify(watched)
    assert done.code == 1 and "it is not the record that was seen here: the hash of row" in done.err


def test_agent1_is_not_there(house, watched):
    done = verify(watched, "--timeout", "1s")
    assert done.code == 5 and done.out == ""


def test_what_was_saved_cannot_be_read(house, watched):
    (watched.file.parent / "audit_heads.json").write_text("[]")
    done = verify(watched)
    assert done.code == 78 and "audit_heads.json: expected an object" in done.err
