# The client `wechatpayv3` with another host: its calls, and the notices that it opens.
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from wechatpayv3 import WeChatPay, WeChatPayType

config = None
# By the path of a notice: a client trusts one public key.
clients = {}


def open_clients(given):
    global config
    config = given
    for path, id in (("/verified", config["keyId"]), ("/by-hand", config["byHandId"])):
        clients[path] = WeChatPay(
            wechatpay_type=WeChatPayType.MINIPROG,
            mchid=config["mchid"],
            private_key=config["privateKey"],
            cert_serial_no=config["serial"],
            appid=config["appid"],
            apiv3_key=config["apiV3Key"],
            public_key=config["keys"][id],
            public_key_id=id,
            timeout=20,
        )
        clients[path]._core._gate_way = config["host"]


class Notices(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            found = clients[self.path].callback(self.headers, body)
            status, answer = (200, json.dumps(found["resource"])) if found else (401, str(found))
        except Exception as error:
            status, answer = 401, f"{type(error).__name__}: {error}"
        self.send_response(status)
        self.send_header("content-length", str(len(answer.encode())))
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_):
        pass


def asked(answer):
    """The client raises nothing for a refusal: the shop has to look at the status."""
    status, text = answer
    if status >= 300:
        raise Exception(f"{status} {text}")
    return json.loads(text) if status == 200 else None


def pay():
    return clients["/verified"]


def place(order):
    prepay_id = asked(pay().pay(**order))["prepay_id"]
    payment = {"timeStamp": "1722850421", "nonceStr": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS", "package": f"prepay_id={prepay_id}"}
    sign = pay().sign([config["appid"], *payment.values()])
    return {"appId": config["appid"], **payment, "signType": "RSA", "paySign": sign}


def listen():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Notices)
    Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


HANDLERS = {
    "open": open_clients,
    "place": place,
    "query": lambda out_trade_no: asked(pay().query(out_trade_no=out_trade_no)),
    "close": lambda out_trade_no: asked(pay().close(out_trade_no)),
    "refund": lambda refund: asked(pay().refund(**refund)),
    "refundQuery": lambda out_refund_no: asked(pay().query_refund(out_refund_no)),
    "listen": listen,
}

# One question a line, one answer a line. The end of the questions is the end of the process.
for line in sys.stdin:
    question = json.loads(line)
    try:
        answer = {"id": question["id"], "value": HANDLERS[question["name"]](*question["args"])}
    except Exception as error:
        answer = {"id": question["id"], "error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
