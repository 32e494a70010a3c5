#!/usr/bin/python3
"""Proves that `agentctl next` tells the right instants where clocks are set.

For each zone of the system, around each change of its clock from ZONES_FROM to ZONES_UNTIL, and
over those years as a whole, the answers of `agentctl next --json` are compared with an independent
implementation on Python's zoneinfo: it lists the times on the wall that a spec names, day by day,
and asks for each whether it exists, and at which instant it comes first. Beside the instant it
compares the local time, the time that was named, and what is said of a shift.

    oracle.py [ZONE …]      a table; exit 1 on a difference
"""

import concurrent.futures
import datetime
import json
import os
import pathlib
import subprocess
import sys
import zoneinfo
from dataclasses import dataclass, field

BUILD = pathlib.Path(os.environ.get("AGENT_BUILD", pathlib.Path(__file__).resolve().parents[2] / "build"))
FROM = int(os.environ.get("ZONES_FROM", "2024"))
UNTIL = int(os.environ.get("ZONES_UNTIL", "2037"))
JOBS = int(os.environ.get("ZONES_JOBS", "1"))
ANSWER_LIMIT_S = 60
COUNT_MAX = 1000

# An hour, half an hour, two hours; at midnight, before midnight; a winter that is the exception; a
# month of fasting; the far ends of the day; decrees; no change at all.
SAMPLE = ["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Antarctica/Troll",
          "America/Santiago", "America/Nuuk", "Europe/Dublin", "Africa/Casablanca",
          "Pacific/Chatham", "America/Havana", "Asia/Gaza", "Africa/Cairo", "Asia/Kathmandu", "UTC"]

UTC = datetime.timezone.utc
DAY = datetime.timedelta(days=1)
MINUTE = datetime.timedelta(minutes=1)


@dataclass
class Spec:
    """A time as agentctl reads it, and as the oracle does."""
    text: str
    minutes: list
    hours: list
    fits: object = lambda day: True


# Around each change, minute by minute in quarters; over the years, by days.
NEAR = Spec("*/15 * * * *", list(range(0, 60, 15)), list(range(24)))
FAR = [
    Spec("daily 02:30", [30], [2]),
    Spec("0 0,1,3,23 * * *", [0], [0, 1, 3, 23]),
    Spec("Sun *-*-* 01:15", [15], [1], lambda day: day.weekday() == 6),
    Spec("30 0,2 1,31 * sun", [30], [0, 2], lambda day: day.weekday() == 6 or day.day in (1, 31)),
]


@dataclass
class Outcome:
    zone: str
    changes: int = 0
    asked: int = 0
    compared: int = 0
    shifted: int = 0
    differences: list = field(default_factory=list)


def offset(zone, instant):
    return instant.astimezone(zone).utcoffset()


def change_between(zone, start, end):
    """The first second with another offset than at the start; start and end are in UTC."""
    before = offset(zone, start)
    while end - start > datetime.timedelta(seconds=1):
        middle = start + (end - start) // 2
        middle = middle.replace(microsecond=0)
        if offset(zone, middle) == before:
            start = middle
        else:
            end = middle
    return end


def changes(zone, first_year, last_year):
    """All instants at which the zone's offset changes."""
    at = datetime.datetime(first_year, 1, 1, tzinfo=UTC)
    end = datetime.datetime(last_year + 1, 1, 1, tzinfo=UTC)
    while at < end:
        if offset(zone, at) != offset(zone, at + DAY):
            yield change_between(zone, at, at + DAY)
        at += DAY


def resolve(zone, wall):
    """(instant in UTC, shift) of a time on the wall."""
    first = wall.replace(tzinfo=zone, fold=0)
    second = wall.replace(tzinfo=zone, fold=1)
    instant = first.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != wall:
        # It does not exist: zoneinfo takes the offset before the gap for fold 0, that after it for 1.
        return change_between(zone, second.astimezone(UTC), instant), "skipped"
    return instant, "twice" if second.utcoffset() != first.utcoffset() else None


def expected(zone, spec, after, until):
    """[(instant, named, shift)] after one instant, up to another; of one instant the first name."""
    found = {}
    day = (after - 2 * DAY).date()
    while day <= (until + 2 * DAY).date():
        if spec.fits(day):
            for hour in spec.hours:
                for minute in spec.minutes:
                    wall = datetime.datetime(day.year, day.month, day.day, hour, minute)
                    instant, shift = resolve(zone, wall)
                    found.setdefault(instant, (instant, wall, shift))
        day += DAY
    return [found[instant] for instant in sorted(found) if after < instant <= until]


def ask(name, spec, after, count):
    """The occurrences as agentctl tells them."""
    done = subprocess.run(
        [str(BUILD / "agentctl"), "next", spec.text, "--zone", name, "--json", "--count", str(count),
         "--from", after.strftime("%Y-%m-%dT%H:%M:%SZ")],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=ANSWER_LIMIT_S, check=True)
    return json.loads(done.stdout)["occurrences"]


def told(occurrence):
    return (datetime.datetime.fromisoformat(occurrence["at"]),
            datetime.datetime.fromisoformat(occurrence["named"]), occurrence.get("shift"))


def compare(outcome, zone, spec, after, until):
    wanted = expected(zone, spec, after, until)
    given = []
    at = after
    while len(given) < len(wanted):
        answers = ask(outcome.zone, spec, at, min(len(wanted) - len(given), COUNT_MAX))
        outcome.asked += 1
        if not answers:
            break
        given += answers
        at = told(answers[-1])[0]
    outcome.compared += len(wanted)
    outcome.shifted += sum(shift is not None for _, _, shift in wanted)
    for index, want in enumerate(wanted):
        have = told(given[index]) if index < len(given) else None
        if have != want or given[index]["local"] != have[0].astimezone(zone).isoformat():
            outcome.differences.append(
                f"{outcome.zone}: \"{spec.text}\" after {after}: agentctl {have}, zoneinfo {want}")
            break  # what follows is likely to be shifted


def check(name, first_year, last_year):
    zone = zoneinfo.ZoneInfo(name)
    outcome = Outcome(name)
    for change in changes(zone, first_year, last_year):
        outcome.changes += 1
        compare(outcome, zone, NEAR, change - DAY, change + DAY)
    start = datetime.datetime(first_year, 1, 1, tzinfo=UTC)
    end = datetime.datetime(last_year + 1, 1, 1, tzinfo=UTC)
    for spec in FAR:
        compare(outcome, zone, spec, start, end)
    return outcome


def main():
    names = sys.argv[1:] or sorted(zoneinfo.available_timezones() - {"localtime", "Factory"})
    outcomes = []
    with concurrent.futures.ProcessPoolExecutor(JOBS) as pool:
        for outcome in pool.map(check, names, [FROM] * len(names), [UNTIL] * len(names)):
            outcomes.append(outcome)
            for difference in outcome.differences:
                print(difference, flush=True)
    different = [outcome for outcome in outcomes if outcome.differences]
    print(f"{'years':<10} {'zones':>6} {'changes':>8} {'questions':>10} {'times':>9} {'shifted':>8} "
          f"{'different':>10}")
    print(f"{f'{FROM}–{UNTIL}':<10} {len(outcomes):>6} {sum(o.changes for o in outcomes):>8} "
          f"{sum(o.asked for o in outcomes):>10} {sum(o.compared for o in outcomes):>9} "
          f"{sum(o.shifted for o in outcomes):>8} {len(different):>10}")
    sys.exit(1 if different or not outcomes else 0)


if __name__ == "__main__":
    main()
