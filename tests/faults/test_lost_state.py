"""What a host loses or gets back from a backup: the agent's journal lost, older than it was, or another
agent's; agent1's database of yesterday. Nothing is ever started twice; what nobody knows is unknown."""

import shutil

import pytest

from conftest import size
from parties import known_console
from wait import wait_for

ROUNDS = 200


class Place:
    """A house with agents and a console; tasks leave their names in a file."""

    def __init__(self, house, *names):
        self.house = house
        self.agents = {name: house.agent(name) for name in names}
        console = known_console(house)
        house.start()
        self.user = console()
        self.path = house.folder / "effects"
        self.path.touch()
        self.number = 0

    def effects(self):
        return self.path.read_text().split()

    def start_task(self, name, agent="web1", gate=None):
        """A task that leaves its name, then waits for a file; returns the number of its run."""
        waits = f"; until [ -e {gate} ]; do sleep 0.02; done" if gate else ""
        chat = self.user.chat(f"@{agent} echo {name} >> {self.path}{waits}")
        reply = self.user.wait_for("reply", 30, in_reply_to=chat["id"])
        self.number = int(reply["text"].split()[0].lstrip("#"))
        return self.number

    def state(self, number):
        """The line of the run: "#1 web1: succeeded …"."""
        text = self.user.ask(f"!run {number}", 60)["text"]
        return next((line for line in text.split("\n") if line.startswith(f"#{number} ")), text)

    def state_word(self, number):
        return self.state(number).partition(": ")[2].partition(" ")[0]

    def wait_state(self, number, *words, seconds=60):
        wait_for(lambda: self.state_word(number) in words, seconds,
                 lambda: f"#{number} {words}: {self.state(number)}")

    def wait_effect(self, name):
        wait_for(lambda: name in self.effects(), 30, f"the effect {name}")

    def works(self, agent="web1"):
        """The agent takes tasks again."""
        name = f"after-{self.number}"
        number = self.start_task(name, agent)
        self.wait_state(number, "succeeded")
        return name

    def check(self):
        assert len(self.effects()) == len(set(self.effects())), "something was started twice"


def lose(agent):
    """All but the key is gone."""
    for path in agent.state.iterdir():
        if path.name != "key":
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def replace(agent, copy):
    """The state folder is the copy, but for the key."""
    lose(agent)
    for path in copy.iterdir():
        if path.name != "key":
            target = agent.state / path.name
            shutil.copytree(path, target) if path.is_dir() else shutil.copy2(path, target)


@pytest.mark.parametrize("what", ["lost", "older", "another's"])
def test_the_journal(house, row, what):
    rounds = size(1, ROUNDS)
    row.want(f"the agent's journal is {what}", f"{rounds} rounds: unknown, never a second start")
    place = Place(house, "web1", "web2")
    for number in range(rounds):
        # By turns: agent1 takes a hundred new journals of one agent at once, then one a minute.
        name, other = ("web1", "web2") if number % 2 == 0 else ("web2", "web1")
        agent = place.agents[name]
        gate = house.folder / f"gate-{number}"
        copy = house.folder / "copy"
        source = place.agents[other] if what == "another's" else agent
        source.stop()
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(source.state, copy)
        source.start()
        done = place.start_task(f"done-{number}", name)
        place.wait_state(done, "succeeded")
        running = place.start_task(f"running-{number}", name, gate=gate)
        place.wait_effect(f"running-{number}")
        agent.kill()
        lose(agent) if what == "lost" else replace(agent, copy)
        agent.start()
        place.wait_state(running, "unknown")
        gate.touch()
        place.works(name)
        assert "succeeded" in place.state(done) and "unknown" in place.state(running)
    place.check()
    # An older journal has its name still, and is only found not to know what it was given; so is, from
    # the second round on, another's.
    new = {"lost": rounds, "older": 0, "another's": 1}[what]
    assert house.agent1.process.log_text().count("the agent's journal is new") >= new
    row.saw(f"{rounds} rounds: {rounds} unknown, {len(place.effects())} effects, none twice")


def test_agent1_of_a_backup(house, row):
    """One task is done and known, one waits for its agent in the backup, one runs in it, one is later."""
    rounds = size(1, ROUNDS)
    row.want("agent1 restored from a backup", f"{rounds} rounds: never a second start")
    place = Place(house, "web1")
    agent, agent1 = place.agents["web1"], house.agent1
    ends = {}
    for number in range(rounds):
        gate = house.folder / f"gate-{number}"
        done = place.start_task(f"done-{number}")
        place.wait_state(done, "succeeded")
        running = place.start_task(f"running-{number}", gate=gate)
        place.wait_effect(f"running-{number}")
        agent.stop()
        wait_for(lambda: "web1: offline" in place.user.ask("!agents")["text"], 30, "web1 offline")
        waiting = place.start_task(f"waiting-{number}")
        agent1.stop()
        copy = house.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(agent1.state, copy)
        agent1.start()
        agent.start()
        gate.touch()
        place.wait_state(waiting, "succeeded")
        place.wait_state(running, "succeeded")
        place.start_task(f"later-{number}")
        place.wait_effect(f"later-{number}")
        agent1.kill()
        shutil.rmtree(agent1.state)
        shutil.copytree(copy, agent1.state)
        agent1.start()
        for known in (waiting, running):
            place.wait_state(known, "succeeded", "unknown")
            end = place.state_word(known)
            ends[end] = ends.get(end, 0) + 1
        assert "succeeded" in place.state(done)
        place.works()
    place.check()
    row.saw(f"{rounds} rounds: {ends}, {len(place.effects())} effects, none twice")
