"""An agent1 that a test plays for agentctl, and agentctl in the background."""

import subprocess
import types

from fakes import INBOX, Party
from process import start
from wait import DEFAULT_S, PATIENCE
from wire import message, ulid


RUN = ulid()


class PlayedAgent1(Party):
    """agent1 as agentctl sees it: the test hears chats and answers them."""

    def __init__(self, broker, **options):
        super().__init__(broker, "agent1", [INBOX], client_id="agent1", **options)

    def next_chat(self, text=None, seconds=DEFAULT_S):
        return self.wait_for("chat", seconds, **({"text": text} if text else {}))

    def say(self, chat, kind, peer=None, sender="agent1", topic=None, is_clear=False,
            **fields):
        """An object for the session that asked, with whatever is wrong about it.

        The broker has it when this returns: one that is killed next leaves no copy to come again.
        """
        topic = topic or chat["reply_to"]
        make = (peer or self.peer).clear if is_clear else (peer or self.peer).seal
        self.mqtt.publish(topic, make(topic, chat.sender, message(kind, sender, **fields)))

    def reply(self, chat, text, outcome=None, runs=(), **changes):
        """A reply; it is final when it has an outcome."""
        fields = {"in_reply_to": chat["id"], "text": text, "final": outcome is not None,
                  "runs": list(runs), **({"outcome": outcome} if outcome else {})}
        self.say(chat, "reply", **{**fields, **changes})

    def hear(self, screen, line, text=None):
        """A line is typed there, and sent as this text: the chat."""
        screen.enter(line)
        return self.next_chat(text or line)

    def take_task(self, screen, line="@web1 sleep 9", text=None):
        """A task is typed there, and its run is waited for: #12. The chat."""
        chat = self.hear(screen, line, text)
        self.reply(chat, "#12 web1: queued", runs=[RUN])
        screen.wait_for("#12 web1  ")
        return chat

    def progress(self, chat, tail, seq=1, run=RUN):
        self.say(chat, "progress", run=run, attempt=1, seq=seq, tail=tail, bytes=len(tail),
                 elapsed_ms=1000 * seq)

    def result(self, chat, state, run=RUN):
        self.say(chat, "result", run=run, attempt=1, state=state, exit_code=0, output="hi\n",
                 output_bytes=3, truncated=False, duration_ms=400)


class Call:
    """agentctl in the background, with its three streams apart."""

    def __init__(self, console, *options):
        self.child = start(console.argv(*options), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True, env=console.environment)

    def end(self, text="", seconds=DEFAULT_S):
        """Gives it the text, ends its input, waits for its end: code, out, err."""
        out, err = self.child.communicate(text, timeout=seconds * PATIENCE)
        return types.SimpleNamespace(code=self.child.returncode, out=out, err=err)
