"""Captures that others made, with what others say of them: ../shared/corpus, or $WEIR_CORPUS.

Without that folder every case is skipped, and says so.
"""

import collections
import json
import os
import re
import shutil
import subprocess
import unittest

import weir

SOURCE = os.environ.get('WEIR_SOURCE', os.getcwd())
CORPUS = os.environ.get('WEIR_CORPUS', os.path.join(SOURCE, '..', 'shared', 'corpus'))
NDPI_FLOW = re.compile(r'^\t\d+\t\S+ .* (?:<->|->) .*?\[(\d+) pkts/(\d+) bytes (?:<->|->) '
                       r'(\d+) pkts/(\d+) bytes\]')


def files_of(*parts):
    """The paths in a folder of the corpus, in order; none when it is absent."""
    folder = os.path.join(CORPUS, *parts)
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return [os.path.join(folder, name) for name in names]


def document(*args, stdin=None):
    """The JSON that weir prints."""
    done = subprocess.run([weir.PROGRAM, *args, '--format', 'json'], stdin=stdin,
                          env=weir.environment(), capture_output=True, timeout=60, check=False)
    if done.returncode:
        raise AssertionError(f'{args}: exit {done.returncode}: {done.stderr.decode()}')
    return json.loads(done.stdout)


def flows(path, *args, stdin=None):
    """The rows of the table flows."""
    return document('show', 'flows', '--file', path, '--no-apps', '--limit', '0', *args,
                    stdin=stdin)['rows']


def packed_flows(path, *command):
    """The same of what `command PATH` writes into a pipe."""
    with subprocess.Popen([*command, path], stdout=subprocess.PIPE) as pipe:
        return flows('-', stdin=pipe.stdout)


def capinfos(paths):
    """{path: (packets, bytes)} of those that it can read."""
    done = subprocess.run(['capinfos', '-M', '-T', '-r', '-c', '-d', *paths], capture_output=True,
                          text=True, check=False)
    rows = (line.split('\t') for line in done.stdout.splitlines())
    return {row[0]: (int(row[1]), int(row[2])) for row in rows
            if len(row) >= 3 and row[1].isdigit()}


def tcpdump_count(path):
    """(packets, None) of link types that Wireshark does not know; None when it refuses the file."""
    if 'network type' not in subprocess.run(['capinfos', '-c', path], capture_output=True,
                                            text=True, check=False).stderr:
        return None
    if not shutil.which('tcpdump'):
        return None
    done = subprocess.run(['tcpdump', '--count', '-r', path], capture_output=True, text=True,
                          check=False)
    match = re.search(r'^(\d+) packets?$', done.stdout + done.stderr, re.M)
    return (int(match.group(1)), None) if match else None


@unittest.skipUnless(os.path.isdir(CORPUS), f'no corpus at {CORPUS} (set WEIR_CORPUS)')
@weir.needs_weir
class Corpus(unittest.TestCase):
    """Outside truth."""

    def ndpi_pairs(self):
        results = {os.path.basename(path)[:-4]: path for path in files_of('ndpi', 'result')}
        pairs = [(path, results[os.path.basename(path)]) for path in files_of('ndpi', 'pcap')
                 if os.path.basename(path) in results]
        if not pairs:
            self.skipTest('the corpus has no folder ndpi')
        return pairs

    def test_ndpi_flows(self):
        """Packets and bytes of each flow, as nDPI lists them."""
        for capture, result in self.ndpi_pairs():
            truth = collections.Counter()
            with open(result, encoding='utf-8', errors='replace') as lines:
                for match in filter(None, map(NDPI_FLOW.match, lines)):
                    a, b, c, d = map(int, match.groups())
                    truth[tuple(sorted(((a, b), (c, d))))] += 1
            found = collections.Counter(
                tuple(sorted(((row['src_packets'], row['src_bytes']),
                              (row['dst_packets'], row['dst_bytes'])))) for row in flows(capture))
            with self.subTest(os.path.basename(capture)):
                self.assertEqual(found, truth)

    def test_threads_and_pipes_make_no_difference(self):
        for capture, _ in self.ndpi_pairs()[::3]:
            rows = flows(capture)
            with self.subTest(os.path.basename(capture)):
                self.assertEqual(flows(capture, '--threads', '3'), rows)
                self.assertEqual(packed_flows(capture, 'cat'), rows)

    def test_packed(self):
        captures = [path for path, _ in self.ndpi_pairs() if os.path.getsize(path) > 200000][:3]
        for path in captures:
            self.assertEqual(packed_flows(path, 'gzip', '-c'), flows(path))
            if shutil.which('zstd'):
                self.assertEqual(packed_flows(path, 'zstd', '-q', '-c'), flows(path))

    def test_pcapng_blocks(self):
        """Each file's .txt counts its blocks."""
        paths = [path for order in ('output_le', 'output_be')
                 for kind in ('basic', 'advanced', 'difficult')
                 for path in files_of('pcapng', order, kind) if path.endswith('.pcapng')]
        if not paths:
            self.skipTest('the corpus has no folder pcapng')
        for path in paths:
            with open(path[:-len('pcapng')] + 'txt', encoding='utf-8') as text:
                counts = collections.Counter({key: int(n) for key, n in re.findall(
                    r'^\t(\w+): (\d+)$', text.read(), re.M)})
            file = document('read', path, '--no-apps')['files'][0]
            with self.subTest(os.path.relpath(path, CORPUS)):
                self.assertIsNone(file['problem'])
                self.assertEqual(
                    (file['packets'], file['sections'], file['interfaces'], file['blocks']),
                    (counts['EPB'] + counts['SPB'] + counts['PB'], counts['SHB'], counts['IDB'],
                     sum(counts.values())))

    def test_community_ids(self):
        baseline = os.path.join(CORPUS, 'communityid', 'baseline_deflt.json')
        if not os.path.exists(baseline):
            self.skipTest('the corpus has no folder communityid')
        with open(baseline, encoding='utf-8') as text:
            known = {(one['proto'], one['communityid']) for one in json.load(text)}
        found = set()
        for path in files_of('communityid'):
            if '.pcap' in path:
                found |= {row['community_id'] for row in flows(path)}
        self.assertEqual(found - {text for _, text in known}, set())
        # A flow of ICMP carries several types; its identifier is that of the first packet.
        missing = {one for one in known if one[1] not in found and one[0] not in (1, 58)}
        self.assertEqual(missing, set())

    def totals_check(self, path, wanted, with_bytes):
        if wanted is None:
            self.assertIn(weir.run('read', path, '--no-apps', text=False).returncode, (0, 1))
            return
        found = document('read', path, '--no-apps')
        self.assertEqual(found['packets'], wanted[0])
        if with_bytes:
            self.assertEqual(found['bytes'], wanted[1])

    def test_totals(self):
        """As capinfos counts; it takes pseudo headers off ATM frames, which tcpdump has."""
        if not shutil.which('capinfos'):
            self.skipTest('capinfos is not installed (Debian: wireshark-common)')
        if not weir.owns_its_memory():
            self.skipTest('sums are the same with sanitizers, and the other cases read these files')
        for folder, with_bytes in ((('ndpi', 'pcap'), True), (('tcpdump',), False)):
            paths = [path for path in files_of(*folder) if path.endswith(('.pcap', '.pcapng'))]
            counted = capinfos(paths)
            for path in paths:
                with self.subTest(os.path.relpath(path, CORPUS)):
                    self.totals_check(path, counted.get(path) or tcpdump_count(path), with_bytes)

    def test_applications_survive_everything(self):
        """Captures made to break programs, many at once: loading nDPI takes time."""
        paths = [path for path in files_of('tcpdump') if path.endswith(('.pcap', '.pcapng'))]
        for at in range(0, len(paths), 60):
            done = weir.run('read', *paths[at:at + 60], text=False)
            self.assertIn(done.returncode, (0, 1), done.stderr[-500:])


if __name__ == '__main__':
    unittest.main()
