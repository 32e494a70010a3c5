"""The disk of agent1 or of the agent is full (a tmpfs of 8 MiB) again and again while tasks come: what was
taken runs once and is reported, what was refused never runs, and there is no third."""

import errno
import subprocess

import pytest

from conftest import size
from parties import known_console
from wait import NotInTime, wait_for


def fill(path):
    """Takes the last byte."""
    with open(path, "ab", buffering=0) as ballast:
        for part in (65536, 4096, 512, 1):
            try:
                while True:
                    ballast.write(b"x" * part)
            except OSError as error:
                assert error.errno == errno.ENOSPC


@pytest.fixture
def small(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)],
                             capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("a small file system cannot be mounted here (needs root)")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


@pytest.mark.parametrize("who", ["agent1", "agent2"])
def test_a_disk_that_is_full_again_and_again(house, row, small, who):
    rounds = size(1, 60)
    row.want(f"disk full (8 MiB) at {who}", f"{rounds} rounds: refused or done once, 0 lost; heals")
    state = {"state_dir": str(small / "state")}
    if who == "agent1":
        house.agent1.config |= state
    house.agent("web1", **(state | {"tasks": {"max_output": "256KiB"}} if who == "agent2" else {}))
    console = known_console(house)
    house.start()
    user = console()
    effects = house.folder / "effects"
    effects.touch()
    outcomes = {}

    def chat(name, then=""):
        outcomes[user.chat(f"@web1 echo {name} >> {effects}{then}", id=name)["id"]] = None

    def read():
        for heard in user.heard.items:
            if heard["type"] == "reply" and heard["final"] and outcomes.get(heard["in_reply_to"], 1) is None:
                outcomes[heard["in_reply_to"]] = heard["outcome"]
        return None not in outcomes.values()

    for number in range(rounds):
        gate = house.folder / f"gate-{number}"
        chat(f"running-{number}", f"; until [ -e {gate} ]; do sleep 0.02; done")
        wait_for(lambda: f"running-{number}\n" in effects.read_text(), 30, "the task that runs")
        ballast = small / "ballast"
        fill(ballast)
        for more in range(4):
            chat(f"full-{number}-{more}", f"; : {'x' * 9000}")
        try:
            wait_for(lambda: read() or all(outcomes[f"full-{number}-{more}"] for more in range(4)), 5)
        except NotInTime:
            pass
        fill(ballast)
        gate.touch()  # it ends while the disk is full
        try:
            wait_for(lambda: read() and outcomes[f"running-{number}"], 2)
        except NotInTime:
            pass
        ballast.unlink()
        wait_for(read, 60, lambda: f"no outcome: {[n for n, o in outcomes.items() if not o]}")
        assert outcomes[f"running-{number}"] == "succeeded"
        chat(f"after-{number}")
        wait_for(read, 60, "an outcome after healing")
        assert outcomes[f"after-{number}"] == "succeeded"
    done = sorted(name for name, outcome in outcomes.items() if outcome == "succeeded")
    others = {outcome for outcome in outcomes.values()} - {"succeeded"}
    assert others <= {"refused", "rejected"}, outcomes
    assert sorted(effects.read_text().split()) == done
    refused = len(outcomes) - len(done)
    assert refused > 0
    row.saw(f"{rounds} rounds: {len(done)} done once, {refused} refused and never run, 0 lost")
