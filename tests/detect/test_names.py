"""Generated names asked of a real name server: dnsmasq, between two namespaces."""

import shutil
import time
import unittest

import dga
import netns
import weir
from watching import DEADLINE, Watch

MISSING, ANSWERING = '10.93.8.3', '10.93.8.2'  # servers: no name exists, and every name does
ASK = '''
import socket, struct, sys
server, client, names = sys.argv[1], sys.argv[2], sys.argv[3:]
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
    one.bind((client, 0))
    one.settimeout(20)
    for number, name in enumerate(names):
        question = b''.join(bytes([len(part)]) + part.encode() for part in name.split('.'))
        one.sendto(struct.pack('>HHHHHH', number, 256, 1, 0, 0, 0) + question
                   + bytes([0, 0, 1, 0, 1]), (server, 53))
        one.recv(4096)
'''
HONEST = '''www.debian.org wiki.debian.org bugs.debian.org www.kernel.org lists.gnu.org
www.wikipedia.org en.wikipedia.org upload.wikimedia.org www.python.org docs.python.org
www.apache.org cgit.freedesktop.org github.com api.github.com raw.githubusercontent.com
www.gnome.org extensions.gnome.org www.mozilla.org addons.mozilla.org www.openstreetmap.org
tile.openstreetmap.org www.example.com mail.example.com www.bbc.co.uk www.nytimes.com
fonts.googleapis.com www.gstatic.com d2z1w4nbv5p0kq.cloudfront.net e1234.dscb.akamaiedge.net
s3.eu-central-1.amazonaws.com 2.0.0.127.zen.spamhaus.org 4.3.2.1.b.barracudacentral.org'''.split()


@weir.needs_weir
@netns.needs_root
class GeneratedNames(unittest.TestCase):
    """A host for each family, live."""

    def setUp(self):
        if not shutil.which('dnsmasq'):
            self.skipTest('needs dnsmasq')
        lab = netns.Lab()
        self.addCleanup(lab.close)
        self.left, self.right = lab.namespace('left'), lab.namespace('right')
        lab.link(self.left, 'eth0', [f'10.93.8.{i}/24' for i in range(11, 30)],
                 self.right, 'eth0', [f'{ANSWERING}/24', f'{MISSING}/24'])
        self.serve(ANSWERING, '--address=/#/192.0.2.7')
        self.serve(MISSING, '--local=/#/')

    def serve(self, address, rule):
        self.right.start('dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--no-hosts',
                         '--no-resolv', '--bind-interfaces', f'--listen-address={address}',
                         '--pid-file=', '--user=root', '--except-interface=lo', rule)
        end = time.monotonic() + DEADLINE
        while f'{address}:53' not in self.right.run('ss', '-Hlun').stdout:
            self.assertLess(time.monotonic(), end, 'dnsmasq does not listen')
            time.sleep(0.05)

    def ask(self, server, client, names):
        self.left.run('/usr/bin/python3', '-c', ASK, server, client, *names, timeout=DEADLINE)

    def test_families(self):
        """500 names of each: of those that exist only those that look generated can tell."""
        watch = Watch(self, self.right, 'show', 'findings', '--count', '10000')
        self.ask(ANSWERING, '10.93.8.29', HONEST * 5)
        clients = {}
        for family, make in dga.FAMILIES.items():
            for server in (MISSING, ANSWERING):
                if server == MISSING or family != 'dictionary':
                    clients[f'10.93.8.{11 + len(clients)}'] = (server, make(500))
        for client, (server, names) in clients.items():
            self.ask(server, client, names)
        for client, (server, names) in clients.items():
            row = watch.find('dga', client)
            self.assertEqual(row['severity'], 'critical')
            first = row['evidence'].split(', ')[0]
            self.assertTrue(any(first == name for name in names), row['evidence'])
        rows = watch.rows()
        self.assertEqual({row['object'] for row in rows if row['rule'] == 'dga'}, set(clients))


if __name__ == '__main__':
    unittest.main()
