"""kill -9 of agent1, of agent2 and of the broker (its database deleted) while tasks run: every task has
exactly one effect and exactly one recorded outcome."""

import random

import pytest

from parties import known_console
from wait import wait_for


class Effects:
    """A file to which every task appends a line of its own; lines are counted at the end."""

    def __init__(self, folder):
        self.path = folder / "effects"
        self.path.touch()

    def lines(self):
        return self.path.read_text().split()

    def task(self, name, gate=None):
        """A task that writes its name, then waits for a file if one is given."""
        waits = f"while [ ! -e {gate} ]; do sleep 0.02; done; " if gate else ""
        return f"echo {name} >> {self.path}; {waits}echo done-{name}"


def start(house):
    agent = house.agent("web1")
    console = known_console(house)
    house.start()
    return agent, console()


def outcome_of(user, number):
    return user.ask(f"!run {number}", seconds=60)["text"]


def wait_outcome(user, number, words, seconds=60):
    wait_for(lambda: words in outcome_of(user, number), seconds,
             lambda: f"#{number} {words}: {outcome_of(user, number)}")


@pytest.mark.parametrize("who", ["agent1", "agent2", "broker", "broker and its database", "all three"])
def test_kill_while_a_task_runs(house, tmp_path, who):
    agent, user = start(house)
    effects, gate = Effects(tmp_path), tmp_path / "gate"
    user.chat("@web1 " + effects.task("one", gate))
    wait_for(lambda: effects.lines() == ["one"], what="the task's effect")
    if who in ("agent1", "all three"):
        house.agent1.kill()
    if who in ("agent2", "all three"):
        agent.kill()
    if who.startswith("broker") or who == "all three":
        house.broker.kill(with_database=who != "broker")
        house.broker.start()
        user.mqtt.wait_up(60)
    if who == "agent2":
        gate.touch()  # it ends while nobody looks
    if who in ("agent1", "all three"):
        house.agent1.start()
    if who in ("agent2", "all three"):
        agent.start()
    gate.touch()
    wait_outcome(user, 1, "#1 web1: succeeded (exit 0")
    assert "done-one" in outcome_of(user, 1)
    assert effects.lines() == ["one"]


def test_kill_before_the_agent_answers(house, tmp_path):
    """The task is handed to a broker that dies with it."""
    agent, user = start(house)
    effects = Effects(tmp_path)
    agent.stop()
    wait_for(lambda: "web1: offline" in user.ask("!agents")["text"], what="web1 offline")
    first = user.chat("@web1 " + effects.task("one"))
    user.wait_for("reply", in_reply_to=first["id"])
    house.broker.kill(with_database=True)
    house.agent1.kill()
    house.broker.start()
    house.agent1.start()
    user.mqtt.wait_up(60)
    agent.start()
    wait_outcome(user, 1, "succeeded")
    assert effects.lines() == ["one"]


def test_a_journal_that_is_lost_makes_the_run_unknown(house, tmp_path):
    agent, user = start(house)
    effects = Effects(tmp_path)
    user.chat("@web1 " + effects.task("one", tmp_path / "never"))
    wait_for(lambda: effects.lines() == ["one"], what="the task's effect")
    agent.kill()
    agent.state.rename(tmp_path / "lost")
    agent.state.mkdir()
    (agent.state / "key").write_bytes((tmp_path / "lost/key").read_bytes())
    (agent.state / "key").chmod(0o600)
    agent.start()
    wait_outcome(user, 1, "#1 web1: unknown")
    (tmp_path / "never").touch()
    user.chat("@web1 " + effects.task("two"))
    wait_outcome(user, 2, "succeeded")
    assert effects.lines() == ["one", "two"]


def test_a_stream_of_tasks_under_random_kills(house, tmp_path):
    """A small one of its kind; `who` dies at random moments while 24 tasks go through."""
    agent, user = start(house)
    effects = Effects(tmp_path)
    chance = random.Random(20261121)
    count = 24
    for number in range(1, count + 1):
        user.chat("@web1 " + effects.task(f"t{number}"), id=f"stream-{number}")
        if number % 4:
            continue
        who = chance.choice(["agent1", "agent2", "broker"])
        if who == "broker":
            house.broker.kill(with_database=True)
            house.broker.start()
            user.mqtt.wait_up(60)
        else:
            program = house.agent1 if who == "agent1" else agent
            program.kill()
            program.start()
    # What was lost before agent1 had it is said again, as agentctl does, until each has an outcome.
    def all_ended():
        ended = {heard["in_reply_to"] for heard in user.heard.items
                 if heard["type"] == "reply" and heard["final"]}
        missing = [n for n in range(1, count + 1) if f"stream-{n}" not in ended]
        for number in missing:
            user.chat("@web1 " + effects.task(f"t{number}"), id=f"stream-{number}")
        return not missing
    wait_for(all_ended, 120, "an outcome for each")
    outcomes = {heard["in_reply_to"]: heard["outcome"] for heard in user.heard.items
                if heard["type"] == "reply" and heard["final"]}
    assert sorted(effects.lines()) == sorted(f"t{n}" for n in range(1, count + 1))
    assert {outcomes[f"stream-{n}"] for n in range(1, count + 1)} == {"succeeded"}


def test_what_an_agent_said_while_agent1_was_away(house):
    """The broker sends what is retained at once: agent1 must know by then whose word counts."""
    agent, user = start(house)
    for _ in range(6):
        wait_for(lambda: "web1: online" in user.ask("!agents")["text"], what="web1 online")
        house.agent1.stop()
        agent.stop()
        house.agent1.start()
        wait_for(lambda: "web1: offline" in user.ask("!agents")["text"], what="web1 offline")
        agent.start()
