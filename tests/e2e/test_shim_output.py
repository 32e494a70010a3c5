"""The shim alone on run folders made by hand: the output, whatever its size, on whatever disk."""

import resource
import subprocess
from pathlib import Path

import pytest

from run_folder import HEAD, MIN_OUTPUT, TAIL, RunFolder
from wait import wait_for


def test_output_up_to_the_limit_is_kept_whole(folder):
    wanted = bytes(i * 7 % 251 for i in range(MIN_OUTPUT))
    folder.python(f"import sys; sys.stdout.buffer.write(bytes(i * 7 % 251 for i in range({MIN_OUTPUT})))")
    folder.complete()
    assert folder.output() == wanted
    assert folder.end["output_bytes"] == folder.end["kept_bytes"] == MIN_OUTPUT


@pytest.mark.parametrize("count", [30_000, 300_000])
def test_of_a_long_output_both_ends_are_kept(folder, count):
    whole = "".join(f"{i}\n" for i in range(1, count + 1)).encode()
    folder.shell(f"seq 1 {count}").complete()

    (offset, head), *tails = folder.parts()
    assert offset == 0 and head == whole[:HEAD]
    assert 1 <= len(tails) <= 2
    start_of_tail = tails[0][0]
    assert b"".join(part for _, part in tails) == whole[start_of_tail:]
    assert all(offset + len(part) == next_offset
               for (offset, part), (next_offset, _) in zip(tails, tails[1:]))
    assert len(whole) - start_of_tail >= TAIL
    assert folder.end["output_bytes"] == len(whole)
    assert folder.end["kept_bytes"] == sum(len(part) for _, part in folder.parts()) <= MIN_OUTPUT


def test_endless_output_takes_neither_memory_nor_disk(folder):
    def memory_kib():
        status = Path(f"/proc/{shim.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])

    def newest():
        return max((int(path.name[5:]) for path in folder.path.glob("tail.*")), default=0)

    shim = folder.shell("exec yes").launch()
    wait_for(lambda: newest() > 4_000_000)
    early = memory_kib()
    wait_for(lambda: newest() > 200_000_000, 60)
    assert memory_kib() < early + 2048
    (folder / "cancel").touch()
    assert shim.wait(30) == 0
    assert folder.end["end"] == "cancelled"
    assert folder.end["output_bytes"] > 200_000_000
    assert sum(len(part) for _, part in folder.parts()) <= MIN_OUTPUT


def test_binary_output_stays_as_it_is(folder):
    folder.python("import sys; sys.stdout.buffer.write(bytes(range(256)) * 20)").complete()
    assert folder.output() == bytes(range(256)) * 20


def test_output_is_on_disk_while_it_runs(folder):
    shim = folder.shell("echo first; read x < /dev/null; exec sleep 1000").launch()
    wait_for(lambda: folder.has("head") and folder.output() == b"first\n")
    assert shim.poll() is None and folder.is_locked()


def test_files_that_may_not_grow_lose_output_and_nothing_else(folder):
    """RLIMIT_FSIZE: every part stops at 8 KiB; what follows begins a part of its own."""
    limit = 8192
    whole = "".join(f"{i}\n" for i in range(1, 30_001)).encode()
    folder.shell("seq 1 30000")
    assert folder.complete(
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) == 0
    assert (folder.end["end"], folder.end["exit_code"]) == ("exited", 0)
    assert folder.end["output_bytes"] == len(whole)
    parts = folder.parts()
    assert parts[0] == (0, whole[:limit])
    for offset, part in parts:
        assert len(part) <= limit and whole[offset:offset + len(part)] == part
    assert folder.end["kept_bytes"] == sum(len(part) for _, part in parts)


@pytest.fixture
def small_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", disk],
                      capture_output=True, check=False).returncode:
        pytest.skip("not allowed to mount a small disk")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_disk_that_fills_up_loses_output_and_nothing_else(small_disk):
    folder = RunFolder(small_disk)
    try:
        folder.shell("seq 1 200000; df / > /dev/null; exit 6", max_output=64 * 1024 * 1024)
        assert folder.complete() == 0
        size = sum(len(f"{i}\n") for i in range(1, 200_001))
        assert (folder.end["end"], folder.end["exit_code"]) == ("exited", 6)
        assert folder.end["output_bytes"] == size
        assert 0 < folder.end["kept_bytes"] < size
    finally:
        folder.close()


def test_on_a_full_disk_nothing_starts(small_disk, tmp_path):
    folder = RunFolder(small_disk)
    try:
        folder.shell(f"echo x >> {tmp_path}/started")
        with open(small_disk / "ballast", "wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(b"x" * 4096)
            except OSError:
                pass
        assert folder.complete() == 1
        assert not folder.has("claim") and not folder.has("exit")
        assert not (tmp_path / "started").exists()

        (small_disk / "ballast").unlink()
        assert folder.complete() == 0
        assert (tmp_path / "started").read_text() == "x\n"
        assert folder.end["exit_code"] == 0
    finally:
        folder.close()
