"""Man pages and shell completions: they say what the tables say, and work in real shells."""

import re
import subprocess

import pytest

from programs import BUILD
from screen import Screen

PAGES = ("agent1.8", "agent2.8", "agentctl.1")


def page(name):
    done = subprocess.run(["mandoc", "-T", "utf8", BUILD / "man" / name], capture_output=True,
                          text=True, timeout=30, check=True)
    return re.sub(".\b", "", done.stdout)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_clean(name):
    done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", BUILD / "man" / name],
                          capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "@" not in re.sub("@<agent>|'@web1", "", (BUILD / "man" / name).read_text())


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_every_option(name):
    program = name.split(".")[0]
    text = subprocess.run([BUILD / program, "--help"], capture_output=True, text=True, timeout=30,
                          check=True).stdout
    options = re.findall(r"^ +(?:-h, )?(--[a-z-]+)", text, re.MULTILINE)
    assert len(options) >= 5
    shown = page(name)
    for option in options:
        assert option in shown, option


def test_the_pages_have_every_command(agent1, console):
    done = subprocess.run(console.argv(), input="/help\n", env=console.environment, text=True,
                          capture_output=True, timeout=30, check=True)
    listed = re.findall(r"^(![A-Za-z]+|[A-Z_]+:|/[a-z]+)", done.stdout, re.MULTILINE)
    assert len(listed) > 20
    both = page("agentctl.1"), page("agent1.8")
    for word in listed:
        assert word in both[0]
        assert word.startswith("/") or word in both[1]


# ---- completion in shells ------------------------------------------------------------------------
def bash(console):
    return (["bash", "--norc", "--noprofile", "-i"],
            f"PS1='sh> '; set +o history; PATH={BUILD}:$PATH; source {BUILD}/completion/agentctl.bash")


def zsh(console):
    return (["zsh", "-f", "-i"],
            f"PS1='sh> '; PATH={BUILD}:$PATH; fpath=({BUILD}/completion $fpath); "
            "autoload -U compinit; compinit -u -D")


@pytest.fixture(params=[bash, zsh])
def shell(request, house, agent1, console):
    """A shell with the completion loaded; type() what follows its prompt."""
    argv, setup = request.param(console)
    screen = Screen(house.folder, argv, console.environment)
    screen.enter(setup)
    screen.enter("clear; echo re''ady")
    screen.wait_for(lambda text: text.endswith("ready\nsh>"))
    yield screen
    screen.close()


@pytest.mark.parametrize("typed, becomes", [
    ("agentctl --js", "agentctl --json"),
    ("agentctl --now --dry", "agentctl --now --dry-run"),
    ("agentctl aud", "agentctl audit"),
    ("agentctl nex", "agentctl next"),
    ("agentctl --json audit ver", "agentctl --json audit verify"),
    ("agentctl send 'DELEG", "agentctl send 'DELEGATE:"),
    ("agentctl send '!statu", "agentctl send '!status"),
])
def test_completed_from_the_tables(shell, typed, becomes):
    shell.type(typed)
    shell.press("Tab")
    shell.wait_for(lambda text: text.splitlines()[-1].startswith(f"sh> {becomes}"))


def test_nothing_is_made_up(shell):
    shell.type("agentctl --nonsens")
    shell.press("Tab")
    shell.type("Z")
    shell.wait_for(lambda text: text.splitlines()[-1].startswith("sh> agentctl --nonsensZ"))


def test_agents_as_agent1_knows_them(shell, agent1, console):
    shell.type(f"agentctl --config {console.file} we")
    shell.press("Tab")
    agent1.reply(agent1.next_chat("!agents"), "web17: online since 14:02\n  shell: x", "ok")
    shell.wait_for(lambda text: re.sub(r"\n", "", text).rstrip().endswith("web17"))


def test_agent1_is_not_there(shell, console):
    """A Tab costs a second then, and nothing more."""
    shell.type(f"agentctl --config {console.file}.absent aud")
    shell.press("Tab")
    shell.wait_for(lambda text: re.sub(r"\n", "", text).rstrip().endswith("audit"))
