"""Honest traffic of real programs that looks bad at a first glance: backups, a swarm of peers."""

import json
import os
import shutil
import tempfile
import time
import unittest

import captures
import netns
import weir
from watching import DEADLINE, Watch

HOST, KNOWN, NEW = '10.93.12.1', '203.0.113.1', '203.0.113.2'
DAY, MB = 86400, 1000000
LIMITS = 'finding "exfiltration" { bytes = 5000000 }\n'  # nights are short here
END = 'the-capture-ends-here'
SINK = '''
import socket
import threading
def take(one):
    while one.recv(65536):
        pass
    one.close()
listener = socket.create_server(('0.0.0.0', 873))
print('ready', flush=True)
while True:
    threading.Thread(target=take, args=(listener.accept()[0],)).start()
'''
PEERS = '''
import socket
listeners = [socket.create_server(('0.0.0.0', port), backlog=200) for port in range(20000, 20050)]
dht = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
dht.bind(('0.0.0.0', 6881))
print('ready', flush=True)
while True:
    data, who = dht.recvfrom(2000)
    dht.sendto(b'd1:rd2:id20:', who)
'''
SWARM = '''
import random
import selectors
import socket
pick, waiting = random.Random(4), selectors.DefaultSelector()
dht = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
dht.bind(('', 6881))
for number in range(600):  # a third is there, a third has gone, a third does not answer
    kind = number % 3
    peer = f'10.{94 if kind < 2 else 95}.{number // 250}.{1 + number % 250}'
    port = 20000 + number % 50 if kind == 0 else pick.randrange(1024, 65535)
    one = socket.socket()
    one.setblocking(False)
    one.connect_ex((peer, port))
    waiting.register(one, selectors.EVENT_WRITE)
    dht.sendto(b'd1:ad2:id20:', (peer, 6881))
    for key, _ in waiting.select(0.005):
        waiting.unregister(key.fileobj)
        try:
            key.fileobj.send(b'BitTorrent protocol' + bytes(48))
        except OSError:
            pass
'''


@weir.needs_weir
@netns.needs_root
class RealTraffic(unittest.TestCase):
    """A machine, and what lies beyond its router."""

    def setUp(self):
        lab = netns.Lab()
        self.addCleanup(lab.close)
        self.left, self.right = lab.namespace('left'), lab.namespace('right')
        lab.link(self.left, 'eth0', [f'{HOST}/24'], self.right, 'eth0', ['10.93.12.2/24'])
        self.left.ip('route', 'add', 'default', 'via', '10.93.12.2')
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.chmod(self.folder, 0o777)  # tcpdump gives its rights up

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self, code):
        """A server beyond the router, which is ready."""
        process = self.right.start('/usr/bin/python3', '-c', code, stdout=-1, text=True)
        self.addCleanup(process.stdout.close)
        self.assertEqual(process.stdout.readline(), 'ready\n')

    def wait(self, condition):
        end = time.monotonic() + DEADLINE
        while not condition():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)

    def has_ended(self):
        with open(self.path('night.pcap'), 'rb') as file:
            return END.encode() in file.read()

    def backup(self, night, to, size):
        """[(time, frame, length)] of a backup by tar, on a night."""
        os.makedirs(self.path('data'), exist_ok=True)
        with open(self.path('data/file'), 'wb') as file:
            file.write(os.urandom(size))
        dump = self.left.start('tcpdump', '-i', 'eth0', '-s', '96', '-B', '65536', '-U',
                               '-w', self.path('night.pcap'), stderr=-1)
        dump.stderr.readline()  # it listens
        self.left.run('bash', '-c', f'tar cf - -C {self.path("data")} . >/dev/tcp/{to}/873',
                      timeout=DEADLINE)
        self.wait(lambda: ':873' not in self.left.run('ss', '-Htn').stdout)
        self.left.run('bash', '-c', f'echo {END} >/dev/udp/{to}/9')
        self.wait(self.has_ended)
        dump.terminate()
        dump.communicate(timeout=DEADLINE)
        with open(self.path('night.pcap'), 'rb') as file:
            packets = captures.records(file.read())
        return [(when - packets[0][0] + 1700000000 + night * DAY, *rest)
                for when, *rest in packets]

    def found(self, packets):
        for name, data in (('a.pcap', captures.pcap(packets)), ('weir.conf', LIMITS.encode())):
            with open(self.path(name), 'wb') as file:
                file.write(data)
        done = weir.run('show', 'findings', '--file', self.path('a.pcap'), '--config',
                        self.path('weir.conf'), '--format', 'json')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        return json.loads(done.stdout)['rows']

    def test_backups(self):
        """Night by night to one place, ever more; then as much to a new one."""
        if not shutil.which('tcpdump'):
            self.skipTest('needs tcpdump')
        self.right.ip('route', 'add', 'local', '203.0.113.0/24', 'dev', 'lo')
        self.start(SINK)
        nights = [packet for night, size in enumerate((2, 2, 3, 50))
                  for packet in self.backup(night, KNOWN, size * MB)]
        self.assertGreater(sum(packet[2] for packet in nights), 57 * MB)
        self.assertEqual(self.found(nights), [])
        row, = self.found(nights + self.backup(4, NEW, 50 * MB))
        self.assertEqual((row['rule'], row['object']), ('exfiltration', HOST))
        self.assertRegex(row['text'], rf'^{HOST} uploads 5\d(\.\d+)? MB to a new destination, '
                                      rf'{NEW} port 873, in ')

    def test_swarm(self):
        """A client of BitTorrent's kind; then a scan by the same host, which alone is found."""
        self.right.ip('route', 'add', 'local', '10.94.0.0/16', 'dev', 'lo')
        self.right.ip('route', 'add', 'blackhole', '10.95.0.0/16')
        self.right.run('sysctl', '-qw', 'net.ipv4.ip_forward=1')
        self.start(PEERS)
        watch = Watch(self, self.left, 'show', 'findings', '--count', '10000')
        self.left.run('/usr/bin/python3', '-c', SWARM, timeout=DEADLINE)
        for port in range(1001, 1041):
            self.left.run('bash', '-c', f': </dev/tcp/10.93.12.2/{port}', check=False)
        row = watch.find('port-scan', HOST, lambda row: row['count'] >= 40)
        self.assertIn('10.93.12.2', row['text'])
        self.assertEqual([(row['rule'], row['object']) for row in watch.rows()],
                         [('port-scan', HOST)])


if __name__ == '__main__':
    unittest.main()
