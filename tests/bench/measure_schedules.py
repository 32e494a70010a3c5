"""Many schedules in agent1: what they cost to load, to keep, to fire and to change, and how late
they fire; and the same jobs in Python's APScheduler, in the same run.

BENCH_SCHEDULES of them (100,000) stand in tasks_schedule.json. Memory is private dirty, less that
of the same agent1 with an empty file. A firing is measured twice: with the task done by an agent
that answers at once (row, gate, sealed task, ack, result, outcome), and decided alone (closed hours
and "on_blocked": "skip", so a row that says why). APScheduler has BENCH_JOBS (10,000), whose
function counts and does nothing else, in a SQLite job store by SQLAlchemy and in memory.
Blocked is the longest time in which a `!pending`, asked again and again, had no answer.
Lateness: BENCH_LATE occurrences of `every 10s`, each due at a moment of its own, nothing else.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import threading
import time

from measures import Promises, describe, percentile, table
from schedule_house import ScheduleHouse, schedules, yearly
from schedule_rows import query
from wait import wait_for

COUNT = int(os.environ.get("BENCH_SCHEDULES", 100000))
FIRING = int(os.environ.get("BENCH_FIRING", 1000))
JOBS = int(os.environ.get("BENCH_JOBS", 10000))
LATE = int(os.environ.get("BENCH_LATE", 200))
TOGETHER = 20
WINDOW_S = 60
LIMIT_S = 300
PEER = pathlib.Path(__file__).with_name("apscheduler_jobs.py")


# ---- load and memory ------------------------------------------------------------------------------
def start_with(house, entries):
    """(ms to ready, CPU ms to ready, CPU ms until quiet, private MiB)"""
    house.agent1.stop()
    house.agent1.tasks = {"tasks": entries}
    return *house.start(), house.private_mib()


def loads(house):
    rows, found = [], {}
    for what, count, is_fresh in (("an empty file", 0, True), (f"{JOBS}, fresh database", JOBS, True),
                                  (f"{JOBS}, with their rows", JOBS, False),
                                  (f"{COUNT}, fresh database", COUNT, True),
                                  (f"{COUNT}, with their rows", COUNT, False)):
        if is_fresh:
            house.agent1.stop()
            house.forget()
        ready, cpu, quiet, mib = found[count, is_fresh] = start_with(house, yearly(count))
        per = (mib - found[0, True][3]) * 2**20 / count if count else 0
        rows.append([what, f"{ready:.0f}", f"{cpu:.0f}", f"{quiet:.0f}", f"{mib:.1f}", f"{per:.0f}"])
    table("start of agent1", ["schedules", "ms to ready", "CPU ms to ready", "CPU ms until quiet",
                              "private MiB", "bytes each"], rows)
    return found


# ---- what people do -------------------------------------------------------------------------------
class Pulse:
    """Asks `!pending` again and again; gaps are the milliseconds each answer took."""

    def __init__(self, console):
        self.console = console
        self.gaps = []
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _run(self):
        while not self.is_over.is_set():
            began = time.monotonic()
            self.console.ask("!pending", seconds=LIMIT_S)
            self.gaps.append((time.monotonic() - began) * 1000)

    def __enter__(self):
        self.thread.start()
        wait_for(lambda: len(self.gaps) > 3, what="a pulse")
        self.gaps.clear()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()


def act(house, do):
    """(ms that it took, CPU ms of agent1 until it is quiet again)"""
    house.settle()
    before, began = house.cpu(), time.monotonic()
    do()
    elapsed = (time.monotonic() - began) * 1000
    return elapsed, house.settle() - before


def save_and_wait(house, entries):
    """One person's save; over when agent1 uses it."""
    text = "the configuration was read anew"
    count = house.agent1.process.log_text().count(text)
    house.save(entries)
    wait_for(lambda: house.agent1.process.log_text().count(text) > count, LIMIT_S,
             "the save is in use")


def edited(house):
    """The entries of the file, of which a person changed one."""
    entries = house.agent1.read("tasks_schedule.json")["tasks"]
    entries[1]["cron"] = f"*-02-02 02:{time.monotonic_ns() % 60:02d}"
    return entries


def acts(house):
    console = house.console()
    steps = (("!tasks", lambda: console.ask("!tasks", LIMIT_S)),
             ("!calendar", lambda: console.ask("!calendar", LIMIT_S)),
             ("!calendar fake3", lambda: console.ask("!calendar fake3", LIMIT_S)),
             ("!pause s7", lambda: console.ask("!pause s7", LIMIT_S)),
             ("PLAN_CANCEL: (edits the file)", lambda: console.ask("PLAN_CANCEL: s5", LIMIT_S)),
             ("SCHEDULE:", lambda: console.ask("SCHEDULE: yearly | fake1 | true", LIMIT_S)),
             ("!yes (edits the file)", lambda: console.ask("!yes", LIMIT_S)),
             ("a person's save", lambda: save_and_wait(house, edited(house))))
    rows = []
    for name, do in steps:
        elapsed, cpu = act(house, do)
        rows.append([name, f"{elapsed:.1f}", f"{cpu:.1f}"])
    table(f"with {COUNT} schedules", ["", "ms until answered", "CPU ms of agent1 in all"], rows)


def blocked(house):
    console = house.open[-1]
    entries = edited(house)
    with Pulse(console) as pulse:
        save_and_wait(house, entries)
        seen = len(pulse.gaps)
        wait_for(lambda: len(pulse.gaps) > seen + 20, LIMIT_S, "what follows")
    table("a person's save while others ask", ["", "ms"],
          [["longest wait for an answer", f"{max(pulse.gaps):.0f}"],
           ["median wait", f"{statistics.median(pulse.gaps):.1f}"]])
    return max(pulse.gaps)


# ---- firing ---------------------------------------------------------------------------------------
def count_rows(house):
    ((count,),) = query(house, "SELECT count(*) FROM runs WHERE schedule IS NOT NULL") or ((0,),)
    return count


def fire_window(house):
    """(occurrences, CPU ms) of a window that begins in the middle of a minute."""
    time.sleep((90 - time.time() % 60) % 60)
    before, cpu = count_rows(house), house.cpu()
    time.sleep(WINDOW_S)
    cpu = house.cpu() - cpu
    return count_rows(house) - before, cpu


def fires(house):
    found, rows = {}, []
    # What is done first: the agents of the house; then what closed hours skip.
    house.start_agents()
    for what in ("done by agents", "skipped, with a row"):
        entries = yearly(COUNT - FIRING) + schedules(FIRING, "* * * * *", "m")
        if what != "done by agents":
            for entry in entries:
                entry["on_blocked"] = "skip"
            house.agent1.blackouts = [{"start": "00:00", "end": "24:00"}]
        start_with(house, entries)
        count, cpu = fire_window(house)
        found[what] = cpu / max(count, 1)
        rows.append([what, count, f"{cpu:.0f}", f"{found[what]:.3f}"])
    house.agent1.blackouts = []
    table(f"{FIRING} of {COUNT} fire in a minute", ["", "fired", "CPU ms", "CPU ms each"], rows)
    return found


# ---- lateness -------------------------------------------------------------------------------------
def lateness(house):
    """Milliseconds from the nominal time to the arrival of the task at the agent."""
    arrived = {}
    start_with(house, yearly(min(COUNT, 1000)))
    house.timed_agent(lambda run, at_ms: arrived.setdefault(run, at_ms))
    entries = yearly(min(COUNT, 1000))
    for i in range(TOGETHER):  # each taken up at a moment of its own
        entries = entries + [{"id": f"late{i}", "agent": "timed", "task": "true", "cron": "every 10s"}]
        save_and_wait(house, entries)
        time.sleep(0.37)
    arrived.clear()
    wait_for(lambda: len(arrived) >= LATE, LATE / TOGETHER * 10 + 60, "the occurrences")
    nominal = dict(query(house, "SELECT id, nominal FROM runs WHERE schedule IS NOT NULL"))
    found = [at_ms - nominal[run] for run, at_ms in arrived.items() if run in nominal]
    table("from the nominal time to the agent, ms", ["", "median", "p95", "p99", "n"],
          [["every 10s", *describe(found)]])
    return found


# ---- beside it ------------------------------------------------------------------------------------
def peer(where, seconds):
    shown = subprocess.run([sys.executable, str(PEER), str(where), str(JOBS), str(FIRING),
                            str(seconds)], check=True, capture_output=True, text=True)
    return json.loads(shown.stdout.splitlines()[-1])


def peers(house):
    database = house.folder / "jobs.db"
    found = {"SQLite, fresh": peer(database, 0), "SQLite": peer(database, WINDOW_S),
             "memory": peer("memory", WINDOW_S)}
    rows = [[f"APScheduler, {name}", f"{each['load_ms']:.0f}", f"{each['load_cpu_ms']:.0f}",
             f"{each['memory_mib'] * 2**20 / JOBS:.0f}", each.get("fired", ""),
             f"{each['fire_cpu_ms'] / max(each['fired'], 1):.3f}" if "fired" in each else ""]
            for name, each in found.items()]
    table(f"the same {JOBS} jobs, {FIRING} of them each minute",
          ["", "ms to load", "CPU ms to load", "bytes each", "fired", "CPU ms each"], rows)
    return found


def tell_why(own, others):
    """Why 50 times less of either is out of reach, with the figures of this run."""
    memory, cpu = others["memory"], others["SQLite"]
    each = memory["memory_mib"] * 2**20 / JOBS
    print(f"A 50th of APScheduler's memory is {each / 50:.0f} bytes a job. Ours has an entry of 144 bytes, what was "
          "decided of it in 120, id (twice), task and time as pieces of 32 to 64 bytes, and 90 in two lists, a tree "
          "and a table.")
    print(f"A 50th of its processor time is {cpu['fire_cpu_ms'] / max(cpu['fired'], 1) / 50:.3f} ms a job. Of our "
          f"{own['CPU each, decided']:.3f} half is the store, which commits the run, the schedule's mark and the "
          "audit with their indexes, and a quarter system calls, most of them to tell of it by MQTT (perf, cpu-clock).")


def show_ratios(loaded, fired, others, promises):
    base = loaded[0, True]
    ready, _, quiet, mib = loaded[JOBS, False]
    own = {"load": ready - base[0], "load CPU": quiet - base[2],
           "bytes each": (mib - base[3]) * 2**20 / JOBS, "CPU each, done": fired["done by agents"],
           "CPU each, decided": fired["skipped, with a row"]}
    rows = []
    for name in ("SQLite", "memory"):
        other = others[name]
        each = other["fire_cpu_ms"] / max(other["fired"], 1)
        theirs = {"load": other["load_ms"], "load CPU": other["load_cpu_ms"],
                  "bytes each": other["memory_mib"] * 2**20 / JOBS, "CPU each, done": each,
                  "CPU each, decided": each}
        rows += [[f"{what}: APScheduler, {name}", f"{theirs[what]:.3f}", f"{own[what]:.3f}",
                  f"{theirs[what] / own[what]:.1f}"] for what in own]
        if name == "memory":
            promises.tell_at_least("memory: APScheduler's in memory / agent1's",
                                   theirs["bytes each"] / own["bytes each"], 50)
        else:
            promises.tell_at_least("CPU each: APScheduler's with SQLite / agent1's decided",
                                   each / own["CPU each, decided"], 50)
    table(f"{JOBS} jobs, agent1 beside APScheduler", ["", "APScheduler", "agent1", "ratio"], rows)
    tell_why(own, others)


def main():
    promises = Promises()
    house = ScheduleHouse()
    try:
        print(f"load of the machine at the start: {os.getloadavg()[0]:.1f}")
        loaded = loads(house)
        acts(house)
        longest = blocked(house)
        fired = fires(house)
        late = lateness(house)
        others = peers(house)
    finally:
        house.close()
    show_ratios(loaded, fired, others, promises)
    promises.tell("a person's save: longest wait of others", longest, 500, " ms")
    promises.tell("lateness, median", statistics.median(late), 10, " ms")
    promises.tell("lateness, p99", percentile(late, 0.99), 10, " ms")
    print(f"load of the machine at the end: {os.getloadavg()[0]:.1f}")
    promises.end()


if __name__ == "__main__":
    main()
