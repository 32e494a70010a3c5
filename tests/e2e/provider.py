"""A provider of language models that says what a test tells it, byte for byte as the real ones do.

    provider = Provider("ollama")            # or "openai", "anthropic"; close() ends it
    provider.url                             # for base_url
    provider.entry(timeout="3s")             # for the chain of config.json
    provider.answer("It is done.")           # the next question gets this answer
    provider.answer("", tools=[("delegate", {"agent": "web1", "task": "uptime"})])
    provider.answer(lambda asked: asked.last)          # … or one made from the question
    provider.fail(429, "slow down", retry_after=20)    # a status instead of an answer
    provider.error("overloaded", after="Well, ")       # an error event in the stream
    provider.raw(b"<html>", content_type="text/html")  # anything at all
    provider.endless(1 << 30)                          # an answer of so many bytes
    provider.requests[-1].text               # what it was shown, all of it

Replies are given in their order, one a question; when none is left, `provider.otherwise` is said
("ok" at first; set it with keep()). Each takes a manner, too:

    cut=1            so many bytes a packet
    pause_s=0.1      between packets (slow; with cut=1 it drips)
    hang_before=True takes the question and says nothing
    hang_after=100   says so many bytes of the body, then nothing, until the client goes away
    break_after=100  says so many bytes of the body, then the connection is gone
    headers={…}      further header fields

A question that the real provider would refuse (another path, no JSON, a member missing, roles that do
not take turns, a wrong key where `provider.key` is set) is refused as the real one would.

As a program it reads orders as JSON from its standard input, one a line, {"do": "answer", "text": …}, and
answers each with a line of JSON: provider.py NAME first prints its port.
"""
import asyncio
import json
import sys
import threading
from dataclasses import dataclass, field

from provider_forms import (FORMATS, KEY_FIELDS, NEEDED, PATHS, REASONS, compact, error_body, error_event,
                            stream_type, token_of)

DEFAULT_S = 20

# A key that must not be seen anywhere but in its header.
CANARY = "canary-7Qx9"


@dataclass
class Request:
    """A question as it came."""
    path: str
    headers: dict  # names in small letters
    body: dict

    @property
    def system(self):
        """What stands above the conversation."""
        said = [m["content"] for m in self.body["messages"] if m["role"] == "system"]
        return self.body.get("system") or "".join(said)

    @property
    def messages(self):
        """The conversation as pairs of role and text."""
        return [(m["role"], m["content"]) for m in self.body["messages"] if m["role"] != "system"]

    @property
    def last(self):
        """What the person said last."""
        return self.messages[-1][1]

    @property
    def text(self):
        """All that the model is shown."""
        return "\n".join([self.system, *(text for _, text in self.messages)])

    @property
    def tools(self):
        """The names of the tools that are offered."""
        return [tool.get("function", tool)["name"] for tool in self.body.get("tools", [])]


@dataclass
class Reply:
    status: int = 200
    content_type: str = ""
    pieces: list = field(default_factory=list)  # bytes: a chunk each
    make: object = None  # makes the pieces from the question
    repeat: int = 0  # so many bytes in all, by repeating the pieces
    cut: int = 0
    pause_s: float = 0
    hang_before: bool = False
    hang_after: int = -1
    break_after: int = -1
    headers: dict = field(default_factory=dict)


class Provider:
    def __init__(self, name, key=None):
        self.name = name
        self.key = key
        self.requests = []
        self.gone = 0  # clients that went away before their reply was whole
        self.connections = 0
        self.answered = 0  # replies that were said whole
        self._changed = threading.Condition()
        self._queue = []
        self.keep("ok")
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=512))
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def close(self):
        async def end():
            self._server.close()
            others = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(DEFAULT_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def entry(self, **more):
        """Its place in the chain of config.json."""
        key = {"api_key": CANARY} if self.name == "anthropic" else {}
        return {"provider": self.name, "base_url": self.url, "model": "m", "timeout": "5s"} | key | more

    # ---- what it is told ----

    def answer(self, text, **options):
        self._add(self._answer(text, **options))

    def keep(self, text, **options):
        """What is answered when no reply is left."""
        self.otherwise = self._answer(text, **options)

    def fail(self, status, message, retry_after=None, headers=None, **manner):
        headers = {**(headers or {}), **({} if retry_after is None else {"Retry-After": retry_after})}
        self._add(Reply(status=status, content_type="application/json", headers=headers,
                        pieces=[compact(error_body(self.name, status, message)).encode()], **manner))

    def error(self, message, after="", kind="overloaded_error", **manner):
        piece = error_event(self.name, kind, message)

        def make(asked):
            whole = self._pieces(asked, after, [], "stop", (1, 1))
            return [p for p in whole if after and token_of(p)] + [piece]

        self._add(Reply(content_type=stream_type(self.name), make=make, **manner))

    def raw(self, body, status=200, content_type=None, **manner):
        body = body.encode() if isinstance(body, str) else body
        self._add(Reply(status=status, content_type=stream_type(self.name) if content_type is None else content_type,
                        pieces=[body], **manner))

    def endless(self, size, text="word " * 200, **manner):
        """Text without end; without text, what a stream holds beside it."""
        def make(asked):
            if not text:
                return [(b"\n" if self.name == "ollama" else b": ping\n\n") * 8192]
            return [p for p in self._pieces(asked, text, [], "stop", (1, 1)) if token_of(p)]

        self._add(Reply(content_type=stream_type(self.name), make=make, repeat=size, **manner))

    def look(self):
        """How many questions came, on how many connections, and what became of them."""
        with self._changed:
            return {"requests": len(self.requests), "connections": self.connections, "gone": self.gone,
                    "answered": self.answered}

    def question(self):
        """The body of the last question."""
        with self._changed:
            return self.requests[-1].body

    def wait_requests(self, count, seconds=DEFAULT_S):
        self._wait(lambda: len(self.requests) >= count, f"{count} questions", seconds)

    def wait_answered(self, count, seconds=DEFAULT_S):
        self._wait(lambda: self.answered >= count, f"{count} replies said whole", seconds)

    def wait_gone(self, count, seconds=DEFAULT_S):
        self._wait(lambda: self.gone >= count, f"{count} clients gone", seconds)

    def _wait(self, is_true, what, seconds):
        with self._changed:
            assert self._changed.wait_for(is_true, seconds), f"not in {seconds} s: {what}"

    def _add(self, reply):
        with self._changed:
            self._queue.append(reply)

    def _answer(self, text, tools=(), reason=None, usage=(26, 29), **manner):
        def make(asked):
            said = text(asked) if callable(text) else text
            why = REASONS[self.name][reason or ("tools" if tools else "stop")]
            return self._pieces(asked, said, [tuple(t) for t in tools], why, usage)

        return Reply(content_type=stream_type(self.name), make=make, **manner)

    def _pieces(self, asked, text, tools, reason, usage):
        return FORMATS[self.name](asked.body["model"], text, tools, reason, usage, asked)

    # ---- what it is asked ----

    def _refusal(self, path, headers, body):
        """Why the real one would not answer, as (status, message)."""
        name, prefix = KEY_FIELDS[self.name]
        if path != PATHS[self.name]:
            return 404, "404 page not found"
        if self.key is not None and headers.get(name) != prefix + self.key:
            return 401, "invalid x-api-key" if self.name == "anthropic" else "Incorrect API key provided"
        if self.name == "anthropic" and headers.get("anthropic-version") != "2023-06-01":
            return 400, "anthropic-version: header is required"
        if headers.get("content-type") != "application/json" or not isinstance(body, dict):
            return 400, "the body is no JSON object"
        missing = [member for member in NEEDED[self.name] if not body.get(member)]
        if missing:
            return 400, f"{missing[0]}: Field required"
        if body.get("stream") is not True:
            return 400, "this one only streams"
        return self._refusal_of_messages(body["messages"])

    def _refusal_of_messages(self, messages):
        roles = [message["role"] for message in messages]
        if roles[0] == "system" and self.name != "anthropic":
            roles = roles[1:]
        expected = ["user", "assistant"] * len(roles)
        if roles != expected[:len(roles)] or roles[-1] != "user":
            return 400, f"roles must take turns, from user to user: {roles}"
        if any(not message["content"] for message in messages):
            return 400, "text content blocks must be non-empty"
        return None

    def _reply_to(self, path, headers, raw):
        try:
            body = json.loads(raw)
        except ValueError:
            body = None
        refusal = self._refusal(path, headers, body)
        with self._changed:
            if not refusal:
                self.requests.append(Request(path, headers, body))
            self._changed.notify_all()
            if refusal:
                pieces = [compact(error_body(self.name, *refusal)).encode()]
                return Reply(status=refusal[0], content_type="application/json", pieces=pieces)
            reply = self._queue.pop(0) if self._queue else self.otherwise
        if reply.make:
            reply = Reply(**{**reply.__dict__, "pieces": reply.make(self.requests[-1]), "make": None})
        return reply

    # ---- HTTP ----

    async def _serve(self, reader, writer):
        self.connections += 1
        try:
            while (head := await read_head(reader)) is not None:
                path, headers = head
                raw = await reader.readexactly(int(headers.get("content-length", 0)))
                if not await self._say(reader, writer, self._reply_to(path, headers, raw)):
                    break
        except ConnectionError:
            with self._changed:
                self.gone += 1
                self._changed.notify_all()
        except (asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _say(self, reader, writer, reply):
        """False when the connection is to end before the reply does."""
        if reply.hang_before:
            await until_gone(reader)
        head = {"Content-Type": reply.content_type, "Transfer-Encoding": "chunked", **reply.headers}
        lines = [f"HTTP/1.1 {reply.status} X", *(f"{k}: {v}" for k, v in head.items() if v != "")]
        out = Packets(writer, reply)
        await out.say(("\r\n".join(lines) + "\r\n\r\n").encode())
        said = 0
        for piece in repeated(reply.pieces, reply.repeat):
            for limit in (reply.hang_after, reply.break_after):
                piece = piece[:limit - said] if 0 <= limit < said + len(piece) else piece
            if piece:
                await out.say(b"%x\r\n%s\r\n" % (len(piece), piece))
            said += len(piece)
            if said == reply.hang_after:
                await until_gone(reader)
            if said == reply.break_after:
                return False
        await out.say(b"0\r\n\r\n")
        with self._changed:
            self.answered += 1
            self._changed.notify_all()
        return True


class Packets:
    """Writes as the manner says; a packet each time."""

    def __init__(self, writer, manner):
        self.writer = writer
        self.manner = manner

    async def say(self, data):
        cut = self.manner.cut or len(data)
        for at in range(0, len(data), cut):
            if self.manner.pause_s:
                await asyncio.sleep(self.manner.pause_s)
            self.writer.write(data[at:at + cut])
            await self.writer.drain()
            # Lets the loop send it before the next is written.
            await asyncio.sleep(0)


def repeated(pieces, size):
    if not size:
        yield from pieces
        return
    joined = b"".join(pieces)
    while size > 0:
        yield joined
        size -= len(joined)


async def until_gone(reader):
    await reader.read()
    raise ConnectionResetError


async def read_head(reader):
    """The path and the fields of the next request; None when there is none."""
    first = await reader.readline()
    if not first:
        return None
    headers = {}
    while (text := (await reader.readline()).decode().strip()):
        name, _, value = text.partition(":")
        headers[name.lower()] = value.strip()
    return first.decode().split()[1], headers


def main():
    provider = Provider(sys.argv[1])
    print(provider.port, flush=True)
    for order in sys.stdin:
        options = json.loads(order)
        result = getattr(provider, options.pop("do"))(**options)
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
