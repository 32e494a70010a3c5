"""A web site on loopback that answers as a test tells it.

    site = Website()                      # close() ends it; Website(certificates) speaks https
    site.host                             # "127.0.0.1:4711", for search.private_hosts
    site.page("/a", "<p>Hello")           # an HTML page
    site.page("/b", b"...", type="application/pdf", status=200, **headers)
    site.redirect("/c", "http://10.0.0.1/")
    site.stream("/d", chunks, pause_s=0)  # an iterator of bytes, until it ends or the client has left
    site.asked                            # the paths that were asked for, with what stands behind ?
"""
import http.server
import ssl
import threading


class Website:
    def __init__(self, certificates=None):
        self.answers = {}
        self.asked = []
        self.headers = []  # of each request
        self._leaving = threading.Event()
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                site.asked.append(self.path)
                site.headers.append({name.lower(): value for name, value in self.headers.items()})
                self.close_connection = True
                answer = site.answers.get(self.path) or site.answers.get(self.path.partition("?")[0])
                try:
                    (answer or site._missing)(self)
                except (BrokenPipeError, ConnectionResetError):
                    pass

            def log_message(self, *arguments):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if certificates:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificates.certificate, certificates.key)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http{'s' if certificates else ''}://{self.host}"

    def _missing(self, handler):
        handler.send_error(404)

    def page(self, path, body, type="text/html; charset=utf-8", status=200, **headers):
        body = body.encode() if isinstance(body, str) else body

        def answer(handler):
            handler.send_response(status)
            handler.send_header("Content-Type", type)
            handler.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            handler.wfile.write(body)

        self.answers[path] = answer

    def redirect(self, path, to):
        self.page(path, "", status=302, Location=to)

    def stream(self, path, chunks, pause_s=0, type="text/html"):
        def answer(handler):
            handler.send_response(200)
            handler.send_header("Content-Type", type)
            handler.end_headers()
            for chunk in chunks():
                handler.wfile.write(chunk)
                handler.wfile.flush()
                if self._leaving.wait(pause_s):
                    return

        self.answers[path] = answer

    def close(self):
        self._leaving.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
