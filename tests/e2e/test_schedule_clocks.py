"""Schedules in the nights when the clocks change, over the real agent1 whose clock is moved (libfaketime): each
time has one row, intervals go on, and what people are told are the times on their wall. Its agent is never
there: what fires waits for it.
"""

import datetime
import os
import re
import signal
import zoneinfo

import pytest

from clock import Clock
from parties import accepted_agent
from schedule_rows import query
from wait import wait_for

PARIS = zoneinfo.ZoneInfo("Europe/Paris")
SPRING = "2026-03-29"  # 02:00 CET is 03:00 CEST
AUTUMN = "2026-10-25"  # 03:00 CEST is 02:00 CET
HALF_HOUR = 30 * 60


def at(day, time, fold=0):
    """A local time; fold 1 is the second pass of an autumn hour."""
    return datetime.datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=PARIS, fold=fold)


def entry(name, cron, **more):
    return {"id": name, "agent": "web1", "task": f"echo {name}", "cron": cron, "overlap": "allow", **more}


class Night:
    def __init__(self, house, begin, tasks):
        self.house = house
        self.ana = house.person("ana")
        house.agent1.tasks = {"tasks": tasks}
        accepted_agent(house)
        self.clock = Clock(house.agent1)
        self.clock.go_to(begin)
        house.start()
        self.look()

    def look(self):
        """agent1 has looked at its clock."""
        return self.ana.ask("!tasks", "Schedules, zone Europe/Paris").text

    def go_to(self, moment):
        self.clock.go_to(moment)
        return self.look()

    def rows(self, name):
        """When each of its times was, in seconds, and what became of it."""
        rows = query(self.house, "SELECT nominal, state, reason FROM runs WHERE schedule = "
                                 f"'{name}' ORDER BY nominal, number")
        return [(nominal // 1000, state, reason) for nominal, state, reason in rows]

    def times(self, name):
        return [nominal for nominal, _, _ in self.rows(name)]

    def wait_times(self, name, count):
        wait_for(lambda: len(self.times(name)) >= count, 30,
                 lambda: f"{count} times of {name}; so far {self.rows(name)}")


def unix(day, time, fold=0):
    return int(at(day, time, fold).timestamp())


def every_half_hour(night, first, count):
    """Elapsed time goes on over the change: no interval is longer or shorter, none is doubled."""
    night.wait_times("often", count)
    times = night.times("often")
    assert times == [times[0] + HALF_HOUR * number for number in range(count)], night.rows("often")
    assert first - 5 <= times[0] < first + 5


def test_spring_while_it_runs(house):
    """02:30 is left out by the wall: it happens once, just after the gap."""
    night = Night(house, at(SPRING, "01:29:50"), [entry("night", "daily 02:30"),
                                                  entry("often", "every 30min")])
    shown = night.look()
    assert re.search(r"night: daily 02:30 .* next Sun 2026-03-29 03:00 CEST "
                     r"\(02:30 does not exist that day: clocks go forward; runs at 03:00\)", shown)
    assert re.search(r"often: .* next Sun 2026-03-29 01:59:[45]\d CET", shown)
    night.go_to(at(SPRING, "03:00:10"))
    night.wait_times("night", 1)
    assert "night: daily 02:30 · web1 · echo night · next Mon 2026-03-30 02:30 CEST" in night.look()
    for time in ("03:30:10", "04:00:10", "04:30:10"):
        night.go_to(at(SPRING, time))
    every_half_hour(night, unix(SPRING, "01:59:50"), 4)
    assert night.times("night") == [unix(SPRING, "03:00:00")]
    assert "03:00" in night.ana.ask("!runs", "echo night").text


def test_autumn_while_it_runs(house):
    """02:30 comes twice: it happens at the first; half hours go on through both."""
    night = Night(house, at(AUTUMN, "01:59:50"), [entry("night", "daily 02:30"),
                                                  entry("often", "every 30min")])
    assert re.search(r"night: daily 02:30 .* next Sun 2026-10-25 02:30 CEST", night.look())
    night.go_to(at(AUTUMN, "02:30:10"))
    night.wait_times("night", 1)
    assert "night: daily 02:30 · web1 · echo night · next Mon 2026-10-26 02:30 CET" in night.look()
    night.go_to(at(AUTUMN, "02:00:10", fold=1))
    night.wait_times("often", 2)
    assert re.search(r"often: .* next Sun 2026-10-25 02:29:[45]\d CET", night.look())
    for time in ("02:30:10", "03:00:10"):
        night.go_to(at(AUTUMN, time, fold=1))
    every_half_hour(night, unix(AUTUMN, "02:29:50"), 4)
    assert night.times("night") == [unix(AUTUMN, "02:30:00")]


PASSED = [entry("late", "daily 02:30", max_lateness="6h"), entry("night", "daily 02:30"),
          entry("often", "every 30min", catchup="skip")]


@pytest.mark.parametrize("day,down,up,time,told", [
    (SPRING, at(SPRING, "01:45:00"), at(SPRING, "04:45:10"), at(SPRING, "03:00:00"), "03:00 CEST"),
    (AUTUMN, at(AUTUMN, "01:45:00"), at(AUTUMN, "03:45:10"), at(AUTUMN, "02:30:00"), "02:30 CEST"),
], ids=["spring", "autumn"])
def test_what_passed_while_it_was_down(house, day, down, up, time, told):
    """Over the change: what may be late is made up for once, what may not is missed; half hours are counted by
    elapsed time; another restart adds nothing."""
    night = Night(house, down, PASSED)
    house.agent1.stop()
    night.clock.go_to(up)
    house.agent1.start()
    half_hours = int(up.timestamp() - down.timestamp()) // HALF_HOUR
    every_half_hour(night, int(down.timestamp()) + HALF_HOUR, half_hours)
    assert night.times("late") == night.times("night") == [int(time.timestamp())]
    assert night.rows("late")[0][1] in ("queued", "expired"), night.rows("late")
    assert night.rows("night")[0][1] == "missed" and night.rows("night")[0][2].startswith(f"{told} passed ")
    following = (up + datetime.timedelta(days=1)).strftime("%Y-%m-%d 02:30 %Z")
    shown = night.look()
    assert re.search(rf"night: .* next Mon {following}$", shown, re.M), shown
    rows = [night.rows(name) for name in ("late", "night", "often")]
    house.agent1.restart()
    night.look()
    assert [[row[0] for row in night.rows(name)] for name in ("late", "night", "often")] == \
        [[row[0] for row in of_one] for of_one in rows]


def test_what_passed_while_the_machine_slept(house):
    """As after a suspend: the program stood still, and hours are gone when it goes on."""
    begin, end = at("2026-11-24", "01:45:00"), at("2026-11-24", "04:45:10")
    night = Night(house, begin, PASSED)
    os.kill(house.agent1.process.pid, signal.SIGSTOP)
    try:
        night.clock.go_to(end)
    finally:
        os.kill(house.agent1.process.pid, signal.SIGCONT)
    night.look()
    every_half_hour(night, unix("2026-11-24", "02:15:00"), 6)
    shown = night.look()  # the first one may have come before it saw how late it is
    time = unix("2026-11-24", "02:30:00")
    assert [row[:2] for row in night.rows("late")] == [(time, "queued")]
    assert [row[:2] for row in night.rows("night")] == [(time, "missed")]
    assert night.rows("night")[0][2].startswith("02:30 CET passed 2 h 15 min ago")
    assert "night: daily 02:30 · web1 · echo night · next Wed 2026-11-25 02:30 CET" in shown
    assert night.times("late") == night.times("night") == [time]
