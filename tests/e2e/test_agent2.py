"""The real agent2 against a real broker, with an agent1 that a test plays (fakes.py)."""

import json
import os
import time

import pytest

from fakes import FakeAgent1
from wait import wait_for
from wire import Peer, message, timestamp, ulid

NAME = "web1"


class Scene:
    """A broker, the fake agent1, and one agent2 whose tasks leave their marks in a file."""

    def __init__(self, house, **config):
        self.house = house
        self.agent1 = house.add(FakeAgent1(house.broker))
        config.setdefault("orchestrator_key", self.agent1.key)
        self.agent = house.agent(NAME, is_accepted=False, **config)
        self.marks = house.folder / "marks"

    def start(self):
        self.agent.start()
        self.registration = self.agent1.wait_registered(NAME)
        return self

    # ---- what a test asks for ----
    def mark(self, then="true"):
        """A task's text that appends a line to the file of marks; what it does then."""
        return f"echo started >> {self.marks}; {then}"

    def task(self, text, **changes):
        return self.agent1.task(NAME, text, **changes)

    def repeat(self, task):
        self.agent1.repeat(NAME, task)

    def run(self, text, **changes):
        """Sends a task, waits for its ack and its result; the result."""
        task = self.task(text, **changes)
        self.accepted(task)
        return self.agent1.result(task)

    def control(self, action, **fields):
        return self.agent1.control(NAME, action, **fields)

    # ---- what a test waits for ----
    def ack(self, obj, state, seconds=15):
        return self.agent1.wait_for("ack", seconds, in_reply_to=obj["id"], state=state)

    def accepted(self, task):
        return self.ack(task, "accepted")

    def rejected(self, task, rule):
        answer = self.ack(task, "rejected")
        assert answer["rule"] == rule, answer
        return answer

    def answer(self, obj):
        return self.agent1.wait_for("answer", in_reply_to=obj["id"])

    def status(self, state):
        return self.agent1.wait_for("status", state=state)

    def count(self):
        """How often a task that marks was started."""
        return len(self.marks.read_text().splitlines()) if self.marks.exists() else 0

    def wait_marks(self, number=1):
        wait_for(lambda: self.count() >= number, what=lambda: f"{self.count()} of {number} marks")

    def folder(self, task):
        return self.agent.state / "runs" / f"{task['run']}.{task['attempt']}"


@pytest.fixture
def scene(house):
    return Scene(house)


def test_registers_and_shows_its_status(scene):
    scene.start()
    register = scene.registration
    assert register["version"] and register["host"] and register["boot_id"]
    assert [skill["name"] for skill in register["skills"]] == ["shell"]
    assert register["skills"][0]["risk"] == "guarded"
    assert register["unacked"] == []
    status = scene.status("online")
    assert (status["name"], status["session"]) == (NAME, register["session"])
    assert (status["running"], status["queued"]) == (0, 0)
    assert status["journal"] == register["journal"]


def test_a_task_is_accepted_run_and_reported(scene):
    scene.start()
    task = scene.task("printf 'hello\\n'; printf 'oops\\n' >&2; exit 3")
    accepted = scene.accepted(task)
    assert (accepted["run"], accepted["attempt"]) == (task["run"], 1)
    result = scene.agent1.result(task)
    assert (result["state"], result["exit_code"]) == ("failed", 3)
    assert result["output"] == "hello\noops\n"
    assert (result["output_bytes"], result["truncated"]) == (11, False)
    assert result["duration_ms"] >= 0 and result["rusage"]["max_rss_kib"] > 0
    assert result["started"] <= result["finished"]
