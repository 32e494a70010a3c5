"""The scripted provider itself, asked by a client of the standard library: what it says is what the real
ones say, its misbehaviour is as ordered, and it keeps what it was asked."""
import http.client
import json

import pytest

from provider import Provider
from provider_forms import PATHS

NAMES = ["ollama", "openai", "anthropic"]
HEADERS = {"Content-Type": "application/json", "anthropic-version": "2023-06-01"}


@pytest.fixture(params=NAMES)
def provider(request):
    made = Provider(request.param)
    yield made
    made.close()


def ask(provider, text="hi", path=None, headers=None, **changes):
    body = {"model": "m", "messages": [{"role": "user", "content": text}], "stream": True, "max_tokens": 5,
            "stream_options": {"include_usage": True}, **changes}
    connection = http.client.HTTPConnection("127.0.0.1", provider.port, timeout=20)
    connection.request("POST", path or PATHS[provider.name], json.dumps(body), headers or HEADERS)
    return connection.getresponse()


def records(provider, raw):
    """The JSON objects of a stream."""
    if provider.name == "ollama":
        return [json.loads(line) for line in raw.decode().splitlines()]
    events = [event.splitlines()[-1].removeprefix("data: ") for event in raw.decode().split("\n\n") if event]
    return [json.loads(event) for event in events if event != "[DONE]"]


def texts(provider, raw):
    found = []
    for record in records(provider, raw):
        if provider.name == "ollama":
            found.append(record["message"]["content"])
        elif provider.name == "openai":
            found += [choice["delta"].get("content") or "" for choice in record["choices"]]
        else:
            found.append(record.get("delta", {}).get("text", ""))
    return "".join(found)


def test_an_answer_whatever_the_packets(provider):
    provider.answer("Tout va bien 🙂, é !")
    provider.answer("Tout va bien 🙂, é !", cut=1)
    whole, cut = ask(provider).read(), ask(provider).read()
    assert whole == cut
    assert texts(provider, whole) == "Tout va bien 🙂, é !"
    assert whole.endswith({"ollama": b"}\n", "openai": b"data: [DONE]\n\n",
                           "anthropic": b'event: message_stop\ndata: {"type":"message_stop"}\n\n'}[provider.name])


def test_it_keeps_what_it_was_asked_and_may_answer_from_it(provider):
    provider.keep(lambda asked: asked.last.upper())
    assert texts(provider, ask(provider, "so what").read()) == "SO WHAT"
    asked = provider.requests[0]
    assert asked.messages == [("user", "so what")] and asked.text == "\nso what"
    assert asked.tools == []


@pytest.mark.parametrize("manner", [{"hang_before": True}, {"hang_after": 0}, {"hang_after": 100}])
def test_silence_until_the_client_goes(provider, manner):
    provider.answer("one two three", **manner)
    connection = http.client.HTTPConnection("127.0.0.1", provider.port, timeout=20)
    connection.request("POST", PATHS[provider.name], json.dumps(
        {"model": "m", "messages": [{"role": "user", "content": "x"}], "stream": True, "max_tokens": 5}), HEADERS)
    if "hang_after" in manner:
        answer = connection.getresponse()
        for _ in range(manner["hang_after"]):
            assert len(answer.read(1)) == 1
        answer.close()
    else:
        provider.wait_requests(1)
    connection.close()
    provider.wait_gone(1)


def test_a_connection_that_breaks(provider):
    provider.answer("one two three", break_after=150)
    with pytest.raises(http.client.IncompleteRead):
        ask(provider).read()
    assert provider.gone == 0


def test_statuses(provider):
    provider.fail(429, "slow down", retry_after=20)
    answer = ask(provider)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "20")
    assert b"slow down" in answer.read()


def test_an_error_in_the_stream(provider):
    provider.error("Overloaded", after="Well then")
    found = records(provider, ask(provider).read())
    assert "Overloaded" in json.dumps(found[-1]) and len(found) == 3


@pytest.mark.parametrize("what, status", [
    ({"path": "/elsewhere"}, 404),
    ({"messages": []}, 400),
    ({"messages": [{"role": "assistant", "content": "x"}]}, 400),
    ({"messages": [{"role": "user", "content": "x"}, {"role": "user", "content": "y"}]}, 400),
    ({"stream": False}, 400),
    ({"headers": {"Content-Type": "text/plain", "anthropic-version": "2023-06-01"}}, 400),
])
def test_what_the_real_one_refuses(provider, what, status):
    answer = ask(provider, **what)
    assert answer.status == status and json.loads(answer.read())["error"]
    assert provider.requests == []


def test_a_key():
    provider = Provider("anthropic", key="k")
    try:
        assert ask(provider).status == 401
        assert ask(provider, headers={**HEADERS, "x-api-key": "k"}).status == 200
    finally:
        provider.close()
