"""A TCP proxy on loopback that treats connections as bad networks do: it cuts them in the middle of a
packet, holds them half open, or passes one byte at a time."""

import asyncio
import collections
import itertools
import socket
import struct
import threading

READ_BYTES = 65536
SLICED_BYTES = 1000  # the rest of a long piece follows as it is, or nothing would get through


class Link:
    """One connection through the cutter, and how it is treated. All on the cutter's thread."""

    def __init__(self, name):
        self.name = name
        self.is_open = True
        self.cut_after = None  # bytes; then both sides are reset
        self.is_sliced = False
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.writers = []

    def reset(self):
        """RST to both sides: what was on its way is lost."""
        self.is_open = False
        self.flowing.set()
        for writer in self.writers:
            sock = writer.get_extra_info("socket")
            if sock and sock.fileno() >= 0:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    def close(self):
        self.is_open = False
        for writer in self.writers:
            writer.close()


class Cutter:
    """A thread with a proxy for each listen(); the functions may be called from any thread."""

    def __init__(self):
        self._links = []
        self._servers = []
        self._resets = collections.Counter()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="cutter", daemon=True)
        self._thread.start()

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        for server in self._servers:
            server.close()
        for link in self._links:
            link.reset()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    def _call(self, function):
        async def on_loop():
            result = function()
            return await result if asyncio.iscoroutine(result) else result
        return asyncio.run_coroutine_threadsafe(on_loop(), self._loop).result(10)

    def close(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    # ---- connections ------------------------------------------------------------------------------
    def listen(self, name, ports):
        """A port whose connections go to the first of `ports` that answers, each asked in turn; `name`
        is what links() calls them."""
        turns = itertools.count()

        async def accept(reader, writer):
            turn = next(turns) % len(ports)
            await self._serve(Link(name), [*ports[turn:], *ports[:turn]], reader, writer)

        async def open_server():
            server = await asyncio.start_server(accept, "127.0.0.1", 0)
            self._servers.append(server)
            return server.sockets[0].getsockname()[1]
        return self._call(open_server)

    async def _serve(self, link, ports, reader, writer):
        far_reader, far_writer = await _open_first(ports)
        if not far_writer:
            link.writers = [writer]
            link.reset()
            return
        link.writers = [writer, far_writer]
        for each in link.writers:
            each.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._links.append(link)
        try:
            await asyncio.gather(self._pass(link, reader, far_writer),
                                 self._pass(link, far_reader, writer))
        finally:
            link.close()
            self._links.remove(link)

    def _reset(self, link):
        self._resets[link.name] += 1
        link.reset()

    async def _pass(self, link, reader, writer):
        """Hands on what one side says, until one of them ends."""
        try:
            while link.is_open:
                data = await reader.read(READ_BYTES)
                await link.flowing.wait()
                if not data or not link.is_open:
                    break
                if link.cut_after is not None:
                    writer.write(data[:link.cut_after])
                    await writer.drain()
                    link.cut_after -= len(data)
                    if link.cut_after < 0:
                        self._reset(link)
                        return
                elif link.is_sliced:
                    await _write_slices(link, writer, data)
                else:
                    writer.write(data)
                    await writer.drain()
        except (OSError, ConnectionError):
            pass
        link.close()

    # ---- bad treatment ----------------------------------------------------------------------------
    def links(self):
        """The names of the connections that stand and are not held."""
        return self._call(lambda: [link.name for link in self._links
                                   if link.is_open and link.flowing.is_set()])

    def _each(self, name, function, is_held=False):
        """Calls the function for each connection of this name that is held, or that is not."""
        def do():
            for link in list(self._links):
                if link.name == name and link.is_open and link.flowing.is_set() != is_held:
                    function(link)
        self._call(do)

    def resets(self, name):
        """How many connections of this name were reset."""
        return self._call(lambda: self._resets[name])

    def cut(self, name, after_bytes):
        """Resets the connection as soon as so many bytes more have passed, in the midst of what is
        being said then."""
        def cut_soon(link):
            link.cut_after = after_bytes
        self._each(name, cut_soon)

    def reset(self, name):
        self._each(name, self._reset)

    def hold(self, name):
        """From now on nothing passes; both sides think that the connection stands."""
        self._each(name, lambda link: link.flowing.clear())

    def release_held(self, name):
        """What was held goes on, late."""
        self._each(name, lambda link: link.flowing.set(), is_held=True)

    def reset_held(self, name):
        self._each(name, self._reset, is_held=True)

    def slice(self, name, is_sliced):
        """One byte a packet, at the beginning of whatever comes at once."""
        def set_sliced(link):
            link.is_sliced = is_sliced
        self._each(name, set_sliced)


async def _open_first(ports):
    for port in ports:
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            continue
    return None, None


async def _write_slices(link, writer, data):
    sent = 0
    while sent < min(len(data), SLICED_BYTES):
        if not link.is_open or not link.is_sliced:
            break
        writer.write(data[sent:sent + 1])
        sent += 1
        # Another turn of the loop, so that each byte is a packet of its own.
        await asyncio.sleep(0)
    writer.write(data[sent:])
    await writer.drain()
