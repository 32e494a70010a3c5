"""A real agent2 with an agent1 that a test plays (fakes.py), and what tests ask of the two."""

import time

from fakes import FakeAgent1, of
from wait import wait_for
from wire import message, timestamp, ulid


NAME = "web1"
ALWAYS = {"start": "00:00", "end": "24:00", "label": "for ever", "enabled": True}


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

    def all_accepted(self, tasks):
        """In whatever order the disk makes them durable."""
        def missing():
            return [task["number"] for task in tasks if not self.agent1.heard.all(
                of("ack", in_reply_to=task["id"], state="accepted"))]
        wait_for(lambda: not missing(), what=lambda: f"the acks of {missing()}")

    def rejected(self, task, rule):
        answer = self.ack(task, "rejected")
        assert answer["rule"] == rule, answer
        return answer

    def answer(self, obj):
        return self.agent1.wait_for("answer", in_reply_to=obj["id"])

    def status(self, state):
        return self.agent1.wait_for("status", state=state)

    def ever(self, kind, seconds=15, **fields):
        """The last of these that was ever heard: for what comes in no certain order."""
        matches = of(kind, **fields)
        return wait_for(lambda: self.agent1.heard.all(matches), seconds, f"{kind} {fields}")[-1]

    def count(self):
        """How often a task that marks was started."""
        return len(self.marks.read_text().splitlines()) if self.marks.exists() else 0

    def wait_marks(self, number=1):
        wait_for(lambda: self.count() >= number, what=lambda: f"{self.count()} of {number} marks")

    def folder(self, task):
        return self.agent.state / "runs" / f"{task['run']}.{task['attempt']}"


def frames(scene, obj=None, **changes):
    """A task object, and the topic and key to frame it for."""
    obj = obj or message("task", "agent1", **{
        "run": ulid(), "number": 1, "attempt": 1, "epoch": scene.agent1.epoch,
        "journal": scene.registration["journal"], "agent": NAME, "task": scene.mark(),
        "idempotent": False, "expires": timestamp(time.time() + 900), "timeout_s": 60,
        "requested_by": "tester", **changes,
    })
    return obj, f"agents/{NAME}/inbox", scene.registration.sender


def publish(scene, topic, payload, retain=False):
    scene.agent1.mqtt.publish(topic, payload, retain=retain)


def nothing_happened(scene):
    """A good task still runs, and is the only one that left a mark."""
    assert scene.run(scene.mark())["state"] == "succeeded"
    assert scene.count() == 1


def policy(**changes):
    return {"timezone": "Europe/Paris", "blackouts": [], "work_hours": None, "paused": False, **changes}


def done(scene, control):
    return scene.ack(control, "done")
