"""Findings while it happens: real tools between two namespaces, watched from one of them."""

import re
import shutil
import time
import unittest

import netns
import weir
from watching import DEADLINE, Watch

SOURCE, TARGET = '10.93.7.1', '10.93.7.2'
BLIND = ('setpriv', '--bounding-set', '-net_raw')  # what it starts cannot capture packets
CLIENT = '''
import socket
for i in range({count}):
    with socket.create_connection(('{target}', {port}), 20) as one:
        one.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n')
        while one.recv(4096):
            pass
'''


@weir.needs_weir
@netns.needs_root
class Live(unittest.TestCase):
    """Tools against a small server."""

    def setUp(self):
        self.lab = lab = netns.Lab()
        self.addCleanup(lab.close)
        self.left, self.right = lab.namespace('left'), lab.namespace('right')
        lab.link(self.left, 'eth0', [f'{SOURCE}/24'], self.right, 'eth0', [f'{TARGET}/24'])

    def serve(self, port):
        self.right.start('/usr/bin/python3', '-m', 'http.server', str(port))
        end = time.monotonic() + DEADLINE
        while f':{port}' not in self.right.run('ss', '-Hltn').stdout:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)

    def tool(self, *command):
        if not shutil.which(command[0]):
            self.skipTest(f'needs {command[0]}')
        self.left.run(*command, timeout=DEADLINE, check=False)

    def connect(self, port, count):
        """Real clients, one after the other."""
        self.left.run('/usr/bin/python3', '-c',
                      CLIENT.format(target=TARGET, port=port, count=count), timeout=DEADLINE)

    def test_scan(self):
        """Who scans, seen from the target; it stays listed, and grows no more."""
        self.serve(80)
        watch = Watch(self, self.right, 'live', 'findings')
        self.tool('nmap', '-n', '-sS', TARGET)
        row = watch.find('port-scan', SOURCE, lambda row: row['count'] >= 990)
        self.assertRegex(row['text'], rf'scans ports \(TCP SYN\): .* of {TARGET} in ')
        self.assertRegex(row['evidence'], '99[0-9] refused')
        rows = watch.rows()
        self.assertEqual([(row['rule'], row['object'], row['state']) for row in rows],
                         [('port-scan', SOURCE, 'active')])
        self.assertLessEqual(rows[0]['count'], 1030)

    def test_scan_with_odd_flags(self):
        watch = Watch(self, self.right, 'show', 'findings', '--count', '10000')
        self.tool('nmap', '-n', '-sX', '--top-ports', '100', TARGET)
        self.assertIn('(TCP Xmas)', watch.find('port-scan', SOURCE)['text'])

    def test_floods(self):
        self.serve(80)
        floods = {'syn-flood': ('-S', '-p', '80'), 'icmp-flood': ('--icmp',),
                  'udp-flood': ('--udp', '-p', '5000')}
        watch = Watch(self, self.right, 'show', 'findings', '--count', '10000',
                      config=''.join(f'finding "{rule}" {{ rate = 50 }}\n' for rule in floods))
        for options in floods.values():
            self.tool('timeout', '1', 'hping3', '-q', '-i', 'u1000', *options, TARGET)
        for rule in floods:
            row = watch.find(rule, TARGET)
            self.assertEqual(row['severity'], 'critical')
            self.assertIn(f'from {SOURCE}', row['text'])

    def test_brute_force(self):
        self.serve(22)
        watch = Watch(self, self.right, 'show', 'findings', '--count', '10000')
        self.connect(22, 40)
        row = watch.find('brute-force', SOURCE, lambda row: row['count'] == 40)
        self.assertIn(f'(SSH): 40 short sessions with {TARGET} port 22', row['text'])

    def test_many_honest_connections(self):
        self.serve(80)
        watch = Watch(self, self.right, 'show', 'findings', '--count', '10000')
        self.connect(80, 300)
        for port in range(1001, 1021):  # then a scan: what came before it was looked at, too
            self.left.run('bash', '-c', f': </dev/tcp/{TARGET}/{port}', check=False)
        row = watch.find('port-scan', SOURCE)
        self.assertLessEqual(row['count'], 20)
        self.assertEqual(len(watch.rows()), 1)

    def test_iperf3(self):
        """As fast as it goes over eight connections, and UDP; then a scan, which alone is found."""
        if not shutil.which('iperf3'):
            self.skipTest('needs iperf3')
        self.right.start('iperf3', '-s')
        end = time.monotonic() + DEADLINE
        while ':5201' not in self.right.run('ss', '-Hltn').stdout:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)
        watch = Watch(self, self.right, 'show', 'findings', '--count', '10000',
                      config='finding "retransmissions" { mute = {"*"} }')  # a busy machine's
        for options in (('-P', '8'), ('-R',), ('-u', '-b', '200M')):
            self.left.run('iperf3', '-c', TARGET, '-t', '1', *options, timeout=DEADLINE)
        self.tool('nmap', '-n', '-sS', '--top-ports', '100', TARGET)
        watch.find('port-scan', SOURCE)
        rows = watch.rows()
        self.assertEqual([(row['rule'], row['object']) for row in rows], [('port-scan', SOURCE)])

    def test_without_packets(self):
        """Where packets cannot be captured, sockets tell of this machine's own programs."""
        if not shutil.which('setpriv'):
            self.skipTest('needs setpriv')
        self.serve(80)
        self.serve(22)
        watch = Watch(self, self.left, 'show', 'findings', '--count', '10000', prefix=BLIND)
        if not re.search('^apps +ok +exact', weir.run('doctor').stdout, re.M):
            self.skipTest('needs eBPF')
        self.tool('nmap', '-n', '-sT', TARGET)
        row = watch.find('port-scan', SOURCE, lambda row: row['count'] >= 990)
        self.assertRegex(row['text'], rf'scans ports \(TCP connect\): .* of {TARGET} in ')
        self.connect(22, 40)
        watch.find('brute-force', SOURCE, lambda row: row['count'] == 40)

    def arrive(self, mac, *addresses):
        """A further machine at the far end of the cable; reached at its addresses."""
        space = self.lab.namespace('guest')
        self.right.ip('link', 'add', 'link', 'eth0', 'guest', 'address', mac, 'type', 'macvlan',
                      'mode', 'bridge')
        self.right.ip('link', 'set', 'guest', 'netns', space.name)
        for address in addresses:
            space.ip('address', 'add', address, 'dev', 'guest',
                     *(['nodad'] if ':' in address else []))
        space.ip('link', 'set', 'guest', 'up')
        for address in addresses:
            self.left.run('ping', '-c', '1', '-W', '20', address.split('/')[0], check=False)

    def test_new_device(self):
        """A card that comes later, by frames of ARP and of IPv6; and by the neighbour table alone,
        where nothing can be captured."""
        self.left.ip('address', 'add', 'fd00:9307::1/64', 'dev', 'eth0', 'nodad')
        config = 'finding "new-device" { learn = 0 frames = 1 }\n'
        self.left.run('ping', '-c', '1', TARGET)
        seeing = Watch(self, self.left, 'show', 'findings', '--count', '10000', config=config)
        blind = Watch(self, self.left, 'show', 'findings', '--count', '10000', config=config,
                      prefix=BLIND)
        self.left.run('ping', '-c', '1', TARGET)
        self.arrive('02:00:00:00:93:04', '10.93.7.4/24')
        self.arrive('02:00:00:00:93:06', 'fd00:9307::6/64')
        for watch in (seeing, blind):
            row = watch.find('new-device', '02:00:00:00:93:04')
            self.assertIn('has come with 10.93.7.4', row['text'])
            watch.find('new-device', '02:00:00:00:93:06')


if __name__ == '__main__':
    unittest.main()
