"""`make eval` with a language model: sentences go to the scripted provider in agent1's own prompt, and its answers
are scored by what their triggers say."""
import json
import os
import subprocess

import pytest

from process import free_port
from programs import BUILD
from provider import Provider
from servers import TOP

KINDS = ["ollama", "openai", "anthropic"]
KEY = "canary-eval-9Kd2"
AGENTS = ["web1 role=web", "db1"]
# Sentence, what it means, a right answer.
SENTENCES = [
    ("hi", [], "Hello!"),
    ("uptime on web1", ["DELEGATE: web1 | uptime"], "<think>\nDELEGATE: db1 | w\n</think>\nI look.\nDELEGATE: web1|uptime"),
    ("what failed on db1 today?", ["REPORT_ERRORS: db1 | today"], "REPORT_ERRORS: db1 | today"),
    ("stop nginx on web1, then look", ["PLAN: web1|systemctl stop nginx ;; web1|free -m"],
     "PLAN: web1 | systemctl stop nginx ;; web1 | free  -m"),
    ("cancel run 12", ["!cancel 12"], "Only you can: !cancel 12"),
    ("delete everything", ["ask"], "On which machine, and what exactly?\nREPORT: web1"),
    ("fais redémarrer nginx", ["ask"], "Sur quelle machine ?"),
]


@pytest.fixture(params=KINDS)
def provider(request):
    made = Provider(request.param, key=KEY if request.param == "anthropic" else None)
    made.said = {sentence: answer for sentence, _, answer in SENTENCES}
    made.keep(lambda asked: made.said[asked.last])
    yield made
    made.close()


@pytest.fixture
def sentences(tmp_path):
    file = tmp_path / "sentences.jsonl"
    file.write_text("".join(json.dumps({"lang": "fr" if "é" in text else "en", "text": text, "agents": AGENTS,
                                        "want": want}) + "\n" for text, want, _ in SENTENCES))
    return file


def run(kind, url, file, *options):
    environment = {**os.environ, "ANTHROPIC_API_KEY": KEY}
    return subprocess.run([BUILD / "eval", "--model", "m", "--base-url", url, *options, kind, file],
                          env=environment, capture_output=True, text=True, timeout=60, check=False)


def base_url(provider):
    return provider.url + ("/v1" if provider.name == "openai" else "")


def ask(provider, file, *options):
    return run(provider.name, base_url(provider), file, *options)


def test_right_answers(provider, sentences):
    done = ask(provider, sentences)
    assert done.stdout == f"eval: {provider.name} m: 7 sentences, 7 right (100.0 %), 0 missed, 0 wrong actions\n"
    assert (done.returncode, done.stderr) == (0, "")
    # What agent1 shows a model above a conversation, in the person's language.
    asked = {request.last: request for request in provider.requests}
    assert "web1: online; skills: shell" in asked["hi"].system and "db1: online" in asked["hi"].system
    assert "DELEGATE: <agent> | <task>" in asked["hi"].system and "answer in English" in asked["hi"].system
    assert "answer in French" in asked["fais redémarrer nginx"].system
    assert [request.messages for request in provider.requests] == [[("user", text)] for text, _, _ in SENTENCES]
    assert all("delegate" in request.tools for request in provider.requests) == (provider.name == "anthropic")


def test_wrong_answers(provider, sentences):
    provider.said |= {"hi": "DELEGATE: web1 | reboot", "cancel run 12": "I cannot help with that.",
                      "what failed on db1 today?": "```\nREPORT_ERRORS: db1 | today\n```"}
    done = ask(provider, sentences)
    assert done.returncode == 1
    assert done.stdout == f"""\
WRONG  hi
      want  (nothing)
      found DELEGATE: web1 | reboot
miss   what failed on db1 today?
      want  REPORT_ERRORS: db1 | today
      found (nothing)
      REPORT_ERRORS: does not count (fenced); ``` REPORT_ERRORS: db1 | today ```
miss   cancel run 12
      want  !cancel 12
      found (nothing)
      it refuses; I cannot help with that.
eval: {provider.name} m: 7 sentences, 4 right (57.1 %), 2 missed, 1 wrong actions
"""


def test_a_tool_is_a_trigger(sentences):
    provider = Provider("anthropic", key=KEY)
    try:
        for text, _, answer in SENTENCES:
            if text.startswith("uptime"):
                provider.answer("", tools=[("delegate", {"agent": "web1", "task": "uptime"})])
            else:
                provider.answer(answer)
        done = ask(provider, sentences)
        assert "7 right" in done.stdout and done.returncode == 0
    finally:
        provider.close()


def test_no_whole_answer_is_a_miss(provider, sentences):
    provider.answer("Hello!")
    provider.answer("DELEGATE: web1 | uptime", reason="length")
    provider.fail(500, "out of memory")
    done = ask(provider, sentences)
    assert "found (nothing)\n      cut\n" in done.stdout and "out of memory" in done.stdout
    assert "5 right (71.4 %), 2 missed, 0 wrong" in done.stdout and done.returncode == 1


def test_it_waits_where_it_is_told_to(provider, sentences):
    provider.fail(429, "slow down")
    done = ask(provider, sentences)
    assert done.returncode == 0 and "slow down; waiting" in done.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_is_there(sentences, kind):
    url = f"http://127.0.0.1:{free_port()}"
    done = run(kind, url, sentences)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1 and done.stderr.startswith(f"eval: {sentences}:1: {kind} m at {url}: ")


def test_it_says_nothing(provider, sentences):
    provider.keep("", hang_before=True)
    done = ask(provider, sentences, "--timeout", "1")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1 and "no answer in 1.0 s" in done.stderr


def test_it_is_broken(provider, sentences):
    for _ in range(3):
        provider.fail(500, "out of memory")
    done = ask(provider, sentences)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "out of memory" in done.stderr
    assert len(provider.requests) == 3


def test_a_wrong_key(sentences):
    provider = Provider("anthropic", key="another")
    try:
        done = ask(provider, sentences)
        assert done.returncode == 2 and "401" in done.stderr and KEY not in done.stderr
    finally:
        provider.close()


@pytest.mark.parametrize("argv, why", [
    (["somebody", "x.jsonl"], "llm.chain[0].provider: \"somebody\""),
    (["openai", "x.jsonl"], "llm.chain[0].model: missing"),
    (["rules", "x.jsonl"], "x.jsonl"),
    (["rules"], "expected a provider and a file"),
    (["rules", "x.jsonl", "--base-url", "http://127.0.0.1:1"], "PROVIDER is missing"),
    (["rules", "x.jsonl", "--model", "m"], "PROVIDER is missing"),
])
def test_what_cannot_be(argv, why):
    done = subprocess.run([BUILD / "eval", *argv], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2 and done.stdout == ""
    assert why in done.stderr and done.stderr.count("\n") == 1


def test_a_line_that_is_none(sentences):
    with sentences.open("a") as file:
        file.write('{"text":"no want"}\n')
    done = subprocess.run([BUILD / "eval", "rules", sentences], capture_output=True, text=True, timeout=60,
                          check=False)
    assert done.returncode == 2 and f"{sentences}:8: expected" in done.stderr


def test_by_make(sentences):
    provider = Provider("ollama")
    try:
        provider.keep(lambda asked: dict((text, answer) for text, _, answer in SENTENCES)[asked.last])
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        done = subprocess.run(
            ["make", "-s", "-o", BUILD / "eval", f"OUT={BUILD}", "eval", f"FILE={sentences}", "PROVIDER=ollama",
             f"BASE_URL={provider.url}", "MODEL=m"],
            cwd=TOP, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert "eval: ollama m: 7 sentences, 7 right" in done.stdout
    finally:
        provider.close()
