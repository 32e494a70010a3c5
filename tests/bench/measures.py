"""What the measures share: stock servers, a house on them, the bare clients, figures and tables.

Only a ratio of figures of the same interleaved rounds, memory, and wake-ups are promises; the
machine may be busy, and absolute times are printed, not promised. Sizes come from the environment:
BENCH_ROUNDS, BENCH_N (tasks of a round, one at a time), BENCH_LOAD (tasks of a round, 50
outstanding), BENCH_TASKS (tasks between two looks at the memory), BENCH_IDLE_S.
"""

import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

from process import end_orphans, adopt_orphans, start  # noqa: E402
from programs import BUILD, Agent1, Agent2, write_secret  # noqa: E402
from servers import Mosquitto, Prosody, base_environment  # noqa: E402
from wait import wait_for  # noqa: E402
from wire import Peer  # noqa: E402

ROUNDS = int(os.environ.get("BENCH_ROUNDS", 10))
N = int(os.environ.get("BENCH_N", 50))
LOAD = int(os.environ.get("BENCH_LOAD", 500))
TASKS = int(os.environ.get("BENCH_TASKS", 5000))
IDLE_S = int(os.environ.get("BENCH_IDLE_S", 60))
OUTSTANDING = 50
ROUND_LIMIT_S = 300
SHIM = BUILD / "agent2-shim"


# ---- servers as Debian ships them -----------------------------------------------------------------
class StockMosquitto(Mosquitto):
    """Debian's mosquitto.conf and its defaults; ours are only the port, the users and the folder."""

    def _write_config(self, is_stock, is_persistent):
        lines = [f"listener {self.port} 127.0.0.1", f"password_file {self.password_file}",
                 f"acl_file {self.acl_file}", "persistence true",
                 f"persistence_location {self.folder}/", f"log_dest file {self.folder}/mosquitto.log"]
        if os.getuid() == 0:
            lines.append("user root")
        (self.folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")


class StockProsody(Prosody):
    """Debian's log level and modules, without TLS on loopback; Nagle's algorithm as shipped."""

    def __init__(self, folder):
        super().__init__(folder, is_stock=True)
        text = self.config.read_text().replace('min = "debug"', 'min = "info"')
        self.config.write_text(text)


class BenchHouse:
    """The stock servers and the programs, in a temporary folder of the disk that /var/tmp lies on."""

    def __init__(self):
        adopt_orphans()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir="/var/tmp"))
        self.logs = self.folder / "log"
        self.logs.mkdir()
        acl = "user bench\ntopic readwrite #\nuser agent1\ntopic readwrite #\n" + "".join(
            f"pattern {line}\n" for line in ("readwrite agents/%u/#", "write agents/agent1/inbox",
                                             "write agents/register", "write agents/status/%u"))
        self.broker = StockMosquitto(self.folder / "broker", acl=acl)
        for user in ("bench", "agent1", "web1"):
            self.broker.add_user(user)
        self.broker.start()
        self.xmpp_server = StockProsody(self.folder / "prosody")
        for user in ("person", "asker", "echo", "agent1"):
            self.xmpp_server.add_account(user)
        self.xmpp_server.start()
        self.agent1 = Agent1(self)
        self.agent1.use_xmpp(self.xmpp_server)
        self.agent1.add_user("person", "admin", jid="person@localhost")
        self.console_key = Peer()
        self.agent1.add_user("console", "admin", key=self.console_key.key)
        self.web1 = Agent2(self, "web1", max_parallel=OUTSTANDING)
        self.agent1.registry["agents"]["web1"] = self.web1.accepted_entry()
        self.tools = []

    def start(self):
        self.agent1.start(is_connecting=False)
        self.web1.start(is_connecting=False)
        wait_for(self.is_connected, what="agent1 and its agent are connected")
        return self

    def is_connected(self):
        return self.is_agent1_connected() and "as agent2-web1 (" in self.broker.process.log_text()

    def is_agent1_connected(self):
        """Both connections; the first since the logs began."""
        return ("XMPP: connected" in self.agent1.process.log_text() and
                "as agent1 (" in self.broker.process.log_text())

    # ---- bare clients -----------------------------------------------------------------------------
    def tool(self, program, *arguments):
        tool = Tool(BUILD / "bench" / program, arguments, self.folder)
        self.tools.append(tool)
        return tool

    def xmpp(self, user, *arguments):
        return self.tool("bench-xmpp", self.xmpp_server.port, user,
                         self.xmpp_server.passwords[user], *arguments)

    def mqtt(self, program, *arguments):
        return self.tool(program, self.broker.port, "bench", self.broker.passwords["bench"],
                         *arguments)

    def key_file(self, name, peer):
        return write_secret(self.folder / f"{name}.key", peer.file_text().strip())

    def console(self, lines, *texts):
        return self.mqtt("bench-console", self.key_file("console", self.console_key),
                         self.agent1.key, lines, *texts)

    def legs(self, *arguments):
        folder = self.folder / f"legs-{arguments[0]}"
        folder.mkdir()
        return self.tool("bench-legs", folder, *arguments)

    def folders(self, *arguments):
        folder = self.folder / f"folders{len(arguments)}"
        folder.mkdir()
        return self.tool("bench-folders", folder, SHIM, *arguments)

    def close(self):
        for tool in self.tools:
            tool.close()
        self.web1.stop()
        self.agent1.stop()
        self.xmpp_server.stop()
        self.broker.stop()
        end_orphans()
        shutil.rmtree(self.folder)


class Tool:
    """A bare client that waits for rounds."""

    def __init__(self, path, arguments, folder):
        self.name = path.name
        self.child = start([str(path), *map(str, arguments)], stdin=subprocess.PIPE,
                           stdout=subprocess.PIPE, text=True, bufsize=1, env=base_environment(folder))
        assert self._line() == "ready", f"{self.name} is not ready"

    def _line(self):
        line = self.child.stdout.readline()
        assert line, f"{self.name} ended with {self.child.wait()}"
        return line.strip()

    def round(self, count, window=1, interval_us=0):
        """The milliseconds of the round, and of each question."""
        self.begin(count, window, interval_us)
        return self.end()

    def begin(self, count, window=1, interval_us=0):
        """Of a round that end() waits for."""
        self.child.stdin.write(f"{count} {window} {interval_us}\n")
        self.child.stdin.flush()

    def end(self):
        numbers = [int(word) / 1000 for word in self._line().split()]
        return numbers[0], numbers[1:]

    def close(self):
        self.child.kill()
        self.child.wait()
        self.child.stdin.close()
        self.child.stdout.close()


# ---- what the kernel tells of a process -------------------------------------------------------------
def _rollup(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return {name: int(kib) / 1024 for name, kib in re.findall(r"^(\w+):\s+(\d+) kB$", text, re.M)}


def memory(pid):
    """(RSS, PSS, private dirty) in MiB."""
    found = _rollup(pid)
    return found["Rss"], found["Pss"], found["Private_Dirty"]


def cpu_ms(pid):
    """User and system time of all threads, those that ended included."""
    return time.clock_gettime(~pid << 3 | 2) * 1000


def busy_ms():
    """What all processors did since the machine started, for whomever."""
    user, nice, system, _idle, _waiting, *interrupts = map(
        int, pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:8])
    return (user + nice + system + sum(interrupts)) * 1000 / os.sysconf("SC_CLK_TCK")


def wake_ups(pid):
    """{thread: context switches}, voluntary and not."""
    found = {}
    for status in pathlib.Path(f"/proc/{pid}/task").glob("*/status"):
        text = status.read_text()
        name = re.search(r"^Name:\s+(.*)$", text, re.M).group(1)
        switches = sum(int(n) for n in re.findall(r"ctxt_switches:\s+(\d+)$", text, re.M))
        found[f"{name} {status.parent.name}"] = switches
    return found


def children_of(pid):
    text = "".join(path.read_text() for path in pathlib.Path(f"/proc/{pid}/task").glob("*/children"))
    return [int(word) for word in text.split()]


# ---- figures and tables -----------------------------------------------------------------------------
def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def describe(values):
    """Median, p95, p99 and n, as cells."""
    return [f"{statistics.median(values):.3f}", f"{percentile(values, 0.95):.3f}",
            f"{percentile(values, 0.99):.3f}", str(len(values))]


def table(title, head, rows):
    texts = [list(map(str, row)) for row in [head, *rows]]
    widths = [max(len(row[i]) for row in texts) for i in range(len(head))]
    print(f"\n{title}")
    for number, row in enumerate(texts):
        cells = [cell.ljust(width) if i == 0 else cell.rjust(width)
                 for i, (cell, width) in enumerate(zip(row, widths))]
        print("  " + "  ".join(cells).rstrip())
        if number == 0:
            print("  " + "  ".join("-" * width for width in widths))


class Promises:
    """What must hold; the program's exit code tells whether it did."""

    def __init__(self):
        self.rows = []
        self.is_broken = False

    def at_most(self, what, value, limit, unit=""):
        self._add(what, value, f"≤ {limit:g}{unit}", value <= limit)

    def at_least(self, what, value, limit, unit=""):
        self._add(what, value, f"≥ {limit:g}{unit}", value >= limit)

    def tell(self, what, value, limit, unit=""):
        """A goal that depends on the machine: shown, and no promise."""
        self.rows.append([what, f"{value:.2f}", f"≤ {limit:g}{unit}", "(a goal of this machine)"])

    def tell_at_least(self, what, value, limit, unit=""):
        self.rows.append([what, f"{value:.2f}", f"≥ {limit:g}{unit}", "(a goal of this machine)"])

    def _add(self, what, value, goal, is_held):
        self.rows.append([what, f"{value:.2f}", goal, "yes" if is_held else "NO"])
        self.is_broken |= not is_held

    def end(self):
        table("promises", ["what", "measured", "goal", "held"], self.rows)
        sys.exit(1 if self.is_broken else 0)
