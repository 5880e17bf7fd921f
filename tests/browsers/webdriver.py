"""W3C WebDriver without a library: the same commands, spoken over HTTP (WebKit) or Marionette (Firefox).

Debian has no geckodriver, which is only a translator: Firefox itself answers the commands of the standard on a socket
("Marionette", a JSON array with its length in front). WebKitWebDriver answers them over HTTP as the standard says.
"""

import http.client
import json
import socket
from typing import Protocol

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The standard's name for "this is an element"."""
PATIENCE = 60
"""Seconds until a command without an answer has failed: a browser's first page on a busy machine is slow."""
SCRIPT = 10
"""The same for a script: WebKit forgets the one whose page goes away under it."""

COMMANDS = {
    "Navigate": "POST /url",
    "Back": "POST /back",
    "ElementClick": "POST /element/{id}/click",
    "ElementSendKeys": "POST /element/{id}/value",
    "ExecuteScript": "POST /execute/sync",
    "ExecuteAsyncScript": "POST /execute/async",
    "DeleteSession": "DELETE ",
}


class WebDriverError(Exception):
    """What the browser answered instead of a result; `name` is the standard's word for it."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name


class Driver(Protocol):
    """One browser that takes the standard's commands."""

    def send(self, command: str, **parameters: object) -> object: ...

    def close(self) -> None: ...


class HttpDriver:
    """A browser behind a WebDriver server on a local port."""

    def __init__(self, port: int, capabilities: dict[str, object]) -> None:
        self.port = port
        answer = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
        self.address = f"/session/{answer['sessionId']}"

    def send(self, command: str, **parameters: object) -> object:
        method, _space, path = COMMANDS[command].partition(" ")
        return self._ask(method, self.address + path.format(**parameters), parameters)

    def _ask(self, method: str, path: str, parameters: dict[str, object]) -> object:
        patience = SCRIPT if "/execute/" in path else PATIENCE
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience)
        try:
            connection.request(method, path, json.dumps(parameters) if method == "POST" else None)
            value = json.load(connection.getresponse())["value"]
        except TimeoutError:
            raise WebDriverError("timeout", "no answer") from None
        finally:
            connection.close()
        if isinstance(value, dict) and "error" in value:
            raise WebDriverError(value["error"], value.get("message", ""))
        return value

    def close(self) -> None:
        self.send("DeleteSession")


class MarionetteDriver:
    """A Firefox that listens for Mozilla's Marionette."""

    def __init__(self, port: int, capabilities: dict[str, object]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.stream = self.socket.makefile("rb")
        self.count = 0
        self._read()  # the greeting
        self.send("NewSession", **capabilities)

    def send(self, command: str, **parameters: object) -> object:
        self.count += 1
        message = json.dumps([0, self.count, f"WebDriver:{command}", parameters]).encode()
        self.socket.sendall(b"%d:%s" % (len(message), message))
        _type, _number, error, result = self._read()
        if error:
            raise WebDriverError(error["error"], error["message"])
        return result["value"] if isinstance(result, dict) and set(result) == {"value"} else result

    def _read(self) -> list:
        length = b""
        while not length.endswith(b":"):
            length += self.stream.read(1) or self._gone()
        return json.loads(self.stream.read(int(length[:-1])))

    def _gone(self) -> bytes:
        raise ConnectionError("Firefox has closed the connection.")

    def close(self) -> None:
        self.stream.close()
        self.socket.close()
