"""What the daemons cost: memory, CPU for each task, idle wake-ups, and the time to be connected.

Memory is looked at before the first task and after BENCH_TASKS of them; private dirty is what only
this process has and no file gives back. Wake-ups are the context switches of all threads,
voluntary and not, while nothing is asked. CPU is user and system time of the process itself.
"""

import statistics
import time

from measures import (IDLE_S, LOAD, N, OUTSTANDING, ROUNDS, TASKS, BenchHouse, Promises,
                      children_of, cpu_ms, memory, table, wake_ups)

STARTS = 10
START_LIMIT_S = 30


def pids_of(house):
    return {"agent1": house.agent1.pid, "agent2": house.web1.pid,
            "agent2's spawner": children_of(house.web1.pid)[0]}


def idle(house, when, rows, switches):
    """Lets it be, and adds what the daemons did meanwhile."""
    pids = pids_of(house)
    wakes = {name: wake_ups(pid) for name, pid in pids.items()}
    cpu = {name: cpu_ms(pid) for name, pid in pids.items()}
    time.sleep(IDLE_S)
    for name, pid in pids.items():
        after = wake_ups(pid)
        by_thread = {thread: (count - wakes[name].get(thread, 0)) / IDLE_S
                     for thread, count in after.items()}
        total = sum(by_thread.values())
        switches.setdefault(name, []).append(total)
        most = ", ".join(f"{thread.rsplit(' ', 1)[0]} {rate:.2f}" for thread, rate in
                         sorted(by_thread.items(), key=lambda item: -item[1]) if rate >= 0.01)
        rows.append([f"{name} {when}", *(f"{mib:.2f}" for mib in memory(pid)), f"{total:.2f}",
                     f"{(cpu_ms(pid) - cpu[name]) / IDLE_S:.3f}", most])


def cost(house, tool, count, window):
    """CPU ms of each task, by process."""
    pids = pids_of(house)
    before = {name: cpu_ms(pid) for name, pid in pids.items()}
    tool.round(count, window)
    return {name: (cpu_ms(pid) - before[name]) / count for name, pid in pids.items()}


def costs(house, tool):
    rows, medians = [], {}
    for title, count, window in (("one at a time", N, 1),
                                 (f"{OUTSTANDING} outstanding", LOAD, OUTSTANDING)):
        found = [cost(house, tool, count, window) for _ in range(max(ROUNDS // 2, 3))]
        for name in found[0]:
            values = [each[name] for each in found]
            medians[name, window] = statistics.median(values)
            rows.append([f"{name}, {title}", f"{medians[name, window]:.3f}",
                         f"{min(values):.3f}–{max(values):.3f}", len(values) * count])
    table("CPU of a task, ms", ["", "median", "spread", "tasks"], rows)
    return medians


def start_ups(house):
    """The MiB of the database, and milliseconds from the exec to both connections of agent1."""
    found = []
    for _ in range(STARTS):
        house.agent1.stop()
        for log in (house.agent1.process.log, house.broker.process.log):
            with open(log, "r+b") as file:
                file.truncate(0)
        began = time.monotonic()
        house.agent1.process.start()
        deadline = began + START_LIMIT_S
        while not house.is_agent1_connected():
            assert time.monotonic() < deadline, "agent1 is not connected"
            time.sleep(0.0005)
        found.append((time.monotonic() - began) * 1000)
    return (house.agent1.state / "agent1.db").stat().st_size / 2**20, found


def show_starts(house, starts):
    """Each start checks the whole database before it acts on it."""
    rows = [[what, f"{size:.1f}", f"{statistics.median(found):.0f}", f"{min(found):.0f}",
             f"{max(found):.0f}", STARTS] for what, (size, found) in starts.items()]
    table("start of agent1, from fork to both connections, ms",
          ["", "database MiB", "median", "least", "most", "n"], rows)


def main():
    house = BenchHouse()
    rows, switches = [], {}
    try:
        house.start()
        # First, since after a start agent1 says again what a server may have lost with it.
        starts = {"fresh": start_ups(house)}
        person = house.xmpp("person", "task", "agent1@localhost", "@web1 true")
        person.round(1)
        idle(house, "fresh", rows, switches)
        person.round(TASKS, OUTSTANDING)
        idle(house, f"after {TASKS} tasks", rows, switches)
        used = {name: memory(pid) for name, pid in pids_of(house).items()}
        table(f"memory in MiB, and idle for {IDLE_S} s",
              ["", "RSS", "PSS", "private dirty", "wake-ups/s", "CPU ms/s", "of them"], rows)
        medians = costs(house, person)
        starts[f"after {TASKS} tasks and more"] = start_ups(house)
        show_starts(house, starts)
    finally:
        house.close()

    promises = Promises()
    for name, private, resident in (("agent1", 8, 24), ("agent2", 3, 12)):
        promises.at_most(f"{name}: private dirty", used[name][2], private, " MiB")
        promises.at_most(f"{name}: resident", used[name][0], resident, " MiB")
    promises.at_most("idle wake-ups of agent1 and agent2 in all",
                     statistics.median(map(sum, zip(*switches.values()))), 2, "/s")
    promises.tell("agent1: CPU of a task, one at a time", medians["agent1", 1], 0.5, " ms")
    promises.tell(f"agent1: CPU of a task, {OUTSTANDING} outstanding",
                  medians["agent1", OUTSTANDING], 0.2, " ms")
    promises.tell("agent1: start to both connections, fresh", statistics.median(starts["fresh"][1]),
                  100, " ms")
    promises.end()


if __name__ == "__main__":
    main()
