"""More of everything than there is room for: each byte still reaches its program."""

import json
import os
import resource
import shutil
import subprocess
import tempfile
import time
import unittest

import netns
import weir

HOST = '10.9.1.2'
PEERS, SOCKETS, FORKS = 80000, 72000, 1000  # the kernel's tables have room for 65,536
PACKET = 100  # bytes, 72 of them payload

# One socket that turns to ever other peers; sockets that stay open, of several processes; processes
# that live for one packet.
CROWDS = f'''
import os, resource, socket, sys

def datagram():
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

def peers():
    with datagram() as sender:
        for i in range({PEERS}):
            sender.sendto(bytes(72), ('127.0.%d.1' % (i // 50000), 1024 + i % 50000))

def hold(which, count):
    held, most = [], resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    for i in range(count):
        held.append(datagram())
        held[-1].bind(('127.1.1.%d' % (which + 1), 1024 + i))
        held[-1].connect(('127.0.0.1', 9))
        try:
            held[-1].send(bytes(72))
        except ConnectionRefusedError:
            pass  # an earlier datagram was
    print('held', flush=True)
    sys.stdin.read()

def forks():
    for i in range({FORKS}):
        child = os.fork()
        if child == 0:
            datagram().sendto(bytes(72), ('{HOST}', 4000))
            os._exit(0)
        os.waitpid(child, 0)

globals()[sys.argv[1]](*map(int, sys.argv[2:]))
'''


@netns.needs_root
@weir.needs_weir
class Crowds(unittest.TestCase):
    """One Weir that has to bear it all."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        lab = netns.Lab()
        self.addCleanup(lab.close)
        self.left, right = lab.namespace('left'), lab.namespace('right')
        lab.link(self.left, 'e0', ['10.9.1.1/24'], right, 'e0', [HOST + '/24'])
        self.path = os.path.join(self.folder.name, 'apps')
        with open(self.path, 'w', encoding='utf-8') as output:
            self.left.start(weir.PROGRAM, 'show', 'apps', '--format', 'json', '--count', '0',
                            stdout=output, env=weir.environment())
        self.reach(lambda documents: documents)
        self.crowd = os.path.join(self.folder.name, 'crowd')
        shutil.copy(os.path.realpath('/usr/bin/python3'), self.crowd)
        self.sent = 0

    def reach(self, condition):
        """Wait until what Weir has printed fulfils it; returns that."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with open(self.path, encoding='utf-8') as output:
                documents = [json.loads(line) for line in output.read().split('\n')[:-1]]
            if condition(documents):
                return documents
            time.sleep(0.2)
        rows = [row for row in documents[-1]['rows'] if row['app'] == 'crowd']
        raise AssertionError(f'{self.sent} bytes were sent, Weir says {rows}')

    def told(self, documents):
        return sum(row['tx_bytes'] for row in documents[-1]['rows'] if row['app'] == 'crowd')

    def check(self, packets):
        self.sent += packets * PACKET
        documents = self.reach(lambda documents: self.told(documents) >= self.sent)
        self.assertEqual(self.told(documents), self.sent)
        self.assertEqual(sum(document['lost'] for document in documents), 0)

    def hold(self):
        """Sockets of as many processes as their limit wants."""
        each = min(resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 100, 12000)
        processes = []
        for at in range(0, SOCKETS, each):
            processes.append(self.left.start(
                self.crowd, '-c', CROWDS, 'hold', str(at // each), str(min(each, SOCKETS - at)),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        for process in processes:
            self.assertEqual(process.stdout.readline(), b'held\n')
        return processes

    def test_bytes_are_whole(self):
        self.left.run(self.crowd, '-c', CROWDS, 'peers', timeout=60)
        self.check(PEERS)
        held = self.hold()
        self.check(SOCKETS)
        self.left.run(self.crowd, '-c', CROWDS, 'forks', timeout=60)
        self.check(FORKS)
        for process in held:
            process.communicate(timeout=60)
        self.check(0)
        row = next(row for row in self.reach(
            lambda documents: not next(row for row in documents[-1]['rows']
                                       if row['app'] == 'crowd')['pids'])[-1]['rows']
                   if row['app'] == 'crowd')
        self.assertEqual((row['accuracy'], row['user']), ('exact', 'root'))


if __name__ == '__main__':
    unittest.main()
