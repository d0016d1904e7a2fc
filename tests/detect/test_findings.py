"""Findings in captures: what is found, what is not, and how it is told."""

import csv
import io
import json
import os
import tempfile
import unittest

import attacks
import captures
import weir

SCANNER, TARGET = '10.0.0.5', '10.0.0.9'
COLUMNS = 'rule object severity since last_seen count observed expected text evidence'.split()


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
        self.assertEqual(row['count'], 1000)
        self.assertAlmostEqual(row['observed'], 1000, delta=150)
        self.assertEqual(row['expected'], 15)
        self.assertRegex(row['text'],
                         rf'^{SCANNER} scans ports \(TCP SYN\): .* of {TARGET} in 10 s$')
        self.assertIn('2 dropped half-open', row['evidence'])
        self.assertTrue(row['since'].startswith('2023-11-14T22:13:20'))
        self.assertTrue(row['last_seen'].startswith('2023-11-14T22:13:29.99'))

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
