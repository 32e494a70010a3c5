"""make install: what lands where, what the units are worth, and that nothing of people's is lost."""

import json
import os
import pathlib
import re
import subprocess

import pytest

from fakes import FakeAgent1
from programs import BUILD, program_environment
from servers import SYSTEM_PATH, TOP
from test_examples import copy_example

PREFIX = "/opt/agents"
UNITS = ("agent1.service", "agent2@.service", "agent2-run@.service")
EXPOSURE = {"agent1.service": 10, "agent2@.service": 15}  # tenths of systemd-analyze's level


def install(destdir, *options, prefix=PREFIX, path=SYSTEM_PATH, sysconfdir="/etc"):
    done = subprocess.run([TOP / "systemd/install", *options, BUILD, destdir, prefix],
                          env={"PATH": path, "SYSCONFDIR": str(sysconfdir)}, capture_output=True,
                          text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return done.stdout


def tree(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


@pytest.fixture
def installed(tmp_path):
    destdir = tmp_path / "root"
    install(destdir)
    return destdir


@pytest.mark.parametrize("program", ["agent1", "agent2", "agentctl"])
def test_programs_run_from_where_they_are_installed(installed, program):
    path = installed / PREFIX[1:] / "bin" / program
    done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr


def test_the_installed_agent2_finds_its_shim(installed, tmp_path):
    config = copy_example("agent2.json", tmp_path)
    value = json.loads(config.read_text())
    value["mqtt"].update(password="secret", password_file="")
    config.write_text(json.dumps(value))
    done = subprocess.run([installed / PREFIX[1:] / "bin/agent2", "--config", config, "--check"],
                          env=program_environment(tmp_path), capture_output=True, text=True, timeout=30,
                          check=False)
    assert done.returncode == 0, done.stderr


def test_no_placeholder_is_left_and_all_is_readable(installed):
    for path in installed.rglob("*"):
        mode = path.stat().st_mode
        assert mode & 0o444 == 0o444, f"{path} is not readable for all"
        if path.is_file() and not {"bin", "libexec"} & set(path.parts):
            assert "@PREFIX@" not in path.read_text(), path


@pytest.fixture
def units(tmp_path):
    """The units as installed below a prefix that exists, so that their programs are found."""
    prefix = tmp_path / "prefix"
    install("", prefix=str(prefix), path=f"{make_quiet_tools(tmp_path)}:{SYSTEM_PATH}",
            sysconfdir=tmp_path / "etc")
    return prefix / "lib/systemd/system"


def make_quiet_tools(tmp_path):
    """Stand-ins for what would change this machine; they write down how they were called."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("systemctl", "systemd-sysusers", "systemd-tmpfiles"):
        (tools / tool).write_text(f'#!/bin/sh\necho {tool} "$@" >>{tmp_path}/calls\n')
        (tools / tool).chmod(0o755)
    return tools


@pytest.mark.parametrize("unit", UNITS)
def test_units_are_right(units, unit):
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", units / unit],
                          capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unit,threshold", EXPOSURE.items())
def test_units_are_hardened(units, unit, threshold):
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", f"--threshold={threshold}",
                           units / unit], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout.splitlines()[-1]


def test_the_threshold_can_be_missed(units):
    weakened = units / "agent1.service"
    weakened.write_text(weakened.read_text().replace("ProtectSystem=strict\n", ""))
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=10", weakened],
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0


@pytest.mark.parametrize("unit", ["agent2@", "agent2-run@"])
def test_drop_ins_for_tasks_of_root_are_right(units, unit):
    drop_in = units / f"{unit}.service.d"
    drop_in.mkdir()
    example = units.parents[2] / f"share/doc/agent1/examples/tasks-as-root/{unit}.conf"
    (drop_in / "as-root.conf").write_text(example.read_text())
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", units / f"{unit}.service"],
                          capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    (drop_in / "as-root.conf").write_text(example.read_text() + "Bogus=1\n")
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", units / f"{unit}.service"],
                          capture_output=True, text=True, timeout=60, check=False)
    assert "Bogus" in done.stderr, "the drop-in is not read at all"


@pytest.mark.parametrize("unit,is_allowed", [
    ("agent2-run@01M7Y3AXGFZ7K9MWEJD5K7BN1N.1.service", True),
    ("agent2-run@01M7Y3AXGFZ7K9MWEJD5K7BN1N.999999.service", True),
    ("agent2-run@01M7Y3AXGFZ7K9MWEJD5K7BN1N.1.service.service", False),
    ("agent2-run@...1.service", False),
    ("agent2-run@01M7Y3AXGFZ7K9MWEJD5K7BN1N.1.serviceX", False),
    ("ssh.service", False),
    ("agent2@web1.service", False),
])
def test_what_polkit_lets_agent2_start(installed, unit, is_allowed):
    rules = (installed / "etc/polkit-1/rules.d/agent2.rules").read_text()
    (pattern,) = re.findall(r"/(\^.*\$)/\.test", rules)
    assert bool(re.search(pattern, unit)) == is_allowed


def test_a_task_runs_as_agent2s_unit_starts_it(house, tmp_path):
    """systemctl is a stand-in that runs the ExecStart= of the unit that we install."""
    install(tmp_path / "root")
    unit = (tmp_path / "root" / PREFIX[1:] / "lib/systemd/system/agent2-run@.service").read_text()
    (command,) = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    command = command.replace("$$", "$").replace(PREFIX, f"{tmp_path}/root{PREFIX}")
    command = command.replace("/var/lib/agent2/", f"{house.folder}/web1/")
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "systemctl").write_text(
        f'#!/bin/sh\necho "$@" >>{tmp_path}/calls\nfor unit; do :; done\n'
        f'name=${{unit#agent2-run@}} name=${{name%.service}}\n{command.replace("%i", chr(34) + "$name" + chr(34))} &\n')
    (tools / "systemctl").chmod(0o755)
    agent1 = house.add(FakeAgent1(house.broker))
    web1 = house.agent("web1", is_accepted=False, launcher="unit", orchestrator_key=agent1.key)
    web1.environment["PATH"] = f"{tools}:{SYSTEM_PATH}"
    web1.start()
    agent1.wait_registered("web1")
    task = agent1.task("web1", "echo started by a unit")
    result = agent1.result(task)
    assert (result["state"], result["output"]) == ("succeeded", "started by a unit\n")
    assert (tmp_path / "calls").read_text().splitlines() == [
        f"start --no-block --no-ask-password agent2-run@{task['run']}.1.service"]


@pytest.mark.skipif(os.getuid() != 0, reason="only root's install speaks to systemd")
def test_roots_install_makes_the_users(units, tmp_path):
    prefix = tmp_path / "prefix"
    calls = (tmp_path / "calls").read_text().splitlines()
    assert calls[:2] == [f"systemd-sysusers {prefix}/lib/sysusers.d/agent1.conf",
                         f"systemd-tmpfiles --create {prefix}/lib/tmpfiles.d/agent1.conf"]
    assert units.is_dir()


def test_users_and_folders_as_systemd_reads_them(installed, tmp_path):
    root = tmp_path / "machine"
    (root / "etc").mkdir(parents=True)
    done = subprocess.run(["systemd-sysusers", f"--root={root}",
                           installed / PREFIX[1:] / "lib/sysusers.d/agent1.conf"],
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    users = (root / "etc/passwd").read_text()
    assert re.search(r"^agent1:.*:/usr/sbin/nologin$", users, re.MULTILINE)
    assert re.search(r"^agent2:.*:/usr/sbin/nologin$", users, re.MULTILINE)


def test_removing_takes_what_was_installed_and_nothing_else(installed):
    mine = installed / PREFIX[1:] / "share/doc/agent1/examples/mine.json"
    mine.write_text("{}")
    other = installed / PREFIX[1:] / "bin/other"
    other.write_text("")
    assert (installed / "etc/polkit-1/rules.d/agent2.rules").exists()
    install(installed, "--remove")
    assert tree(installed) == {str(mine.relative_to(installed)), str(other.relative_to(installed))}


def test_installing_again_replaces_files_whole(installed):
    """A running program keeps its file: the new one comes beside it and takes its name."""
    program = installed / PREFIX[1:] / "bin/agent1"
    before = program.stat().st_ino
    with open(program, "rb") as running:
        install(installed)
        assert os.fstat(running.fileno()).st_ino == before
    assert program.stat().st_ino != before
    assert not [path for path in tree(installed) if pathlib.Path(path).suffix == ".new"]
