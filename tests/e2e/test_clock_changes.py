"""Windows in the nights when the clocks change, over real programs whose clock is moved (libfaketime): what
may not start waits, and begins when the gate says yes, on both sides; !why says when that is.

Monotonic clocks and the kernel's timers go on as they are: agent1 arms its timer through libfaketime, so that
a deadline which is reached while the test waits is reached by itself.
"""

import datetime
import re
import zoneinfo

import pytest

from clock import Clock
from wait import wait_for

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


def change(month):
    """The next last Sunday of this month: of March, when 02:00 CET is 03:00 CEST, or of October, when 03:00
    CEST is 02:00 CET. It lies ahead, since shims, which are linked statically, have the clock of this
    machine and take nothing whose time is over."""
    today = datetime.date.today()
    for year in (today.year, today.year + 1):
        last = datetime.date(year, month, 31)
        sunday = last - datetime.timedelta(days=(last.weekday() + 1) % 7)
        if sunday > today + datetime.timedelta(days=2):
            return sunday
    raise AssertionError("no such day")


SPRING, AUTUMN = change(3), change(10)


def at(day, time, fold=0):
    """A local time; fold 1 is the second pass of an autumn hour."""
    return datetime.datetime.combine(day, datetime.time.fromisoformat(time), BERLIN).replace(fold=fold)


class Night:
    """agent1 and a real web1 in Berlin, with clocks that go together."""

    def __init__(self, house, begin, blackouts=(), work_hours=None):
        self.ana = house.person("ana")
        house.agent1.config["timezone"] = "Europe/Berlin"
        house.agent1.blackouts = list(blackouts)
        agent = house.agent("web1", shell=True)
        if work_hours:
            house.agent1.registry["agents"]["web1"]["work_hours"] = work_hours
        self.clocks = [Clock(house.agent1), Clock(agent)]
        self.set(begin)
        house.start()
        self.marks = house.folder / "marks"
        self.wait_ready()

    def set(self, moment):
        for clock in self.clocks:
            clock.go_to(moment)

    def go_to(self, moment):
        self.set(moment)
        self.wait_ready()

    def wait_ready(self):
        """agent1 has looked at its clock, and the agent knows its windows. What the XMPP server kept for
        agent1 while it connected is stamped by this machine's clock, and so too old to be done."""
        for _ in range(20):
            if "agents: 1 online" in self.ana.ask("!status", "agents: |not done: ").text:
                return
        raise AssertionError("web1 is not online")

    def ask(self, text, wanted="web1"):
        return self.ana.ask(text, wanted).text

    def why(self):
        return self.ask("!why web1")

    def defer(self, name):
        """The line of a run that waits."""
        return self.ask(f"@web1 --defer date +%H:%M:%S-{name} >> {self.marks}", r"#\d+ web1: ")

    def refuse(self):
        return self.ask(f"@web1 echo never >> {self.marks}", r"web1: refused|#\d+ web1")

    def run(self, name):
        return self.ask(f"@web1 echo {name} >> {self.marks}", r"#\d+ web1: (succeeded|rejected|deferred)")

    def begun(self):
        return self.marks.read_text().split() if self.marks.exists() else []

    def wait_begun(self, name, seconds=30):
        wait_for(lambda: any(line.endswith(name) for line in self.begun()), seconds,
                 lambda: f"{name} begun; so far: {self.begun()}")


def window(start, end, **more):
    return {"start": start, "end": end, "label": "night", **more}


def test_spring_an_end_that_does_not_exist(house):
    """22:00-02:30 ends when the wall clock leaves out 02:30, and no worker thinks otherwise."""
    night = Night(house, at(SPRING, "01:30:00"), [window("22:00", "02:30")])
    night.go_to(at(SPRING, "01:59:50"))
    assert "not now (blackout): blackout hours 22:00-02:30 (night); next: 03:00 CEST" in night.why()
    assert "refused (blackout)" in night.refuse()
    line = night.defer("gap")
    assert re.search(r"#1 web1: deferred \(blackout hours .*; starts 03:00 CEST\)", line), line
    assert not night.begun()
    night.ana.wait_for(r"#1 web1: succeeded", 30)
    assert len(night.begun()) == 1
    assert "not now" not in night.why()
    assert "succeeded" in night.run("after")


def test_spring_a_night_that_is_an_hour_short(house):
    """Saturday's 22:00-06:00 crosses midnight, and the change, into Sunday."""
    night = Night(house, at(SPRING - datetime.timedelta(days=1), "23:59:50"),
                  [window("22:00", "06:00", days=["sat"])])
    line = night.defer("short")
    assert f"; starts {SPRING} 06:00 CEST" in line, line
    night.go_to(at(SPRING, "01:59:50"))
    assert "next: 06:00 CEST" in night.why()
    night.go_to(at(SPRING, "03:00:10"))
    assert "next: 06:00 CEST" in night.why() and not night.begun()
    assert "refused (blackout)" in night.refuse()
    night.go_to(at(SPRING, "05:59:52"))
    assert "next: 06:00 CEST" in night.why() and not night.begun()
    night.wait_begun("short")
    night.ana.wait_for(r"#1 web1: succeeded", 30)
    # Sunday's evening is not Saturday's.
    night.go_to(at(SPRING, "23:00:00"))
    assert "succeeded" in night.run("sunday")
    assert len(night.begun()) == 2


def test_autumn_both_passes_of_the_hour_are_inside(house):
    night = Night(house, at(AUTUMN, "01:59:00"), [window("02:00", "02:30")])
    assert "succeeded" in night.run("before")
    night.go_to(at(AUTUMN, "02:29:52"))
    assert "next: 02:30 CEST" in night.why()
    assert re.search(r"deferred \(.*; starts 02:30 CEST\)", night.defer("first"))
    night.wait_begun("first")
    night.ana.wait_for(r"#2 web1: succeeded", 30)
    night.go_to(at(AUTUMN, "02:00:05", fold=1))
    assert "next: 02:30 CET" in night.why()
    assert "refused (blackout)" in night.refuse()
    assert re.search(r"deferred \(.*; starts 02:30 CET\)", night.defer("second"))
    night.go_to(at(AUTUMN, "02:29:52", fold=1))
    assert len(night.begun()) == 2
    night.wait_begun("second")
    night.ana.wait_for(r"#3 web1: succeeded", 30)
    assert len(night.begun()) == 3


@pytest.mark.parametrize("day", [SPRING, AUTUMN], ids=["spring", "autumn"])
def test_work_hours_that_cross_the_change(house, day):
    """Work from 22:00 to 03:00: in spring that is until the change itself, in autumn an hour more."""
    night = Night(house, at(day, "01:59:00"), work_hours={"start": "22:00", "end": "03:00"})
    assert "succeeded" in night.run("inside")
    if day == AUTUMN:
        night.go_to(at(day, "02:59:30", fold=1))
        assert "succeeded" in night.run("second")
    night.go_to(at(day, "03:00:10"))
    assert "not now (work_hours)" in night.why() and "next: 22:00 CE" in night.why()
    assert "refused (work_hours)" in night.refuse()
    line = night.defer("evening")
    assert "; starts 22:00" in line, line
    night.go_to(at(day, "21:59:52"))
    assert not any("evening" in line for line in night.begun())
    night.wait_begun("evening")
    assert "never" not in night.begun()
