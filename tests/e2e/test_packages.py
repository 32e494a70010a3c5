"""config/local/install-packages, with stand-ins for apt and sudo: nothing is installed here."""

import os
import pathlib
import subprocess
import tempfile
import time

import pytest

from servers import SYSTEM_PATH, TOP

SCRIPT = TOP / "config/local/install-packages"


@pytest.fixture
def machine():
    """In a folder that an ordinary user can enter, which pytest's own is not."""
    with tempfile.TemporaryDirectory(prefix="packages-") as folder:
        yield Machine(pathlib.Path(folder))


class Machine:
    """A folder of stand-ins that comes first in PATH; `calls` is what they were asked."""

    def __init__(self, folder):
        self.folder = folder
        self.folder.chmod(0o755)
        self.tools = folder / "tools"
        self.tools.mkdir(mode=0o755)
        self.log = folder / "calls"
        self.log.touch()
        self.log.chmod(0o666)
        self.path = f"{self.tools}:{SYSTEM_PATH}"
        self.tool("apt-get", "exit 0")

    def tool(self, name, body):
        path = self.tools / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >>{self.log}\n{body}\n')
        path.chmod(0o755)

    def only(self, *tools):
        """Leaves only these of the system's tools beside the stand-ins."""
        for tool in tools:
            for folder in SYSTEM_PATH.split(":"):
                if os.path.exists(f"{folder}/{tool}"):
                    (self.tools / tool).symlink_to(f"{folder}/{tool}")
                    break
        self.path = str(self.tools)

    def run(self, *packages, is_root=True):
        # Read from its text: the one who runs it need not be able to read this folder.
        argv = ["/bin/sh", "-c", SCRIPT.read_text(), "install-packages", *packages]
        if os.getuid() == 0 and not is_root:
            argv = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *argv]
        return subprocess.run(argv, env={"PATH": self.path, "TMPDIR": "/tmp"}, capture_output=True,
                              stdin=subprocess.DEVNULL, text=True, timeout=30, check=False)

    @property
    def calls(self):
        return self.log.read_text().splitlines()


as_root = pytest.mark.skipif(os.getuid() != 0, reason="needs root")


def test_nothing_missing_is_silent_and_quick(machine):
    began = time.monotonic()
    done = machine.run("coreutils", "dpkg", "bash")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert time.monotonic() - began < 0.3
    assert machine.calls == []


@as_root
def test_root_installs_only_what_is_missing(machine):
    done = machine.run("bash", "no-such-package", "coreutils", "nor-this")
    assert done.returncode == 0, done.stderr
    assert done.stderr == "Installing: no-such-package nor-this\n"
    (call,) = machine.calls
    assert call.endswith("install -y --no-install-recommends no-such-package nor-this")


@as_root
def test_old_lists_are_updated_once(machine):
    machine.tool("apt-get", f"case \"$*\" in *update*) exit 0 ;; esac\n"
                            f"[ \"$(grep -c . {machine.log})\" -ge 3 ]")
    done = machine.run("no-such-package")
    assert done.returncode == 0, done.stderr
    kinds = ["update" if "update" in call else "install" for call in machine.calls]
    assert kinds == ["install", "update", "install"]


@as_root
def test_a_failure_shows_apts_last_words(machine):
    machine.tool("apt-get", "echo 'E: the mirror is away'; exit 100")
    done = machine.run("no-such-package")
    assert done.returncode == 1
    assert "the mirror is away" in done.stderr
    assert "could not install: no-such-package" in done.stderr


def test_without_root_it_goes_through_sudo(machine):
    machine.tool("sudo", '[ "$1" = -n ] && exit 0; exec "$@"')
    done = machine.run("no-such-package", is_root=False)
    assert done.returncode == 0, done.stderr
    assert machine.calls[0] == "sudo -n true"
    assert machine.calls[-1].endswith("install -y --no-install-recommends no-such-package")


def test_sudo_that_would_ask_says_what_to_do(machine):
    machine.tool("sudo", "exit 1")
    done = machine.run("no-such-package", is_root=False)
    assert done.returncode == 1
    assert "sudo apt-get install --no-install-recommends no-such-package" in done.stderr


def test_without_sudo_it_says_what_to_do(machine):
    machine.only("sh", "dpkg-query", "id", "tr")
    done = machine.run("no-such-package", is_root=False)
    assert done.returncode == 1
    assert "as root" in done.stderr.lower()
    assert "apt-get install --no-install-recommends no-such-package" in done.stderr


def test_without_apt_it_looks_for_the_tools(machine):
    (machine.tools / "apt-get").unlink()
    machine.only("sh", "tr", "id")
    machine.tool("pkg-config", '[ "$2" != libstrophe ]')
    for tool in ("cc", "make", "mosquitto", "prosody", "openssl"):
        machine.tool(tool, "exit 0")
    done = machine.run("whatever")
    assert done.returncode == 1
    assert "not found here: libstrophe\n" in done.stderr
    machine.tool("pkg-config", "exit 0")
    done = machine.run("whatever")
    assert (done.returncode, done.stderr) == (0, "")
