# The client `wechatpy` with another host: its calls, and the notices that it opens.
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from wechatpy.pay import WeChatPay

client = None


def reply(return_code):
    return f"<xml><return_code><![CDATA[{return_code}]]></return_code></xml>".encode()


class Notices(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode("utf-8")
        try:
            if self.path == "/refund":
                client.parse_refund_notify_result(body)
            else:
                client.parse_payment_result(body)
            answer = reply("SUCCESS")
        except Exception:
            answer = reply("FAIL")
        self.send_response(200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def open_client(config):
    global client
    host = config.pop("host")
    client = WeChatPay(timeout=20, **config)
    client.API_BASE_URL = host + "/"


def call(path, params):
    group, method = path.split(".")
    return getattr(getattr(client, group), method)(**params)


def listen():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Notices)
    Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


HANDLERS = {"open": open_client, "call": call, "listen": listen}

# One question a line, one answer a line. The end of the questions is the end of the process.
for line in sys.stdin:
    asked = json.loads(line)
    try:
        answer = {"id": asked["id"], "value": HANDLERS[asked["name"]](*asked["args"])}
    except Exception as error:
        answer = {"id": asked["id"], "error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
