"""What hostile senders send: payloads, bodies and stanzas, drawn from a seeded generator.

Everything follows from the seed, so that a run that found something can be repeated. The bodies are
right messages with wrong parts as often as they are noise: what is wrong at first sight is refused
at first sight.
"""

import json
import random
import time

from wire import message, timestamp, ulid

KIB = 1024
BODY_MAX = 190 * KIB
FRAME_MAX = 256 * KIB

WORDS = [b"{", b"}", b"[", b"]", b'"', b",", b":", b"\\u0000", b"\\ud83d", b"null", b"true", b"-1",
         b"1e999", b"9007199254740993", b"0.1", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\x00", b"\n",
         b"\xe2\x80\xae", b"\x1b[2J", b"agent/1 ", b"sealed ", b"clear ", b"=", b'"type":"task",',
         b'"type":"chat",', b'"run":[],', b'"a":', b" ", b"\r\n", b"%s%n", b"../../", b"' OR 1=1 --"]

TEXTS = ["", " ", "x", "!help", "!status", "!runs", "!run 1", "!run #999999999999999999999", "!cancel 1",
         "!why web1 | x", "!why |", "!yes", "!no", "!blackout", "!unknown", "!", "!!", "@", "@ ", "@web9 x",
         "DELEGATE:", "DELEGATE: |", "DELEGATE: nobody | true", "DELEGATE: * | true", "DELEGATE: a,b,,c | x",
         "DELEGATE: web* --limit 99999999999 --batch -1 --now | true", "PLAN: a|b ;; c|d", "SCHEDULE: x | y | z",
         "```\nDELEGATE: evil | x", "> !help", "\u202egnp.exe", "\u0000", "\x1b[31mred", "\ufeff", "\U000e0041",
         "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"), "a" * 5000, "\n" * 3000,
         "!help " * 500, "e\u0301" * 400, "%s%n%x", "'; DROP TABLE runs; --", "\r\n\t\v\f", "0", "-1", "true"]

VALUES = [None, True, False, 0, 1, -1, 2**31, 2**53 - 1, 2**53, -2**53, 1e308, 0.5, "", "x", [], {}, [[]],
          {"": {}}, [None] * 20, "9" * 400, "01ARZ3NDEKTSV4RRFFQ69G5FAV", "2026-13-45T99:99:99Z",
          "1969-12-31T23:59:59.999Z", "9999-12-31T23:59:60Z", "agent1", "web1", "#", "+", "$SYS", "../x"]


class Hostile:
    """A generator of hostile input. names: who may be named in it; runs: ids it may speak of."""

    def __init__(self, seed, names=("web1", "evil", "agent1")):
        self.random = random.Random(seed)
        self.names = list(names)
        self.runs = [ulid() for _ in range(8)]
        self.journal = ulid()

    def choice(self, things):
        return self.random.choice(things)

    def one_in(self, n):
        return self.random.randrange(n) == 0

    def bytes(self, most):
        return self.random.randbytes(self.random.randrange(most + 1))

    # ---- bytes ------------------------------------------------------------------------------------
    def noise(self):
        """A payload that was never a message."""
        kind = self.random.randrange(12)
        if kind == 0:
            return b""
        if kind == 1:
            return self.bytes(300)
        if kind == 2:
            return b"agent/1 " + self.bytes(300)
        if kind == 3:
            return b"{" * self.random.randrange(1, 2000)
        if kind == 4:
            return json.dumps(self.choice(VALUES)).encode()
        if kind == 5 and self.one_in(4):
            return self.choice([b"x", b"[", b"\xff", b"agent/1 sealed "]) * self.choice(
                [FRAME_MAX // 16, BODY_MAX // 4, FRAME_MAX + 1])
        return b"".join(self.choice(WORDS) for _ in range(self.random.randrange(40)))

    def mutate(self, payload):
        """A few changes of bytes that were right."""
        out = bytearray(payload)
        for _ in range(self.random.randrange(1, 5)):
            at = self.random.randrange(len(out) + 1)
            kind = self.random.randrange(5)
            if kind == 0 and at < len(out):
                out[at] ^= 1 << self.random.randrange(8)
            elif kind == 1:
                out[at:at] = self.choice(WORDS)
            elif kind == 2:
                del out[at:at + self.random.randrange(1, 16)]
            elif kind == 3:
                del out[at:]
            else:
                out[at:at] = out[at:at + self.random.randrange(40)]
        return bytes(out)

    # ---- objects ----------------------------------------------------------------------------------
    def value(self, depth=0):
        if depth < 4 and self.one_in(6):
            return {self.choice(["a", "runs", "run", "name", ""]): self.value(depth + 1)
                    for _ in range(self.random.randrange(4))}
        if depth < 4 and self.one_in(6):
            return [self.value(depth + 1) for _ in range(self.random.randrange(5))]
        return self.choice(VALUES) if self.one_in(2) else self.choice(TEXTS)

    def time(self):
        return timestamp(time.time() + self.choice([0, 0, 0, 1, 30, -1, 100, -100, 86400, -86400]))

    def right(self, kind, sender):
        """A message as it should be, about things that may exist."""
        soon = timestamp(time.time() + 2)
        run = {"run": self.choice(self.runs), "attempt": self.random.randrange(1, 3)}
        number = self.random.randrange(1000)
        fields = {
            "chat": {"text": self.choice(TEXTS), "reply_to": "agents/cli/evilevilevilevil/outbox",
                     "expires": timestamp(time.time() + 60), "now": self.one_in(2)},
            "reply": {"in_reply_to": ulid(), "text": self.choice(TEXTS), "final": True, "runs": self.runs[:2],
                      "outcome": "ok"},
            "task": {**run, "number": number, "epoch": number, "journal": self.journal, "agent": "web1",
                     "task": self.choice(["say.it(x)", "say.it x", "say.it('a b')", *TEXTS]), "expires": soon,
                     "idempotent": self.one_in(2), "timeout_s": 5, "requested_by": "evil"},
            "ack": {**run, "in_reply_to": ulid(), "state": self.choice(["accepted", "rejected", "done"]),
                    "rule": "skill", "reason": self.choice(TEXTS)},
            "answer": {"in_reply_to": ulid(), "ok": True, "text": "", "data": {"runs": [
                {**run, "state": self.choice(["not_known", "running", "succeeded", "lost"])}]}},
            "progress": {**run, "seq": number, "tail": self.choice(TEXTS), "bytes": number, "elapsed_ms": 1},
            "result": {**run, "state": self.choice(["succeeded", "failed", "unknown", "rejected", "running"]),
                       "exit_code": 0, "output": self.choice(TEXTS), "output_bytes": number,
                       "truncated": False, "started": soon, "finished": soon, "duration_ms": 1},
            "output": {**run, "in_reply_to": ulid(), "offset": number, "data": "eA==", "eof": True},
            "control": {**(run if self.one_in(2) else {}), "seq": number, "offset": number,
                        "action": self.choice(["cancel", "query", "fetch", "report", "update", "upgrade"]),
                        "expires": soon, "policy": self.value()},
            "register": {"name": self.choice(self.names), "version": "0", "host": self.choice(TEXTS)[:200],
                         "boot_id": "b", "session": number, "seq": number, "skills": self.value(),
                         "work_hours": self.value(), "clock": soon, "unacked": [run], "models": self.value()},
            "status": {"name": self.choice(self.names), "session": number, "seq": number,
                       "state": self.choice(["online", "paused", "offline"]), "since": soon, "running": 0,
                       "queued": 0, "version": "0"},
            "report": {"day": "2026-11-21", "counts": self.value(), "durations": self.value(),
                       "uptime_s": number, "load": self.value(), "disk": self.value(), "errors": []},
            "error": {"severity": self.choice(["error", "x"]), "text": self.choice(TEXTS)},
        }[kind]
        return message(kind, sender, **{"journal": self.journal, **fields})

    def body(self, kinds, sender):
        """A body for a frame: right, nearly right, or noise; at most what a frame carries."""
        obj = self.right(self.choice(kinds), sender)
        for _ in range(self.random.randrange(4)):
            member = self.choice(list(obj))
            if self.one_in(3):
                del obj[member]
                obj.setdefault("type", self.choice(["chat", "task", "nothing", 5]))
            elif member not in ("seq", "epoch", "session"):
                obj[member] = self.value()
        if self.one_in(8):
            obj[self.choice(["extra", "run", "policy", "data"])] = self.value()
        if self.one_in(40):
            obj["text"] = "x" * self.random.randrange(BODY_MAX - 2000)
        text = json.dumps(obj, ensure_ascii=self.one_in(2), separators=(",", ":"))
        text = text.encode("utf-8", "replace")
        if self.one_in(4):
            text = self.mutate(text)
        if self.one_in(10):
            text = self.noise()
        return text[:BODY_MAX]

    # ---- stanzas ----------------------------------------------------------------------------------
    def xml_text(self):
        """Text with characters that XML knows: others end the sender's own stream."""
        text = self.choice(TEXTS)
        text = "".join(c for c in text if c in "\n\t" or (c >= " " and c not in "\ufffe\uffff"))
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&apos;")

    def element(self, depth=0):
        names = ["body", "subject", "thread", "delay", "x", "received", "sent", "forwarded", "encrypted",
                 "query", "ping", "error", "origin-id", "html", "event", "replace", "reactions", "message"]
        spaces = ["jabber:client", "urn:xmpp:delay", "urn:xmpp:carbons:2", "urn:xmpp:forward:0", "urn:xmpp:mam:2",
                  "http://jabber.org/protocol/muc#user", "jabber:x:conference", "jabber:x:delay",
                  "eu.siacs.conversations.axolotl", "urn:xmpp:omemo:2", "jabber:iq:roster", "jabber:iq:version",
                  "http://jabber.org/protocol/disco#info", "http://jabber.org/protocol/disco#items",
                  "urn:xmpp:ping", "urn:xmpp:sid:0", "urn:ietf:params:xml:ns:xmpp-stanzas", "x", "urn:xmpp:sm:3"]
        attributes = "".join(
            f" {name}='{self.xml_text()[:300]}'" for name in
            self.random.sample(["id", "stamp", "node", "type", "jid", "from", "code", "hash", "ver"],
                               self.random.randrange(4)))
        if self.one_in(3):
            attributes += f" stamp='{self.time()}'" if "stamp=" not in attributes else ""
        inside = self.xml_text()
        if depth < 6 and self.one_in(2):
            inside += "".join(self.element(depth + 1) for _ in range(self.random.randrange(4)))
        if self.one_in(200):
            deep = self.random.randrange(50, 2000)
            inside = "<a>" * deep + "</a>" * deep
        name = self.choice(names)
        space = self.choice(spaces)
        return f"<{name} xmlns='{space}'{attributes}>{inside}</{name}>"

    def stanza(self, to):
        """A stanza that is XML, and little else that it should be."""
        name = self.choice(["message", "message", "message", "iq", "presence"])
        kinds = {"message": ["chat", "normal", "groupchat", "headline", "error", "x", ""],
                 "iq": ["get", "set", "result", "error"],
                 "presence": ["subscribe", "subscribed", "unsubscribe", "unavailable", "error", "probe"]}[name]
        kind = self.choice(kinds)
        children = "".join(self.element() for _ in range(self.random.randrange(4)))
        if name == "message" and self.one_in(2):
            children = f"<body>{self.xml_text()}</body>" + children
        if self.one_in(300):
            children = f"<body>{'x' * self.choice([60000, 140000, 200000])}</body>"
        identity = "" if self.one_in(8) and name != "iq" else f" id='{self.choice(['', 'x', 'sync-1', 'y' * 500])}'"
        if name == "iq" and "id=''" in identity:
            identity = " id='z'"
        return f"<{name} to='{to}'{identity}{f' type={chr(39)}{kind}{chr(39)}' if kind else ''}>{children}</{name}>"
