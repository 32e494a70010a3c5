"""An embedding model that a test scripts: texts with words of the same sense lie near each other.

    server = Embeddings("ollama")            # or "openai"; close() ends it
    server.url                               # for base_url
    server.texts                             # every text that it was asked about, with the model: (model, text)
    server.refuse = 500                      # from now on this status instead of vectors
    server.is_silent = True                  # … or no answer at all
    server.silences = 1                      # … to so many questions

A question that the real one would refuse (another path, no model, a wrong key where `server.key` is set) is refused.
"""
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATHS = {"ollama": "/api/embed", "openai": "/v1/embeddings"}

# A number of the vector for each sense.
SENSES = [{"gate", "door", "entrance", "inside"}, {"backup", "copy", "nas3"}, {"wifi", "network"}]


def vector_of(text):
    words = {word.strip(".,:?!").lower() for word in text.split()}
    return [0.01] + [float(bool(words & sense)) for sense in SENSES]


class Embeddings:
    def __init__(self, kind, key=None):
        self.kind = kind
        self.key = key
        self.texts = []
        self.refuse = 0
        self.is_silent = False
        self.silences = 0
        self._ended = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}" + ("/v1" if kind == "openai" else "")
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, path, headers, body):
        """A status, and what is said."""
        if path != PATHS[self.kind]:
            return 404, {"error": "404 page not found"}
        if self.key is not None and headers.get("Authorization") != f"Bearer {self.key}":
            return 401, {"error": {"message": "Incorrect API key provided"}}
        if not body.get("model") or not body.get("input"):
            return 400, {"error": "model and input are required"}
        self.texts += [(body["model"], text) for text in body["input"]]
        if self.is_silent or self.silences > 0:
            self.silences -= self.silences > 0
            self._ended.wait()
        if self.refuse:
            return self.refuse, {"error": "overloaded"}
        vectors = [vector_of(text) for text in body["input"]]
        if self.kind == "ollama":
            return 200, {"model": body["model"], "embeddings": vectors}
        return 200, {"object": "list", "data": [{"object": "embedding", "index": place, "embedding": vector}
                                                for place, vector in enumerate(vectors)]}

    def _handler(self):
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, said = owner._answer(self.path, self.headers, body)
                data = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args):
                pass

        return Handler
