"""Tasks that write without end, write what is no text, leave children behind, or ignore TERM: the output
is capped and valid, no descendant survives, and the memory of agent2 and of the shim stays flat."""

import pathlib
import time

from conftest import size
from scene import Scene
from servers import TOP
from wait import wait_for

DAEMON = """python3 -c '
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(1000)
    os._exit(0)
os.wait()
%s'"""


def processes_of(text):
    """The pids of living processes with this text in their environment or command line."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and text.encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:
            pass
    return found


def resident_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


def shims_of(task):
    name = f"{task['run']}.{task['attempt']}"
    return [int(entry.name) for entry in pathlib.Path("/proc").iterdir()
            if entry.name.isdigit() and name in _command(entry) and "agent2-shim" in _command(entry)]


def _command(entry):
    try:
        return (entry / "cmdline").read_text(errors="replace")
    except OSError:
        return ""


def test_endless_output_leaves_memory_flat(house, row):
    """Measured of the programs without sanitizers, from its first second to its last."""
    seconds = size(4, 600)
    row.want(f"endless output for {seconds} s", "capped; agent2 and shim grow by less than 1 MiB")
    scene = Scene(house)
    if (TOP / "build/agent2").exists():
        scene.agent.executable = TOP / "build/agent2"
    scene.start()
    task = scene.task("yes an endless line of output", timeout_s=seconds)
    head = scene.folder(task) / "head"
    wait_for(lambda: head.exists() and head.stat().st_size >= 16384, what="a full head")
    shim = wait_for(lambda: shims_of(task), what="the shim")[0]
    began = time.monotonic()
    wait_for(lambda: time.monotonic() - began > 1, what="a second")
    first = resident_kib(scene.agent.pid), resident_kib(shim)
    most = first

    def is_over():
        nonlocal most
        try:
            most = max(most[0], resident_kib(scene.agent.pid)), max(most[1], resident_kib(shim))
        except (OSError, StopIteration):
            pass
        return scene.agent1.heard.all(lambda r: r["type"] == "result" and r["run"] == task["run"])
    result = wait_for(is_over, seconds + 30, "the result")[0]
    assert (result["state"], result["truncated"]) == ("timed_out", True)
    kept = sum(path.stat().st_size for path in scene.folder(task).iterdir())
    assert kept < 17 * 1024 * 1024
    grown = most[0] - first[0], most[1] - first[1]
    assert max(grown) < 1024, f"agent2 and shim grew by {grown} KiB"
    row.saw(f"{result['output_bytes'] >> 20} MiB written, {kept >> 10} KiB kept; agent2 {first[0]} + "
            f"{grown[0]} KiB, shim {first[1]} + {grown[1]} KiB")


def test_nothing_survives_its_task(house, row):
    rounds = size(2, 100)
    row.want("children that daemonise or ignore TERM", f"{rounds} of each: no descendant survives")
    scene = Scene(house, tasks={"kill_grace": "1s"}).start()
    for number in range(rounds):
        ends = scene.task(DAEMON % "")
        stays = scene.task(DAEMON % "time.sleep(1000)", timeout_s=1)
        assert scene.ever("result", 30, run=ends["run"])["state"] == "succeeded"
        assert scene.ever("result", 30, run=stays["run"])["state"] == "timed_out"
        for task in (ends, stays):
            assert not processes_of(f"AGENT_RUN={task['run']}")
    row.saw(f"{2 * rounds} tasks with daemons, no process left")


def test_binary_output_is_valid_text(house, row):
    count = size(5, 1000)
    row.want("binary output", f"{count} outputs of random bytes: valid, harmless text")
    scene = Scene(house).start()
    for number in range(count):
        result = scene.run(f"head -c {number % 70 * 1021} /dev/urandom")
        assert result["state"] == "succeeded" and result["output_bytes"] == number % 70 * 1021
        assert not [c for c in result["output"] if ord(c) < 32 and c not in "\t\n" or ord(c) == 127]
    row.saw(f"{count} outputs, all valid")
