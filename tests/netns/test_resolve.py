"""--resolve: names by questions to a name server in a namespace; without it, none."""

import json
import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, '..', 'lib'), HERE]
import captures  # noqa: E402
import netns  # noqa: E402
import weir  # noqa: E402
from test_packets import PATIENCE, Table, missing, pair  # noqa: E402

NAMES = {'203.0.113.5': 'five.example', '2001:db8::5': 'six.example',
         '10.9.0.2': 'inside.example'}


@netns.needs_root
@weir.needs_weir
@unittest.skipIf(missing(), f'needs {missing()}')
class Resolve(unittest.TestCase):
    def setUp(self):
        lab = netns.Lab()
        self.addCleanup(lab.close)
        self.left, self.right = pair(lab)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def serve(self, address):
        """A name server at `address`, which our namespace's resolv.conf names. Its log."""
        log = os.path.join(self.folder, 'log')
        folder = f'/etc/netns/{self.left.name}'
        os.makedirs(folder)
        self.addCleanup(os.rmdir, folder)
        self.addCleanup(os.unlink, f'{folder}/resolv.conf')
        with open(f'{folder}/resolv.conf', 'w', encoding='ascii') as file:
            file.write(f'nameserver {address}\n')
        self.right.ip('address', 'add', f'{address}/32', 'dev', 'lo')
        self.left.ip('route', 'replace', f'{address}/32', 'via', '10.9.0.2')
        records = [f'--host-record={name},{host}' for host, name in NAMES.items()]
        self.right.start('dnsmasq', '--keep-in-foreground', '--no-resolv', '--no-hosts',
                         '--conf-file=', '--pid-file=', '--user=root', '--log-queries',
                         f'--log-facility={log}', f'--listen-address={address}',
                         '--bind-interfaces', *records)
        for _ in range(300):  # until it answers
            done = self.left.run('/usr/bin/python3', '-c', 'import socket; socket.gethostbyaddr('
                                 '"203.0.113.5")', check=False)
            if done.returncode == 0:
                break
        return log

    def capture(self):
        path = os.path.join(self.folder, 'trace.pcap')
        frames = [captures.udp('10.9.0.1', 4000, host, 4000) if '.' in host
                  else captures.udp('fd00:9::1', 4000, host, 4000)
                  for host in [*NAMES, '203.0.113.6', '127.0.0.1', '224.0.0.9']]
        with open(path, 'wb') as file:
            file.write(captures.pcap([(float(i), frame) for i, frame in enumerate(frames)]))
        return path

    def hosts(self, *args):
        done = weir.run('show', 'hosts', '--file', self.capture(), '--format', 'json', *args,
                        prefix=self.left.prefix, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        return {row['address']: (row['name'], row['name_by'])
                for row in json.loads(done.stdout)['rows']}

    def asked(self, log):
        with open(log, encoding='utf-8') as file:
            return [line for line in file if 'query[' in line]

    def test_capture(self):
        """By a server of the inside: names of both families; nobody is asked without --resolve."""
        log = self.serve('10.9.3.3')
        before = len(self.asked(log))
        self.assertEqual(self.hosts()['203.0.113.5'], (None, None))
        self.assertEqual(len(self.asked(log)), before)
        hosts = self.hosts('--resolve')
        for host, name in NAMES.items():
            self.assertEqual(hosts[host], (name, 'resolve'))
        self.assertEqual(hosts['203.0.113.6'], (None, None))
        done = weir.run('read', self.capture(), '--resolve', prefix=self.left.prefix)
        self.assertIn('five.example (203.0.113.5)', done.stdout)
        asked = ''.join(self.asked(log)[before:])
        for never in ('1.0.0.127', '9.0.0.224'):
            self.assertNotIn(never, asked)

    def test_public_server(self):
        """A server of the outside hears nothing of private addresses."""
        log = self.serve('198.51.100.3')
        hosts = self.hosts('--resolve')
        self.assertEqual(hosts['203.0.113.5'], ('five.example', 'resolve'))
        self.assertEqual(hosts['10.9.0.2'], (None, None))
        asked = ''.join(self.asked(log))
        self.assertNotIn('.9.10.in-addr.arpa', asked)

    def test_live(self):
        """Live, in the background."""
        self.serve('10.9.3.3')
        with Table(self.left, 'hosts', '--resolve') as hosts:
            self.left.run('ping', '-c', '1', '10.9.0.2')
            hosts.until(lambda rows: any((row['address'], row['name'], row['name_by']) ==
                                         ('10.9.0.2', 'inside.example', 'resolve')
                                         for row in rows), 'name')

    def test_nobody_answers(self):
        """A server that is not there delays a capture's rows by the time that is promised."""
        folder = f'/etc/netns/{self.left.name}'
        os.makedirs(folder)
        self.addCleanup(os.rmdir, folder)
        self.addCleanup(os.unlink, f'{folder}/resolv.conf')
        with open(f'{folder}/resolv.conf', 'w', encoding='ascii') as file:
            file.write('nameserver 10.9.0.77\n')
        self.assertEqual(self.hosts('--resolve')['203.0.113.5'], (None, None))


if __name__ == '__main__':
    unittest.main()
