"""The wire as README.md describes it, for tests: frames and the envelope of messages.

Written from the document alone and over PyNaCl, so that the programs' own frame code is checked by
another implementation. Knows nothing of MQTT: it turns objects into payloads and back.
"""
import base64
import datetime
import hashlib
import json
import os
import time

from nacl import bindings, exceptions

KEY_BYTES = 32
NONCE_BYTES = 24
TAG_BYTES = 16
PARTS = {("agent/1", "sealed"): 4, ("agent/1", "clear"): 5}  # words of the header line
ULID_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Refused(Exception):
    """A payload that is no frame, or a frame that does not open."""


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text):
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise Refused(f"no base64: {text!r}") from error
    if b64(raw) != text:
        raise Refused(f"base64 is not canonical: {text!r}")
    return raw


def key_text(raw):
    """32 bytes as "x25519:…"."""
    return "x25519:" + b64(raw)


def key_bytes(key):
    """A key as "x25519:…" or as 32 bytes, as 32 bytes."""
    return key if isinstance(key, bytes) else unb64(key.removeprefix("x25519:"))


def fingerprint(key):
    digits = hashlib.sha256(key_bytes(key)).hexdigest()
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))


def ulid(now=None):
    milliseconds = int((time.time() if now is None else now) * 1000)
    number = milliseconds << 80 | int.from_bytes(os.urandom(10), "big")
    return "".join(ULID_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def timestamp(now=None):
    at = datetime.datetime.fromtimestamp(time.time() if now is None else now, datetime.timezone.utc)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def message(kind, sender, **fields):
    """An object with what every message has; fields may replace id and ts."""
    return {"type": kind, "id": ulid(), "from": sender, "ts": timestamp(), **fields}


class Opened:
    """What a frame said: kind ("sealed" or "clear"), sender ("x25519:…"), body (bytes), object."""

    def __init__(self, kind, sender, body):
        self.kind = kind
        self.sender = sender
        self.body = body

    @property
    def object(self):
        return json.loads(self.body)


class Peer:
    """One long-term key, and the frames that it makes and opens."""

    def __init__(self, secret=None):
        self.secret = secret or os.urandom(KEY_BYTES)
        self.public = bindings.crypto_scalarmult_base(self.secret)
        self.key = key_text(self.public)

    @classmethod
    def from_file(cls, path):
        """The secret key file of agent1, agent2 or agentctl."""
        with open(path, encoding="ascii") as file:
            return cls(unb64(file.read().strip().removeprefix("x25519-secret:")))

    def file_text(self):
        return f"x25519-secret:{b64(self.secret)}\n"

    @property
    def fingerprint(self):
        return fingerprint(self.public)

    def seal(self, topic, receiver_key, obj, nonce=None):
        """A sealed frame; obj is an object, or bytes that go as they are."""
        nonce, head = self._head("sealed", nonce)
        text = bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
            _body(obj), _associated("sealed", self.public, topic), nonce, self._pair(receiver_key)
        )
        return f"{head}\n{b64(text)}".encode()

    def clear(self, topic, receiver_key, obj, nonce=None):
        """A clear frame: authenticated for the receiver, readable for everybody."""
        nonce, head = self._head("clear", nonce)
        body = _body(obj)
        tag = bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
            b"", _associated("clear", self.public, topic) + body, nonce, self._pair(receiver_key)
        )
        return f"{head} {b64(tag)}\n".encode() + body

    def open(self, topic, payload):
        """Authenticates and opens a frame that was made for this key; raises Refused."""
        head, bar, rest = payload.partition(b"\n")
        parts = head.decode("ascii", "replace").split(" ")
        if not bar or tuple(parts[:2]) not in PARTS or len(parts) != PARTS[tuple(parts[:2])]:
            raise Refused(f"no frame: {payload[:80]!r}")
        kind, sender, nonce = parts[1], unb64(parts[2]), unb64(parts[3])
        associated = _associated(kind, sender, topic)
        text = unb64(parts[4]) if kind == "clear" else unb64(rest.decode("ascii", "replace"))
        if kind == "clear":
            associated += rest
        try:
            body = bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
                text, associated, nonce, self._pair(sender)
            )
        except (exceptions.CryptoError, exceptions.ValueError) as error:
            raise Refused(f"does not open: {error}") from error
        return Opened(kind, key_text(sender), rest if kind == "clear" else body)

    def _head(self, kind, nonce):
        nonce = nonce or os.urandom(NONCE_BYTES)
        return nonce, f"agent/1 {kind} {b64(self.public)} {b64(nonce)}"

    def _pair(self, peer_key):
        return bindings.crypto_box_beforenm(key_bytes(peer_key), self.secret)


def sender_of(payload):
    """The key that a frame claims to be from, unproven: "x25519:…"."""
    return key_text(unb64(payload.split(b" ", 3)[2].decode()))


def _associated(kind, sender, topic):
    return f"agent/1 {kind} {b64(sender)}\n{topic}\n".encode()


def _body(obj):
    if isinstance(obj, bytes):
        return obj
    return json.dumps(obj, ensure_ascii=False, separators=(",", ":")).encode()
