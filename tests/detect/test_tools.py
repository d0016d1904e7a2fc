"""Findings in what real tools send, between two namespaces."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import unittest

import captures
import netns
import weir

SOURCE, TARGET = '10.9.0.1', '10.9.0.2'
END = 'the-capture-ends-here'


@weir.needs_weir
@netns.needs_root
class Tools(unittest.TestCase):
    """One capture a tool."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o777)  # tcpdump gives its rights up
        self.path = os.path.join(folder.name, 'tool.pcap')

    def capture(self, *command, check=True):
        """Run a command against a small server; its traffic goes to self.path."""
        for tool in (command[0], 'tcpdump'):
            if not shutil.which(tool):
                self.skipTest(f'needs {tool}')
        with netns.Lab() as lab:
            left, right = lab.namespace('left'), lab.namespace('right')
            lab.link(left, 'eth0', [f'{SOURCE}/24'], right, 'eth0', [f'{TARGET}/24'])
            for port in ('80', '8080'):
                right.start('/usr/bin/python3', '-m', 'http.server', port)
            self.wait(lambda: right.run('ss', '-Hltn').stdout.count('LISTEN') == 2)
            dump = left.start('tcpdump', '-i', 'eth0', '-s', '128', '-U', '-w', self.path,
                              '-B', '65536', stderr=subprocess.PIPE)
            dump.stderr.readline()  # it listens
            left.run(*command, timeout=60, check=check)
            left.run('bash', '-c', f'echo {END} >/dev/udp/{TARGET}/9')
            self.wait(self.has_ended)
            dump.terminate()
            dump.communicate(timeout=20)

    def has_ended(self):
        with open(self.path, 'rb') as file:
            file.seek(max(0, os.path.getsize(self.path) - 1000))
            return END.encode() in file.read()

    def wait(self, condition):
        end = time.monotonic() + 20
        while not condition():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)

    def found(self):
        done = weir.run('show', 'findings', '--file', self.path, '--format', 'json')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        return {(row['rule'], row['object']): row for row in json.loads(done.stdout)['rows']}

    def scan(self, technique, *options):
        self.capture('nmap', '-n', *options, TARGET)
        found = self.found()
        self.assertEqual(list(found), [('port-scan', SOURCE)])
        row = found['port-scan', SOURCE]
        self.assertIn(f'scans ports ({technique})', row['text'])
        self.assertIn(TARGET, row['text'])
        return row

    def test_syn(self):
        row = self.scan('TCP SYN', '-sS')
        self.assertAlmostEqual(row['count'], 1000, delta=30)
        ends = {end: int(n) for n, end in re.findall(r'; (\d+) ([\w -]+)', row['evidence'])}
        self.assertEqual(sum(ends.values()), row['count'])
        # Both open ports may be among the earlier ones, which are not told apart.
        self.assertGreaterEqual(ends['refused'] + ends.get('dropped half-open', 0), 990)
        self.assertLessEqual(ends.get('dropped half-open', 0), 2)

    def test_connect(self):
        self.assertAlmostEqual(self.scan('TCP connect', '-sT')['count'], 1000, delta=30)

    def test_fin(self):
        self.scan('TCP FIN', '-sF')

    def test_null(self):
        self.scan('TCP NULL', '-sN')

    def test_xmas(self):
        self.scan('TCP Xmas', '-sX')

    def test_udp(self):
        self.scan('UDP', '-sU', '--top-ports', '60', '-T5', '--max-retries', '1')

    def flood(self, rule, *options):
        self.capture('timeout', '1', 'hping3', '-q', '--faster', *options, TARGET, check=False)
        found = self.found()
        self.assertIn((rule, TARGET), found)
        self.assertIn(SOURCE, found[rule, TARGET]['text'])

    def test_syn_flood(self):
        self.flood('syn-flood', '-S', '-p', '80')

    def test_icmp_flood(self):
        self.flood('icmp-flood', '--icmp')

    def test_udp_flood(self):
        self.flood('udp-flood', '--udp', '-p', '5000')

    def test_slow(self):
        """-T1 waits 15 s between probes: the times are rewritten so, two packets a probe."""
        self.capture('nmap', '-n', '-sS', '--top-ports', '100', TARGET)
        with open(self.path, 'rb') as file:
            packets = captures.records(file.read())
        begin = packets[0][0]
        with open(self.path, 'wb') as file:
            file.write(captures.pcap([(begin + number * 7.5, *rest)
                                      for number, (_, *rest) in enumerate(packets)]))
        row, = self.found().values()
        self.assertEqual((row['rule'], row['object']), ('port-scan', SOURCE))
        self.assertRegex(row['text'], r'\(TCP SYN\): .* in 2\d min$')


if __name__ == '__main__':
    unittest.main()
