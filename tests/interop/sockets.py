"""Reads a source's WebSocket, and prints as JSON what the client of the PyPI package `websockets` made of it."""

import json
import sys

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

url = sys.argv[1]


def ids(socket, number):
    return [json.loads(socket.recv(timeout=20))["id"] for _ in range(number)]


with connect(url, compression=None) as socket:
    first = ids(socket, 20)
    assert socket.ping(b"are you there?").wait(20), "no pong"
    socket.send("what a source does not expect")
    further = ids(socket, 5)
goodbye = socket.close_code

# Compression is offered and not taken.
with connect(f"{url}?after={first[9]}") as socket:
    again = ids(socket, 3)
    try:
        socket.send("x" * 100_000)
        while True:
            socket.recv(timeout=20)
    except ConnectionClosed as closed:
        too_long = closed.rcvd and closed.rcvd.code

try:
    connect(url, origin="https://evil.example")
    elsewhere = None
except InvalidStatus as refused:
    elsewhere = refused.response.status_code

names = ("first", "further", "again", "goodbye", "too_long", "elsewhere")
print(json.dumps(dict(zip(names, (first, further, again, goodbye, too_long, elsewhere)))))
