"""Live flows, hosts and protocols from packets, beside the kernel's own counters."""

import json
import os
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))
import captures  # noqa: E402
import netns  # noqa: E402
import weir  # noqa: E402

NOBODY = 65534
NDPI = '/usr/lib/x86_64-linux-gnu/libndpi.so.4.2'
SEND = '''
import socket, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(('eth0', 0))
s.send(bytes.fromhex(sys.argv[1]))
'''
PATIENCE = 30
DNS = '''
import socket, sys
query = bytes.fromhex('123401000001000000000000') + b'\\x03www\\x07example\\x00\\x00\\x01\\x00\\x01'
family = socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET
s = socket.socket(family, socket.SOCK_DGRAM)
s.settimeout(0.5)
for _ in range(20):
    try:
        s.sendto(query, (sys.argv[1], 53))
        assert s.recv(512)[-4:] == bytes([192, 0, 2, 80])
        break
    except OSError:
        pass
'''


class Table:
    """One table that is watched; the newest document wins."""

    def __init__(self, space, table, *args):
        self.live = weir.start('live', table, '--format', 'json', '--interval', '0.3', *args,
                               prefix=space.prefix)

    def __enter__(self):
        json.loads(self.live.read_line(PATIENCE))
        self.document = json.loads(self.live.read_line(PATIENCE))
        return self

    def __exit__(self, *_):
        self.live.stop()

    def until(self, ready, what):
        deadline = time.monotonic() + PATIENCE
        while not ready(self.document['rows']):
            if time.monotonic() > deadline:
                raise AssertionError(f'no {what}: {self.document}')
            line = self.live.read_line(PATIENCE)
            if not line.startswith('{'):
                raise AssertionError(line)
            self.document = json.loads(line)
        return self.document['rows']


def counters(space, name):
    """Bytes received and sent, by the kernel."""
    link = json.loads(space.ip('-j', '-s', 'link', 'show', name).stdout)[0]['stats64']
    return link['rx']['bytes'] + link['tx']['bytes']


def pair(lab):
    left, right = lab.namespace('left'), lab.namespace('right')
    lab.link(left, 'eth0', ['10.9.0.1/24', 'fd00:9::1/64'],
             right, 'eth0', ['10.9.0.2/24', 'fd00:9::2/64'])
    return left, right


def serve(right, folder):
    """iperf3, a web server with TLS and a name server in the other namespace."""
    key, certificate = os.path.join(folder, 'key'), os.path.join(folder, 'certificate')
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key,
                    '-out', certificate, '-subj', '/CN=www.example', '-days', '1'], check=True,
                   capture_output=True, timeout=PATIENCE)
    with open(os.path.join(folder, 'file'), 'wb') as file:
        file.write(os.urandom(300_000))
    right.start('iperf3', '-s')
    right.start('openssl', 's_server', '-accept', '443', '-key', key, '-cert', certificate, '-WWW',
                cwd=folder)
    right.start('dnsmasq', '--keep-in-foreground', '--no-resolv', '--no-hosts', '--conf-file=',
                '--address=/www.example/192.0.2.80', '--pid-file=', '--user=root')


def fetch(left, host):
    for _ in range(100):
        done = left.run('curl', '-sk', '--resolve', f'www.example:443:{host}',
                        'https://www.example/file', '-o', '/dev/null', check=False)
        if done.returncode == 0:
            return
        time.sleep(0.1)
    raise AssertionError('the web server does not answer')


def iperf(left, host):
    for _ in range(100):
        if left.run('iperf3', '-c', host, '-n', '5M', check=False, timeout=60).returncode == 0:
            return
        time.sleep(0.1)
    raise AssertionError('iperf3 does not answer')


def applications(rows):
    return {row['name'] for row in rows if row['layer'] == 'application'}


def missing():
    return [name for name in ('iperf3', 'curl', 'dnsmasq', 'openssl')
            if subprocess.run(['which', name], capture_output=True, check=False,
                              env=dict(os.environ, PATH=os.environ['PATH'] + ':/usr/sbin')
                              ).returncode]


@netns.needs_root
@weir.needs_weir
class Tables(unittest.TestCase):
    def find(self, rows, **wanted):
        return [row for row in rows if all(row[key] == value for key, value in wanted.items())]

    @unittest.skipIf(missing(), f'needs {missing()}')
    def test_known_traffic(self):
        with netns.Lab() as lab, tempfile.TemporaryDirectory() as folder:
            left, right = pair(lab)
            serve(right, folder)
            left.run('ping', '-c', '1', 'fd00:9::2')  # what the kernels say first is over
            with Table(left, 'flows') as flows, Table(left, 'hosts') as hosts, \
                    Table(left, 'protocols') as protocols:
                before = counters(left, 'eth0')
                base = sum(row['bytes'] for row in protocols.document['rows']
                           if row['layer'] == 'link')
                for host in ('10.9.0.2', 'fd00:9::2'):
                    left.run('ping', '-c', '5', '-i', '0.05', host)
                    left.run('/usr/bin/python3', '-c', DNS, host)
                    fetch(left, f'[{host}]' if ':' in host else host)
                    iperf(left, host)
                time.sleep(0.5)
                carried = counters(left, 'eth0') - before
                self.check_protocols(protocols, base, carried)
                self.check_flows(flows)
                self.check_hosts(hosts, carried)

    def check_protocols(self, table, base, carried):
        """To the byte what the kernel counted on the interface."""
        rows = table.until(lambda rows: sum(row['bytes'] for row in rows if row['layer'] == 'link')
                           - base >= carried, 'all of the bytes')
        link = [row for row in rows if row['layer'] == 'link']
        self.assertEqual([row['name'] for row in link], ['ethernet'])
        self.assertAlmostEqual(link[0]['bytes'] - base, carried, delta=2000)  # what came since
        self.assertEqual({row['name'] for row in rows if row['layer'] == 'transport'},
                         {'tcp', 'udp', 'icmp', 'icmpv6'})
        if os.path.exists(NDPI):
            rows = table.until(lambda rows: {'DNS', 'ICMP', 'ICMPV6'} <= applications(rows) and
                               any(name.startswith('TLS') for name in applications(rows)),
                               'the applications')
            bytes_of = {(row['layer'], row['name']): row['bytes'] for row in rows}
            self.assertEqual(bytes_of['application', 'ICMP'], bytes_of['transport', 'icmp'])
            self.assertLessEqual(bytes_of['application', 'DNS'], bytes_of['transport', 'udp'])

    def check_flows(self, table):
        def ready(rows):
            bulk = [row for row in rows if row['dst_port'] == 5201 and row['src_bytes'] > 3_000_000]
            self.bulk = [(row['src'], row['src_bytes'], row['state']) for row in bulk]
            return len(bulk) == 2 and all(row['state'] in ('closed', 'reset') for row in bulk)
        try:
            rows = table.until(ready, 'two bulk flows that ended')
        except AssertionError as error:
            raise AssertionError(self.bulk) from error
        for client, server in (('10.9.0.1', '10.9.0.2'), ('fd00:9::1', 'fd00:9::2')):
            bulk = [row for row in self.find(rows, src=client, dst=server, dst_port=5201)
                    if row['src_bytes'] > 1_000_000]
            self.assertEqual(len(bulk), 1)
            # iperf3 counts what it wrote; at the end the server resets what is still on its way
            self.assertGreater(bulk[0]['src_ip_bytes'], 3 * 2**20)
            self.assertLess(bulk[0]['src_ip_bytes'], 5 * 2**20 * 1.06)
            web = self.find(rows, src=client, dst=server, dst_port=443)
            self.assertTrue(any(300_000 < row['dst_ip_bytes'] < 330_000 for row in web), web)
            self.assertTrue(any(row['server_name'] == 'www.example' and row['ja4'] for row in web),
                            web)
            self.assertTrue(any((row['rtt_ms'] or 0) > 0 for row in web), web)
            names = self.find(rows, src=client, dst=server, dst_port=53, protocol='udp')
            self.assertTrue(names and names[0]['dst_packets'] >= 1)
            if os.path.exists(NDPI):
                self.assertTrue(any((row['application'] or '').startswith('TLS') for row in web))
                self.assertEqual(names[0]['application'], 'DNS')
            echo = self.find(rows, src=client, dst=server,
                             protocol='icmp' if '.' in client else 'icmpv6', src_packets=5)
            self.assertEqual(len(echo), 1, rows)
            self.assertEqual(echo[0]['src_bytes'], 5 * (98 if '.' in client else 118))

    def check_hosts(self, table, carried):
        rows = table.until(lambda rows: sum(row['tx_bytes'] for row in rows) >= carried * 0.99,
                           'all of the bytes')
        local = {row['address'] for row in rows if row['local']}
        self.assertTrue({'10.9.0.1', 'fd00:9::1'} <= local, local)
        self.assertFalse({'10.9.0.2', 'fd00:9::2'} & local)
        names = {row['address']: row['name'] for row in rows}
        self.assertEqual(names['10.9.0.2'], 'www.example')  # whom the TLS hello asked for there
        self.assertEqual(names['fd00:9::2'], 'www.example')
        sent = {row['address']: row['tx_bytes'] for row in rows}
        self.assertGreater(sent['10.9.0.1'], 3 * 2**20)
        self.assertGreater(sent['fd00:9::1'], 3 * 2**20)

    def test_rates(self):
        """A paced stream has the rate that its sender gave it."""
        with netns.Lab() as lab:
            left, right = pair(lab)
            send = ("import socket, time\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                    "end = time.monotonic() + 4\nwhile time.monotonic() < end:\n"
                    "  s.sendto(bytes(958), ('10.9.0.2', 9)); time.sleep(0.005)\n")
            with Table(left, 'flows') as flows:
                before = counters(left, 'eth0')
                started = time.monotonic()
                sender = left.start('/usr/bin/python3', '-c', send)
                found = flows.until(
                    lambda rows: any(row['dst_port'] == 9 and row['src_packets'] > 300
                                     for row in rows), 'stream')
                rate = (counters(left, 'eth0') - before) / (time.monotonic() - started)
                row = self.find(found, dst_port=9)[0]
                self.assertGreater(row['src_bytes_per_s'], rate * 0.7)
                self.assertLess(row['src_bytes_per_s'], rate * 1.4)
                sender.wait(PATIENCE)
                flows.until(lambda rows: self.find(rows, dst_port=9)[0]['src_bytes_per_s'] == 0,
                            'silence')
            del right

    def test_cut_by_ticks(self):
        """Handshake and hello with a tick after each packet: RTT, name and application."""
        hello = captures.client_hello(b'www.example')
        for client, server in (('10.9.7.1', '10.9.7.2'), ('fd00:9::71', 'fd00:9::72')):
            there, back = (client, 40000, server, 443), (server, 443, client, 40000)
            packets = [(captures.tcp(there, 'S', 99), 'unanswered', None),
                       (captures.tcp(back, 'SA', 499, 100), 'opening', None),
                       (captures.tcp(there, 'A', 100, 500), 'established', None),
                       (captures.tcp(there, 'A', 100, 500, hello[:40]), 'established', None),
                       (captures.tcp(there, 'PA', 140, 500, hello[40:]), 'established',
                        'www.example')]
            with netns.Lab() as lab:
                left, right = pair(lab)
                with Table(left, 'flows') as flows:
                    for i, (frame, state, name) in enumerate(packets):
                        right.run('/usr/bin/python3', '-c', SEND, frame.hex())
                        rows = flows.until(lambda rows: any(
                            row['src_packets'] + row['dst_packets'] == i + 1
                            for row in self.find(rows, src=client)), f'packet {i + 1}')
                        row = self.find(rows, src=client)[0]
                        self.assertEqual((row['state'], row['server_name']), (state, name))
                    self.assertGreater(row['rtt_ms'], 10)  # two processes and ticks lie between
                    self.assertEqual(row['retransmits'], 0)
                    if os.path.exists(NDPI):
                        self.assertEqual(row['application'], 'TLS')
                with Table(left, 'flows', '--no-apps') as flows:
                    for frame, _, _ in packets:
                        right.run('/usr/bin/python3', '-c', SEND, frame.hex())
                    rows = flows.until(lambda rows: any(
                        row['server_name'] for row in self.find(rows, src=client)), 'name')
                    self.assertIsNone(self.find(rows, src=client)[0]['application'])

    def test_threads_have_no_privilege(self):
        """Who reads packets has no capability, though root started it."""
        with netns.Lab() as lab:
            left, _ = pair(lab)
            with Table(left, 'flows') as flows:
                folder = f'/proc/{flows.live.process.pid}/task'
                found = []
                for task in os.listdir(folder):
                    with open(os.path.join(folder, task, 'status'), encoding='utf-8') as file:
                        status = dict(line.rstrip('\n').split(':\t', 1) for line in file
                                      if ':\t' in line)
                    found.append((status['Uid'].split()[0], int(status['CapEff'], 16),
                                  int(status['CapPrm'], 16)))
                self.assertIn((str(NOBODY), 0, 0), found)

    def test_one_interface_and_hot_plug(self):
        with netns.Lab() as lab:
            left, right = pair(lab)
            with Table(left, 'flows', '-i', 'lo') as flows:
                left.run('ping', '-c', '3', '-i', '0.1', '127.0.0.1')
                left.run('ping', '-c', '3', '-i', '0.1', '10.9.0.2')
                rows = flows.until(lambda rows: self.find(rows, src='127.0.0.1'), 'loopback')
                self.assertFalse(self.find(rows, src='10.9.0.1'))
            with Table(left, 'flows') as flows:
                lab.link(left, 'late0', ['10.8.0.1/24'], right, 'late0', ['10.8.0.2/24'])
                time.sleep(0.7)
                left.run('ping', '-c', '3', '-i', '0.1', '10.8.0.2')
                flows.until(lambda rows: self.find(rows, src='10.8.0.1'), 'later interface')
                left.ip('link', 'delete', 'late0')
                left.run('ping', '-c', '3', '-i', '0.1', '10.9.0.2')
                rows = flows.until(lambda rows: self.find(rows, src='10.9.0.1'), 'the other one')
                self.assertFalse(self.find(rows, src='127.0.0.1'))

    def test_not_permitted(self):
        done = subprocess.run([weir.PROGRAM, 'show', 'protocols'], capture_output=True, text=True,
                              user=NOBODY, group=NOBODY, extra_groups=[], timeout=PATIENCE,
                              env=weir.environment(), check=False)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn('sudo weir', done.stderr)


if __name__ == '__main__':
    unittest.main()
