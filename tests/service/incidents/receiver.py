"""A receiver of webhooks as a process of its own: answers as its rules say, keeps what it got.

Prints its port, then one JSON line a request. POST /rules sets the statuses to answer with, in order; when
they are used up it answers 204. `slow` answers only after that many seconds; 302 redirects to another path.
"""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RULES = {"answers": [], "slow": 0}


class Handler(BaseHTTPRequestHandler):
    """Keeps and answers."""

    def do_POST(self):
        """Take a message or new rules."""
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        if self.path == "/rules":
            RULES.update(json.loads(body))
            return self.answer(204)
        status = RULES["answers"].pop(0) if RULES["answers"] else 204
        kept = {"path": self.path, "headers": dict(self.headers), "body": body, "answered": status}
        print(json.dumps(kept), flush=True)
        time.sleep(RULES["slow"])
        return self.answer(status)

    def answer(self, status):
        """Answer with an empty body."""
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments):
        """Say nothing on standard error."""


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
sys.stdin.close()
server.serve_forever()
