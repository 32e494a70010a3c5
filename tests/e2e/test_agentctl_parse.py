"""agentctl parse: what a text would be read as, without agent1 and without a configuration."""

import json
import subprocess

import pytest

from programs import BUILD, program_environment, sanitizer_reports
from wait import PATIENCE

FIELDS = ["reading", "line", "kind", "word", "canonical", "counts", "why", "note"]
MIXED = b"""Good.
DELEGATE: web1 | uptime
> !reset
```
PLAN: a | b
```
**REPORT:** web1
@web1 uptime
"""


@pytest.fixture
def ask(tmp_path):
    """Runs `agentctl parse …` in a folder with nothing in it."""

    def run(text, *words):
        done = subprocess.run(
            [str(BUILD / "agentctl"), "parse", *words], input=text, capture_output=True,
            timeout=30 * PATIENCE, check=False,
            env={**program_environment(tmp_path), "HOME": str(tmp_path)})
        assert not sanitizer_reports(tmp_path)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    yield run
    assert not list(tmp_path.iterdir()), "it wrote something"


def objects(said):
    found = [json.loads(line) for line in said.splitlines()]
    assert all(list(each) == FIELDS for each in found)
    return found


def test_as_a_models_answer(ask):
    code, said, _ = ask(MIXED, "--answer", "--json")
    assert code == 0
    assert [(each["line"], each["word"], each["why"]) for each in objects(said)] == [
        (2, "DELEGATE:", None), (3, "!reset", "quoted"), (5, "PLAN:", "fenced"),
        (7, "REPORT:", "decorated"), (8, "@web1", "persons")]
    assert objects(said)[0]["canonical"] == "DELEGATE: web1 | uptime" and objects(said)[0]["counts"]


def test_thoughts_are_no_answer(ask):
    _, said, _ = ask(b"<think>\nDELEGATE: web1 | a\n</think>\nDELEGATE: web1 | b\n", "--answer")
    assert said == "as a model's answer:\n  line 4     run      DELEGATE: web1 | b\n"


def test_as_a_persons_message(ask):
    code, said, _ = ask(b"@web1 uptime\n!AGENTS\n!frob\n> !reset\n", "--message", "--json")
    assert code == 0
    assert [(each["kind"], each["canonical"], each["counts"], each["why"]) for each in objects(said)] == [
        ("direct", "DELEGATE: web1 | uptime", True, None), ("command", "!agents", True, None),
        ("command", None, False, "unknown"), ("quoted", None, False, "quoted")]


def test_one_line_that_is_no_order_spoils_a_message(ask):
    _, said, _ = ask(b"!agents\nand so on\n", "--message", "--json")
    assert [each["why"] for each in objects(said)] == ["stray", "talk"]
    _, said, _ = ask(b"!agents\n" * 21, "--message", "--json")
    assert {each["why"] for each in objects(said)} == {"too_many"}


def test_for_people_both_readings(ask):
    assert ask(b"hello\n")[1] == (
        "as a person's message:\n"
        "  line 1     not run  hello  (it is talk, which the phrasebook or a language model answers)\n"
        "as a model's answer:\n  nothing but words\n")


def test_for_people_a_line_each_in_columns(ask):
    """The number, whether it is run, what it is, and why not."""
    said = ask(MIXED + b"\n" * 95 + b"!status\n", "--answer")[1]
    assert said == (
        "as a model's answer:\n"
        "  line 2     run      DELEGATE: web1 | uptime\n"
        "  line 3     not run  !reset  (it stood in a quotation)\n"
        "  line 5     not run  PLAN:  (it stood between code fences)\n"
        "  line 7     not run  REPORT:  (signs stood before it or inside it)\n"
        "  line 8     not run  @web1  (only people give commands and direct tasks)\n"
        "  line 104   not run  !status  (only people give commands and direct tasks)\n")


@pytest.mark.parametrize("text", [b"", b"\0", b"\xff\xfe", b"DELEGATE: a | \xe2\x80\xae b", b"x" * 2_000_000])
def test_any_bytes(ask, text):
    code, said, complaint = ask(text, "--json")
    assert (code, complaint) == (0, "") and not any(each["counts"] for each in objects(said)
                                                    if each["reading"] == "answer")
    assert "\u202e" not in said


@pytest.mark.parametrize("words, said", [
    (("x",), "parse takes no words"),
    (("--zone", "UTC"), "--zone, --from and --count: expected only with next"),
])
def test_wrong_usage(ask, words, said):
    code, shown, complaint = ask(b"", *words)
    assert (code, shown) == (2, "") and said in complaint


def test_too_long(ask):
    code, shown, complaint = ask(b"x" * (8 * 1024 * 1024 + 1))
    assert (code, shown) == (2, "") and "more than 8 MiB" in complaint
