"""New listeners, in a namespace: real servers that begin, end, and begin again."""

import time
import unittest

import netns
import weir
from watching import DEADLINE, Watch

HERE = '10.93.11.1'
CONFIG = 'finding "new-listener" { learn = 0 held = 0.5 }\n'
SERVER = '''
import socket
import sys
kind, address, port = sys.argv[1:]
family = socket.AF_INET6 if ':' in address else socket.AF_INET
one = socket.socket(family, socket.SOCK_DGRAM if kind == 'udp' else socket.SOCK_STREAM)
one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
one.bind((address, int(port)))
if kind == 'tcp':
    one.listen(5)
print('ready', flush=True)
sys.stdin.read()
'''
CLIENT = '''
import socket
import sys
socks = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(20)]
for one in socks:
    one.sendto(b'a question', ('{address}', 5353))  # its port is the system's choice
print('ready', flush=True)
sys.stdin.read()
'''


@weir.needs_weir
@netns.needs_root
class Listeners(unittest.TestCase):
    """A machine with one network card."""

    def setUp(self):
        lab = netns.Lab()
        self.addCleanup(lab.close)
        self.here, there = lab.namespace('here'), lab.namespace('there')
        lab.link(self.here, 'eth0', [f'{HERE}/24', 'fd00:9311::1/64'], there, 'eth0', [])

    def start(self, code, *arguments):
        """A program that is ready."""
        process = self.here.start('/usr/bin/python3', '-c', code, *arguments, stdin=-1, stdout=-1,
                                  text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stdin.close)
        self.assertEqual(process.stdout.readline(), 'ready\n')
        return process

    def serve(self, kind, address, port):
        return self.start(SERVER, kind, address, str(port))

    def objects(self, watch):
        return {row['object'] for row in watch.rows() if row['rule'] == 'new-listener'}

    def test_new_ports(self):
        """Of both protocols and families; what was there before is none, nor is the loopback."""
        self.serve('tcp', '0.0.0.0', 2222)
        watch = Watch(self, self.here, 'live', 'findings', config=CONFIG)
        self.serve('tcp', '127.0.0.1', 6010)
        self.serve('udp', '::1', 6011)
        server = self.serve('tcp', '0.0.0.0', 4444)
        self.serve('udp', HERE, 5300)
        self.serve('tcp', 'fd00:9311::1', 8443)
        row = watch.find('new-listener', '* port 4444/tcp')
        self.assertRegex(row['text'], r'^python3\S* \(pid %d\) has begun to listen on TCP port '
                                      r'4444 of every address$' % server.pid)
        self.assertRegex(row['evidence'], r'^/usr/bin/python3\S*; ')
        self.assertEqual(row['severity'], 'notice')
        watch.find('new-listener', f'{HERE} port 5300/udp')
        watch.find('new-listener', 'fd00:9311::1 port 8443/tcp')
        self.assertEqual(self.objects(watch), {'* port 4444/tcp', f'{HERE} port 5300/udp',
                                               'fd00:9311::1 port 8443/tcp'})

    def test_honest_programs(self):
        """A service that begins anew, and clients that never connect; then a new listener."""
        service = self.serve('tcp', '0.0.0.0', 2222)
        watch = Watch(self, self.here, 'live', 'findings', config=CONFIG)
        self.start(CLIENT.format(address=HERE))
        for _ in range(3):
            service.kill()
            service.wait()
            end = time.monotonic() + DEADLINE
            while ':2222' in self.here.run('ss', '-Hltn').stdout:
                self.assertLess(time.monotonic(), end)
            watch.rows()
            watch.rows()
            service = self.serve('tcp', '0.0.0.0', 2222)
        self.serve('udp', '0.0.0.0', 5354)
        watch.find('new-listener', '* port 5354/udp')
        self.assertEqual(self.objects(watch), {'* port 5354/udp'})

    def test_muted(self):
        watch = Watch(self, self.here, 'live', 'findings', config='finding "new-listener" { '
                      'learn = 0 held = 0.5 mute = {"* port 4444/tcp", "10.93.0.0/16"} }\n')
        self.serve('tcp', '0.0.0.0', 4444)
        self.serve('tcp', HERE, 4445)
        self.serve('tcp', '0.0.0.0', 4446)
        watch.find('new-listener', '* port 4446/tcp')
        self.assertEqual(self.objects(watch), {'* port 4446/tcp'})


if __name__ == '__main__':
    unittest.main()
