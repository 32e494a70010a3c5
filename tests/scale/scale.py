#!/usr/bin/python3
"""A thousand agents on one real agent1, over real servers: what they cost, what a restart of the
broker does to those who ask meanwhile, and whether a steady load is done without loss.

The agents are one process (crowd.c) with a connection each. Three things are measured:

  cost   private memory and idle wake-ups of agent1 with that many agents, beside those with one
  storm  the broker is killed with -9 and started again; all agents come back as fast as it takes them
         (--jitter: as agent2 does) and register. Timed from the broker's return until agent1 has
         acknowledged the last one; all the while a person on XMPP and a console ask, one question
         each 20 ms, timed from the moment at which each was due: a command until its answer, a task
         until agent1 has it on disk and says "queued"
  load   delegations at a steady rate, to one agent after the other; afterwards the orders are
         compared with agent1's rows, with what the agents started, and with the answers

It prints tables, with the part of the processors that each process took, and exits with 1 when a
promise broke. The machine's other work counts against agent1: the load is shown.
"""

import argparse
import datetime
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "bench"))

from measures import (BUILD, BenchHouse, Promises, base_environment, cpu_ms, memory, percentile,  # noqa: E402
                      start, statistics, table, wait_for, wake_ups)
from servers import TOP  # noqa: E402
from wire import Peer  # noqa: E402

EVERY_US = 20000  # between two questions of one who asks
ASKED_S = 6  # for so long at least, from the broker's return
STORM_LIMIT_S = 60
QUIET_MS = 10  # of processor time in a second: everything is settled


class Crowd:
    """The agents."""

    def __init__(self, house, keys, count, has_jitter):
        argv = [BUILD / "scale/crowd", house.broker.port, "bench", house.broker.passwords["bench"],
                house.agent1.key, keys, count, *(["jitter"] if has_jitter else [])]
        self.child = start(list(map(str, argv)), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                           text=True, bufsize=1, env=base_environment(house.folder))
        self._expect("ready")

    def _expect(self, word):
        line = self.child.stdout.readline().split()
        assert line and line[0] == word, f"{word} was to come from the crowd, and not {line}"
        return [int(number) for number in line[1:]]

    def wait_registered(self):
        """(first connection, last connection, first ack, last ack) in seconds of the monotonic clock,
        and how many registrations were repeated."""
        found = self._expect("registered")
        return [number / 1e6 for number in found[:4]], found[4]

    def started(self):
        """(runs started, tasks that came again, results not acknowledged yet)"""
        self.child.stdin.write("\n")
        return self._expect("started")

    def close(self):
        self.child.kill()
        self.child.wait()
        self.child.stdin.close()
        self.child.stdout.close()


def use_shipped_bounds(broker):
    """What config/mosquitto.conf.example says of queues; all else is Debian's."""
    text = (TOP / "config/mosquitto.conf.example").read_text()
    lines = re.findall(r"^(?:set_tcp_nodelay|max_\w+|message_size_limit) .*$", text, re.MULTILINE)
    with open(broker.folder / "mosquitto.conf", "a", encoding="ascii") as config:
        config.write("\n".join(lines) + "\n")


class ScaleHouse(BenchHouse):
    """Servers as we ship their configuration, agent1, and a crowd in place of agent2."""

    def __init__(self, count, has_jitter=False):
        super().__init__()
        self.broker.stop()
        use_shipped_bounds(self.broker)
        self.broker.start()
        self.names = [f"a{number + 1}" for number in range(count)]
        self._has_jitter = has_jitter
        self.crowd = None
        registry = self.agent1.registry["agents"] = {}
        self._keys = self.folder / "keys"
        self._keys.mkdir()
        for name in self.names:
            peer = Peer()
            file = self._keys / f"{name}.key"
            file.touch(0o600)
            file.write_text(peer.file_text())
            registry[name] = {"public_key": peer.key, "accepted": True}
        self.agent1.add_user("person", "viewer", jid="person@localhost")

    def start(self):
        self.agent1.start(is_connecting=False)
        wait_for(self.is_agent1_connected, what="agent1 is connected")
        self.crowd = Crowd(self, self._keys, len(self.names), self._has_jitter)
        self.crowd.wait_registered()
        self.settle()
        return self

    def pids(self):
        return {"agent1": self.agent1.pid, "broker": self.broker.process.pid,
                "XMPP server": self.xmpp_server.process.pid, "the agents": self.crowd.child.pid}

    def settle(self):
        """Waits until nobody has anything to do any more."""
        before = [None]

        def is_quiet():
            now = time.monotonic(), sum(map(cpu_ms, self.pids().values()))
            then, before[0] = before[0], now
            time.sleep(1)
            return then and now[1] - then[1] < QUIET_MS * (now[0] - then[0])
        wait_for(is_quiet, 60, "everything is settled")

    def question(self, text):
        """A person on XMPP who asks it by the clock."""
        return self.xmpp("person", "command", "agent1@localhost", text)

    def rows(self):
        """(state, how many) of the runs in a copy of agent1's database."""
        copy = self.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for path in self.agent1.state.glob("agent1.db*"):
            shutil.copy(path, copy)
        database = sqlite3.connect(copy / "agent1.db")
        found = dict(database.execute("SELECT state, count(*) FROM runs GROUP BY state"))
        database.close()
        return found

    def close(self):
        if self.crowd:
            self.crowd.close()
        super().close()


# ---- cost -------------------------------------------------------------------------------------------

def cost(house, idle_s):
    """(resident, private dirty) in MiB, wake-ups a second, CPU ms a second of agent1."""
    pid = house.agent1.pid
    resident, _, private = memory(pid)
    wakes, cpu = sum(wake_ups(pid).values()), cpu_ms(pid)
    time.sleep(idle_s)
    return (resident, private, (sum(wake_ups(pid).values()) - wakes) / idle_s,
            (cpu_ms(pid) - cpu) / idle_s)


def show_cost(found):
    rows = [[what, *(f"{value:.2f}" for value in values)] for what, values in found.items()]
    table("agent1's memory in MiB, and what it does idle (a heartbeat of each agent in 5 minutes)",
          ["agents", "RSS", "private dirty", "wake-ups/s", "CPU ms/s"], rows)


# ---- storm ------------------------------------------------------------------------------------------

class Asker(threading.Thread):
    """Asks by the clock, in a thread: (when each was due, ms of its answer)."""

    def __init__(self, tool, seconds):
        super().__init__(daemon=True)
        self._tool = tool
        self._count = int(seconds * 1e6 / EVERY_US)
        self.answers = []
        self.start()

    def run(self):
        began = time.monotonic()
        _, times = self._tool.round(self._count, self._count, EVERY_US)
        self.answers = [(began + number * EVERY_US / 1e6, took) for number, took in enumerate(times)]

    def between(self, begin, end):
        """The times of what was due between the two moments."""
        self.join(STORM_LIMIT_S)
        assert self.answers, f"{self._tool.name} got no answers"
        return [took for due, took in self.answers if begin <= due <= end]


def logged_at(process, text):
    """When a program logged a line that ends so, the last time, by the monotonic clock."""
    stamp = re.findall(rf"^(\S+)Z .*{text}$", process.log_text(), re.MULTILINE)[-1]
    at = datetime.datetime.fromisoformat(stamp).replace(tzinfo=datetime.timezone.utc)
    return at.timestamp() - time.time() + time.monotonic()


class Storm:
    """One kill of the broker, and what followed."""

    def __init__(self, house):
        person = Asker(house.person_tool, ASKED_S + 1)
        before = {name: cpu_ms(pid) for name, pid in house.pids().items() if name != "broker"}
        self.killed = time.monotonic()
        house.broker.kill()
        house.broker.start()
        self.back = time.monotonic()
        before["broker"] = 0
        console = Asker(house.console(0, "!status", f"@{house.names[0]} true", "!help why",
                                      f"@{house.names[-1]} true"), ASKED_S)
        list_tool = house.console(1, "!agents")
        (self.first, self.last, self.first_ack, self.done), self.repeats = \
            house.crowd.wait_registered()
        self.cpu = {name: (cpu_ms(pid) - before[name]) / 10 / (time.monotonic() - self.killed)
                    for name, pid in house.pids().items()}
        self.agent1 = logged_at(house.agent1.process, "connected to the MQTT broker")
        self.person = person.between(self.killed, self.done)
        self.console = console.between(max(self.agent1, self.back), self.done)
        _, self.list = list_tool.round(5)
        house.settle()

    def cells(self):
        ask = [f"{statistics.median(times):.1f} / {percentile(times, 0.99):.1f} / {max(times):.1f}"
               if times else "-" for times in (self.person, self.console)]
        return [f"{self.back - self.killed:.2f}", f"{self.agent1 - self.back:.2f}",
                f"{self.last - self.back:.2f}", f"{self.done - self.back:.2f}", self.repeats, *ask,
                f"{os.getloadavg()[0]:.1f}"]


def storms(house, count):
    house.person_tool = house.question("!status")
    found = [Storm(house) for _ in range(count)]
    table(f"{count} restarts of the broker, {len(house.names)} agents (seconds; then ms of an answer "
          "meanwhile: median / p99 / longest)",
          ["", "broker away", "agent1 back", "last agent back", "all registered", "said again",
           "on XMPP", "console", "load"],
          [[number + 1, *storm.cells()] for number, storm in enumerate(found)])
    table("part of one processor from the kill to the last registration, %", list(found[0].cpu),
          [[f"{storm.cpu[name]:.0f}" for name in storm.cpu] for storm in found])
    lists = [took for storm in found for took in storm.list]
    print(f"\n  !agents with {len(house.names)} agents, asked when all is quiet: "
          f"{statistics.median(lists):.1f} ms (median of {len(lists)}), {max(lists):.1f} at most")
    return found


# ---- load -------------------------------------------------------------------------------------------

def load(house, rate, seconds):
    """Returns (orders lost, orders doubled)."""
    already = sum(house.rows().values())
    started = house.crowd.started()[0]
    console = house.console(1, *(f"@{name} true" for name in house.names))
    person = Asker(house.person_tool, seconds)
    pids = {**house.pids(), "the console": console.child.pid}
    before = {name: cpu_ms(pid) for name, pid in pids.items()}
    orders = rate * seconds
    elapsed, times = console.round(orders, orders, int(1e6 / rate))
    cpu = {name: (cpu_ms(pid) - before[name]) / elapsed * 100 for name, pid in pids.items()}
    person.join(STORM_LIMIT_S)
    meanwhile = [took for _, took in person.answers]
    house.settle()

    rows = house.rows()
    now_started, again, unsettled = house.crowd.started()
    made = sum(rows.values()) - already
    done = rows.get("succeeded", 0) - already
    table(f"{orders} delegations, {rate} a second, to {len(house.names)} agents in turn",
          ["", "n", "median ms", "p99 ms", "longest"],
          [[what, len(each), f"{statistics.median(each):.1f}", f"{percentile(each, 0.99):.1f}",
            f"{max(each):.1f}"] for what, each in (("from the order to the outcome", times),
                                                   ("!status on XMPP meanwhile", meanwhile))])
    table("", ["orders", "runs", "succeeded", "started", "tasks repeated", "results open", "took s"],
          [[orders, made, done, now_started - started, again, unsettled, f"{elapsed / 1000:.1f}"]])
    table("part of one processor, %", list(cpu), [[f"{part:.0f}" for part in cpu.values()]])
    return orders - done, max(made - orders, 0) + max(now_started - started - orders, 0)


# ---- all of it --------------------------------------------------------------------------------------

def arguments():
    parser = argparse.ArgumentParser(description="many agents on one agent1")
    parser.add_argument("--agents", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=60, help="of the steady load")
    parser.add_argument("--rate", type=int, default=200, help="delegations a second")
    parser.add_argument("--storms", type=int, default=5)
    parser.add_argument("--idle", type=int, default=30, help="seconds of each look at idle work")
    parser.add_argument("--jitter", action="store_true", help="agents come back with agent2's back-off")
    return parser.parse_args()


def main():
    options = arguments()
    print(f"scale: {options.agents} agents, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; "
          "Mosquitto with the queues of config/mosquitto.conf.example, stock Prosody; the agents are one "
          "process on the same machine")
    costs = {}
    house = ScaleHouse(1).start()
    try:
        costs["1"] = cost(house, options.idle)
    finally:
        house.close()
    house = ScaleHouse(options.agents, options.jitter)
    try:
        house.start()
        costs[f"{options.agents}"] = cost(house, options.idle)
        found = storms(house, options.storms)
        costs[f"{options.agents}, after {options.storms} storms"] = cost(house, 1)
        lost, doubled = load(house, options.rate, options.seconds)
        costs[f"{options.agents}, after {options.rate * options.seconds} runs"] = cost(house, 1)
    finally:
        house.close()
    show_cost(costs)

    promises = Promises()
    one, many, after = list(costs.values())[:3]
    promises.at_most("private memory that the agents cost", many[1] - one[1], 16, " MiB")
    promises.at_most("the same after the storms", after[1] - one[1], 16, " MiB")
    promises.at_most("all registered again, longest", max(s.done - s.back for s in found), 3, " s")
    for what, each in (("XMPP", [t for s in found for t in s.person]),
                       ("the console", [t for s in found for t in s.console])):
        promises.at_most(f"an answer on {what} meanwhile, p99", percentile(each, 0.99), 200, " ms")
    promises.at_most("orders lost", lost, 0)
    promises.at_most("orders doubled", doubled, 0)
    promises.end()


if __name__ == "__main__":
    main()
