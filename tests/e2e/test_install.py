"""make install: what lands where, what the units are worth, and that nothing of people's is lost."""

import os
import pathlib
import re
import subprocess

import pytest

from programs import BUILD
from servers import SYSTEM_PATH, TOP

PREFIX = "/opt/agents"
UNITS = {"agent1.service": 10, "agent2@.service": 15}  # tenths: systemd-analyze's exposure level


def install(destdir, *options, prefix=PREFIX, path=SYSTEM_PATH):
    done = subprocess.run([TOP / "systemd/install", *options, BUILD, destdir, prefix],
                          env={"PATH": path}, capture_output=True, text=True, timeout=60, check=False)
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


def test_programs_run_from_where_they_are_installed(installed):
    for program in ("agent1", "agent2", "agentctl"):
        path = installed / PREFIX[1:] / "bin" / program
        assert os.access(path, os.X_OK)
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 0, done.stderr
    assert os.access(installed / PREFIX[1:] / "libexec/agent2-shim", os.X_OK)


def test_no_placeholder_is_left_and_all_is_readable(installed):
    for path in installed.rglob("*"):
        mode = path.stat().st_mode
        assert mode & 0o444 == 0o444, f"{path} is not readable for all"
        if path.is_file() and "bin" not in path.parts and "libexec" not in path.parts:
            assert "@PREFIX@" not in path.read_text(), path


@pytest.fixture
def units(tmp_path):
    """The units as installed below a prefix that exists, so that their programs are found."""
    prefix = tmp_path / "prefix"
    install("", prefix=str(prefix), path=f"{make_quiet_tools(tmp_path)}:{SYSTEM_PATH}")
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


@pytest.mark.parametrize("unit,threshold", UNITS.items())
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


def test_the_drop_in_takes_the_whole_sandbox_away(units):
    """tasks-as-root.conf.example names every restriction that the unit sets."""
    restriction = re.compile(
        r"^((?:Protect|Private|Restrict)\w+|NoNewPrivileges|LockPersonality|CapabilityBoundingSet"
        r"|SystemCall(?:Filter|Architectures)|DevicePolicy|KeyringMode|ReadWritePaths|User|Group|UMask)=",
        re.MULTILINE)
    unit = set(restriction.findall((units / "agent2@.service").read_text()))
    drop_in = units / "agent2@.service.d"
    drop_in.mkdir()
    example = (TOP / "systemd/tasks-as-root.conf.example").read_text()
    (drop_in / "tasks-as-root.conf").write_text(example)
    assert len(unit) > 20
    assert unit - set(restriction.findall(example)) == set()
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", units / "agent2@.service"],
                          capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


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
