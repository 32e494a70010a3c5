#!/usr/bin/python3
"""A person's XMPP client for the tests of the XMPP edge, by slixmpp: other people's implementation of the protocol.

Usage: xmpp_peer.py JID PASSWORD PORT. Reads commands from standard input, one a line, and writes
what it receives to standard output, one a line; texts are in base64.

    chat ID TO TEXT         send a chat message
    raw XML                 send these bytes as they are
    ping N TO               send N chats one after the other, each after the answer to the last,
                            and print "median MICROSECONDS"

    ready                   signed in, and its presence is out
    message TYPE ID FROM TEXT
    iq TYPE ID XML
    presence TYPE FROM STATUS
"""
import asyncio
import base64
import logging
import statistics
import sys
import time

# It warns of its own speed, as the last line of a run.
logging.getLogger("slixmpp.stringprep").setLevel(logging.ERROR)
import slixmpp  # noqa: E402


def decode(text):
    return base64.b64decode(text).decode()


def say(*words):
    sys.stdout.write(" ".join(word or "-" for word in words) + "\n")
    sys.stdout.flush()


def encode(text):
    return base64.b64encode(text.encode()).decode()


class Peer(slixmpp.ClientXMPP):
    def __init__(self, jid, password):
        super().__init__(jid, password)
        self["feature_mechanisms"].unencrypted_plain = True
        self["feature_mechanisms"].unencrypted_scram = True
        self.answers = None
        self.add_event_handler("session_start", self.on_start)
        self.add_event_handler("message", self.on_message)
        self.add_event_handler("message_error", self.on_message)
        self.add_event_handler("presence_available", self.on_presence)
        self.add_event_handler("presence_unavailable", self.on_presence)
        self.register_handler(
            slixmpp.xmlstream.handler.Callback(
                "iq", slixmpp.xmlstream.matcher.StanzaPath("iq"), self.on_iq
            )
        )

    async def on_start(self, _event):
        self.send_presence()
        say("ready")

    def on_message(self, message):
        if self.answers is not None:
            self.answers.put_nowait(message["body"])
            return
        say("message", message["type"], message["id"], message["from"].full, encode(message["body"]))

    def on_presence(self, presence):
        say("presence", presence["type"], presence["from"].full, encode(presence["status"]))

    def on_iq(self, iq):
        if iq["type"] in ("result", "error"):
            say("iq", iq["type"], iq["id"], encode(str(iq)))

    async def ping(self, count, to):
        self.answers = asyncio.Queue()
        times = []
        for number in range(count):
            begin = time.perf_counter()
            self.send_message(to, f"ping {number}", mtype="chat")
            await self.answers.get()
            times.append(time.perf_counter() - begin)
        self.answers = None
        say("median", str(int(statistics.median(times) * 1e6)))

    async def obey(self):
        reader = asyncio.StreamReader(limit=2**24)
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            command, *words = line.decode().split()
            if command == "chat":
                message = self.make_message(words[1], decode(words[2]), mtype="chat")
                message["id"] = words[0]
                message.send()
            elif command == "raw":
                self.send_raw(base64.b64decode(words[0]))
            elif command == "ping":
                await self.ping(int(words[0]), words[1])
        self.disconnect()


def main():
    logging.basicConfig(level=logging.ERROR)
    jid, password, port = sys.argv[1:]
    peer = Peer(jid, password)
    peer.connect(("127.0.0.1", int(port)), force_starttls=False, disable_starttls=True)
    peer.loop.run_until_complete(asyncio.gather(peer.obey(), peer.disconnected))


main()
