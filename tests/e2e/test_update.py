"""Is a newer version available: real agents over a real broker, each installed from a git repository whose
remote is a folder of the test. First every way in which it is not known, then a version that is one commit
behind, one that is up to date, and a remote that is gone. The work trees stay as they are."""

import json
import os
import pathlib
import re

import pytest

from parties import accepted_agent
from servers import run_tool
from test_home_assistant import CONFIG, HomeAssistant, served
from wait import wait_for

NOBODY = 65534
NEWER = "v1.1 is available, v1.0 is installed (main, 1 commit behind)"
CURRENT = "up to date: v1.1 (main)"


class Source:
    """A bare remote, somebody who commits to it, and what is installed from it."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self.remote = folder / "remote.git"
        self.work = folder / "work"
        self.git(folder, "init", "--quiet", "--bare", self.remote)
        self.git(folder, "clone", "--quiet", self.remote, self.work)
        self.publish("v1.0")

    def git(self, where, *words):
        return run_tool(["git", "-C", where, "-c", "user.name=n", "-c", "user.email=e@example.org",
                         "-c", "init.defaultBranch=main", *words], self.folder).strip()

    def publish(self, tag):
        (self.work / "version").write_text(tag + "\n")
        self.git(self.work, "add", "version")
        self.git(self.work, "commit", "--quiet", "--message", tag)
        self.git(self.work, "tag", tag)
        self.git(self.work, "push", "--quiet", "origin", "main", "--tags")

    def install(self, name):
        path = self.folder / name
        self.git(self.folder, "clone", "--quiet", self.remote, path)
        return str(path)

    def hang(self, path):
        """Its remote never answers; the path of a file that holds the process that hangs."""
        script = self.folder / "hangs"
        script.write_text(f"#!/bin/sh\necho $$ >{self.folder}/pid\nexec sleep 1000\n")
        script.chmod(0o700)
        self.git(path, "config", "remote.origin.uploadpack", script)
        return self.folder / "pid"


def is_gone(pid):
    """Nothing of the process runs: orphans of the tests are their children, and may still be buried."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.fixture
def source(tmp_path):
    return Source(tmp_path / "source")


# ---- where it is not known ----
def broken_agents(house, source):
    """An agent for each way; {name: the line about it}."""
    wrong = {}

    def add(name, line, **config):
        house.agent(name, **config)
        wrong[name] = f"{name}: not known: {line}"

    empty = source.folder / "empty"
    empty.mkdir()
    add("w1", "its configuration has no install_path, the folder of its git repository: agent2.json")
    add("w2", f"there is no such folder: {source.folder}/none", install_path=f"{source.folder}/none")
    add("w3", f"that is no git repository: {empty}", install_path=str(empty))
    add("w4", "the remote has no such branch: stable", install_path=source.install("four"),
        git_branch="stable")
    five = source.install("five")
    source.git(five, "remote", "set-url", "origin", f"{source.folder}/gone.git")
    add("w5", f"the remote cannot be read: origin\n  fatal: '{source.folder}/gone.git' does not appear to be "
              "a git repository", install_path=five)
    add("w6", "the program git is not installed there", install_path=source.install("six"))
    house.agents["w6"].environment["PATH"] = str(empty)
    if os.geteuid() == 0:
        seven = source.install("seven")
        for path in (seven, f"{seven}/.git"):
            os.chown(path, NOBODY, NOBODY)
        add("w7", "the repository belongs to another user. To trust it, type as root: git config --system "
                  f"--add safe.directory, and this path: {seven}", install_path=seven)
    return wrong


def test_each_problem_has_its_sentence(house, source):
    wrong = broken_agents(house, source)
    ctl = house.ctl("oskar", "operator")
    house.start()
    done = ctl.send("!agentsUPDATE")
    for line in wrong.values():
        assert line in done.stdout, done.stdout
    assert "agent1: not known: its configuration has no install_path" in done.stdout
    count = len(wrong) + 1
    assert f"of {count}: newer version available 0, up to date 0, not known {count}" in done.stdout
    assert done.returncode == 1


@pytest.mark.parametrize("text,role,answer,code", [
    ("!agentUPDATE", "operator", "expected !agentUPDATE <agent>", 3),
    ("!agentUPDATE web9", "operator", "web9: no accepted agent of that name; nearest: web1", 3),
    ("!agentUPDATE web1", "viewer", "!agentUPDATE: refused (role): this needs the role operator", 3),
    ("!agentsUPDATE now", "operator", "!agentsUPDATE takes no argument", 3),
    ("!agentUPGRADE web1", "admin", "unknown command; nearest: !agentUPDATE", 3),
])
def test_what_is_wrong_asks_nobody(house, source, text, role, answer, code):
    path = source.install("web1")
    web1 = house.agent("web1", install_path=path)
    ctl = house.ctl("oskar", role)
    house.start()
    done = ctl.send(text)
    assert answer in done.stdout, done.stdout
    assert done.returncode == code
    web1.stop()
    assert not (pathlib.Path(path) / ".git/FETCH_HEAD").exists()


def test_an_agent_that_is_offline_or_older(house):
    old = accepted_agent(house, "old")
    house.agent("web1")
    ctl = house.ctl("oskar", "operator")
    house.start()
    agent = old()
    house.agents["web1"].stop()
    house.wait_status("web1", "offline")
    session = ctl.open()
    session.send("!agentUPDATE web1,old")
    control = agent.wait_for("control", action="update")
    agent.say("answer", in_reply_to=control["id"], ok=False, text="not offered by this version")
    session.wait_for(r'old: not known: it answers "not offered by this version"; its agent2 .* may be older '
                     "than this command")
    session.wait_for(r"web1: not asked: it is offline since \d\d:\d\d")
    session.wait_for("of 2: newer version available 0, up to date 0, not known 2")
    assert ctl.send("!agentUPDATE web1").returncode == 5


def test_a_remote_that_hangs_keeps_nobody_from_working(house, source):
    path = source.install("web1")
    pid_file = source.hang(path)
    web1 = house.agent("web1", install_path=path)
    oskar = house.person("oskar", "operator")
    house.start()
    oskar.ask("@web1 true", "#1 web1: succeeded")  # it is there
    oskar.send("!agentUPDATE web1")
    pid = int(wait_for(lambda: pid_file.exists() and pid_file.read_text().strip(),
                       what=lambda: f"git hangs; what oskar heard:\n{oskar.heard}"))
    oskar.ask("@web1 echo hello", r"#2 web1: succeeded.*\n```\nhello")
    oskar.wait_for("still waiting for web1")
    web1.stop()
    wait_for(lambda: is_gone(pid), what="git and all of it is gone")


# ---- where it is ----
def test_behind_then_up_to_date_then_gone(house, source):
    path = source.install("web1")
    house.agent("web1", install_path=path, git_branch="main")
    own = source.install("agent1")
    house.agent1.registry["agents"]["agent1"] = {"install_path": own}
    ctl = house.ctl("oskar", "operator")
    house.start()
    source.publish("v1.1")
    (pathlib.Path(path) / "notes").write_text("mine\n")

    done = ctl.send("!agentUPDATE web1")
    assert (done.stdout, done.returncode) == (f"web1: {NEWER}\n", 0)
    assert source.git(path, "describe", "--tags", "HEAD") == "v1.0"
    assert source.git(path, "status", "--porcelain") == "?? notes"
    assert (pathlib.Path(path) / "version").read_text() == "v1.0\n"

    source.git(path, "merge", "--quiet", "--ff-only", "origin/main")
    done = ctl.send("!agentsUPDATE")
    assert done.stdout == (f"agent1: {NEWER}\nweb1: {CURRENT}\n"
                           "of 2: newer version available 1, up to date 1, not known 0\n")
    assert done.returncode == 0

    source.remote.rename(source.folder / "moved.git")
    done = ctl.send("!agentUPDATE web1 agent1")
    assert re.search("^agent1: not known: the remote cannot be read: origin\n  fatal: .*\n"
                     "web1: not known: the remote cannot be read: origin\n  fatal: .*\n"
                     "of 2: newer version available 0, up to date 0, not known 2\n", done.stdout), done.stdout
    assert done.returncode == 1


def test_on_xmpp_and_in_french(house, source):
    house.agent("web1", install_path=source.install("web1"))
    house.agent("web2", install_path=source.install("web2"))
    odile = house.person("odile", "operator")
    for user in house.agent1.config["users"]:
        if user["name"] == "odile":
            user["language"] = "fr"
    house.start()
    source.publish("v1.1")
    odile.ask("!agentOFF web1", "web1: mis en pause|web1: ")
    house.wait_status("web1", "paused")
    odile.ask("!agentUPDATE web*", r"web1: v1\.1 est disponible, v1\.0 est installée \(main, 1 commit de "
                                   r"retard\)\nweb2: v1\.1 est disponible.*\nsur 2 : version plus récente "
                                   "disponible 2, à jour 0, on ne sait pas 0")


# ---- Home Assistant ----
# The names that its MQTT integration reads: https://www.home-assistant.io/integrations/update.mqtt and
# https://www.home-assistant.io/integrations/button.mqtt
UPDATE_FIELDS = {"platform", "unique_id", "name", "value_template", "json_attributes_topic",
                 "json_attributes_template"}
BUTTON_FIELDS = {"platform", "unique_id", "name", "command_topic", "payload_press", "icon", "entity_category"}


def test_home_assistant_shows_versions_and_asks(house, source):
    house.agent("web1", install_path=source.install("web1"))
    served(house, role="operator").start()
    source.publish("v1.1")
    home = HomeAssistant(house)
    components = json.loads(home.device("web1"))["components"]
    assert components["update"]["platform"] == "update"
    assert set(components["update"]) == UPDATE_FIELDS
    for name in ("installed_version", "latest_version", "title"):
        assert f"'{name}':" in components["update"]["value_template"]
    assert components["check"]["platform"] == "button"
    assert set(components["check"]) == BUTTON_FIELDS
    before = home.wait_value("web1", state="online")
    assert before["installed"] == before["newest"] == before["version"]

    home.switch("web1", components["check"]["payload_press"])
    after = home.wait_value("web1", installed="v1.0", newest="v1.1")
    assert (after["branch"], after["behind"]) == ("main", 1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", after["checked"])

    # What was learned is told again after a restart, and after Home Assistant's own start.
    house.agent1.restart()
    home.client.heard.skip()
    home.client.publish("homeassistant/status", "online")
    home.client.wait_for(lambda p: p.topic == CONFIG.format("web1"))
    home.wait_value("web1", installed="v1.0", newest="v1.1")


def test_home_assistant_may_not_ask_without_a_role(house, source):
    house.agent("web1", install_path=source.install("web1"))
    served(house).start()
    source.publish("v1.1")
    home = HomeAssistant(house)
    home.wait_value("web1", state="online")
    home.switch("web1", "UPDATE")
    home.client.publish("homeassistant/status", "online")
    home.client.heard.skip()
    home.client.wait_for(lambda p: p.topic == CONFIG.format("web1"))
    state = home.wait_value("web1", state="online")
    assert state["installed"] == state["newest"] == state["version"]
