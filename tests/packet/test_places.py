"""Countries, autonomous systems, makers of network cards and names of ports.

Databases are made here; where ../shared/corpus (or $WEIR_CORPUS) is, MaxMind's test databases are
read, too, and every network in them is compared with what a reader of the tests' own says.
"""

import glob
import json
import os
import struct
import subprocess
import tempfile
import unittest

import captures
import mmdb
import weir

SOURCE = os.environ.get('WEIR_SOURCE', os.getcwd())
CORPUS = os.environ.get('WEIR_CORPUS', os.path.join(SOURCE, '..', 'shared', 'corpus'))
DATABASES = os.path.join(CORPUS, 'mmdb')
OURS = '10.1.1.1'
PLACES = {
    '192.0.2.0/24': {'country': {'iso_code': 'XA'}, 'autonomous_system_number': 64500,
                     'autonomous_system_organization': 'Example One'},
    '198.51.100.0/24': {'registered_country': {'iso_code': 'XB'}},
    '203.0.113.0/25': {'autonomous_system_number': 64501,
                       'autonomous_system_organization': 'evil\x1b[2J<b>'},
}


def arp_reply(address, mac):
    """A frame with which the owner of `mac` says that it has an address."""
    body = struct.pack('>HHBBH', 1, 0x0800, 6, 4, 2) + mac + bytes(
        int(part) for part in address.split('.')) + bytes(6) + bytes((10, 1, 1, 1))
    return captures.ethernet(body, 0x0806)


@weir.needs_weir
class Places(unittest.TestCase):
    """What files of the machine say of hosts and ports."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.database = self.file('places.mmdb', mmdb.database(PLACES))

    def file(self, name, data):
        """A file in a folder of the test's own."""
        path = os.path.join(self.folder, name)
        with open(path, 'wb') as file:
            file.write(data)
        return path

    def capture(self, addresses, more=()):
        """One packet from us to each of the addresses."""
        frames = [captures.udp(OURS if '.' in address else '2001:db8::1', 40000, address, 443)
                  for address in addresses]
        return self.file('trace.pcap', captures.pcap(
            [(float(i), frame) for i, frame in enumerate([*frames, *more])]))

    def rows(self, table, path, *args):
        """{address or destination: row}"""
        done = weir.run('show', table, '--file', path, '--format', 'json', '--limit', '0', *args)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        key = 'address' if table == 'hosts' else 'dst'
        return {row[key]: row for row in json.loads(done.stdout)['rows']}

    def test_hosts_and_flows(self):
        """All columns, of the registered country where no other is known."""
        path = self.capture(['192.0.2.9', '198.51.100.9', '203.0.113.9', '203.0.113.129'])
        hosts = self.rows('hosts', path, '--geoip', self.database)
        flows = self.rows('flows', path, '--geoip', self.database)
        wanted = {'192.0.2.9': ('XA', 64500, 'Example One'),
                  '198.51.100.9': ('XB', None, None),
                  '203.0.113.9': (None, 64501, 'evil\x1b[2J<b>'),
                  '203.0.113.129': (None, None, None)}
        for address, values in wanted.items():
            host, flow = hosts[address], flows[address]
            self.assertEqual((host['country'], host['as_number'], host['as_name']), values)
            self.assertEqual((flow['dst_country'], flow['dst_as_number'], flow['dst_as_name']),
                             values)
            self.assertIsNone(flow['src_country'])

    def test_filter(self):
        """country= means either side; also in plain tables and CSV."""
        path = self.capture(['192.0.2.9', '198.51.100.9', '203.0.113.9'])
        flows = self.rows('flows', path, '--geoip', self.database, '--filter', 'country=XA')
        self.assertEqual(list(flows), ['192.0.2.9'])
        flows = self.rows('flows', path, '--geoip', self.database, '--filter', 'as_number>64500')
        self.assertEqual(list(flows), ['203.0.113.9'])
        done = weir.run('show', 'hosts', '--file', path, '--geoip', self.database, '--columns',
                        'address,as_name', '--filter', 'as_number=64501')
        self.assertNotIn('\x1b', done.stdout)
        self.assertIn(r'evil\x1b[2J<b>', done.stdout)

    def test_several(self):
        """The first database that knows an answer gives it."""
        other = self.file('other.mmdb', mmdb.database({
            '192.0.2.0/24': {'country': {'iso_code': 'ZZ'}},
            '198.51.100.0/24': {'autonomous_system_number': 64510}}))
        path = self.capture(['192.0.2.9', '198.51.100.9'])
        hosts = self.rows('hosts', path, '--geoip', self.database, '--geoip', other)
        self.assertEqual(hosts['192.0.2.9']['country'], 'XA')
        self.assertEqual(hosts['198.51.100.9']['country'], 'XB')
        self.assertEqual(hosts['198.51.100.9']['as_number'], 64510)
        hosts = self.rows('hosts', path, '--geoip', self.database, '--no-geoip')
        self.assertIsNone(hosts['192.0.2.9']['country'])

    def test_reports(self):
        """All forms of the report have them, safely."""
        path = self.capture(['192.0.2.9', '203.0.113.9'])
        for form in ('table', 'csv', 'html', 'json'):
            done = weir.run('read', path, '--geoip', self.database, '--format', form)
            self.assertEqual((done.returncode, done.stderr), (0, ''), form)
            self.assertIn('Example One', done.stdout, form)
            self.assertNotIn('\x1b', done.stdout, form)
            self.assertEqual('<b>' in done.stdout, form != 'html', form)

    def test_bad_database(self):
        """One line and status 1: no file, a folder, no database, every cut of a good one."""
        path = self.capture(['192.0.2.9'])
        data = mmdb.database(PLACES)
        bad = [os.path.join(self.folder, 'none.mmdb'), self.folder, path,
               self.file('empty.mmdb', b''),
               *(self.file(f'{i}.mmdb', data[:len(data) * i // 8]) for i in range(1, 8))]
        for name in bad:
            done = weir.run('show', 'hosts', '--file', path, '--geoip', name)
            self.assertEqual((done.returncode, done.stdout), (1, ''), name)
            self.assertEqual(len(done.stderr.splitlines()), 1)
            self.assertIn(name, done.stderr)

    def test_damaged_database(self):
        """Damage behind sound metadata: no crash; what is lost is said."""
        data = mmdb.database(PLACES)
        begin = data.rindex(mmdb.MARKER)
        path = self.capture(['192.0.2.9', '198.51.100.9', '203.0.113.9'])
        noted = 0
        for i in range(0, begin, max(1, begin // 24)):
            broken = self.file('broken.mmdb', data[:i] + b'\xff\xff' + data[i + 2:])
            done = weir.run('show', 'hosts', '--file', path, '--geoip', broken)
            self.assertIn(done.returncode, (0, 1), i)
            noted += 'damaged' in done.stdout + done.stderr
        self.assertGreater(noted, 0)

    def test_services(self):
        """Ports have the names that /etc/services gives them."""
        with open('/etc/services', encoding='utf-8') as file:
            names = {}
            for line in file:
                words = line.split('#')[0].split()
                if len(words) > 1:
                    names.setdefault(words[1], words[0])
        frames = [captures.udp(OURS, 50000, '192.0.2.1', 53),
                  captures.tcp((OURS, 50000, '192.0.2.2', 443), 'S'),
                  captures.udp('192.0.2.3', 123, OURS, 50001),
                  captures.udp(OURS, 50001, '192.0.2.4', 50002)]
        path = self.capture([], frames)
        done = weir.run('show', 'flows', '--file', path, '--format', 'json')
        services = [row['service'] for row in json.loads(done.stdout)['rows']]
        self.assertEqual(services, [names.get('53/udp'), names.get('443/tcp'),
                                    names.get('123/udp'), None])

    @unittest.skipUnless(os.path.exists('/usr/share/ieee-data/oui.csv'),
                         'needs ieee-data (apt install ieee-data)')
    def test_vendors(self):
        """The makers of cards that ARP tells of, by the longest block; none of made-up ones."""
        cards = {'10.1.1.2': ('00000c123456', 'Cisco Systems, Inc'),
                 '10.1.1.3': ('70b3d5f2a001', None), '10.1.1.4': ('020000000001', None)}
        with open('/usr/share/ieee-data/oui36.csv', encoding='utf-8') as file:
            wanted = [line for line in file if ',70B3D5F2A,' in line]
        frames = [arp_reply(address, bytes.fromhex(mac)) for address, (mac, _) in cards.items()]
        path = self.capture(list(cards), frames)
        hosts = self.rows('hosts', path)
        self.assertEqual(hosts['10.1.1.2']['mac'], '00:00:0c:12:34:56')
        self.assertEqual(hosts['10.1.1.2']['vendor'], 'Cisco Systems, Inc')
        vendor = hosts['10.1.1.3']['vendor']
        self.assertEqual([vendor in line for line in wanted], [True])
        self.assertEqual((hosts['10.1.1.4']['mac'], hosts['10.1.1.4']['vendor']),
                         ('02:00:00:00:00:01', None))
        self.assertIsNone(hosts[OURS]['mac'])

    @unittest.skipUnless(os.geteuid() == 0, 'needs root, for a mount of its own')
    def test_usual_places(self):
        """A database where geoipupdate puts it is found; a broken one there is passed over."""
        path = self.capture(['192.0.2.9'])
        script = '''mount -t tmpfs none /usr/local/share && mkdir /usr/local/share/GeoIP &&
            cp "$1" /usr/local/share/GeoIP/GeoLite2-Country.mmdb &&
            exec "$2" show hosts --file "$3" --format json'''
        for database, country in ((self.database, 'XA'), (path, None)):
            done = subprocess.run(['unshare', '-m', 'sh', '-c', script, 'sh', database,
                                   weir.PROGRAM, path], env=weir.environment(),
                                  capture_output=True, text=True, check=False)
            if 'permission denied' in done.stderr:
                self.skipTest('mounting is refused here')
            self.assertEqual(done.returncode, 0, done.stderr)
            hosts = {row['address']: row for row in json.loads(done.stdout)['rows']}
            self.assertEqual(hosts['192.0.2.9']['country'], country)

    @unittest.skipUnless(os.path.isdir(DATABASES), f'no corpus at {CORPUS} (set WEIR_CORPUS)')
    def test_corpus(self):
        """Every network of MaxMind's test databases; the broken ones crash nothing."""
        compared = 0
        for name in sorted(glob.glob(os.path.join(DATABASES, '*.mmdb'))):
            with open(name, 'rb') as file:
                data = file.read()
            if 'Invalid' in name:
                done = weir.run('show', 'hosts', '--file', self.capture(['192.0.2.1']),
                                '--geoip', name)
                self.assertEqual((done.returncode, done.stdout), (1, ''))
                continue
            truth = dict(mmdb.networks(data))
            hosts = self.rows('hosts', self.capture(list(truth)), '--geoip', name)
            for address, record in truth.items():
                host = hosts[address]
                country = record.get('country', record.get('registered_country', {}))
                self.assertEqual(host['country'], country.get('iso_code'), (name, address))
                self.assertEqual(host['as_number'], record.get('autonomous_system_number'))
                self.assertEqual(host['as_name'], record.get('autonomous_system_organization'))
                compared += 1
        self.assertGreater(compared, 500)


if __name__ == '__main__':
    unittest.main()
