"""agentctl next: what a time means, without agent1 and without a configuration."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

from programs import BUILD, program_environment, sanitizer_reports
from wait import PATIENCE

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "zones"))

import oracle  # noqa: E402

EXAMPLES = 'agentctl: examples: "daily 03:00", "every 6h"'


@pytest.fixture
def ask(tmp_path):
    """Runs `agentctl next …` in a folder with nothing in it."""

    def run(*words, **environment):
        done = subprocess.run(
            [str(BUILD / "agentctl"), "next", *words], stdin=subprocess.DEVNULL, text=True,
            capture_output=True, timeout=30 * PATIENCE, check=False,
            env={**program_environment(tmp_path), "HOME": str(tmp_path), **environment})
        assert not sanitizer_reports(tmp_path)
        return done

    yield run
    assert not list(tmp_path.iterdir()), "it wrote something"


# ---- wrong inputs --------------------------------------------------------------------------------
WRONG_TIMES = {
    "": "character 1: found the end, expected a time such as",
    "whenever": 'character 1: found "whenever", expected a time such as "daily 03:00"',
    "weekly lundo 08:00": 'character 8: found "lundo", expected a day of the week',
    "daily 25:00": 'character 7: found "25:00", expected an hour from 0 to 23',
    "chaque été à 3h": 'character 8: found "été", expected a number and a unit',
    "0 3 * *": "character 8: found the end, expected the day of the week",
    "*/90 * * * *": 'character 3: found "90", expected a step',
    "at 2026-02-30T08:00": 'character 4: found "2026-02-30T08:00", expected a day that this month has: its last',
    "le 31 février": 'character 4: found "31 février", expected a day that this month has, as in "at 28 Feb',
    "yesterday 08:00": 'character 1: found "yesterday", expected a time to come',
    "8pm": 'character 1: found "8pm", expected "at 20:00", or "daily 20:00"',
    "ce soir": 'character 8: found the end, expected a time of day with it, as in "ce soir 20:00"',
    "aujourd\u2019hui": 'character 12: found the end, expected a time of day with it, as in',
    "mon..fri 9": 'character 11: found the end, expected a colon and minutes, as in "mon..fri 09:00"',
    "daily 24:00": 'character 7: found "24:00", expected an hour from 0 to 23; midnight is written 00:00',
    "daily 03:00 CET": 'character 13: found "CET", expected nothing more (a time zone is called as',
    "daily \x1b[2J": 'character 7: found "<U+001B>[2J", expected a time of day',
    "x" * 300: "a text of 300 characters: expected at most 256",
}


@pytest.mark.parametrize("when", WRONG_TIMES)
def test_a_wrong_time(ask, when):
    said = WRONG_TIMES[when]
    for options in ((), ("--json",)):
        done = ask(when, *options)
        assert (done.returncode, done.stdout) == (2, "")
        lines = done.stderr.splitlines()
        assert lines[0].startswith(f"agentctl: {said}"), done.stderr
        assert done.stderr.count('"every 6h", "weekly mon') == 1
        assert lines[1:] == [] or lines[1].startswith(EXAMPLES)


def test_an_hour_that_was_today(ask):
    done = ask("aujourd'hui à 8", "--zone", "UTC", "--from", "2026-11-27T09:00:00Z")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "agentctl: at today 08:00: that is past; if you mean the next one: at tomorrow 08:00\n"


def test_a_day_that_was_yesterday(ask):
    done = ask("le 26/11 à 14 h", "--zone", "UTC", "--from", "2026-11-27T00:00:00Z")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == ("agentctl: at 26 Nov 14:00: that was 10 h ago; if you mean the next one, in 364 days: "
                           "at 2027-11-26T14:00\n")


@pytest.mark.parametrize("words, said", [
    ((), "next takes one time, found 0 words"),
    (("daily", "03:00"), "next takes one time, found 2 words: put it into quotes"),
    (("daily", "--count", "0"), '--count: "0": expected 1 to 1000'),
    (("daily", "--count", "1001"), '--count: "1001": expected 1 to 1000'),
    (("daily", "--count", "-1"), '--count: "-1": expected 1 to 1000'),
    (("daily", "--from", "tomorrow"), '--from: "tomorrow": expected a time such as 2026-'),
    (("daily", "--from", "2026-11-26T03:00:00"), '--from: "2026-11-26T03:00:00": expected'),
    (("daily", "--zone", "Mars/Base"), '--zone: "Mars/Base": expected an IANA time zone'),
    (("daily", "--zone", ""), '--zone: "": expected an IANA time zone'),
    (("daily", "--zone", "../../../etc/passwd"), "--zone: \"../../../etc/passwd\": expected"),
    (("daily", "--zone", "tzdata.zi"), '--zone: "tzdata.zi": expected an IANA time zone'),
])
def test_wrong_usage(ask, words, said):
    done = ask(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"agentctl: {said}") and done.stderr.count("\n") == 1


# ---- what it prints ------------------------------------------------------------------------------
def test_for_people(ask):
    done = ask("Tous les jours à 2h30", "--zone", "Europe/Paris", "--from", "2026-03-27T12:00:00Z",
               "--count", "3")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "daily 02:30  (Europe/Paris; after 2026-03-27 13:00:00 CET)\n"
        "  Sat 2026-03-28 02:30 CET (+01:00)  2026-03-28T01:30:00Z\n"
        "  Sun 2026-03-29 03:00 CEST (+02:00)  2026-03-29T01:00:00Z\n"
        "      02:30 does not exist that day: clocks go forward; runs at 03:00\n"
        "  Mon 2026-03-30 02:30 CEST (+02:00)  2026-03-30T00:30:00Z\n")


def test_the_hour_that_comes_twice(ask):
    done = ask("hourly", "--zone=Europe/Paris", "--from=2026-10-24T23:30:00Z", "--count=2")
    assert done.stdout.splitlines()[1:] == [
        "  Sun 2026-10-25 02:00 CEST (+02:00)  2026-10-25T00:00:00Z",
        "      02:00 comes twice that day: clocks go back; runs at the first",
        "  Sun 2026-10-25 03:00 CET (+01:00)  2026-10-25T02:00:00Z"]


def test_for_programs(ask):
    done = ask("at 2026-03-29T02:30", "--zone", "Europe/Paris", "--from", "2026-03-27T12:00:00Z",
               "--json")
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)
    assert json.loads(done.stdout) == {
        "when": "at 2026-03-29T02:30", "canonical": "at 2026-03-29T02:30", "zone": "Europe/Paris",
        "from": "2026-03-27T12:00:00.000Z",
        "occurrences": [{
            "at": "2026-03-29T01:00:00.000Z", "local": "2026-03-29T03:00:00+02:00",
            "abbreviation": "CEST", "named": "2026-03-29T02:30:00", "shift": "skipped",
            "why": "02:30 does not exist that day: clocks go forward; runs at 03:00"}]}


@pytest.mark.parametrize("when, lines", [
    ("dans 1h30", ["in 90m  (UTC; counted from 2026-11-27 00:00:00 UTC)",
                   "  Fri 2026-11-27 01:30 UTC (+00:00)  2026-11-27T01:30:00Z", "  and no more"]),
    ("le 25/11 à 14 h", ["at 25 Nov 14:00  (UTC; after 2026-11-27 00:00:00 UTC)",
                         "  Thu 2027-11-25 14:00 UTC (+00:00)  2027-11-25T14:00:00Z", "      in 363 days, in 2027",
                         "  and no more"]),
])
def test_an_end(ask, when, lines):
    done = ask(when, "--zone", "UTC", "--from", "2026-11-27T00:00:00Z")
    assert (done.returncode, done.stdout.splitlines(), done.stderr) == (0, lines, "")


@pytest.mark.parametrize("when, said", [
    ("0 0 30 2 *", "*-02-30 00:00: that never comes: February has no 30th"),
    ("0 0 31 2,4 * Europe/Paris", "*-02,04-31 00:00: that never comes: February has no 31st, April has no 31st"),
    ("at 2026-11-27T00:00Z", "at 2026-11-27T00:00Z: that is past; a time to come is wanted"),
    ("2026-11-26 08:00", "at 2026-11-26T08:00: that is past; a time to come is wanted"),
    ("today 00:00", "at today 00:00: that is past; if you mean the next one: at tomorrow 00:00"),
])
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_what_never_comes(ask, when, said, options):
    """agent1 refuses it, too."""
    done = ask(when, "--from", "2026-11-27T00:00:00Z", *options, TZ="UTC")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"agentctl: {said}\n")


def test_defaults_are_five_times_from_now_in_the_zone_of_the_host(ask):
    done = json.loads(ask("* * * * *", "--json", TZ="Asia/Kathmandu").stdout)
    assert done["zone"] == "Asia/Kathmandu" and len(done["occurrences"]) == 5
    assert done["occurrences"][0]["local"].endswith("+05:45")
    assert done["from"] < done["occurrences"][0]["at"]
    assert not os.environ.get("TZ") or ask("hourly").returncode == 0


def test_as_many_as_one_may_ask_for(ask):
    done = json.loads(ask("every 1s", "--json", "--count", "1000").stdout)
    times = [each["at"] for each in done["occurrences"]]
    assert len(set(times)) == 1000 and times == sorted(times)


def test_a_narrow_terminal():
    shown = subprocess.run([str(BUILD / "agentctl"), "next", "--zone=UTC", "--count=1", "--from=2026-12-01T00:00:00Z",
                            "at 2026-12-01T08:00"], capture_output=True, text=True, timeout=30, check=True,
                           env={**os.environ, "COLUMNS": "40"})
    assert shown.stdout.splitlines()[1:] == ["  Tue 2026-12-01 08:00 UTC (+00:00)", "      2026-12-01T08:00:00Z"]


def test_help_tells_of_it():
    shown = subprocess.run([str(BUILD / "agentctl"), "--help"], capture_output=True, text=True,
                           timeout=30 * PATIENCE, check=True).stdout
    for word in ("agentctl next 'daily 03:00'", "--zone=ZONE", "--from=TIME", "--count=N", "weekly mon"):
        assert word in shown


# ---- against an independent implementation -------------------------------------------------------
@pytest.mark.parametrize("zone", oracle.SAMPLE)
def test_a_zone_by_an_oracle(zone):
    """The clock changes of two years; `make zones` looks at all zones, 2024 to 2037."""
    outcome = oracle.check(zone, 2026, 2027)
    assert not outcome.differences, "\n".join(outcome.differences[:5])
    assert outcome.asked > 0


def test_a_zone_behind_the_time(ask):
    given = ask("daily 08:00 America/New_York", "--from", "2026-11-27T00:00:00Z", "--count", "1")
    assert given.returncode == 0 and "08:00 EST" in given.stdout and "2026-11-27T13:00:00Z" in given.stdout
    twice = ask("daily 08:00 America/New_York", "--zone", "UTC")
    assert twice.returncode == 2 and "the text names a zone already" in twice.stderr
    none = ask("daily 08:00 Europe/Pariss")
    assert none.returncode == 2 and '"Europe/Pariss": expected an IANA time zone' in none.stderr
