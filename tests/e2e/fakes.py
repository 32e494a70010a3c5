"""The other side of the wire, played by a test: an agent for the real agent1, an agent1 for real
agents, a stranger. They do by themselves what keeps the other side going (acks), if not told not to.
"""

import json
import time
from dataclasses import dataclass

from mqtt import RawMqtt
from wait import DEFAULT_S, PATIENCE, NotInTime, Transcript
from wire import Peer, Refused, message, timestamp, ulid

INBOX = "agents/agent1/inbox"


@dataclass
class Received:
    """An object that came in a frame which opened."""
    topic: str
    kind: str
    sender: str
    object: dict
    is_retained: bool

    @property
    def text(self):
        return json.dumps(self.object)

    def __getitem__(self, field):
        return self.object[field]

    def get(self, field, default=None):
        return self.object.get(field, default)

    def __str__(self):
        return f"{self.topic}: {self.text[:300]}"


def of(kind, **fields):
    """A predicate for wait_for(): objects of this type with these members."""
    def matches(received):
        return received["type"] == kind and all(received.get(k) == v for k, v in fields.items())
    matches.__name__ = f"{kind} {fields or ''}"
    return matches


class Party:
    """One key and one MQTT connection; `heard` is the Transcript of opened objects (Received)."""

    def __init__(self, broker, user, filters, peer=None, is_answering=True, client_id=""):
        self.name = user
        self.peer = peer or Peer()
        self.key = self.peer.key
        self.is_answering = is_answering
        self.heard = Transcript(f"objects for {user}")
        self.refused = []
        self.mqtt = RawMqtt(broker, user, filters, client_id=client_id, listener=self._on_message)

    def _on_message(self, publication):
        try:
            opened = self.peer.open(publication.topic, publication.payload)
        except Refused as error:
            self.refused.append((publication, error))
            return
        received = Received(publication.topic, opened.kind, opened.sender, opened.object,
                            publication.is_retained)
        if self.is_answering:
            self.answer(received)
        self.heard.add(received)

    def answer(self, received):
        """What a well-behaved party does at once with an object."""

    def send(self, topic, receiver_key, obj, is_clear=False, retain=False):
        """Frames an object and publishes it, without waiting for the broker; returns its id."""
        make = self.peer.clear if is_clear else self.peer.seal
        self.mqtt.client.publish(topic, make(topic, receiver_key, obj), qos=1, retain=retain)
        return obj["id"]

    def wait_for(self, kind, seconds=DEFAULT_S, **fields):
        """The next object of this type with these members."""
        return self.heard.wait_for(of(kind, **fields), seconds)

    def close(self):
        self.mqtt.close()


class FakeAgent(Party):
    """An agent of the real agent1. It registers and accepts tasks, and answers queries with what it
    accepted; outcomes are the test's: succeed(task) and report(task, state, …)."""

    def __init__(self, broker, name, agent1_key, skills=("shell",), **options):
        self.agent1_key = agent1_key
        self.journal = ulid()
        self.session = int(time.time() * 1000)
        self.seq = 0
        self.skills = [{"name": skill, "risk": "guarded"} for skill in skills]
        self.runs = {}
        super().__init__(broker, name, [f"agents/{name}/inbox", f"agents/{name}/control"],
                         client_id=f"agent2-{name}", **options)

    def say(self, kind, topic=INBOX, is_clear=False, retain=False, **fields):
        obj = message(kind, self.name, journal=self.journal, **fields)
        return self.send(topic, self.agent1_key, obj, is_clear, retain)

    def connect(self, **changes):
        """Registers, and publishes the status online."""
        self.session += 1
        self.seq += 1
        fields = {
            "name": self.name, "version": "0", "host": "fake", "boot_id": "fake",
            "session": self.session, "seq": self.seq, "skills": self.skills, "install_path": "",
            "service_name": "", "git_branch": "", "policy_hash": "", "clock": timestamp(),
            "unacked": [], **changes,
        }
        register_id = self.say("register", "agents/register", is_clear=True, **fields)
        self.status("online")
        return register_id

    def status(self, state):
        self.seq += 1
        self.say("status", f"agents/status/{self.name}", is_clear=True, retain=True, name=self.name,
                 session=self.session, seq=self.seq, state=state, since=timestamp(), running=0,
                 queued=0, version="0")

    def answer(self, received):
        if received["type"] == "task":
            self.runs[received["run"]] = (received["attempt"], "accepted")
            self.say("ack", in_reply_to=received["id"], run=received["run"],
                     attempt=received["attempt"], state="accepted")
        elif received["type"] == "control":
            self._answer_control(received)
        elif received["type"] == "ack" and received.get("run"):
            self.runs.pop(received["run"], None)

    def _answer_control(self, received):
        if received["action"] in ("pause", "resume", "policy"):
            self.say("ack", in_reply_to=received["id"], state="done")
        elif received["action"] == "query":
            runs = [{"run": run, "attempt": attempt, "state": state}
                    for run, (attempt, state) in self.runs.items()
                    if received.get("run") in (None, run)]
            if received.get("run") and not runs:
                runs = [{"run": received["run"], "attempt": received["attempt"], "state": "not_known"}]
            self.say("answer", in_reply_to=received["id"], ok=True, text="", data={"runs": runs})

    def next_task(self, seconds=DEFAULT_S, **fields):
        return self.wait_for("task", seconds, **fields)

    def progress(self, task, tail, seq=1):
        self.say("progress", run=task["run"], attempt=task["attempt"], seq=seq, tail=tail,
                 bytes=len(tail), elapsed_ms=1000 * seq)

    def report(self, task, state, **fields):
        """Publishes the result of a task; agent1's ack ends it."""
        now = timestamp()
        result = {"run": task["run"], "attempt": task["attempt"], "state": state, "output": "",
                  "output_bytes": 0, "truncated": False, "started": now, "finished": now,
                  "duration_ms": 1, "rusage": {"user_ms": 0, "sys_ms": 0, "max_rss_kib": 1}, **fields}
        self.runs[task["run"]] = (task["attempt"], state)
        return self.say("result", **result)

    def succeed(self, task, output=""):
        return self.report(task, "succeeded", exit_code=0, output=output, output_bytes=len(output))


class FakeAgent1(Party):
    """The agent1 of real agents. It acknowledges registers and results; tasks are the test's.

    Several agents can have it: agents are known by the keys in their registers.
    """

    def __init__(self, broker, **options):
        self.epoch = int(time.time())
        self.control_seq = 0
        self.number = 0
        self.agents = {}
        super().__init__(broker, "agent1",
                         [INBOX, "agents/register", "agents/status/+", "agents/daily_report",
                          "agents/errors", "agents/acl-probe/inbox"], client_id="agent1", **options)

    def answer(self, received):
        if received["type"] == "register":
            self.agents[received["name"]] = received
            self.ack(received["name"], received, state="done")
        elif received["type"] == "result":
            self.ack(received["from"], received, run=received["run"], attempt=received["attempt"],
                     state="done")

    def say(self, kind, name, topic=None, **fields):
        obj = message(kind, "agent1", **fields)
        self.send(topic or f"agents/{name}/control", self.agents[name].sender, obj)
        return obj

    def ack(self, name, received, **fields):
        return self.say("ack", name, in_reply_to=received["id"], **fields)

    def wait_registered(self, name, seconds=DEFAULT_S):
        return self.wait_for("register", seconds, name=name)

    def task(self, name, text, **changes):
        """Sends a task of free text (skill= and args= replace it); returns the object."""
        self.number += 1
        fields = {
            "run": ulid(), "number": self.number, "attempt": 1, "epoch": self.epoch,
            "journal": self.agents[name]["journal"], "agent": name, "task": text,
            "idempotent": False, "expires": timestamp(time.time() + 900), "timeout_s": 600,
            "requested_by": "tester", "dry_run": False, **changes,
        }
        if "skill" in fields:
            del fields["task"]
        return self.say("task", name, f"agents/{name}/inbox", **fields)

    def repeat(self, name, task):
        """The same object again in a fresh frame, as the outbox does."""
        self.send(f"agents/{name}/inbox", self.agents[name].sender, task)

    def control(self, name, action, **fields):
        """Sends control; pause, resume and policy get the next seq."""
        if action in ("pause", "resume", "policy") and "seq" not in fields:
            self.control_seq += 1
            fields["seq"] = self.control_seq
        return self.say("control", name, action=action, **fields)

    def result(self, task, seconds=DEFAULT_S):
        return self.wait_for("result", seconds, run=task["run"], attempt=task["attempt"])


class FakeConsole(Party):
    """What agentctl is for agent1: one session; ask() returns its final reply."""

    def __init__(self, broker, agent1_key, session, **options):
        self.agent1_key = agent1_key
        self.session = session
        self.outbox = f"agents/cli/{session}/outbox"
        super().__init__(broker, "agentctl", [self.outbox], client_id=f"agentctl-{session}", **options)

    def chat(self, text, **changes):
        """Sends one chat, once; returns the object."""
        fields = {"text": text, "reply_to": self.outbox, "expires": timestamp(time.time() + 300),
                  **changes}
        chat = message("chat", self.session, **fields)
        self.send(INBOX, self.agent1_key, chat)
        return chat

    def ask(self, text, seconds=DEFAULT_S):
        """Sends a chat, repeats it until there is a first reply, and returns the final one."""
        chat = self.chat(text)
        deadline = time.monotonic() + seconds * PATIENCE
        while not self.heard.all(of("reply", in_reply_to=chat["id"])) and time.monotonic() < deadline:
            try:
                return self.wait_for("reply", 1, in_reply_to=chat["id"], final=True)
            except NotInTime:
                self.send(INBOX, self.agent1_key, chat)
        return self.wait_for("reply", seconds, in_reply_to=chat["id"], final=True)
