"""Findings in captures: what is found, what is not, and how it is told."""

import csv
import io
import json
import os
import tempfile
import unittest

import attacks
import captures
import dga
import weir

SCANNER, TARGET = '10.0.0.5', '10.0.0.9'
COLUMNS = ('rule object severity since last_seen count observed expected text evidence '
           'state').split()


class Findings(unittest.TestCase):
    """Tests with files."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def write(self, data, name='a.pcap'):
        path = os.path.join(self.folder.name, name)
        with open(path, 'wb' if isinstance(data, bytes) else 'w') as file:
            file.write(data)
        return path

    def found(self, packets, *args):
        path = self.write(captures.pcap(packets))
        done = weir.run('show', 'findings', '--file', path, '--format', 'json', *args)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        return json.loads(done.stdout)['rows']

    def names(self, packets, *args):
        return sorted((row['rule'], row['object']) for row in self.found(packets, *args))


@weir.needs_weir
class Scans(Findings):
    """Scans of ports and hosts."""

    def test_port_scan(self):
        row, = self.found(attacks.scan(SCANNER, TARGET, range(1, 1001), open_ports=(22, 80)))
        self.assertEqual(list(row), COLUMNS)
        self.assertEqual((row['rule'], row['object'], row['severity']),
                         ('port-scan', SCANNER, 'warning'))
        self.assertEqual((row['count'], row['state']), (1000, None))
        self.assertAlmostEqual(row['observed'], 1000, delta=150)
        self.assertEqual(row['expected'], 15)
        self.assertRegex(row['text'],
                         rf'^{SCANNER} scans ports \(TCP SYN\): .* of {TARGET} in 10 s$')
        self.assertIn('2 dropped half-open', row['evidence'])
        self.assertTrue(row['since'].startswith('2023-11-14T22:13:20'))
        self.assertTrue(row['last_seen'].startswith('2023-11-14T22:13:29.99'))

    def test_the_same_each_time(self):
        packets = attacks.scan(SCANNER, TARGET, range(1, 1001))
        first = self.found(packets)
        for _ in range(3):
            self.assertEqual(self.found(packets), first)

    def test_slow_scan(self):
        packets = attacks.scan(SCANNER, TARGET, range(1, 200), step=15)
        self.assertEqual(self.names(packets), [('port-scan', SCANNER)])

    def test_host_scan(self):
        hosts = [f'10.0.1.{i}' for i in range(1, 255)]
        row, = self.found(attacks.sweep(SCANNER, hosts, 22))
        self.assertEqual((row['rule'], row['object'], row['count']), ('host-scan', SCANNER, 254))
        self.assertIn('port 22 of about', row['text'])

    def test_scan_over_ipv6(self):
        row, = self.found(attacks.scan('2001:db8::5', '2001:db8::9', range(1, 101)))
        self.assertEqual((row['rule'], row['object']), ('port-scan', '2001:db8::5'))

    def test_a_servers_replies_are_no_scan(self):
        whole = attacks.clients(5000, TARGET, 443)
        self.assertEqual(self.names(whole), [])
        replies = [(time, frame) for time, frame in whole if frame[26:30] == bytes([10, 0, 0, 9])]
        self.assertEqual(self.names(replies), [])  # one direction only
        requests = [(time, frame) for time, frame in whole if frame[26:30] != bytes([10, 0, 0, 9])]
        self.assertEqual(self.names(requests), [])
        self.assertEqual(self.names(whole[::100]), [])  # sampled

    def test_a_busy_client_is_no_scan(self):
        packets = []
        for i in range(300):
            site = f'198.51.{i % 100}.10'
            packets += captures.connection((SCANNER, 40000 + i), (site, 443), attacks.BEGIN + i / 5)
        self.assertEqual(self.names(packets), [])


@weir.needs_weir
class Floods(Findings):
    """Floods and repetitions."""

    def test_syn_flood_of_spoofed_sources(self):
        packets = [(attacks.BEGIN + i / 5000,
                    captures.tcp((f'{20 + i % 80}.{i // 250 % 250}.{i % 199}.7', 1024 + i % 60000,
                                  TARGET, 80), 'S', i)) for i in range(20000)]
        row, = self.found(packets)
        self.assertEqual((row['rule'], row['object'], row['severity']),
                         ('syn-flood', TARGET, 'critical'))
        self.assertAlmostEqual(row['observed'], 5000, delta=50)

    def test_amplification(self):
        packets = captures.connection((SCANNER, 40000), (TARGET, 22), attacks.BEGIN)
        packets += [(attacks.BEGIN + 5 + i / 3000,
                     captures.udp(f'198.51.100.{1 + i % 200}', 123, TARGET, 33333, bytes(440)))
                    for i in range(9000)]
        self.assertEqual(self.names(attacks.in_order(packets)), [('amplification', TARGET)])

    def test_beacon(self):
        packets = []
        for i in range(90):
            packets += captures.connection((SCANNER, 40000 + i), ('203.0.113.9', 8443),
                                           attacks.BEGIN + i * 10 + i % 3 * 0.2)
        row, = self.found(packets)
        self.assertEqual((row['rule'], row['object'], row['count']), ('beacon', SCANNER, 90))
        self.assertRegex(row['text'], r'203\.0\.113\.9 port 8443 \(TCP\) each 10(\.0)? s')

    def test_brute_force(self):
        packets = []
        for i in range(120):
            packets += captures.connection((SCANNER, 40000 + i), (TARGET, 22),
                                           attacks.BEGIN + i * 1.5 + i * i % 7 / 10)
        self.assertIn(('brute-force', SCANNER), self.names(attacks.in_order(packets)))

    def test_honest_load_is_none(self):
        transfer = []  # one flow, many packets: iperf3, a backup
        there, back = (SCANNER, 40000, TARGET, 5201), (TARGET, 5201, SCANNER, 40000)
        transfer += [(attacks.BEGIN, captures.tcp(there, 'S', 1)),
                     (attacks.BEGIN + 0.001, captures.tcp(back, 'SA', 1, 2)),
                     (attacks.BEGIN + 0.002, captures.tcp(there, 'A', 2, 2))]
        transfer += [(attacks.BEGIN + 0.01 + i / 10000,
                      captures.tcp(there, 'A', 2 + i * 1000, 2, bytes(1000)))
                     for i in range(20000)]
        transfer += [(attacks.BEGIN + 0.01 + i / 5000, captures.tcp(back, 'A', 2, 2 + i * 2000))
                     for i in range(10000)]
        self.assertEqual(self.names(attacks.in_order(transfer)), [])
        udp = [(attacks.BEGIN + i / 20000, captures.udp(SCANNER, 40000, TARGET, 5201, bytes(900)))
               for i in range(40000)]
        udp.insert(1, (attacks.BEGIN, captures.udp(TARGET, 5201, SCANNER, 40000, b'6789')))
        self.assertEqual(self.names(udp), [])
        self.assertEqual(self.names(attacks.in_order(attacks.swarm(SCANNER, 600))), [])


@weir.needs_weir
class Names(Findings):
    """DNS."""

    HONEST = [f'www.{name}' for name in (
        'debian.org kernel.org gnu.org wikipedia.org python.org apache.org github.com mozilla.org '
        'gnome.org openstreetmap.org example.com bbc.co.uk nytimes.com stackoverflow.com').split()]

    def infected(self, families, code):
        """(hosts, those that are found): 16 for each family, in one network."""
        packets, hosts = [], set()
        for family in families:
            for number in range(16):
                host = f'10.0.{len(hosts) // 100}.{1 + len(hosts) % 100}'
                hosts.add(host)
                packets += attacks.asks(host, self.HONEST, 0)
                packets += attacks.asks(host, dga.infected(family, number), code)
        rows = self.found(attacks.in_order(packets))
        self.assertEqual({row['rule'] for row in rows} - {'dga'}, set())
        return hosts, {row['object'] for row in rows}

    def test_generated_names_that_do_not_exist(self):
        hosts, found = self.infected(dga.FAMILIES, 3)
        self.assertEqual(hosts - found, set())

    def test_generated_names_that_exist(self):
        """All but words after each other, which look like real names: the help says so."""
        hosts, found = self.infected(set(dga.FAMILIES) - {'dictionary'}, 0)
        self.assertEqual(hosts - found, set())
        self.assertEqual(self.infected(['dictionary'], 0)[1], set())
        self.assertIn('words after each other', weir.run('help', 'findings').stdout)

    def test_honest_names_are_none(self):
        cdn = [f'd{i:x}3f{i * 7919:x}abcdef8.cloudfront.net' for i in range(300)]
        lists = [f'{i % 250}.{i // 250}.2.192.zen.spamhaus.org' for i in range(300)]
        hashes = [f'{dga.hexadecimal(1, str(i))[0][:-5]}.malware.hash.cymru.com'
                  for i in range(300)]
        for names, code in ((cdn, 0), (lists, 3), (hashes, 3)):
            self.assertEqual(self.names(attacks.asks('10.0.0.5', names, code)), [])

    def test_tunnel(self):
        row, = self.found(attacks.tunnel('10.0.0.5', 't.tunnel.example'))
        self.assertEqual((row['rule'], row['object']), ('dns-tunnel', '10.0.0.5'))
        self.assertIn('below tunnel.example', row['text'])


@weir.needs_weir
class Neighbours(Findings):
    """ARP and router advertisements."""

    def test_spoofing(self):
        begin, gateway, own, other = attacks.BEGIN, '10.0.0.1', '020000000001', '020000000066'
        packets = [(begin + i, attacks.arp(own if i % 5 == 0 else other, gateway))
                   for i in range(30)]
        row, = self.found(packets)
        self.assertEqual((row['rule'], row['object']), ('arp-duplicate', gateway))
        self.assertIn('02:00:00:00:00:66', row['text'])
        packets = [(begin, attacks.arp(own, gateway)), (begin + 5, attacks.arp(other, gateway))]
        self.assertEqual(self.names(packets), [('arp-change', gateway)])

    def test_rogue_router(self):
        packets = [(attacks.BEGIN + i, attacks.advertisement(*who)) for i, who in enumerate(
            [('020000000001', 'fe80::1'), ('020000000066', 'fe80::66')] * 3)]
        self.assertEqual(self.names(packets), [('rogue-router', 'fe80::66')])
        self.assertEqual(self.names(packets[::2]), [])


    def test_new_device(self):
        """Of IPv6 alone: by each message that carries a MAC; forged from afar, or once, it does
        not count."""
        begin, late = attacks.BEGIN, attacks.BEGIN + 4000
        packets = [(begin, attacks.discovery(135, '020000000001', 'fe80::1'))]
        for i, kind in enumerate((133, 135, 136)):
            mac = f'02000000001{i}'
            packets += [(late + j, attacks.discovery(kind, mac, f'fe80::1{i}')) for j in range(3)]
        packets.append((late, attacks.discovery(136, '020000000020', 'fe80::20')))
        packets += [(late + j, attacks.discovery(136, '020000000030', 'fe80::30', 64))
                    for j in range(3)]
        packets += [(late + j, attacks.discovery(135, '020000000040', '::')) for j in range(3)]
        rows = self.found(attacks.in_order(packets))
        self.assertEqual(sorted((row['rule'], row['object']) for row in rows),
                         [('new-device', f'02:00:00:00:00:1{i}') for i in range(3)])
        texts = sorted(row['text'] for row in rows)
        self.assertEqual(texts[2], 'a new device, 02:00:00:00:00:12, has come with fe80::12')


@weir.needs_weir
class Telling(Findings):
    """The report, muting, limits, help."""

    def setUp(self):
        super().setUp()
        self.path = self.write(captures.pcap(attacks.in_order(
            attacks.scan(SCANNER, TARGET, range(1, 101)),
            attacks.sweep('10.0.0.6', [f'10.0.1.{i}' for i in range(1, 101)], 9100))))

    def read(self, *args, config=None):
        if config is not None:
            args += ('--config', self.write(config, 'weir.conf'))
        done = weir.run('read', self.path, *args)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        return done.stdout

    def objects(self, config=None):
        rows = json.loads(self.read('--format', 'json', config=config))['findings']
        return sorted(row['object'] for row in rows)

    def test_report_shows_them_first(self):
        lines = self.read().splitlines()
        self.assertEqual(lines[2], 'Findings')
        self.assertTrue(lines[3].startswith('  warning   10.0.0.5 scans ports (TCP SYN): '))
        self.assertRegex(lines[4], r'^ {12}ports \d+, \d+, .*; 97 refused')

    def test_formats(self):
        self.assertEqual(self.objects(), ['10.0.0.5', '10.0.0.6'])
        rows = list(csv.DictReader(io.StringIO(self.read('--format', 'csv'))))
        found = {(row['name'], row['key']): row['value'] for row in rows
                 if row['section'] == 'findings'}
        self.assertEqual(found['port-scan 10.0.0.5', 'count'], '100')
        self.assertEqual(found['host-scan 10.0.0.6', 'severity'], 'warning')

    def test_mute(self):
        self.assertEqual(self.objects('finding "host-scan" { mute = {"10.0.0.6"} }'), ['10.0.0.5'])
        self.assertEqual(self.objects('finding "*" { mute = {"10.0.0.0/24"} }'), [])
        self.assertEqual(self.objects('finding "host-scan" { mute = {"10.0.0.5"} }'),
                         ['10.0.0.5', '10.0.0.6'])

    def test_limits(self):
        self.assertEqual(self.objects('finding "port-scan" { ports = 200 }'), ['10.0.0.6'])

    def test_list(self):
        self.assertIn('10.0.1.7', self.objects('watch = {"10.0.1.7", "192.0.2.1"}'))

    def test_wrong_configuration(self):
        for text, says in (('finding "port-scam" { }', "line 1.*did you mean 'port-scan'"),
                           ('finding "host-scan" { ports = 3 }', "host-scan has no limit 'ports'"),
                           ('finding "host-scan" { prots = 3 }', "no such option 'prots'")):
            path = self.write(text, 'wrong.conf')
            done = weir.run('read', self.path, '--config', path)
            self.assertEqual((done.returncode, done.stdout), (2, ''))
            self.assertRegex(done.stderr, says)

    def test_help(self):
        done = weir.run('help', 'findings')
        self.assertEqual(done.returncode, 0)
        for rule in ('port-scan (warning)', 'host-scan (warning)', 'watched (warning)'):
            self.assertIn(f'\n{rule}\n', done.stdout)

    def test_live_has_the_table(self):
        done = weir.run('show', 'findings', '--interval', '0.1', '--format', 'json')
        self.assertEqual(json.loads(done.stdout)['table'], 'findings')


if __name__ == '__main__':
    unittest.main()
