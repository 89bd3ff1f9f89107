"""A receiver of signed webhooks: WEBHOOK_SECRET=whsec_... flask --app receiver run --port 8000"""
import base64, hmac, os, time
from flask import Flask, request

app = Flask(__name__)
key = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
seen = set()  # in production: a table with a unique key, and old rows deleted


@app.post("/hook")
def hook():
    event, sent, signatures = [request.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature")]
    body = request.get_data()  # the bytes as they came: parsed and written again they would be others
    mac = base64.b64encode(hmac.digest(key, f"{event}.{sent}.".encode() + body, "sha256")).decode()
    # There are several while a secret is rotated. The comparison takes the same time wherever they differ.
    if not any([hmac.compare_digest(one.encode(), f"v1,{mac}".encode()) for one in signatures.split()]):
        return "the signature is wrong", 401
    if abs(time.time() - int(sent)) > 300:
        return "the signature is too old", 401
    if event not in seen:  # a retry has the id of the attempts before it
        seen.add(event)
        print("new", event, flush=True)  # in production: put it into a queue, and work later
    return "", 204
