"""Stands in for ``python`` where a :mod:`warmpython` listens: ``python -IS warmclient.py SOCKET WORDS``.

It hands its words, environment, folder and three streams over, passes on what signals it gets, and ends as the
process ended that did what it was asked. It imports little, because it is started in place of every process.
"""

import json
import os
import signal
import socket
import sys


def main(place: str, words: list[str]) -> int:
    """Have the words done; return the exit code, negative for a signal."""
    server = socket.socket(socket.AF_UNIX)
    server.connect(place)
    asked = json.dumps([words, os.getcwd(), dict(os.environ)]).encode()
    socket.send_fds(server, [len(asked).to_bytes(8, "big")], [0, 1, 2])
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda number, _: server.sendall(bytes([number])))
    server.sendall(asked)
    for stream in (0, 1, 2):
        os.close(stream)  # whoever reads waits until nobody can write any more
    answer = server.recv(100)
    return int(answer) if answer else 1


if __name__ == "__main__":
    code = main(sys.argv[1], sys.argv[2:])
    if code < 0:
        if -code != signal.SIGKILL:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)
