"""Books of interfaces that stand on others, against the kernel's own counters.

One machine with a bridge of two ports (a container-like neighbour at each), an uplink to which it
routes, and a macvlan on another link. Every interface has to explain what it counted in each
scenario, lower ones too, whichever of them routing chose, and so has the machine as a whole.
"""

import functools
import json
import os
import re
import subprocess
import tempfile
import time
import unittest

import netns
import weir

TRAFFIC = os.environ.get('WEIR_TRAFFIC', '')
BRIDGE, ONE, TWO, UPLINK, FAR, MAC, MAC_FAR = (
    '10.9.1.1', '10.9.1.2', '10.9.1.3', '10.9.2.1', '10.9.2.2', '10.9.3.1', '10.9.3.2')
PARTS = ('programs', 'kernel', 'forwarded', 'not_ip', 'stacked', 'headers')
LEDGER = 'name,kind,counted,rx_bytes,tx_bytes,' + ','.join(
    f'{way}_{what}' for what in (*PARTS, 'explained', 'unexplained', 'elsewhere', 'earlier')
    for way in ('rx', 'tx'))
STREAM = 1_000_000
WORTH = 20_000  # bytes of an interface in a scenario, below that single packets weigh too much

# Name: pairs of places between which a stream goes, or pings (what goes out comes back).
STREAMS = {
    'bridge-sends': ('host', 'one', ONE),
    'bridge-receives': ('two', 'host', BRIDGE),
    'port-to-port': ('one', 'two', TWO),
    'routed-out': ('one', 'far', FAR),
    'routed-in': ('far', 'two', TWO),
    'macvlan-sends': ('host', 'mac', MAC_FAR),
    'macvlan-receives': ('mac', 'host', MAC),
}
PINGS = {'ping-the-bridge': ('one', BRIDGE), 'ping-past': ('one', TWO),
         'ping-through': ('two', FAR)}

needs_traffic = unittest.skipUnless(os.access(TRAFFIC, os.X_OK), 'traffic is not built')


class Run:
    """All scenarios, once; `shares` has what each explained."""

    def __init__(self, without):
        self.env = weir.environment(WEIR_WITHOUT=without)
        self.places, self.shares = {}, {}
        with tempfile.TemporaryDirectory() as folder, netns.Lab() as lab:
            self.output, self.said = os.path.join(folder, 'json'), os.path.join(folder, 'table')
            self.build(lab)
            self.watch()
            before = self.settled()
            for number, name in enumerate([*STREAMS, *PINGS]):
                if name in STREAMS:
                    self.stream(*STREAMS[name], str(7101 + number))
                else:
                    self.ping(*PINGS[name])
                after = self.settled()
                self.shares[name] = self.compare(before, after)
                before = after
            self.line = self.last_line()

    def build(self, lab):
        self.places = {name: lab.namespace(name) for name in ('host', 'one', 'two', 'far', 'mac')}
        host, one, two, far, mac = self.places.values()
        host.ip('link', 'add', 'br0', 'type', 'bridge')
        lab.link(host, 'port1', [], one, 'eth0', [ONE + '/24'])
        lab.link(host, 'port2', [], two, 'eth0', [TWO + '/24'])
        lab.link(host, 'eth0', [UPLINK + '/24'], far, 'eth0', [FAR + '/24'])
        lab.link(host, 'eth1', [], mac, 'eth0', [MAC_FAR + '/24'])
        host.ip('link', 'add', 'link', 'eth1', 'name', 'mac0', 'type', 'macvlan', 'mode', 'bridge')
        for port in ('port1', 'port2'):
            host.ip('link', 'set', port, 'master', 'br0')
        for name, address in (('br0', BRIDGE), ('mac0', MAC)):
            host.ip('address', 'add', address + '/24', 'dev', name)
            host.ip('link', 'set', name, 'up')
        host.run('sysctl', '-q', 'net.ipv4.ip_forward=1',
                 'net.ipv4.conf.all.arp_ignore=1')  # eth1 would answer for mac0
        for space in (one, two):
            space.ip('route', 'add', 'default', 'via', BRIDGE)
        far.ip('route', 'add', '10.9.1.0/24', 'via', UPLINK)
        for space, address in ((one, TWO), (two, FAR), (mac, MAC)):
            space.run('ping', '-q', '-c', '1', '-W', '20', address)  # all know their neighbours

    def watch(self):
        for words, path in ((['interfaces', '--format', 'json', '--columns', LEDGER], self.output),
                            (['apps', '--format', 'table'], self.said)):
            with open(path, 'w', encoding='utf-8') as output:
                self.places['host'].start(weir.PROGRAM, 'show', *words, '--count', '0',
                                          '--interval', '0.2', stdout=output, env=self.env)
        deadline = time.monotonic() + 60
        while not (os.path.getsize(self.output) and os.path.getsize(self.said)):
            if time.monotonic() > deadline:
                raise TimeoutError('weir prints nothing')
            time.sleep(0.05)

    def kernel(self):
        links = json.loads(self.places['host'].ip('-s', '-j', 'link').stdout)
        return {link['ifname']: {way: link['stats64'][way]['bytes'] for way in ('rx', 'tx')}
                for link in links}

    def settled(self):
        """The first document that has seen all that the kernel has counted by now."""
        counted, deadline = self.kernel(), time.monotonic() + 60
        while time.monotonic() < deadline:
            with open(self.output, encoding='utf-8') as output:
                lines = output.read().split('\n')[:-1]  # the last may not be whole
            rows = {row['name']: row for row in json.loads(lines[-1])['rows']}
            if all(rows[name][way + '_bytes'] >= counted[name][way]
                   for name in counted for way in ('rx', 'tx')):
                return rows
            time.sleep(0.1)
        raise TimeoutError('weir has stopped')

    @staticmethod
    def compare(before, after):
        """Explained share and bytes of each interface and direction, of one scenario."""
        shares = {}
        for name, row in after.items():
            for way in ('rx', 'tx'):
                grown = {what: row[f'{way}_{what}'] - before[name][f'{way}_{what}']
                         for what in (*PARTS, 'explained', 'unexplained', 'bytes')}
                if row['kind'] != 'loopback' and grown['bytes'] >= WORTH:
                    shares[f'{name} {way}'] = (grown['explained'] / grown['bytes'], grown)
        return shares

    def stream(self, sender, taker, address, port):
        take = self.places[taker].start(TRAFFIC, 'stream-take', address, port, '1', 'tcp',
                                        stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        take.stderr.readline()
        self.places[sender].run(TRAFFIC, 'stream-send', address, port, str(STREAM), '1', 'tcp',
                                timeout=60)
        take.communicate(timeout=60)

    def ping(self, sender, address):
        self.places[sender].run('ping', '-q', '-f', '-c', '200', '-s', '1000', address, timeout=60)

    def last_line(self):
        with open(self.said, encoding='utf-8') as output:
            return re.findall(r'.*is explained.*', output.read())[-1]


@functools.lru_cache(maxsize=None)
def run(without):
    return Run(without)


class Stacks:
    """One case for each scenario; `without` names features that the kernel shall not have."""

    without = ''

    def check(self, name, *busy):
        """Each interface explains what it counted; `busy` did count something."""
        shares = run(self.without).shares[name]
        for what, (share, grown) in shares.items():
            print(f"# {name}: {what} {share:.4%} of {grown['bytes']}")
        for what in busy:
            self.assertIn(what, shares)
        for what, (share, grown) in shares.items():
            self.assertGreaterEqual(share, 0.995, (what, grown))
            self.assertLessEqual(share, 1.005, (what, grown))
            self.assertEqual(grown['explained'] + grown['unexplained'], grown['bytes'], what)
            self.assertEqual(sum(grown[part] for part in PARTS), grown['explained'], what)
        return {what: grown for what, (_, grown) in shares.items()}

    def test_a_socket_sends_by_a_bridge(self):
        grown = self.check('bridge-sends', 'br0 tx', 'port1 tx')
        self.assertGreaterEqual(grown['br0 tx']['programs'], STREAM)
        self.assertGreaterEqual(grown['port1 tx']['stacked'], 0.99 * STREAM)

    def test_a_socket_receives_by_a_bridge(self):
        self.check('bridge-receives', 'br0 rx', 'port2 rx')

    def test_from_port_to_port(self):
        grown = self.check('port-to-port', 'port1 rx', 'port2 tx')
        for what in ('port1 rx', 'port2 tx'):
            self.assertGreaterEqual(grown[what]['forwarded'], STREAM)

    def test_a_container_is_routed_out(self):
        grown = self.check('routed-out', 'port1 rx', 'br0 rx', 'eth0 tx')
        self.assertGreaterEqual(grown['br0 rx']['forwarded'], STREAM)
        self.assertGreaterEqual(grown['eth0 tx']['forwarded'], STREAM)
        self.assertGreaterEqual(grown['port1 rx']['stacked'], 0.99 * STREAM)

    def test_and_back(self):
        self.check('routed-in', 'eth0 rx', 'br0 tx', 'port2 tx')

    def test_a_socket_sends_by_a_macvlan(self):
        self.check('macvlan-sends', 'mac0 tx', 'eth1 tx')

    def test_a_socket_receives_by_a_macvlan(self):
        self.check('macvlan-receives', 'mac0 rx', 'eth1 rx')

    def test_pings_to_the_bridge(self):
        grown = self.check('ping-the-bridge', 'port1 rx', 'port1 tx', 'br0 rx', 'br0 tx')
        for what in ('port1 rx', 'port1 tx', 'br0 rx', 'br0 tx'):
            self.assertGreaterEqual(grown[what]['kernel'], 200 * 1028)

    def test_pings_from_port_to_port(self):
        self.check('ping-past', 'port1 rx', 'port1 tx', 'port2 rx', 'port2 tx')

    def test_pings_that_are_routed(self):
        self.check('ping-through', 'port2 rx', 'br0 rx', 'eth0 rx', 'eth0 tx')

    def test_the_line_of_the_machine(self):
        line = run(self.without).line
        print('#', line)
        share = re.search(r'(all|[\d.]+ %) of ', line)
        self.assertTrue(share, line)
        self.assertGreaterEqual(100 if share[1] == 'all' else float(share[1].split()[0]), 99.5)
        self.assertIn('forwarded', line)


@netns.needs_root
@weir.needs_weir
@needs_traffic
class Here(Stacks, unittest.TestCase):
    """As this kernel has it."""


@netns.needs_root
@weir.needs_weir
@needs_traffic
class AsOnLinux61(Stacks, unittest.TestCase):
    """Without what Debian 12's own kernel does not have."""

    without = 'receivers,senders,tcx'


if __name__ == '__main__':
    unittest.main()
