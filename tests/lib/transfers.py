"""A transfer between two namespaces by programs of their own names, for tests of what views say.

    with netns.Lab() as lab:
        pair = transfers.Pair(lab)          pair.left, pair.right: namespaces with a link
        pair.sender, pair.taker             names of the programs; pair.process sends
"""

import collections
import os
import shutil
import tempfile
import unittest

import weir

LEFT, RIGHT = '10.9.0.1', '10.9.0.2'
RATE = 2_000_000  # [byte/s]

TAKER = """
import socket, threading
server = socket.create_server(('0.0.0.0', 5001))
def take(peer):
    while peer.recv(1 << 16):
        pass
while True:
    threading.Thread(target=take, args=server.accept()[:1], daemon=True).start()
"""
SENDER = """
import signal, socket, sys, time
if sys.argv[3:]:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
peer = None
while not peer:  # until the taker listens
    try:
        peer = socket.create_connection((sys.argv[1], 5001))
    except OSError:
        time.sleep(0.05)
begin, sent = time.monotonic(), 0
while True:
    sent += peer.send(bytes(20000))
    time.sleep(max(0, sent / float(sys.argv[2]) - (time.monotonic() - begin)))
"""


def needs_exact(test):
    """Class or case decorator: skip where the kernel does not let Weir see all programs."""
    def told():
        done = weir.run('doctor').stdout if os.access(weir.PROGRAM, os.X_OK) else ''
        return [line for line in done.splitlines() if line.startswith('apps ')
                and ' exact' in line]
    return unittest.skipUnless(told(), 'needs exact counters of apps')(test)


Sender = collections.namedtuple('Sender', 'name process')


class Pair:
    """Ends with its lab. A copy of the interpreter gives a program its name."""

    def __init__(self, lab, rate=RATE):
        self.folder = tempfile.TemporaryDirectory(prefix='weir-transfer-')
        number = os.getpid()
        self.sender, self.taker = f'send-{number}', f'take-{number}'
        self.left, self.right = lab.namespace('left'), lab.namespace('right')
        lab.link(self.left, 'eth0', [LEFT + '/24'], self.right, 'eth0', [RIGHT + '/24'])
        self.right.start(self.program(self.taker), '-c', TAKER)
        self.process = self.left.start(self.program(self.sender), '-c', SENDER, RIGHT, str(rate))

    def more(self, name, stubborn=False):
        """Another, slower sender of that name, which SIGTERM does not end if it is stubborn."""
        name = f'{name}-{os.getpid()}'
        process = self.left.start(self.program(name), '-c', SENDER, RIGHT, '100000',
                                  *(['stubborn'] if stubborn else []))
        return Sender(name, process)

    def program(self, name):
        """The path of a copy of Python with that name."""
        path = os.path.join(self.folder.name, name)
        shutil.copy('/usr/bin/python3', path)
        return path
