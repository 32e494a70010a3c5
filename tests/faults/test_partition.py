"""The agent is cut off while a task runs; the clocks of the hosts jump, or are off."""

import os
import pathlib
import time

import pytest

import fakes
import wire
from clock import Clock, need_clock
from conftest import size
from test_lost_state import Place
from wait import wait_for

JUMPS = {"an hour on": 3600, "an hour back": -3600, "ten years on": 315576000, "a day back": -86400}


def cpu_s(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.fixture
def place(house, monkeypatch):
    need_clock()
    clocks = {}
    real = wire.timestamp

    def make():
        agent = house.agent("web1")
        clocks["agent1"], clocks["agent2"] = Clock(house.agent1), Clock(agent)
        made = Place(house)
        made.agents["web1"] = agent
        made.clocks = clocks

        def set_clock(who, offset_s):
            """People's clocks are right: they go with agent1's, or it would refuse what they say."""
            clocks[who].set(offset_s)
            if who == "agent1":
                monkeypatch.setattr(fakes, "timestamp", lambda now=None: real((now or time.time()) + offset_s))
                monkeypatch.setattr(wire, "timestamp", lambda now=None: real((now or time.time()) + offset_s))
        made.set_clock = set_clock
        return made
    return make


def test_a_partition_while_a_task_runs(place, house, row):
    """The agent hears and says nothing while agent1's clock passes ten minutes, and the time of the task."""
    rounds = size(1, 50)
    row.want("partition of 10 minutes while a task runs", f"{rounds}: flagged, not sent again, 0 doubled")
    house.agent1.config["tasks"] = {"timeout": "3m", "expires": "3m"}
    here = place()
    for number in range(rounds):
        gate = house.folder / f"gate-{number}"
        run = here.start_task(f"task-{number}", gate=gate)
        here.wait_effect(f"task-{number}")
        here.agents["web1"].process.signal(19)  # stopped: it hears and says nothing
        try:
            here.set_clock("agent1", 660)
            wait_for(lambda: "past its time and the agent is silent" in
                     here.user.ask(f"!run {run}", 30)["text"], 60, "the flag")
            assert here.state_word(run) == "running" or here.state_word(run) == "accepted"
        finally:
            here.set_clock("agent1", 0)
            gate.touch()
            here.agents["web1"].process.signal(18)
        here.wait_state(run, "succeeded")
    here.works()
    here.check()
    row.saw(f"{rounds} rounds: flagged as unconfirmed, then succeeded; {len(here.effects())} effects")


@pytest.mark.parametrize("who", ["agent1", "agent2"])
def test_a_clock_that_jumps(place, house, row, who):
    rounds = size(1, 20)
    row.want(f"{who}'s clock ±1 h, +10 years, −1 day", f"{rounds} × {len(JUMPS)}: nothing doubled, no loop")
    here = place()
    program = house.agent1 if who == "agent1" else here.agents["web1"]
    most = 0.0
    for number in range(rounds):
        for what, offset_s in JUMPS.items():
            gate = house.folder / f"gate-{number}-{offset_s}"
            name = f"over-{number}-{offset_s}"
            run = here.start_task(name, gate=gate)
            here.wait_effect(name)
            began, spent = time.monotonic(), cpu_s(program.pid)
            here.set_clock(who, offset_s)
            # The jump is seen with the next message at the latest.
            wait_for(lambda: here.user.ask("!status", 30) and time.monotonic() - began > 1.5, 30)
            busy = (cpu_s(program.pid) - spent) / (time.monotonic() - began)
            assert busy < 0.5, f"{who} is busy after its clock went {what}"
            most = max(most, busy)
            gate.touch()
            here.wait_state(run, "succeeded", "unknown")
            assert here.state_word(run) == "succeeded"
            here.set_clock(who, 0)
            here.works()
    here.check()
    row.saw(f"{rounds * len(JUMPS)} jumps there and back: {len(here.effects())} effects, none twice; "
            f"at most {100 * most:.0f} % of a processor")


def test_an_agent_whose_clock_is_five_minutes_off(place, house, row):
    rounds = size(2, 200)
    row.want("the agent's clock 5 minutes off", f"{rounds}: expiry by agent1's clock, agent1 warns")
    here = place()
    for number in range(rounds):
        here.clocks["agent2"].set(300 if number % 2 else -300)
        here.agents["web1"].restart()
        here.works()
        text = here.user.ask("!agents", 30)["text"]
        wait_for(lambda: "clock" in here.user.ask("!agents", 30)["text"], 30, text)
    here.check()
    row.saw(f"{rounds} rounds: {len(here.effects())} effects, none twice; the offset is shown")
