"""The host moves to another time zone while the real agent1 runs: it has an /etc of its own, in a mount
namespace of its own, whose link changes as timedatectl and ln change it. Its agent is never there.
"""

import os
import pathlib
import shutil
import subprocess

import pytest

from parties import accepted_agent
from wait import wait_for

ZONES = "/usr/share/zoneinfo"
# What a program needs of /etc besides.
COPIED = ["passwd", "group", "nsswitch.conf", "hosts", "host.conf", "ld.so.cache"]
WRAPPER = """#!/bin/sh
exec unshare --mount sh -c 'mount --bind "$0" /etc && exec "$@"' {etc} {program} "$@"
"""


def can_unshare():
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


class Host:
    """Of agent1: its /etc."""

    def __init__(self, house):
        if not can_unshare():
            pytest.skip("a mount namespace cannot be made here (needs root): unshare --mount")
        self.house = house
        self.etc = self.make_etc("etc")
        agent1 = house.agent1
        wrapper = house.folder / "agent1-with-etc"
        wrapper.write_text(WRAPPER.format(etc=self.etc, program=agent1.executable))
        wrapper.chmod(0o755)
        agent1.executable = wrapper
        agent1.environment.pop("TZ", None)
        del agent1.config["timezone"]

    def make_etc(self, name):
        etc = self.house.folder / name
        etc.mkdir()
        for file in COPIED:
            if pathlib.Path("/etc", file).exists():
                shutil.copy(pathlib.Path("/etc", file), etc)
        return etc

    def move(self, zone, etc=None, root=""):
        """As timedatectl and ln -sf do: a new link takes the place of the old one."""
        new = (etc or self.etc) / ".localtime.new"
        os.symlink(f"{root}{ZONES}/{zone}", new)
        new.rename(new.with_name("localtime"))

    def mount(self, etc):
        """Over the /etc that agent1 has so far."""
        subprocess.run(["nsenter", f"--mount=/proc/{self.house.agent1.pid}/ns/mnt",
                        "mount", "--bind", etc, "/etc"], check=True)


@pytest.fixture
def host(house):
    host = Host(house)
    host.move("Europe/Paris")
    house.agent1.tasks = {"tasks": [
        {"id": "night", "agent": "web1", "task": "true", "cron": "at 2030-01-15T03:00"}]}
    accepted_agent(house)
    return host


def wait_zone(ana, zone, before):
    return ana.wait_for(rf"The time zone is now {zone}, that of the host \(before: {before}\)\.").text


def start(host):
    ana = host.house.person("ana")
    host.house.start()
    assert "next Tue 2030-01-15 03:00 CET" in ana.ask("!tasks", "Schedules, zone Europe/Paris").text
    return ana


def test_another_zone_counts_at_once(host):
    ana = start(host)
    host.move("Asia/Tokyo")
    told = wait_zone(ana, "Asia/Tokyo", "Europe/Paris")
    assert "\nnight: next Tue 2030-01-15 03:00 JST instead of Tue 2030-01-15 03:00 CET" in told
    assert "next Tue 2030-01-15 03:00 JST" in ana.ask("!tasks", "Schedules, zone Asia/Tokyo").text
    host.move("America/New_York", root="../..")
    wait_zone(ana, "America/New_York", "Asia/Tokyo")
    assert "next Tue 2030-01-15 03:00 EST" in ana.ask("!tasks", "Schedules, zone America/New_York").text
    host.house.agent1.restart()
    assert "zone America/New_York" in ana.ask("!tasks", "Schedules").text
    assert host.house.agent1.process.log_text().count("the configuration was read anew") == 2


def test_a_zone_that_changed_while_it_was_down(host):
    ana = start(host)
    host.house.agent1.stop()
    host.move("Asia/Tokyo")
    host.house.agent1.start()
    wait_zone(ana, "Asia/Tokyo", "Europe/Paris")


def test_a_link_that_breaks_changes_nothing(host):
    ana = start(host)
    host.move("Nowhere/At_all")
    told = ana.wait_for("I cannot tell the time zone of the host, and keep to Europe/Paris: ").text
    assert '/etc/localtime: "Nowhere/At_all": expected an IANA time zone' in told
    (host.etc / "localtime").unlink()
    assert "next Tue 2030-01-15 03:00 CET" in ana.ask("!tasks", "Schedules, zone Europe/Paris").text
    host.move("Asia/Tokyo")
    wait_zone(ana, "Asia/Tokyo", "Europe/Paris")


def test_a_broken_link_over_a_restart(host):
    """What counted when agent1 ran last stays."""
    ana = start(host)
    host.move("Nowhere/At_all")
    ana.wait_for("and keep to Europe/Paris: ")
    for _ in range(2):
        host.house.agent1.restart()
        ana.wait_for("and keep to Europe/Paris: ")
        assert "next Tue 2030-01-15 03:00 CET" in ana.ask("!tasks", "Schedules, zone Europe/Paris").text
    host.move("Asia/Tokyo")
    wait_zone(ana, "Asia/Tokyo", "Europe/Paris")
    assert not ana.heard.all("The time zone is now UTC")


def test_a_link_that_is_broken_where_none_was(host):
    (host.etc / "localtime").unlink()
    ana = host.house.person("ana")
    host.house.start()
    assert "next Tue 2030-01-15 03:00 UTC" in ana.ask("!tasks", "Schedules, zone UTC").text
    host.move("Nowhere/At_all")
    ana.wait_for("and keep to UTC: ")


def test_a_mount_over_etc(host):
    """And what changes in the new one is seen, too."""
    ana = start(host)
    other = host.make_etc("other-etc")
    host.move("Asia/Tokyo", other)
    host.mount(other)
    wait_zone(ana, "Asia/Tokyo", "Europe/Paris")
    host.move("America/New_York", other)
    wait_zone(ana, "America/New_York", "Asia/Tokyo")


def test_a_zone_that_is_configured_stays(host):
    host.house.agent1.config["timezone"] = "Europe/Paris"
    ana = start(host)
    host.move("Asia/Tokyo")
    log = host.house.agent1.process
    wait_for(lambda: "the configuration was read anew" in log.log_text(), what="it was looked at")
    assert "next Tue 2030-01-15 03:00 CET" in ana.ask("!tasks", "Schedules, zone Europe/Paris").text
