"""Names of flows and hosts where nothing may be captured: their first packets tell them.

Real clients and servers between two namespaces. The names are those that were asked for.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import unittest

import netns
import weir

NEAR4, FAR4, NEAR6, FAR6 = '10.94.7.1', '10.94.7.2', 'fd94:7::1', 'fd94:7::2'
ONLY4, ONLY6 = '10.94.7.77', 'fd94:7::77'  # named by DNS alone
BLIND = ('setpriv', '--bounding-set', '-net_raw')  # what it starts cannot capture packets
PATIENCE = 60
ASK = '''
import socket, sys
for server, kind in ((sys.argv[1], 1), (sys.argv[2], 28)):
    query = bytes.fromhex('123401000001000000000000') + b'\\x04only\\x07example\\0'
    s = socket.socket(socket.AF_INET6 if ':' in server else socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(20)
    s.sendto(query + bytes([0, kind, 0, 1]), (server, 53))
    s.recv(512)
'''
DATAGRAM = '''
import socket, sys
for host in sys.argv[1:]:
    s = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET, socket.SOCK_DGRAM)
    s.sendto(b'hello', (host, 9))
'''
TOOLS = [name for name in ('curl', 'dnsmasq', 'openssl', 'setpriv') if not shutil.which(
    name, path=os.environ.get('PATH', '') + ':/usr/sbin')]


class Table:
    """A table that is printed again and again, as JSON."""

    def __init__(self, test, space, table, env=None):
        self.test = test
        self.live = weir.start('live', table, '--format', 'json', '--interval', '0.3',
                               prefix=(*space.prefix, *BLIND), env=env)
        test.addCleanup(self.live.stop)
        self.rows = json.loads(self.live.read_line(PATIENCE))['rows']

    def find(self, what, until):
        """The first row of which `until` is true."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for row in self.rows:
                if until(row):
                    return row
            self.rows = json.loads(self.live.read_line(PATIENCE))['rows']
        return self.test.fail(f'no {what}: {self.rows}')


@netns.needs_root
@weir.needs_weir
@unittest.skipIf(TOOLS, f'needs {TOOLS}')
class Names(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not re.search('^apps +ok +exact', weir.run('doctor').stdout, re.M):
            raise unittest.SkipTest('needs eBPF')
        lab = netns.Lab()
        cls.addClassCleanup(lab.close)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        cls.near, cls.far = lab.namespace('near'), lab.namespace('far')
        lab.link(cls.near, 'eth0', [NEAR4 + '/24', NEAR6 + '/64'],
                 cls.far, 'eth0', [FAR4 + '/24', FAR6 + '/64'])
        cls.serve()

    @classmethod
    def serve(cls):
        """A web server, with TLS and without, and a name server."""
        key, certificate = (os.path.join(cls.folder, name) for name in ('key', 'certificate'))
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
                        'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key,
                        '-out', certificate, '-subj', '/CN=www.example', '-days', '1'],
                       check=True, capture_output=True, timeout=PATIENCE)
        with open(os.path.join(cls.folder, 'file'), 'wb') as file:
            file.write(bytes(40_000_000))
        cls.far.start('openssl', 's_server', '-accept', '443', '-key', key, '-cert', certificate,
                       '-WWW', cwd=cls.folder)
        cls.far.start('/usr/bin/python3', '-m', 'http.server', '80', '--bind', '::',
                       cwd=cls.folder)
        cls.far.start('dnsmasq', '--keep-in-foreground', '--no-resolv', '--no-hosts',
                       '--conf-file=/dev/null', f'--address=/only.example/{ONLY4}',
                       f'--address=/only.example/{ONLY6}', '--pid-file=', '--user=root')
        for port in (443, 80, 53):
            cls.until_listening(port)

    @classmethod
    def until_listening(cls, port):
        end = time.monotonic() + PATIENCE
        while f':{port} ' not in cls.far.run('ss', '-Htln').stdout:
            if time.monotonic() > end:
                raise TimeoutError(f'nobody listens on {port}')
            time.sleep(0.05)

    def fetch(self, url, host, *more):
        """What a browser does, with an address for the name in the URL."""
        name = re.sub('.*//([^/]*)/.*', r'\1', url)
        port = '443' if url.startswith('https') else '80'
        curl = self.near.start('curl', '-sk', '--resolve', f'{name}:{port}:{host}', url, '-o',
                               '/dev/null', *more)
        self.addCleanup(curl.wait)
        self.addCleanup(curl.kill)

    def test_flows(self):
        flows = Table(self, self.near, 'flows')
        ndpi = os.path.exists('/usr/lib/x86_64-linux-gnu/libndpi.so.4.2')
        for host in (FAR4, FAR6):
            self.fetch('https://www.example/file', host, '--limit-rate', '2M')
            row = flows.find(f'TLS to {host}', lambda row, host=host:
                             row['dst'] == host and row['dst_port'] == 443 and
                             row['server_name'] and row['app'] == 'curl')  # the server has it, too
            self.assertEqual(row['server_name'], 'www.example')
            self.assertRegex(row['ja4'], '^t1[23]d')
            self.fetch('http://plain.example/file', host, '--limit-rate', '2M')
            row = flows.find(f'HTTP to {host}', lambda row, host=host:
                             row['dst'] == host and row['dst_port'] == 80 and row['server_name'])
            self.assertEqual(row['server_name'], 'plain.example')
            if ndpi:
                row = flows.find(f'HTTP of {host}', lambda row, host=host:
                                 row['dst'] == host and row['dst_port'] == 80 and
                                 row['application'])
                self.assertRegex(row['application'], '^HTTP')

    def test_hosts(self):
        hosts = Table(self, self.near, 'hosts')
        self.near.run('/usr/bin/python3', '-c', ASK, FAR4, FAR6)
        self.near.run('/usr/bin/python3', '-c', DATAGRAM, ONLY4, ONLY6)
        for host in (ONLY4, ONLY6):
            row = hosts.find(host, lambda row, host=host: row['address'] == host and row['name'])
            self.assertEqual((row['name'], row['name_by']), ('only.example', 'traffic'))
        self.fetch('https://www.example/file', FAR6, '--limit-rate', '2M')
        row = hosts.find(FAR6, lambda row: row['address'] == FAR6 and row['name'])
        self.assertEqual(row['name'], 'www.example')

    def test_hosts_of_the_link_have_their_cards(self):
        """By the kernel's neighbour table."""
        card = json.loads(self.far.ip('-j', 'link', 'show', 'eth0').stdout)[0]['address']
        hosts = Table(self, self.near, 'hosts')
        for host in (FAR4, FAR6):
            self.fetch('https://www.example/file', host, '--limit-rate', '2M')
            row = hosts.find(host, lambda row, host=host: row['address'] == host and row['mac'])
            self.assertEqual(row['mac'], card)

    def test_the_sentence_names_the_host(self):
        live = weir.start('live', 'apps', '--interval', '0.3', prefix=(*self.near.prefix, *BLIND))
        self.addCleanup(live.stop)
        live.read_line(PATIENCE)
        self.fetch('https://www.example/file', FAR4, '--limit-rate', '4M')
        end = time.monotonic() + PATIENCE
        while not re.search('curl takes .*from www.example', line := live.read_line(PATIENCE)):
            self.assertLess(time.monotonic(), end, line)

    def test_without_them_it_says_so(self):
        env = weir.environment(WEIR_WITHOUT='names')
        self.assertRegex(weir.run('doctor', env=env).stdout,
                         'names +limited +switched off: flows and hosts have names only where')
        flows = Table(self, self.near, 'flows', env)
        self.fetch('https://www.example/file', FAR4, '--limit-rate', '2M')
        row = flows.find('TLS', lambda row: row['dst_port'] == 443 and row['app'] == 'curl' and
                         row['dst_bytes'] > 1_000_000)
        self.assertIsNone(row['server_name'])


if __name__ == '__main__':
    unittest.main()
