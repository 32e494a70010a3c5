"""The programs under test: agent1, agent2, agentctl, with their configuration folders."""

import json
import os
import pathlib
import re
import subprocess
import threading

from process import Notifications, Process, start
from servers import TOP, base_environment
from wait import DEFAULT_S, PATIENCE, Transcript, wait_for

BUILD = pathlib.Path(os.environ.get("AGENT_BUILD", TOP / "build/check"))
SANITIZER_EXIT = 99


def program_environment(folder):
    """The environment of a program under test: a short list, and where sanitizers report."""
    environment = base_environment(folder)
    environment["ASAN_OPTIONS"] = f"log_path={folder}/sanitizer:exitcode={SANITIZER_EXIT}"
    environment["UBSAN_OPTIONS"] = (
        f"log_path={folder}/sanitizer:exitcode={SANITIZER_EXIT}:print_stacktrace=1")
    environment["LSAN_OPTIONS"] = f"exitcode={SANITIZER_EXIT}"
    return environment


# LSan stops all threads at the end, and says so when one was just ending by itself: no finding. Nor is
# it one that Debian 12's memcheck (3.19) does not know pidfd_open(), and fails it as an old kernel does.
_NO_FINDING = re.compile(r"==\d+==(Running thread \d+ was not suspended\. False leaks are possible\."
                         r"|Unable to get registers from thread \d+\.)\n"
                         r"|--\d+-- WARNING: unhandled amd64-linux syscall: 434\n"
                         r"--\d+-- You may be able to write your own handler\.\n"
                         r"--\d+-- Read the file README_MISSING_SYSCALL_OR_IOCTL\.\n"
                         r"--\d+-- Nevertheless we consider this a bug\.  Please report\n"
                         r"--\d+-- it at http://valgrind\.org/support/bug_reports\.html\.\n")


def sanitizer_reports(folder):
    """What ASan, LSan and UBSan found in any program of the folder."""
    texts = [path.read_text(errors="replace") for path in sorted(folder.glob("sanitizer.*"))]
    return [text for text in texts if _NO_FINDING.sub("", text)]


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".new")
    temporary.write_text(json.dumps(value, indent=2) + "\n")
    temporary.rename(path)


def write_secret(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(0o600)
    path.write_text(text + "\n")
    return str(path)


class Program:
    """What agent1 and agent2 have in common: a folder of their own, --check, --show-key, a log."""

    def __init__(self, house, name, executable):
        self.house = house
        self.name = name
        self.folder = house.folder / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.state = self.folder / "state"
        self.state.mkdir(exist_ok=True)
        self.environment = program_environment(house.folder)
        self.executable = BUILD / executable
        self.process = None
        self._key = None

    @property
    def client_id(self):
        """Its client id at the broker."""
        raise NotImplementedError

    def arguments(self):
        raise NotImplementedError

    def write(self):
        """Writes the configuration; called before anything is run."""
        raise NotImplementedError

    def run(self, *options, seconds=30):
        """Runs it in the foreground (--check, --show-key, …): a CompletedProcess with text."""
        return subprocess.run([str(self.executable), *self.arguments(), *options],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              env=self.environment, timeout=seconds * PATIENCE, check=False)

    @property
    def key(self):
        """Its public key, x25519:…"""
        if not self._key:
            self.write()
            shown = self.run("--show-key")
            assert shown.returncode == 0, f"{self.name} --show-key: {shown.stderr}"
            self._key = shown.stdout.strip()
            assert self._key.startswith("x25519:"), shown.stdout
        return self._key

    def start(self, is_connecting=True):
        """Starts it and waits until it says that it is ready (sd_notify) and, where the broker
        runs, until its subscriptions are made (not so where it cannot connect)."""
        self.write()
        ready = Notifications(self.folder / "notify")
        environment = {**self.environment, "NOTIFY_SOCKET": str(ready.path)}
        self.process = Process(self.name, [self.executable, *self.arguments()],
                               self.house.logs / f"{self.name}.log", environment)
        subscriptions = self._subscriptions()
        self.process.start()
        try:
            ready.wait_for("READY=1", self.process)
        finally:
            ready.close()
        if is_connecting and self.house.broker.process.is_running:
            wait_for(lambda: self._subscriptions() > subscriptions,
                     what=f"{self.name} subscribed at the broker")
        return self

    def _subscriptions(self):
        return self.process.log_text().count("info: connected to the MQTT broker")

    def stop(self):
        """Ends it as systemd would; it must exit with 0."""
        if self.process and self.process.is_running:
            code = self.process.stop()
            assert code == 0, f"{self.name} ended with {code} on SIGTERM"

    def kill(self):
        self.process.kill()

    def restart(self):
        self.stop()
        return self.start()

    @property
    def pid(self):
        return self.process.pid

    def problem(self):
        """What is wrong with how it ended by itself, or None."""
        if self.process and not self.process.is_running and not self.process.is_asked_to_end:
            return f"{self.name} ended by itself with {self.process.child.returncode}"
        return None


class Agent1(Program):
    """agent1 with its configuration folder. Change `config`, `registry`, `blackouts`, … freely
    before start(); afterwards change them, write() and reload()."""

    def __init__(self, house):
        super().__init__(house, "agent1", "agent1")
        self.config_folder = self.folder / "config"
        self.config = {
            "name": "agent1", "timezone": "Europe/Paris", "language": "en",
            "state_dir": str(self.state),
            "xmpp": {"enabled": False},
            "users": [{"name": "unused", "role": "none"}],
            "tasks": {"timeout": "10m", "expires": "15m"},
            "llm": {"chain": []},
        }
        self.registry = {"agents": {}}
        self.blackouts = []
        self.policy = {}
        self.reports = {"agents": {}, "daily_report_time": "22:30", "daily_report_enabled": False}
        self.tasks = {"tasks": []}

    client_id = "agent1"

    def arguments(self):
        return ["--config", str(self.config_folder)]

    def write(self):
        broker = self.house.broker
        self.config.setdefault("mqtt", {
            "url": broker.url, "username": "agent1",
            "password_file": write_secret(self.folder / "mqtt-password", broker.add_user("agent1")),
            **({"ca_file": str(broker.certificates.ca)} if broker.certificates else {}),
        })
        for name, value in (("config.json", self.config), ("agents_registry.json", self.registry),
                            ("blackout_hours.json", self.blackouts),
                            ("policy.json", self.policy),
                            ("reports_schedule.json", self.reports),
                            ("tasks_schedule.json", self.tasks)):
            write_json(self.config_folder / name, value)

    def read(self, name):
        """A file of the configuration folder, as it is now."""
        return json.loads((self.config_folder / name).read_text())

    def reload(self):
        self.process.signal(1)

    def use_xmpp(self, server, user="agent1"):
        jid, password = server.add_account(user)
        self.config["xmpp"] = {
            "enabled": True, "jid": jid, "host": "127.0.0.1", "port": server.port,
            "password_file": write_secret(self.folder / "xmpp-password", password),
            "tls": "required" if server.certificates else "none",
            "ca_file": str(server.certificates.ca) if server.certificates else "",
        }
        return jid

    def add_user(self, name, role, jid=None, key=None):
        """Adds a user, or a JID or key to one that is there."""
        for user in self.config["users"]:
            if user["name"] == name:
                break
        else:
            user = {"name": name, "jids": [], "keys": [], "role": role}
            self.config["users"].append(user)
        user["role"] = role
        if jid and jid not in user["jids"]:
            user["jids"].append(jid)
        if key and key not in user["keys"]:
            user["keys"].append(key)


class Agent2(Program):
    """An agent2. `config` is its agent2.json, without what write() fills in."""

    def __init__(self, house, name, **config):
        super().__init__(house, name, "agent2")
        self.file = self.folder / "agent2.json"
        self.config = {"name": name, "state_dir": str(self.state), "shell": True,
                       "max_parallel": 4, "queue": 100, **config}

    @property
    def client_id(self):
        return f"agent2-{self.name}"

    def arguments(self):
        return ["--config", str(self.file)]

    def write(self):
        broker = self.house.broker
        self.config.setdefault("mqtt", {
            "url": broker.url, "username": self.name,
            "password_file": write_secret(self.folder / "mqtt-password", broker.add_user(self.name)),
            **({"ca_file": str(broker.certificates.ca)} if broker.certificates else {}),
        })
        if "orchestrator_key" not in self.config:  # asking for it runs the real agent1
            self.config["orchestrator_key"] = self.house.agent1.key
        write_json(self.file, self.config)

    def accepted_entry(self):
        """Its entry for agents_registry.json, so that it needs no !accept."""
        return {"description": f"{self.name} of the tests", "public_key": self.key, "accepted": True}


class Agentctl:
    """agentctl as one user; every call is a process of its own."""

    def __init__(self, house, user, mqtt_user="agentctl"):
        self.house = house
        self.name = f"agentctl-{user}"
        self.folder = house.folder / self.name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.file = self.folder / "agentctl.json"
        self.environment = program_environment(house.folder)
        self.mqtt_user = mqtt_user
        self.config = {}
        self.sessions = []
        self.write()
        shown = self.run("--show-key")
        assert shown.returncode == 0, shown.stderr
        self.key = shown.stdout.strip()

    def write(self):
        broker = self.house.broker
        self.config.setdefault("mqtt", {
            "url": broker.url, "username": self.mqtt_user,
            "password_file": write_secret(self.folder / "mqtt-password",
                                          broker.add_user(self.mqtt_user)),
            **({"ca_file": str(broker.certificates.ca)} if broker.certificates else {}),
        })
        self.config.setdefault("orchestrator_key", self.house.agent1.key)
        self.config.setdefault("key_file", str(self.folder / "key"))
        write_json(self.file, self.config)

    def argv(self, *options):
        return [str(BUILD / "agentctl"), "--config", str(self.file), *options]

    def run(self, *options, stdin="", seconds=60):
        """Runs it to its end: a CompletedProcess with text, returncode, stdout, stderr."""
        return subprocess.run(self.argv(*options), input=stdin, capture_output=True, text=True,
                              env=self.environment, timeout=seconds * PATIENCE, check=False)

    def send(self, text, *options, seconds=60):
        """`agentctl send '<text>'`."""
        return self.run(*options, "send", text, seconds=seconds)

    def open(self, *options):
        """An interactive session on pipes."""
        session = CtlSession(self, options)
        self.sessions.append(session)
        return session

    def close(self):
        for session in self.sessions:
            session.close()


class CtlSession:
    """agentctl with its input open: send() lines, `heard` is the Transcript of its output."""

    def __init__(self, ctl, options):
        self.heard = Transcript(f"{ctl.name} {' '.join(options)}")
        self.child = start(ctl.argv(*options), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True, bufsize=1, env=ctl.environment)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.child.stdout:
            self.heard.add(line.rstrip("\n"))

    def send(self, line):
        self.child.stdin.write(line + "\n")
        self.child.stdin.flush()

    def wait_for(self, wanted, seconds=DEFAULT_S):
        return self.heard.wait_for(wanted, seconds)

    def ask(self, line, wanted=".", seconds=DEFAULT_S):
        self.heard.skip()
        self.send(line)
        return self.wait_for(wanted, seconds)

    def end(self, seconds=DEFAULT_S):
        """Ends its input, as Ctrl-D does; returns the exit code."""
        self.child.stdin.close()
        wait_for(lambda: self.child.poll() is not None, seconds, "the end of agentctl")
        self._reader.join(5)
        return self.child.returncode

    def close(self):
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()
        self._reader.join(5)
        self.child.stdout.close()
