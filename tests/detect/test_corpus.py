"""Findings in captures that others made: what is known to be in them, and nothing else.

Captures of attacks, and some 200 of honest programs, in ../shared/corpus or $WEIR_CORPUS; where
they are absent every case is skipped, and says so.
"""

import concurrent.futures
import json
import os
import unittest

import weir

SOURCE = os.environ.get('WEIR_SOURCE', os.getcwd())
CORPUS = os.environ.get('WEIR_CORPUS', os.path.join(SOURCE, '..', 'shared', 'corpus'))


def found(path):
    """{(rule, object)} of a file."""
    done = weir.run('show', 'findings', '--file', path, '--no-apps', '--format', 'json', timeout=60)
    rows = json.loads(done.stdout)['rows'] if done.returncode == 0 else []
    return {(row['rule'], row['object']) for row in rows}


@weir.needs_weir
@unittest.skipUnless(os.path.isdir(CORPUS), 'needs the corpus')
class Corpus(unittest.TestCase):
    """All files of a folder."""

    def folder(self, *parts):
        """{name: findings} of the files that have some."""
        folder = os.path.join(CORPUS, *parts)
        names = sorted(os.listdir(folder))
        self.assertTrue(names)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            paths = [os.path.join(folder, name) for name in names]
            return {name: rows for name, rows in zip(names, pool.map(found, paths)) if rows}

    def test_programs(self):
        """Of all programs that nDPI knows one is an attack: dnscat2, whose file says so."""
        self.assertEqual(self.folder('ndpi', 'pcap'),
                         {'dns_exfiltration.pcap': {('dns-tunnel', '192.168.220.56')}})

    def test_protocols(self):
        """ARP with addresses that were changed at random is all that is odd."""
        odd = self.folder('tcpdump')
        self.assertEqual(list(odd), ['arp-oobr.pcap'])
        self.assertLessEqual({rule for rule, _ in odd['arp-oobr.pcap']},
                             {'arp-duplicate', 'arp-change', 'new-device'})
        self.assertIn(('arp-duplicate', '192.168.1.104'), odd['arp-oobr.pcap'])


if __name__ == '__main__':
    unittest.main()
