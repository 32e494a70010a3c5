"""A plain MQTT client (paho's Python one) that knows nothing of frames."""

import ssl
import threading
from dataclasses import dataclass

import paho.mqtt.client as paho

from wait import DEFAULT_S, PATIENCE, Transcript, wait_for


@dataclass
class Publication:
    """A message that was received; text is the payload as far as it is UTF-8."""
    topic: str
    payload: bytes
    is_retained: bool

    @property
    def text(self):
        return self.payload.decode("utf-8", errors="replace")

    def __str__(self):
        return f"{self.topic}{' (retained)' if self.is_retained else ''}: {self.text[:300]}"


class RawMqtt:
    """Connects at once as `user`; `heard` is the Transcript of what its subscriptions brought.

    listener(publication) is called on the client's thread for each, before it is in `heard`.
    """

    def __init__(self, broker, user, filters=(), client_id="", version=None, will=None,
                 listener=None, password=None):
        version = version or broker.version
        self._version = version
        self._filters = list(filters)
        self._up = threading.Event()
        self._subscribed = threading.Event()
        self._acknowledged = {}
        self.refusal = None
        self._listener = listener
        self.heard = Transcript(f"{user} on MQTT")
        self.client = paho.Client(client_id, protocol=paho.MQTTv5 if version == 5 else paho.MQTTv311)
        if user:
            self.client.username_pw_set(user, password or broker.add_user(user))
        if broker.certificates:
            self.client.tls_set_context(ssl.create_default_context(cafile=str(broker.certificates.ca)))
            self.client.tls_insecure_set(False)
        if will:
            self.client.will_set(*will)
        self.client.reconnect_delay_set(1, 1)
        self.client.on_connect = self._on_connect
        self.client.on_subscribe = lambda *_: self._subscribed.set()
        self.client.on_message = self._on_message
        self.client.on_publish = self._on_publish
        self.client.on_disconnect = lambda *_: self._up.clear()
        self.client.connect("127.0.0.1", broker.port)
        self.client.loop_start()
        self.wait_up()

    def _on_connect(self, _client, _data, _flags, reason, _properties=None):
        if int(getattr(reason, "value", reason)) != 0:
            self.refusal = str(reason)
        for topic in self._filters:
            self.client.subscribe(topic, qos=1)
        self._up.set()

    def _on_message(self, _client, _data, message):
        publication = Publication(message.topic, message.payload, bool(message.retain))
        if self._listener:
            self._listener(publication)
        self.heard.add(publication)

    def _on_publish(self, _client, _data, mid, *_):
        self._acknowledged[mid] = True

    def wait_up(self, seconds=DEFAULT_S):
        """Waits until it is connected and its subscriptions are made."""
        assert self._up.wait(seconds * PATIENCE), f"{self.heard.title}: no connection"
        assert not self.refusal, f"{self.heard.title}: refused: {self.refusal}"
        if self._filters:
            assert self._subscribed.wait(seconds * PATIENCE), f"{self.heard.title}: not subscribed"

    def subscribe(self, topic):
        self._filters.append(topic)
        self._subscribed.clear()
        self.client.subscribe(topic, qos=1)
        assert self._subscribed.wait(DEFAULT_S * PATIENCE), f"{self.heard.title}: not subscribed"

    def publish(self, topic, payload, qos=1, retain=False):
        """Publishes, and waits for the broker's PUBACK."""
        info = self.client.publish(topic, payload, qos=qos, retain=retain)
        wait_for(info.is_published, what=f"PUBACK for {topic}")

    def wait_for(self, wanted, seconds=DEFAULT_S):
        return self.heard.wait_for(wanted, seconds)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()
