"""The tasks that stream while parts die, the people who ask for them, and what they are told.

A client repeats a message with the same id until it was taken: until the line `#n …` that answers
it. What happens to the run afterwards is agent1's to remember, whoever is killed.

Some ask for two tasks in sequence (PLAN:), and the runs of one person wait for an approval, which he
may give himself; every other question he first puts off.
"""

import asyncio
import queue
import re
import time

from fakes import INBOX, FakeConsole
from wire import Peer, message, timestamp
from xmpp import XmppPerson

ANSWER = re.compile(r"(#\d+ \S+|p\d+): (.*)", re.DOTALL)
RUN_LINE = re.compile(r"#(\d+) (\S+): (\w+)")
TOTALS = re.compile(r"^p\d+: (stopped: )?\d+ (succeeded|failed|cancelled|refused|not).*; ", re.MULTILINE)
OF_OTHERS = re.compile(r"\S+ asks since ")  # a notice to those who may approve
REPEAT_FIRST_S = 0.3
REPEAT_MAX_S = 2.0
CALL_AGAIN_S = 0.05
PAUSE_MAX_S = 0.8  # between an outcome and the next task of the same client
NOT_ENDED = ("queued", "accepted", "running", "cancelling", "deferred", "awaiting_approval", "approved",
             "put off", "waits for no approval")
PLANS = 0.2  # so many of what is asked for
ASKING = "person1"
POLICY = {"rules": [{"user": ASKING, "decision": "ask", "second": False}]}
PUT_OFF = "300ms"

# What tasks do besides leaving a line: (how often, command, exit code).
COMMANDS = (
    (4, "{mark}", 0),
    (3, "{mark}; sleep 0.1", 0),
    (2, "sleep 0.1; {mark}", 0),
    (2, "{mark}; exit 3", 3),
    (2, "{mark}; seq 300", 0),
    (1, "seq 1000; {mark}; sleep 0.05; seq 1000 >&2; false", 1),
)
# Long enough that most of them run at any moment, for a kind that kills what runs.
LONG_COMMANDS = ((1, "{mark}; sleep 0.5", 0), (1, "sleep 0.3; {mark}; sleep 0.2; exit 3", 3))


class Task:
    """One task, as the client who asked for it knows it."""

    def __init__(self, name, agent, door, command, exit_code, after=None):
        self.name = name
        self.agent = agent
        self.door = door
        self.command = command
        self.after = after  # the step before it, which has to succeed first
        self.exit_code = exit_code
        self.sent_at = None
        self.repeat_at = None
        self.repeat_s = REPEAT_FIRST_S
        self.numbers = set()  # of the run, as the answers said
        self.outcomes = {}  # the messages that told the end: id → text
        self.ended_at = None

    @property
    def text(self):
        return f"@{self.agent} {self.command}"

    @property
    def is_taken(self):
        return bool(self.numbers)

    @property
    def is_ended(self):
        return self.ended_at is not None

    def hear(self, message_id, text, now):
        """Notes an answer."""
        answer = ANSWER.match(text)
        if not answer:
            if ": refused (" in text:
                self._end(message_id, text, now)
            return
        self.numbers.add(int(RUN_LINE.match(text)[1]))
        if not answer[2].startswith(NOT_ENDED):
            self._end(message_id, text, now)

    def _end(self, message_id, text, now):
        self.outcomes[message_id] = text
        if not self.is_ended:
            self.ended_at = now

    def __str__(self):
        told = [text[:100] for text in self.outcomes.values()]
        return f"{self.name} ({self.door}, {self.agent}, {sorted(self.numbers)}): {told}"


class Plan(Task):
    """Two tasks, the second when the first has succeeded; one message tells how both ended."""

    def __init__(self, first, second):
        super().__init__(first.name, first.agent, first.door, "", 0)
        self._steps = {step.agent: step for step in (first, second)}
        for step in self._steps.values():
            step.outcomes = self.outcomes

    @property
    def text(self):
        return "PLAN: " + " ;; ".join(f"{agent}|{step.command}" for agent, step in self._steps.items())

    def hear(self, message_id, text, now):
        for number, agent, _ in RUN_LINE.findall(text):
            self._steps[agent].numbers.add(int(number))
            self.numbers.add(int(number))
        if TOTALS.search(text) or not self.numbers and ": refused (" in text:
            self._end(message_id, text, now)


class Talker(XmppPerson):
    """A person on XMPP who signs in again by himself, as a phone does."""

    def __init__(self, people, server, user, peer, heard):
        super().__init__(people, server, user, peer)
        self._tell = heard
        self._is_closed = False

    def _connect(self):
        super()._connect()
        self.client.add_event_handler("disconnected", self._on_lost)

    async def _on_lost(self, _event):
        """Waits for the server: slixmpp itself would wait longer after each attempt that fails."""
        self._ready.clear()
        self.client.del_event_handler("disconnected", self._on_lost)
        while not self._is_closed:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self._server.port)
            except OSError:
                await asyncio.sleep(CALL_AGAIN_S)
                continue
            writer.close()
            self._connect()
            return

    def _on_message(self, stanza):
        super()._on_message(stanza)
        if stanza["type"] != "error":
            self._tell(self, stanza["id"], stanza["body"])

    @property
    def is_signed_in(self):
        return self._ready.is_set()

    def say(self, stanza_id, text):
        """Sends without waiting; what is said while nobody listens is lost."""
        if self.is_signed_in:
            self._people.loop.call_soon_threadsafe(self._say, stanza_id, text)

    def _say(self, stanza_id, text):
        stanza = self.client.make_message(mto=self.peer, mbody=text, mtype="chat")
        stanza["id"] = stanza_id
        stanza.send()

    def close(self):
        self._is_closed = True
        super().close()


class XmppDoor:
    """One person who asks for one task after the other: so the next `#n` line answers the last."""

    name = "xmpp"

    def __init__(self, talker, agent):
        self.talker = talker
        self.agent = agent
        self.task = None
        self.next_at = 0.0
        self._by_name = {}  # of the run or plan
        self._questions = []  # what the person says to the task's questions: (id, text)

    def is_free(self, now):
        return (not self.task or self.task.is_ended) and now >= self.next_at

    def send(self, task):
        self.task = task
        self._questions = []
        self.repeat(task)

    def repeat(self, task):
        if not task.is_taken:
            self.talker.say(task.name, task.text)
        for answer in self._questions:
            self.talker.say(*answer)

    def wants_repeat(self, task):
        return not task.is_taken or self._questions

    def _note_questions(self, text, now):
        """Every other question is put off, once; then the approval is said until all is over."""
        for number, _, state in RUN_LINE.findall(text):
            answer = (f"{self.task.name}-yes-{number}", f"!approve {number}")
            if state != "awaiting_approval" or answer in self._questions:
                continue
            if int(number) % 2:
                self.talker.say(f"{self.task.name}-later-{number}", f"!defer {number} {PUT_OFF}")
            self._questions.append(answer)
            self.task.repeat_at = now + self.task.repeat_s

    def open_tasks(self):
        return [self.task] if self.task and not self.task.is_ended else []

    def hear(self, message_id, text, now):
        """Returns the task that has ended with this message, if one has."""
        answer = ANSWER.match(text)
        if not answer or OF_OTHERS.match(answer[2]):
            return None
        task = self._by_name.setdefault(answer[1], self.task)
        if task is self.task:
            self._note_questions(text, now)
        was_ended = task.is_ended
        task.hear(message_id, text, now)
        if task.is_ended and not was_ended:
            return task
        return None


class CliDoor:
    """One of the places of a console: a task at a time, known by the chat's id."""

    name = "cli"

    def __init__(self, console, agent, by_chat):
        self.console = console
        self.agent = agent
        self.task = None
        self.next_at = 0.0
        self._chat = None
        self._by_chat = by_chat

    def is_free(self, now):
        return (not self.task or self.task.is_ended) and now >= self.next_at

    def send(self, task):
        self.task = task
        self._chat = message("chat", self.console.session, text=task.text,
                             reply_to=self.console.outbox)
        self._by_chat[self._chat["id"]] = (self, task)
        self.repeat(task)

    def repeat(self, _task):
        now = time.time()
        self._chat.update(ts=timestamp(now), expires=timestamp(now + 120))
        self.console.send(INBOX, self.console.agent1_key, self._chat)

    def wants_repeat(self, task):
        """Nobody keeps a console's answers: it asks for the outcome again until it has it."""
        return not task.is_ended

    def open_tasks(self):
        return [self.task] if self.task and not self.task.is_ended else []


class Stream:
    """All clients of one house, on the caller's thread: pump() sends, hears and repeats."""

    def __init__(self, house, server, people, chance, agents, effects, prefix, is_long=False):
        self.tasks = []
        self.ended = []  # in the order in which they ended
        self._arrivals = queue.Queue()
        self._chance = chance
        self._agents = agents
        self._effects = effects
        self.prefix = prefix
        self._commands = LONG_COMMANDS if is_long else COMMANDS
        self._doors = []
        self._by_chat = {}
        self._by_talker = {}
        self._people = people
        self._make_talkers(house, server, agents)
        self._make_console_key(house)
        self.is_open = True  # new tasks are sent

    # ---- who asks ---------------------------------------------------------------------------------
    def _make_talkers(self, house, server, agents):
        house.agent1.use_xmpp(server)
        house.agent1.policy = POLICY
        self.talkers = []
        for number, agent in enumerate(agents * 2):
            talker = Talker(self._people, server, f"person{number}", house.agent1.config["xmpp"]["jid"],
                            self._on_xmpp)
            house.agent1.add_user(f"person{number}", "admin", jid=talker.jid)
            door = XmppDoor(talker, agent)
            self.talkers.append(talker)
            self._by_talker[talker] = door
            self._doors.append(door)

    def _make_console_key(self, house):
        self._peer = Peer()
        house.agent1.add_user("console", "admin", key=self._peer.key)

    def connect(self, house, agents, places=3):
        """Signs everybody in; after the broker and the XMPP server run."""
        for talker in self.talkers:
            talker.connect()
        stream = self

        class Console(FakeConsole):
            """A console that hands what it hears to the stream."""

            def answer(self, received):
                stream._arrivals.put(("cli", received.object))

        self.console = house.add(Console(house.broker, house.agent1.key, "0123456789abcdef",
                                         peer=self._peer))
        self.console.mqtt.client.reconnect_delay_set(0.1, 0.1)
        for agent in agents * places:
            self._doors.append(CliDoor(self.console, agent, self._by_chat))

    def close(self):
        for talker in self.talkers:
            talker.close()

    # ---- the tasks --------------------------------------------------------------------------------
    def _new_task(self, door, agent, after=None):
        weights = [command[0] for command in self._commands]
        _, command, exit_code = self._chance.choices(self._commands, weights)[0]
        name = f"{self.prefix}-{len(self.tasks) + 1}"
        mark = f"echo {name} >> {self._effects}; echo said-{name}"
        task = Task(name, agent, door.name, command.format(mark=mark), exit_code, after)
        self.tasks.append(task)
        return task

    def _new_order(self, door):
        first = self._new_task(door, door.agent)
        others = [agent for agent in self._agents if agent != door.agent]
        if not others or self._chance.random() >= PLANS:
            return first
        return Plan(first, self._new_task(door, self._chance.choice(others), first))

    def _tend(self, door, now):
        if self.is_open and door.is_free(now):
            task = self._new_order(door)
            task.sent_at = now
            task.repeat_at = now + task.repeat_s
            door.send(task)
            return
        for task in door.open_tasks():
            if now >= task.repeat_at and door.wants_repeat(task):
                task.repeat_s = min(task.repeat_s * 1.5, REPEAT_MAX_S)
                task.repeat_at = now + task.repeat_s
                door.repeat(task)

    # ---- what is heard (other threads) ------------------------------------------------------------
    def _on_xmpp(self, talker, stanza_id, text):
        self._arrivals.put(("xmpp", talker, stanza_id, text))

    # ---- the pump ---------------------------------------------------------------------------------
    def _hear(self, arrival, now):
        if arrival[0] == "xmpp":
            _, talker, stanza_id, text = arrival
            door = self._by_talker[talker]
            self._note_end(door, door.hear(stanza_id, text, now), now)
            return
        received = arrival[1]
        if received["type"] != "reply" or received["in_reply_to"] not in self._by_chat:
            return
        door, task = self._by_chat[received["in_reply_to"]]
        was_ended = task.is_ended
        # Told again on request, it is the same outcome: known by what it says.
        task.hear(received["text"], received["text"], now)
        if task.is_ended and not was_ended:
            self._note_end(door, task, now)

    def _note_end(self, door, task, now):
        if task:
            door.next_at = now + self._chance.uniform(0, PAUSE_MAX_S)
            self.ended.append(task)

    def pump(self, until, seconds):
        """Lets the stream run until the condition holds (True) or the time is over (False)."""
        deadline = time.monotonic() + seconds
        while not until():
            now = time.monotonic()
            if now >= deadline:
                return False
            for door in self._doors:
                self._tend(door, now)
            try:
                arrival = self._arrivals.get(timeout=min(0.01, deadline - now))
                while True:
                    self._hear(arrival, time.monotonic())
                    arrival = self._arrivals.get_nowait()
            except queue.Empty:
                pass
        return True

    def open_tasks(self):
        return [task for door in self._doors for task in door.open_tasks()]
