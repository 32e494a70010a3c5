"""People on XMPP: slixmpp, another implementation than the one that agent1 stands on."""

import asyncio
import itertools
import logging
import ssl
import threading
from dataclasses import dataclass, field

# It warns of its own speed, as the last line of a run.
logging.getLogger("slixmpp.stringprep").setLevel(logging.ERROR)
import slixmpp  # noqa: E402

from wait import DEFAULT_S, PATIENCE, Transcript, wait_for


class XmppLoop:
    """One thread with an event loop for all people of the tests."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="people", daemon=True)
        self._thread.start()

    def _run(self):
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()
        # slixmpp leaves a task behind for each client.
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self.loop.close()

    def call(self, function, seconds=DEFAULT_S):
        """Runs function() (which may give a coroutine) on the loop's thread; returns its result."""
        async def on_loop():
            result = function()
            return await result if asyncio.iscoroutine(result) else result
        return asyncio.run_coroutine_threadsafe(on_loop(), self.loop).result(seconds * PATIENCE)

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)


@dataclass
class Heard:
    """A message that a person received."""
    text: str
    sender: str
    id: str
    kind: str
    replaces: str
    stanza: object = field(repr=False)

    def __str__(self):
        return f"{self.sender}: {self.text}"


class XmppPerson:
    """One account, signed in; `heard` is the Transcript of the messages it got.

    plugins: further slixmpp plugins to register, for example "xep_0198". can_correct: the client
    says that it knows corrections (XEP-0308).
    """

    _ids = itertools.count(1)

    def __init__(self, people, server, user, peer=None, plugins=(), can_correct=False):
        self._people = people
        self._server = server
        self.jid, self._password = server.add_account(user)
        self.peer = peer
        self._plugins = ("xep_0030", "xep_0199", "xep_0308", *plugins)
        self.heard = Transcript(f"{user} on XMPP")
        self.stanzas = Transcript(f"presence for {user}")
        self.raw = Transcript(f"all stanzas for {user}")
        self._can_correct = can_correct
        self._ready = threading.Event()
        self.client = None

    def connect(self, seconds=DEFAULT_S):
        self._ready.clear()
        self._people.call(self._connect)
        assert self._ready.wait(seconds * PATIENCE), f"{self.jid} could not sign in"
        return self

    def _connect(self):
        client = slixmpp.ClientXMPP(self.jid, self._password)
        for plugin in self._plugins:
            client.register_plugin(plugin)
        tls = self._server.certificates
        if tls:
            client.ca_certs = tls.ca
            client.ssl_context = ssl.create_default_context(cafile=str(tls.ca))
        else:
            client["feature_mechanisms"].unencrypted_scram = True
        client.add_event_handler("session_start", self._on_start)
        client.add_event_handler("message", self._on_message)
        client.add_event_handler("presence", lambda stanza: self.stanzas.add(str(stanza)))
        client.add_filter("in", self._on_any)
        client.connect(("127.0.0.1", self._server.port), disable_starttls=not tls,
                       force_starttls=bool(tls))
        self.client = client

    def _on_any(self, stanza):
        if isinstance(stanza, slixmpp.stanza.rootstanza.RootStanza):
            self.raw.add(str(stanza))
        return stanza

    def _on_start(self, _event):
        if not self._can_correct:
            # Only then does agent1 correct what it said: most tests read one message after the other.
            self.client["xep_0030"].del_feature(feature="urn:xmpp:message-correct:0")
        self.client.send_presence()
        self._ready.set()

    def _on_message(self, stanza):
        self.heard.add(Heard(text=stanza["body"], sender=stanza["from"].bare, id=stanza["id"],
                             kind=stanza["type"], replaces=stanza["replace"]["id"], stanza=stanza))

    def send(self, text, to=None, kind="chat", stanza_id=None):
        """Sends a message (to agent1 where `to` is not given); returns its stanza id."""
        def send():
            message = self.client.make_message(mto=to or self.peer, mbody=text, mtype=kind)
            message["id"] = stanza_id or f"{self.client.boundjid.user}-{next(self._ids)}"
            message.send()
            return message["id"]
        return self._people.call(send)

    def send_raw(self, xml):
        self._people.call(lambda: self.client.send_raw(xml))

    def wait_for(self, wanted, seconds=DEFAULT_S):
        """The next message that matches (a regular expression, or a predicate on Heard)."""
        return self.heard.wait_for(wanted, seconds)

    def introduce(self):
        """Writes once: agent1 asks then what this client can."""
        self.ask("!agents", ".")
        wait_for(lambda: any("disco#info" in s for s in self.raw.items), what="agent1 asks what the client can")

    def ask(self, text, wanted=".", seconds=DEFAULT_S):
        """Sends a message and waits for the first later answer that matches."""
        self.heard.skip()
        self.send(text)
        return self.wait_for(wanted, seconds)

    def close(self):
        if self.client:
            self._people.call(lambda: self.client.disconnect(wait=0.2))
            self.client = None
