"""A test vector of the wire against the tests' own frame code."""
import pytest

import wire

SENDER = wire.Peer(bytes(range(0x01, 0x21)))
RECEIVER = wire.Peer(bytes(range(0x21, 0x41)))
NONCE = bytes(range(0x64, 0x7C))
TOPIC = "agents/web1/inbox"
BODY = b'{"type":"task"}'
SEALED = (
    b"agent/1 sealed B6N8vBQgk8i3VdwbEOhstCY3StFqqFPtC9_AsrhtHHw ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7\n"
    b"3is-10EJ_4KByaRd5D6wrk8irxNH6snivXhD5ZX2rQ"
)


def test_vector():
    assert RECEIVER.key == "x25519:WGmv9FBUlzLLqu1eXfmzCm2jHLDldCutWtShp2jxpns"
    assert SENDER.seal(TOPIC, RECEIVER.key, BODY, NONCE) == SEALED
    clear = SENDER.clear(TOPIC, RECEIVER.key, BODY, NONCE)
    assert clear.split(b"\n")[0].endswith(b" jghC2Qu25C0FtUTR03pwNQ")
    assert clear.split(b"\n")[1] == BODY


def test_round_trip():
    for frame in (
        SENDER.seal(TOPIC, RECEIVER.key, {"type": "task"}),
        SENDER.clear(TOPIC, RECEIVER.key, BODY),
    ):
        opened = RECEIVER.open(TOPIC, frame)
        assert opened.sender == SENDER.key == wire.sender_of(frame)
        assert opened.body == BODY and opened.object == {"type": "task"}


@pytest.mark.parametrize(
    "what, topic, payload",
    [
        ("moved to another topic", "agents/web2/inbox", SEALED),
        ("turned into the other kind", TOPIC, SEALED.replace(b" sealed ", b" clear ")),
        ("one character changed", TOPIC, SEALED.replace(b"3is-", b"4is-")),
        ("from another key", TOPIC, SEALED.replace(b" B6N8", b" C6N8")),
        ("no frame", TOPIC, b"hello"),
        ("no base64", TOPIC, SEALED.replace(b"3is-", b"=is-")),
        ("empty", TOPIC, b""),
    ],
)
def test_refused(what, topic, payload):
    with pytest.raises(wire.Refused):
        RECEIVER.open(topic, payload)


def test_ulid():
    assert len(wire.ulid()) == 26
    assert wire.ulid(1) < wire.ulid(2)
