"""The shim alone on run folders made by hand: what starts, once, and what does not."""

import fcntl
import os
import signal
import subprocess
from pathlib import Path

import pytest

from run_folder import BOOT_ID, NEVER, SHIM, fields, now_ms
from wait import PATIENCE, wait_for


# ---- before the start ------------------------------------------------------------------------------


def count_start(folder):
    return f"echo {folder.name} >> {folder.marker}"


@pytest.mark.parametrize("what, has_cancel, expires, window_end, claim", [
    ("cancelled", True, NEVER, None, "cancelled"),
    ("expired", False, 1000, None, "expired"),
    ("window closed", False, NEVER, 1000, "window_closed"),
    ("expired in a closed window", False, 1000, 1000, "expired"),
    ("cancelled and expired", True, 1000, 1000, "cancelled"),
])
def test_what_is_not_to_start_does_not(folder, what, has_cancel, expires, window_end, claim):
    folder.shell(count_start(folder), expires=expires, window_end=window_end)
    if has_cancel:
        (folder / "cancel").touch()
    assert folder.complete() == 0
    assert folder.claim["claim"] == claim
    assert folder.starts == 0
    assert not folder.has("exit") and not folder.has("head") and not folder.has("exit.new")


def test_in_time_and_in_the_window_it_starts(folder):
    folder.shell(count_start(folder), expires=now_ms() + 60_000, window_end=now_ms() + 60_000)
    folder.complete()
    assert folder.claim["claim"] == "started" and folder.starts == 1


@pytest.mark.parametrize("claim", [
    b"format: 1\nclaim: cancelled\nboot: %s\nat: 5\nshim: 0\nleader: 0\nrule: \nreason: \n"
    % BOOT_ID.encode(),
    b"format: 1\nclaim: started\nboot: %s\nat: 5\nshim: 1\nleader: 1\nrule: \nreason: \n"
    % BOOT_ID.encode(),
    b"", b"\0\xff", b"format: 2\n",
])
def test_a_claim_is_obeyed_whatever_it_says(folder, claim):
    folder.shell(count_start(folder), expires=1000)
    (folder / "claim").write_bytes(claim)
    assert folder.complete() == 0
    assert (folder / "claim").read_bytes() == claim
    assert folder.starts == 0 and not folder.has("exit")


def test_a_claim_that_is_a_link_to_nowhere_is_obeyed(folder):
    folder.shell(count_start(folder))
    (folder / "claim").symlink_to("/nowhere")
    assert folder.complete() == 0
    assert folder.starts == 0


@pytest.mark.parametrize("damage", [
    lambda text: b"", lambda text: text[:-1], lambda text: text.replace(b"format: 1", b"format: 2"),
    lambda text: text.replace(b"attempt: 1", b"attempt: 2"), lambda text: text + b"nice: 1\n",
])
def test_a_damaged_task_is_not_started(folder, damage):
    folder.shell(count_start(folder))
    (folder / "task").write_bytes(damage((folder / "task").read_bytes()))
    assert folder.complete() == 1
    assert not folder.has("claim") and folder.starts == 0
    assert "task" in (folder / "shim.log").read_text()


def test_a_folder_that_is_not_there(tmp_path):
    assert subprocess.run([SHIM, tmp_path / "nothing"], check=False).returncode == 1


@pytest.mark.parametrize("argv, code", [
    (["--version"], 0), (["--help"], 0), ([], 64), (["--force"], 64), (["a", "b"], 64)])
def test_arguments(argv, code):
    assert subprocess.run([SHIM, *argv], capture_output=True, check=False).returncode == code


# ---- once ------------------------------------------------------------------------------------------


def test_many_shims_start_one_command(folder):
    folder.shell(count_start(folder))
    shims = [folder.launch() for _ in range(12)]
    assert [shim.wait(30) for shim in shims] == [0] * 12
    assert folder.starts == 1
    assert folder.end["exit_code"] == 0
    assert folder.complete() == 0
    assert folder.starts == 1


def test_a_second_shim_leaves_the_first_alone(folder):
    first = folder.shell(count_start(folder) + "; echo ready; exec sleep 1000").launch()
    wait_for(lambda: folder.has("head") and folder.output())
    assert folder.complete() == 0
    assert first.poll() is None and folder.starts == 1
    assert not folder.has("exit")


def open_files(pid):
    """What a process has open; one that it closes meanwhile is left out."""
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            yield os.readlink(f"/proc/{pid}/fd/{fd}")
        except FileNotFoundError:
            continue


def test_agent2_trying_the_lock_does_not_stop_a_start(folder):
    folder.shell(count_start(folder))
    (folder / "lock").touch()
    with open(folder / "lock", "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        shim = folder.launch()
        wait_for(lambda: "lock" in str(list(open_files(shim.pid))))
    assert shim.wait(30) == 0
    assert folder.starts == 1


def test_a_killed_shim_leaves_a_claim_and_a_free_lock(folder):
    shim = folder.shell(count_start(folder) + "; echo ready; exec sleep 1000").launch()
    wait_for(lambda: folder.has("head") and folder.output())
    assert folder.is_locked()
    assert folder.claim["shim"] == shim.pid
    assert folder.claim["leader"] == os.getsid(folder.claim["leader"])
    shim.kill()
    shim.wait()
    assert folder.processes() == [folder.claim["leader"]], "the command lives on"
    assert not folder.is_locked()
    assert not folder.has("exit")
    assert folder.complete() == 0
    assert folder.starts == 1 and not folder.has("exit")


@pytest.mark.parametrize("point, has_claim, has_exit, least, most", [
    ("locked", False, False, 0, 0),
    ("reserved", False, False, 0, 0),
    ("held", False, False, 0, 0),
    ("claimed", True, False, 0, 0),
    ("released", True, False, 0, 1),
    ("ended", True, False, 1, 1),
    ("written", True, True, 1, 1),
])
def test_a_kill_at_every_point(folder, point, has_claim, has_exit, least, most):
    folder.shell(count_start(folder))
    (folder / "abort_at").write_text(point)
    assert folder.complete() == -signal.SIGKILL
    wait_for(lambda: not folder.is_locked())
    assert (folder.has("claim"), folder.has("exit")) == (has_claim, has_exit)
    wait_for(lambda: not has_claim or folder.leader_is_gone())
    wait_for(lambda: not folder.processes())
    assert least <= folder.starts <= most
    before = folder.starts

    (folder / "abort_at").unlink()
    assert folder.complete() == 0
    if has_claim:
        assert folder.starts == before and folder.has("exit") == has_exit
    else:
        assert folder.starts == 1 and folder.end["exit_code"] == 0


def stop_at(folder, point):
    """Starts a shim that stops at the point; returns it once it has."""
    (folder / "abort_at").write_text(f"{point} stop")
    shim = folder.launch()
    wait_for(lambda: Path(f"/proc/{shim.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T")
    return shim


@pytest.mark.parametrize("name, content, claim", [
    ("cancel", b"", b"claim: cancelled\n"),
    ("claim", b"format: 1\nclaim: rejected\n", b"claim: rejected\n"),
])
def test_who_comes_before_the_claim_wins(folder, name, content, claim):
    """The command is ready and held back when agent2 cancels, or makes its own claim."""
    shim = stop_at(folder.shell(count_start(folder)), "held")
    (folder / name).write_bytes(content)
    shim.send_signal(signal.SIGCONT)
    assert shim.wait(30) == 0
    assert claim in (folder / "claim").read_bytes()
    assert folder.starts == 0 and not folder.has("exit") and not folder.has("exit.new")
    assert not folder.processes()


def test_the_last_second_may_pass_before_the_claim(folder):
    shim = stop_at(folder.shell(count_start(folder), expires=now_ms() + int(1500 * PATIENCE)), "held")
    wait_for(lambda: now_ms() >= fields(folder / "task")["expires"])
    shim.send_signal(signal.SIGCONT)
    assert shim.wait(30) == 0
    assert folder.claim["claim"] == "expired" and folder.starts == 0


def test_who_comes_after_the_claim_ends_it(folder):
    shim = stop_at(folder.shell("exec sleep 1000"), "claimed")
    (folder / "cancel").touch()
    shim.send_signal(signal.SIGCONT)
    assert shim.wait(30) == 0
    assert folder.claim["claim"] == "started" and folder.end["end"] == "cancelled"
