"""agent1 is killed with -9 around the times at which schedules fire: each time has exactly one row, and no
task starts twice."""

import random
import time

from conftest import size
from parties import accepted_agent
from schedule_rows import entries, occurrences, query
from wait import wait_for

KILLS = 1000
PERIOD_MS = 10000
SCHEDULES = 40


def check_rows(rows):
    """Every period of each schedule has one row, without a gap. Returns how many schedules have any."""
    times = {}
    for schedule, nominal, _ in rows:
        times.setdefault(schedule, []).append(nominal)
    for schedule, found in times.items():
        steps = {later - before for before, later in zip(found, found[1:])}
        assert steps <= {PERIOD_MS}, f"{schedule}: {found}"
    return len(times)


def working_agent(agent, started):
    """Makes it do each task at once, and tell results until they are acknowledged, as agents do; `started`
    gets the runs that it had not heard of."""
    answer = agent.answer
    untold = {}

    def work(received):
        answer(received)
        if received["type"] == "task":
            if received["run"] not in started:
                started[received["run"]] = received["task"]
                untold[received["run"]] = received
            agent.succeed(received)
        elif received["type"] == "ack":
            untold.pop(received.get("run"), None)
        elif received["type"] == "control" and received["action"] == "query":
            for task in list(untold.values()):
                agent.succeed(task)
    agent.answer = work


def have_fired(house):
    return len({schedule for schedule, _, _ in occurrences(house)}) == SCHEDULES


def have_ended(house):
    rows = occurrences(house)
    return rows and all(state not in ("queued", "accepted") for _, _, state in rows)


def test_kills_around_firing_times(house, row):
    """Schedules of ten seconds each, taken up at four moments, and kills at any."""
    rng = random.Random(5)
    kills = size(8, KILLS)
    row.want(f"agent1 is killed {kills} times around firing times", "each time one row, no task twice")
    connect = accepted_agent(house)
    started = {}
    house.agent1.tasks = {"tasks": []}
    house.start()
    agent = connect()
    working_agent(agent, started)
    for share in range(1, 5):
        house.agent1.tasks = {"tasks": entries(SCHEDULES * share // 4, "every 10s")}
        house.agent1.write()
        time.sleep(rng.uniform(0.5, 1.5))  # between kills, any moment is as good
    for _ in range(kills):
        time.sleep(rng.uniform(0.05, 1.0))
        house.agent1.kill()
        house.agent1.start()
        agent.connect()

    wait_for(lambda: have_fired(house), 60, what="each has had a time")
    house.agent1.tasks = {"tasks": [{**entry, "enabled": False} for entry in entries(SCHEDULES, "every 10s")]}
    house.agent1.write()
    wait_for(lambda: have_ended(house), 120, what="all runs have ended")
    house.agent1.stop()
    rows = occurrences(house)
    assert check_rows(rows) == SCHEDULES
    runs = {run: (task, state) for run, task, state in query(house, "SELECT id, task, state FROM runs")}
    for run, task in started.items():
        assert runs[run] == (task, "succeeded"), f"{run}: {task}, {runs[run]}"
    assert len(started) == sum(state == "succeeded" for _, _, state in rows)
    row.saw(f"{len(rows)} times, a row each; {len(started)} tasks")
