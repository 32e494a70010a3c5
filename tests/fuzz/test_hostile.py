"""Ten thousand malformed inputs at each door of the running daemons: real broker, real XMPP server,
sanitized programs. None of them may crash a program, make a sanitizer report, let its memory grow
without bound, or keep it from doing the next task.

HOSTILE_N inputs each (make hostile N=10000), drawn from HOSTILE_SEED. The senders are a stranger, and
those who may do most harm: a user, an accepted agent, and for agent2 its own orchestrator.
"""

import os
import time

import pytest

from fakes import FakeAgent1
from hostile import Hostile
from parties import accepted_agent, known_console
from wait import wait_for
from wire import Peer, timestamp

N = int(os.environ.get("HOSTILE_N", "300"))
SEED = os.environ.get("HOSTILE_SEED", "1")
BATCH = 100  # so many inputs, then a question that must be answered
GROWTH_MAX_KIB = 24 * 1024
# ASan keeps freed memory for a while; little of it, so that growth is the program's own.
SMALL_QUARANTINE = ":quarantine_size_mb=4:thread_local_quarantine_size_kb=64"
# 2^53 - 1: what the hostile ones do not number their words with.
LAST_NUMBER = 9007199254740991

AGENT1_TOPICS = ["agents/agent1/inbox", "agents/register", "agents/status/web1", "agents/status/evil",
                 "agents/status/%", "agents/errors", "agents/daily_report", "agents/acl-probe/inbox",
                 "agents/events/health"]
FROM_AGENTS = ["register", "status", "ack", "answer", "progress", "result", "output", "report", "error"]
FROM_AGENT1 = ["task", "task", "control", "control", "ack", "reply"]
ANY = [*FROM_AGENTS, *FROM_AGENT1, "chat"]
TOPIC_OF = {"register": "agents/register", "status": "agents/status/evil", "error": "agents/errors"}


class Memory:
    """Notes the resident size of a process while inputs come, and judges how it grew."""

    def __init__(self, program):
        self.program = program
        self.sizes = []

    def note(self):
        with open(f"/proc/{self.program.pid}/status", encoding="ascii") as status:
            self.sizes += [int(line.split()[1]) for line in status if line.startswith("VmRSS")]

    def judge(self, capsys):
        """What was allocated once is there after a fifth of the inputs."""
        warm = self.sizes[len(self.sizes) // 5]
        grown = self.sizes[-1] - warm
        with capsys.disabled():
            print(f"\n  {self.program.name}: {N} inputs, resident {self.sizes[0]} KiB at the start, "
                  f"{warm} KiB after a fifth, {self.sizes[-1]} KiB at the end")
        assert grown < GROWTH_MAX_KIB, f"grew by {grown} KiB: {self.sizes}"


def attack(send, question, memory, capsys):
    """send(number) N times; after each batch question() must be answered."""
    start = time.monotonic()
    memory.note()
    for number in range(N):
        send(number)
        if number % BATCH == BATCH - 1:
            question()
            memory.note()
    question()
    memory.note()
    memory.judge(capsys)
    with capsys.disabled():
        print(f"  {N} inputs in {time.monotonic() - start:.1f} s")


def shrink_quarantine(program):
    program.environment["ASAN_OPTIONS"] += SMALL_QUARANTINE


class Sender:
    """Publishes without waiting, and waits for what it published."""

    def __init__(self, house):
        self.client = house.mqtt("observer").client
        self.outstanding = []

    def publish(self, topic, payload, retain):
        self.outstanding.append(self.client.publish(topic, payload, qos=1, retain=retain))

    def drain(self):
        wait_for(lambda: all(info.is_published() for info in self.outstanding), 60, "every PUBACK")
        self.outstanding.clear()


@pytest.fixture
def hostile(request):
    return Hostile(f"{SEED} {request.node.name}")


def frame_of(hostile, sender, receiver_key, topic, kinds, name):
    """A frame that opens, with a hostile body; or one that was right and is not."""
    make = sender.seal if not hostile.one_in(4) else sender.clear
    if hostile.one_in(3):
        return hostile.mutate(make(topic, receiver_key, hostile.right(hostile.choice(kinds), name)))
    return make(topic, receiver_key, hostile.body(kinds, name))


def test_agent1_by_mqtt(house, hostile, capsys):
    agent, console = accepted_agent(house), known_console(house)
    evil_agent, evil_user, stranger = Peer(), Peer(), Peer()
    house.agent1.registry["agents"]["evil"] = {"public_key": evil_agent.key, "accepted": True}
    house.agent1.add_user("evil", "operator", key=evil_user.key)
    shrink_quarantine(house.agent1)
    house.start()
    agent, console = agent(), console()
    key = house.agent1.key
    raw = Sender(house)

    def send(_number):
        topic = hostile.choice(AGENT1_TOPICS)
        kind = hostile.random.randrange(4)
        if kind == 0:
            payload = hostile.noise()
        elif kind == 1:
            topic = "agents/agent1/inbox"
            payload = frame_of(hostile, evil_user, key, topic, ["chat"], "evilevilevilevil")
        elif kind == 2:
            what = hostile.choice(FROM_AGENTS)
            topic = TOPIC_OF.get(what, "agents/agent1/inbox")
            payload = frame_of(hostile, evil_agent, key, topic, [what], "evil")
        else:
            sender = hostile.choice([evil_agent, evil_user, stranger])
            payload = frame_of(hostile, sender, key, topic, ANY, hostile.choice(["evil", "web1", "agent1"]))
        raw.publish(topic, payload, hostile.one_in(60))

    def question():
        raw.drain()
        assert console.ask("!status", 60)["outcome"] == "ok"

    attack(send, question, Memory(house.agent1), capsys)
    chat = console.chat("DELEGATE: web1 | true")
    agent.succeed(agent.next_task(60), "still here")
    reply = console.wait_for("reply", 60, in_reply_to=chat["id"], final=True)
    assert reply["outcome"] == "succeeded" and "still here" in reply["text"]


PACK = """{"format": 1, "pack": "say", "description": "says", "skills": [
  {"name": "say.it", "description": "says a word", "risk": "low",
   "params": [{"name": "word", "type": "text", "required": true}], "argv": ["/bin/echo", "--", "{word}"]}]}"""


def test_agent2_by_mqtt(house, hostile, capsys):
    skills = house.folder / "skills"
    skills.mkdir()
    (skills / "say.json").write_text(PACK)
    agent1 = house.add(FakeAgent1(house.broker))
    # No shell: what is mutated here must never be a command.
    web1 = house.agent("web1", is_accepted=False, orchestrator_key=agent1.key, shell=False,
                       skills_dir=str(skills))
    shrink_quarantine(web1)
    web1.start()
    agent1.wait_registered("web1")
    hostile.journal = agent1.agents["web1"]["journal"]
    key = agent1.agents["web1"].sender
    stranger = Peer()
    raw = Sender(house)

    def send(_number):
        topic = hostile.choice(["agents/web1/inbox", "agents/web1/control"])
        kind = hostile.random.randrange(4)
        if kind == 0:
            payload = hostile.noise()
        elif kind == 1:
            payload = frame_of(hostile, stranger, key, topic, FROM_AGENT1, "agent1")
        else:
            what = hostile.choice(FROM_AGENT1 if hostile.random.randrange(6) else ANY)
            topic = topic if hostile.one_in(20) else f"agents/web1/{'inbox' if what == 'task' else 'control'}"
            payload = frame_of(hostile, agent1.peer, key, topic, [what], "agent1")
        raw.publish(topic, payload, hostile.one_in(60))

    def question():
        raw.drain()
        asked = agent1.control("web1", "query")
        agent1.wait_for("answer", 60, in_reply_to=asked["id"])

    attack(send, question, Memory(web1), capsys)
    for _ in range(10):  # its notion of our clock is the median of the last frames
        question()
    agent1.control("web1", "policy", seq=LAST_NUMBER - 1, policy={
        "timezone": "UTC", "blackouts": [], "work_hours": None, "paused": False, "epoch": LAST_NUMBER})

    def is_done():
        task = agent1.task("web1", "say.it('still here')", epoch=LAST_NUMBER,
                           expires=timestamp(time.time() + 60))
        result = agent1.wait_for("result", 20, run=task["run"])
        return result["state"] == "succeeded" and "still here" in result["output"]
    wait_for(is_done, 60, "a task done after all that")


def test_agent1_by_xmpp(house, hostile, capsys):
    agent = accepted_agent(house)
    evil, stranger = house.person("evil", "operator"), house.person("stranger", is_known=False)
    good = house.person("good")
    shrink_quarantine(house.agent1)
    house.start()
    agent = agent()
    to = house.agent1.config["xmpp"]["jid"]

    def send(_number):
        sender = evil if hostile.one_in(2) else stranger
        sender.send_raw(hostile.stanza(hostile.choice([to, f"{to}/x", to])))

    def question():
        good.ask("!agents", r"web1: online", 60)

    attack(send, question, Memory(house.agent1), capsys)
    good.heard.skip()
    good.send("DELEGATE: web1 | true")
    agent.succeed(agent.next_task(60, requested_by="good"), "still here")
    good.wait_for(r"web1: succeeded[\s\S]*still here", 60)
