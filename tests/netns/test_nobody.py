"""What no program takes is explained all the same: packets for closed ports, for the firewall, for
everybody; what comes when a connection has gone; errors that come back; the packets of a tunnel.

Two namespaces with a veth pair, a little of each and of nothing else: one kind that is missing, or
counted twice, shows in the share that is explained. The kernel's own counters are the truth.
"""

import functools
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest

import netns
import weir

TRAFFIC = os.environ.get('WEIR_TRAFFIC', '')
STRAY = os.path.join(os.path.dirname(netns.__file__), 'stray.py')
LEFT, RIGHT, RIGHT6, TUNNEL_LEFT, TUNNEL_RIGHT = '10.9.1.1', '10.9.1.2', 'fd19::2', '10.77.0.1', \
    '10.77.0.2'
COLUMNS = 'name,rx_bytes,tx_bytes,rx_explained,tx_explained,rx_unexplained,tx_unexplained'
FIREWALLED = '4000'
FIRST_MOMENT = 500  # bytes
RULES = f'''table inet truth {{
    counter dropped {{}}
    counter closed {{}}
    counter pings {{}}
    counter messages {{}}
    counter errors {{}}
    chain inwards {{
        type filter hook input priority 0;
        udp dport {FIREWALLED} counter name dropped drop
        ip protocol icmp icmp type echo-request ip length > 1000 counter name pings drop
        tcp dport 3000 counter name closed
        udp dport 3000 counter name closed
        icmp type destination-unreachable counter name errors
        meta l4proto {{ icmp, ipv6-icmp }} counter name messages
    }}
}}
'''

needs_traffic = unittest.skipUnless(os.access(TRAFFIC, os.X_OK), 'traffic is not built')


class Run:
    """All kinds, one after the other, and what Weir says of them in both namespaces."""

    def __init__(self, without):
        self.env = weir.environment(WEIR_WITHOUT=without)
        with netns.Lab() as lab, tempfile.TemporaryDirectory() as self.folder:
            self.left, self.right = lab.namespace('left'), lab.namespace('right')
            lab.link(self.left, 'e0', [LEFT + '/24', 'fd19::1/64'],
                     self.right, 'e0', [RIGHT + '/24', RIGHT6 + '/64'])
            self.tunnel(self.left, LEFT, RIGHT, TUNNEL_LEFT)
            self.tunnel(self.right, RIGHT, LEFT, TUNNEL_RIGHT)
            for space in (self.left, self.right):
                space.run('ethtool', '-K', 'e0', 'tso', 'off', 'gso', 'off', 'gro', 'off')
                space.run('nft', '-f', '-', input=RULES)
            self.watch()
            self.traffic()
            self.rows = self.settled()
            self.flows = self.all_flows()
            self.truth = {space: self.counters(space) for space in (self.left, self.right)}

    @staticmethod
    def tunnel(space, local, remote, address):
        space.ip('link', 'add', 'vx0', 'type', 'vxlan', 'id', '7', 'dstport', '4789',
                 'local', local, 'remote', remote, 'dev', 'e0')
        space.ip('address', 'add', address + '/24', 'dev', 'vx0')
        space.ip('link', 'set', 'vx0', 'up')

    def path(self, space, table):
        return os.path.join(self.folder, f'{space.name}-{table}')

    def watch(self):
        for space in (self.left, self.right):
            for table, more in (('interfaces', ['--columns', COLUMNS]), ('apps', []),
                                ('flows', ['--limit', '0'])):
                with open(self.path(space, table), 'w', encoding='utf-8') as output:
                    space.start(weir.PROGRAM, 'show', table, *more, '--format', 'json', '--count',
                                '0', '--interval', '0.25', stdout=output, env=self.env)
        for space in (self.left, self.right):
            for table in ('interfaces', 'apps', 'flows'):
                self.wait(lambda path=self.path(space, table): os.path.getsize(path) > 0)

    @staticmethod
    def wait(condition):
        deadline = time.monotonic() + 60
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError('weir prints nothing')
            time.sleep(0.05)

    def stray(self, *words, check=True):
        self.left.run(sys.executable, STRAY, *words, check=check)

    def connections(self, server, client):
        with subprocess.Popen([*self.right.prefix, sys.executable, STRAY, 'serve', RIGHT, server],
                              stdout=subprocess.PIPE) as taker:
            taker.stdout.readline()
            self.stray('ask', RIGHT, client)
            taker.wait(60)

    def tunnelled(self, take, send):
        with subprocess.Popen([*self.right.prefix, TRAFFIC, *take], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as taker:
            taker.stderr.readline()
            self.left.run(TRAFFIC, *send)
            taker.communicate(timeout=60)

    def traffic(self):
        ping = self.left.start('ping', '-q', '-i', '0.2', RIGHT)  # gets errors, too: a raw socket
        self.stray('closed', RIGHT)
        self.stray('datagrams', RIGHT6, '3000')
        self.stray('datagrams', RIGHT, FIREWALLED)
        for host in ('10.9.1.255', '224.0.0.1', '239.1.2.3', 'ff02::1%e0'):
            self.stray('many', host, 'e0')
        self.connections('last', 'first')
        self.connections('first', 'last')
        self.left.run('ping', '-q', '-f', '-c', '50', '-W', '1', '-s', '1200', RIGHT,
                      check=False)
        ping.terminate()
        self.tunnelled(['datagram-take', TUNNEL_RIGHT, '7001'],
                       ['datagram-send', TUNNEL_RIGHT, '7001', '500', '200'])
        self.tunnelled(['stream-take', TUNNEL_RIGHT, '7002', '1', 'tcp'],
                       ['stream-send', TUNNEL_RIGHT, '7002', '100000', '1', 'tcp'])

    def last(self, space, table):
        with open(self.path(space, table), encoding='utf-8') as output:
            return json.loads(output.read().split('\n')[-2])['rows']  # the last may not be whole

    def all_flows(self):
        """What was told of flows at the right, at any time."""
        with open(self.path(self.right, 'flows'), encoding='utf-8') as output:
            lines = output.read().split('\n')[:-1]
        return {(row['app'], row['protocol'], row['state'], row['src'], row['dst'], row['dst_port'])
                for line in lines for row in json.loads(line)['rows']}

    def settled(self):
        """Tables of both sides, when they tell what the kernel counted, and no more comes."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            before = [self.link_bytes(space) for space in (self.left, self.right)]
            time.sleep(1)
            tables = {(space, table): self.last(space, table) for table in ('interfaces', 'apps')
                      for space in (self.left, self.right)}
            told = [(row['rx_bytes'], row['tx_bytes']) for space in (self.left, self.right)
                    for row in tables[space, 'interfaces'] if row['name'] == 'e0']
            if told == before == [self.link_bytes(space) for space in (self.left, self.right)]:
                return tables
        raise TimeoutError('traffic does not end')

    @staticmethod
    def link_bytes(space):
        stats = json.loads(space.ip('-s', '-j', 'link', 'show', 'dev', 'e0').stdout)[0]['stats64']
        return stats['rx']['bytes'], stats['tx']['bytes']

    @staticmethod
    def counters(space):
        listed = json.loads(space.run('nft', '-j', 'list', 'counters').stdout)['nftables']
        return {entry['counter']['name']: entry['counter']['bytes'] for entry in listed
                if 'counter' in entry}

    def app(self, space, name):
        """(rx, tx) of a row, (0, 0) where there is none."""
        rows = [row for row in self.rows[space, 'apps'] if row['app'] == name]
        return sum(row['rx_bytes'] for row in rows), sum(row['tx_bytes'] for row in rows)


@functools.lru_cache(maxsize=None)
def run(without):
    return Run(without)


class Cases:
    """One run, looked at from several sides."""

    without, most = '', 0.001

    def setUp(self):
        self.run_ = run(self.without)

    def test_all_of_it_is_explained(self):
        for space in (self.run_.left, self.run_.right):
            for row in self.run_.rows[space, 'interfaces']:
                for way in ('rx', 'tx') if row['name'] in ('e0', 'vx0') else ():
                    whole = row[f'{way}_explained'] + row[f'{way}_unexplained']
                    share = row[f'{way}_explained'] / whole
                    print(f'# {space.name} {row["name"]} {way}: {share:.4%} of {whole} bytes')
                    self.assertGreater(whole, 500)
                    # a packet that came while Weir read for the first time may be missing
                    self.assertLess(abs(whole - row[f'{way}_explained']),
                                    FIRST_MOMENT + self.most * whole)

    def test_refused_is_what_nobody_listens_to_or_the_firewall_drops(self):
        """And what goes to everybody: four times 200 datagrams of 228 or 248 bytes."""
        truth = self.run_.truth[self.run_.right]
        self.assertGreater(truth['dropped'], 45000)
        self.assertGreater(truth['closed'], 90000)
        everybody = 200 * (3 * 228 + 248)
        self.assertEqual(self.run_.app(self.run_.right, 'kernel: refused'),
                         (truth['dropped'] + truth['closed'] + everybody, 0))

    def test_requests_that_the_firewall_drops_count_once(self):
        """Echo requests are the kernel's, whatever becomes of them."""
        pings = self.run_.truth[self.run_.right]['pings']
        self.assertEqual(pings, 50 * 1228)
        rx = self.run_.app(self.run_.right, 'kernel: icmp')[0]
        least = pings + self.run_.truth[self.run_.right]['messages']
        self.assertGreaterEqual(rx, least)
        self.assertLess(rx, least + pings / 2)  # what is for groups comes to no input hook

    def test_errors_are_the_kernels_not_the_pingers(self):
        errors = self.run_.truth[self.run_.left]['errors']
        rx = self.run_.app(self.run_.left, 'kernel: icmp')[0]
        self.assertGreater(errors, 500)
        self.assertGreaterEqual(rx, errors)
        ping = self.run_.app(self.run_.left, 'ping')
        self.assertLessEqual(ping[0], ping[1])  # replies alone

    def test_flows_say_what_became_of_them(self):
        """Packets tell of these flows, the books whose they are."""
        flows = self.run_.flows
        self.assertIn(('kernel: refused', 'tcp', 'refused', LEFT, RIGHT, 3000), flows)
        self.assertIn(('kernel: refused', 'udp', 'one-way', LEFT, RIGHT, 3000), flows)

    def test_a_tunnel_is_named(self):
        for space in (self.run_.left, self.run_.right):
            rx, tx = self.run_.app(space, 'kernel: vxlan')
            self.assertGreater(rx + tx, 200 * 578 + 100000)


@netns.needs_root
@weir.needs_weir
@needs_traffic
class Here(Cases, unittest.TestCase):
    """As this kernel has it."""


@netns.needs_root
@weir.needs_weir
@needs_traffic
class AsOnLinux61(Cases, unittest.TestCase):
    """Tracepoints know no connection that has gone: what arrives for it is missing."""

    without, most = 'receivers,senders,tcx', 0.005


if __name__ == '__main__':
    unittest.main()
