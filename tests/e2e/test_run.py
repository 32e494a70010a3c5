"""`make run`: config/local/run with the real programs and servers, from its start to its end."""

import os
import re
import signal
import socket
import subprocess
import urllib.request
from types import SimpleNamespace

import pytest

from process import end_orphans, start
from programs import BUILD, program_environment, sanitizer_reports
from screen import Screen
from servers import TOP
from wait import PATIENCE, wait_for
from xmpp import XmppPerson

PROGRAMS = ("agent1", "agent2", "agentctl", "agent2-shim")
WELCOME = "Ctrl-D ends everything"


class Run:
    """One build folder, in which `make run` runs; the programs are links to those under test."""

    def __init__(self, folder):
        self.build = folder / "build"
        self.build.mkdir()
        for program in PROGRAMS:
            (self.build / program).symlink_to(BUILD / program)
        self.environment = program_environment(folder)
        self.folder = folder
        self.screen = None

    @property
    def argv(self):
        return [str(TOP / "config/local/run"), str(self.build)]

    def script(self, *lines, seconds=60):
        """Runs it to its end with these lines as input."""
        return subprocess.run(self.argv, input="".join(line + "\n" for line in lines), text=True,
                              capture_output=True, env=self.environment, timeout=seconds * PATIENCE,
                              check=False)

    def open(self):
        """Starts it on a terminal and waits for its welcome."""
        self.screen = Screen(self.folder, self.argv, self.environment)
        self.screen.wait_for(WELCOME, 30)
        return self.screen

    def start_sleeping(self):
        """Types a task that goes on for ever; returns its run folder."""
        self.screen.enter("DELEGATE: local | echo begun; sleep 600")
        claims = self.build / "run/local/state/runs"
        wait_for(lambda: list(claims.glob("*/claim")), what="the start of the task")
        return next(claims.glob("*/claim")).parent

    def processes(self):
        """What runs for this folder, by its command line; not the terminal itself."""
        found = []
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    line = file.read().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if str(self.build) in line and "[ended with" not in line:
                found.append(f"{entry} {line}")
        return found

    def assert_nothing_left(self):
        wait_for(lambda: not self.processes(), 20, lambda: f"the end of {self.processes()}")

    def close(self):
        if self.screen:
            self.screen.close()
            self.assert_nothing_left()
        end_orphans()


@pytest.fixture
def run(tmp_path):
    made = Run(tmp_path)
    yield made
    made.close()
    assert not sanitizer_reports(tmp_path)


def test_commands_from_a_script(run):
    done = run.script("!agents", "DELEGATE: local | echo hello from $((40 + 2))")
    assert done.returncode == 0, done.stderr
    assert re.search(r"#1 local: succeeded.*hello from 42", done.stdout, re.DOTALL)
    assert WELCOME in done.stderr
    run.assert_nothing_left()


def test_the_last_answer_is_the_exit_code(run):
    assert run.script("DELEGATE: local | true", "DELEGATE: local | exit 3").returncode == 1
    assert run.script("DELEGATE: nobody | true").returncode == 3
    assert run.script("DELEGATE: local | false", "!help").returncode == 0


def test_the_next_run_goes_on(run):
    first = run.script("DELEGATE: local | true")
    assert "#1 local: succeeded" in first.stdout
    keys = (run.build / "run/agent1/config/config.json").read_text()
    second = run.script("DELEGATE: local | true", "!runs")
    assert "#2 local: succeeded" in second.stdout
    assert "#1 local: succeeded" in second.stdout
    assert (run.build / "run/agent1/config/config.json").read_text() == keys


def test_two_at_once(run):
    run.open()
    second = run.script("!help")
    assert second.returncode == 1
    assert "runs already in this folder" in second.stderr
    command = second.stderr.splitlines()[-1].split()
    done = subprocess.run([*command, "send", "!agents"], capture_output=True, text=True, timeout=60,
                          env=run.environment, check=False)
    assert "local" in done.stdout, done.stderr


def test_ctrl_d_ends_everything(run):
    screen = run.open()
    screen.enter("DELEGATE: local | echo typed $((40 + 2))")
    screen.wait_for("typed 42")
    screen.press("C-d")
    assert screen.end() == 0
    run.assert_nothing_left()


def test_ctrl_c_is_agentctls_alone(run):
    """It leaves the task alone and gives the prompt back."""
    screen = run.open()
    run.start_sleeping()
    screen.press("C-c")
    screen.wait_for("#1 local goes on; !run 1 shows it")
    screen.enter("!cancel 1")
    screen.wait_for("#1 local: cancelled")
    screen.enter("DELEGATE: local | echo typed $((40 + 2))")
    screen.wait_for("typed 42")
    screen.press("C-d")
    assert screen.end() == 0
    run.assert_nothing_left()


def leave_while_it_sleeps(run):
    screen = run.open()
    folder = run.start_sleeping()
    screen.press("C-d")
    screen.wait_for("#1 local goes on;")
    screen.wait_for("make run: 1 task still runs here, and the end of make run cancels that. End it? [y/N]")
    return screen, folder


def test_leaving_cancels_nothing_unasked(run):
    screen, folder = leave_while_it_sleeps(run)
    screen.enter("n")
    screen.wait_for(lambda text: text.endswith("agent1>"))
    assert not (folder / "exit").exists()
    screen.enter("!cancel 1")
    screen.wait_for("#1 local: cancelling")
    wait_for((folder / "exit").exists, what="the end of the task")
    screen.press("C-d")
    assert screen.end() == 0
    run.assert_nothing_left()


@pytest.mark.parametrize("keys", [("y", "Enter"), ("C-d",)])
def test_leaving_cancels_when_told_so(run, keys):
    screen, folder = leave_while_it_sleeps(run)
    screen.press(*keys)
    assert screen.end(20) == 0
    assert "make run: 1 task still runs, and is cancelled now." in screen.text()
    run.assert_nothing_left()
    assert (folder / "exit").exists()


def test_a_signal_at_the_question(run):
    screen, _ = leave_while_it_sleeps(run)
    os.kill(screen.pid, signal.SIGTERM)
    assert screen.end(20) == 143
    run.assert_nothing_left()


def test_an_interrupted_script_ends_everything(run):
    """Without a terminal SIGINT ends it, as TERM does (what a shell starts in the background ignores it)."""
    child = start(["env", "--default-signal=INT", *run.argv], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                  text=True, env=run.environment)
    while WELCOME not in child.stderr.readline():
        assert child.poll() is None
    child.send_signal(signal.SIGINT)
    assert child.wait(20 * PATIENCE) == 130
    child.stdin.close()
    child.stderr.close()
    run.assert_nothing_left()


@pytest.mark.parametrize("number,code", [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_everything_and_cancels_what_runs(run, number, code):
    screen = run.open()
    folder = run.start_sleeping()
    os.kill(screen.pid, number)
    assert screen.end(20) == code
    run.assert_nothing_left()
    assert (folder / "exit").exists()
    assert "#1 local: cancelled" in run.script("!runs").stdout


def test_kill_leaves_no_server(run):
    screen = run.open()
    os.kill(screen.pid, signal.SIGKILL)
    assert screen.end() == 137
    run.assert_nothing_left()
    assert run.script("!agents").returncode == 0


def test_nothing_outside_the_folder_is_touched(run):
    screen = run.open()
    screen.enter("!agents")
    screen.wait_for("local: online")
    screen.press("C-d")
    assert screen.end() == 0
    assert (run.build / "run/state/agentctl/history").read_text() == "!agents\n"
    assert not (run.folder / ".local").exists()


@pytest.mark.parametrize("part", ["mosquitto", "prosody", "agent1 ", "agent2 "])
def test_a_part_that_dies_is_told(run, part):
    screen = run.open()
    pid = next(line for line in run.processes() if part in line and "setpriv" not in line).split()[0]
    os.kill(int(pid), signal.SIGKILL)
    screen.wait_for(f"make run: {part.strip()} ended; its last words are in")
    screen.wait_for("Ctrl-D ends the rest, and make run begins again.")
    screen.press("C-d")
    assert screen.end(20) == 0


def test_any_xmpp_client_can_join(run, people):
    run.open()
    ports = dict(line.split("=") for line in (run.build / "run/ports").read_text().split())
    password = (run.build / "run/passwords/xmpp-you").read_text().strip()
    server = SimpleNamespace(port=int(ports["xmpp_port"]), domain="localhost",
                             certificates=SimpleNamespace(ca=run.build / "run/tls/ca.pem"),
                             add_account=lambda user: (f"{user}@localhost", password))
    you = XmppPerson(people, server, "you", peer="agent1@localhost").connect()
    you.send("DELEGATE: local | echo over XMPP")
    assert "over XMPP" in you.wait_for("#1 local: succeeded").text
    you.send("@local seq 1 1000")
    link = you.wait_for(r"^http://localhost:\d+/\S+/run-2-local\.txt$").text
    with urllib.request.urlopen(link, timeout=10) as answer:
        assert answer.read().decode() == "".join(f"{number}\n" for number in range(1, 1001))
    you.close()


def test_what_fails_is_shown(run):
    (run.build / "agent1").unlink()
    (run.build / "agent1").write_text(
        f'#!/bin/sh\ncase "$*" in *--show-key*) exec {BUILD}/agent1 "$@" ;; esac\n'
        "echo the disk is on fire >&2\nexit 1\n")
    (run.build / "agent1").chmod(0o755)
    done = run.script("!help")
    assert done.returncode == 1
    assert "make run: agent1 ended" in done.stderr
    assert "the disk is on fire" in done.stderr
    assert f"rm -r {run.build}/run" in done.stderr
    run.assert_nothing_left()


def test_a_port_that_somebody_took(run):
    assert run.script("!help").returncode == 0
    ports = dict(line.split("=") for line in (run.build / "run/ports").read_text().split())
    with socket.create_server(("127.0.0.1", int(ports["mqtt_port"]))):
        assert run.script("DELEGATE: local | true").returncode == 0
    assert f"mqtt_port={ports['mqtt_port']}" not in (run.build / "run/ports").read_text()


def test_a_folder_that_moved(run):
    assert run.script("DELEGATE: local | true").returncode == 0
    run.build = run.build.rename(run.folder / "moved folder")
    assert "#2 local: succeeded" in run.script("DELEGATE: local | true").stdout
