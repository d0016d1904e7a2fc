"""Applications and names of flows beside ndpiReader's and tshark's, on captures of others.

Without ../shared/corpus (or $WEIR_CORPUS) every case is skipped, and says so.
"""

import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import unittest

import weir

SOURCE = os.environ.get('WEIR_SOURCE', os.getcwd())
CORPUS = os.environ.get('WEIR_CORPUS', os.path.join(SOURCE, '..', 'shared', 'corpus'))
CAPTURES = os.path.join(CORPUS, 'ndpi', 'pcap')
RESULTS = os.path.join(CORPUS, 'ndpi', 'result')
FLOW = re.compile(r'^\s*\d+\s+(\S+) (\S+) (?:<->|->) (\S+) .*?\[proto: [\d.]+/([^\]]+)\](.*)')
JA4 = re.compile(r'\[JA4: ([tq]\w{9}_\w{12}_\w{12})\]')

# Where the two may differ, and why.
REASONS = {
    'edonkey.pcap': 'ndpiReader gives nDPI segments without payload, too, and it gives up earlier',
    'shell.pcap': 'likewise, and it calls the flow FTP_DATA',
    'snapchat_call.pcapng': 'the call shows after more packets than are inspected',
}
# Captures whose server names are compared with tshark's: hellos in order, in pieces, out of
# order; QUIC of three versions; HTTP with rare methods; DNS.
NAMED = ('443-safari.pcap', 'chrome.pcap', 'dns_doh.pcap', 'firefox.pcap', 'google_ssl.pcap',
         'http_ipv6.pcap', 'http.pcapng', 'quic_frags_ch_in_multiple_packets.pcapng',
         'quic_frags_ch_out_of_order_same_packet_craziness.pcapng', 'quic-34.pcap', 'reddit.pcap',
         'tls_1.2_unidirectional_client.pcapng', 'tls_port_80.pcapng', 'webdav.pcap')

# Captures with hosts whose addresses DNS had answered.
ANSWERED = ('KakaoTalk_chat.pcap', 'anydesk.pcapng', 'dns-invalid-chars.pcap',
            'dns_ambiguous_names.pcap', 'dropbox.pcap', 'signal.pcap', 'wechat.pcap',
            'tls_heur__trojan-tcp-tls.pcapng', 'tls_heur__vmess-tcp.pcapng',
            'whatsapp_login_chat.pcap')


def end(text):
    """An address with its port, as ndpiReader writes it."""
    match = re.match(r'^\[(.*)\]:(\d+)$', text) or re.match(r'^([\d.]+):(\d+)$', text)
    return (match.group(1), int(match.group(2))) if match else (text, 0)


def listed(text):
    """{flow: (application, what follows it)} of ndpiReader's list; the first of each flow."""
    flows = {}
    for line in text.splitlines():
        match = FLOW.match(line)
        if match:
            key = match.group(1).lower(), frozenset((end(match.group(2)), end(match.group(3))))
            flows.setdefault(key, (match.group(4), match.group(5)))
    return flows


def rows(path):
    """{flow: row} that weir shows; the first of each flow."""
    done = subprocess.run([weir.PROGRAM, 'show', 'flows', '--file', path, '--format', 'json'],
                          env=weir.environment(), capture_output=True, timeout=60, check=True)
    flows = {}
    for row in json.loads(done.stdout)['rows']:
        ends = frozenset(((row['src'], row['src_port']), (row['dst'], row['dst_port'])))
        flows.setdefault((row['protocol'], ends), row)
    return flows


def compared(name):
    """[(flow, ndpiReader's application, what follows, weir's)] of one capture."""
    path = os.path.join(CAPTURES, name)
    done = subprocess.run(['ndpiReader', '-i', path, '-v', '2', '-q'], capture_output=True,
                          text=True, errors='replace', check=False)
    truth = listed(done.stdout)
    return [(key, *truth[key], row['application'] or 'Unknown')
            for key, row in rows(path).items() if key in truth]


@unittest.skipUnless(os.path.isdir(CAPTURES), f'no corpus at {CORPUS} (set WEIR_CORPUS)')
@weir.needs_weir
class Applications(unittest.TestCase):
    """Outside truth."""

    @unittest.skipUnless(shutil.which('ndpiReader'), 'needs ndpiReader (apt install libndpi-bin)')
    def test_as_ndpireader(self):
        """Each flow as ndpiReader of the same nDPI has it. It guesses where no packet carried
        anything; Weir does not. Every third capture, all with WEIR_EVERY=1 (two minutes)."""
        names = sorted(os.listdir(CAPTURES))[::1 if os.environ.get('WEIR_EVERY') else 3]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            captures = list(zip(names, pool.map(compared, names)))
        wrong, same, of_results, as_results = [], 0, 0, 0
        for name, flows in captures:
            path = os.path.join(RESULTS, name + '.out')
            results = {}
            if os.path.exists(path):
                with open(path, encoding='utf-8', errors='replace') as file:
                    results = listed(file.read())
            for key, theirs, rest, ours in flows:
                same += theirs == ours
                guessed = ours == 'Unknown' and 'Confidence: Match by' in rest
                if theirs != ours and not guessed and name not in REASONS:
                    wrong.append(f'{name} {key}: {theirs}, not {ours}')
                if results.get(key, ('',))[0] == theirs != 'Unknown':
                    of_results += 1
                    as_results += ours == theirs
        self.assertEqual(wrong, [])
        self.assertGreater(same, 300)
        self.assertGreater(as_results, 0.95 * of_results)

    def test_ja4(self):
        """Fingerprints as a later nDPI, which knows JA4, lists them: but for the letter d of
        flows without a server name in their hello, where JA4 has i; for hellos without
        extensions, where JA4 has zeros in place of a hash of nothing; and for the ALPN, of which
        nDPI takes the first two letters, JA4 the first and the last."""
        seen = 0
        for name in sorted(os.listdir(RESULTS)):
            with open(os.path.join(RESULTS, name), encoding='utf-8', errors='replace') as file:
                truth = listed(file.read())
            truth = {key: JA4.search(rest).group(1) for key, (_, rest) in truth.items()
                     if JA4.search(rest)}
            path = os.path.join(CAPTURES, name[:-len('.out')])
            if not truth or not os.path.exists(path):
                continue
            flows = rows(path)
            for key, ja4 in truth.items():
                if key not in flows or not flows[key]['ja4']:
                    continue
                ours = flows[key]['ja4']
                if ours[3] == 'i':
                    ja4 = ja4[:3] + 'i' + ja4[4:]
                ja4 = ja4.replace('_e3b0c44298fc', '_000000000000')
                self.assertEqual(ours[:9] + ours[10:], ja4[:9] + ja4[10:], f'{name} {key}')
                seen += 1
        self.assertGreater(seen, 200)

    @unittest.skipUnless(shutil.which('tshark'), 'needs tshark')
    def test_server_names(self):
        """Server names of TLS, QUIC and HTTP as tshark decodes them."""
        fields = ('ip.src ipv6.src ip.dst ipv6.dst tcp.srcport udp.srcport tcp.dstport udp.dstport '
                  'tls.handshake.extensions_server_name http.host').split()
        seen = 0
        for name in NAMED:
            path = os.path.join(CAPTURES, name)
            if not os.path.exists(path):
                continue
            done = subprocess.run(
                ['tshark', '-n', '-2', '-r', path, '-Y', f'{fields[8]} or {fields[9]}', '-T',
                 'fields', '-E', 'separator=|', *(part for field in fields
                                                  for part in ('-e', field))],
                capture_output=True, text=True, check=True)
            flows, asked = rows(path), {}
            for line in done.stdout.splitlines():
                values = [value.split(',')[0] for value in line.split('|')]
                key = ('tcp' if values[4] else 'udp',
                       frozenset(((values[0] or values[1], int(values[4] or values[5] or 0)),
                                  (values[2] or values[3], int(values[6] or values[7] or 0)))))
                asked.setdefault(key, (values[8] or re.sub(r':\d+$', '', values[9])).lower())
            for key, server in asked.items():
                self.assertEqual(flows[key]['server_name'], server, f'{name} {key}')
                seen += 1
        self.assertGreater(seen, 100)

    @unittest.skipUnless(shutil.which('tshark'), 'needs tshark')
    def test_dns_names(self):
        """Hosts have the names under which tshark's answers have their addresses."""
        seen = 0
        for name in ANSWERED:
            path = os.path.join(CAPTURES, name)
            if not os.path.exists(path):
                continue
            done = subprocess.run(
                ['tshark', '-n', '-r', path, '-Y', 'dns.flags.response == 1 and udp.srcport == 53',
                 '-T', 'fields', '-E', 'separator=|', '-e', 'dns.qry.name', '-e', 'dns.a', '-e',
                 'dns.aaaa'], capture_output=True, text=True, check=True)
            names = {}
            for line in done.stdout.splitlines():
                question, *addresses = line.split('|')
                for address in ','.join(addresses).split(','):
                    names.setdefault(address, set()).add(question.lower().rstrip('.'))
            done = subprocess.run([weir.PROGRAM, 'show', 'hosts', '--file', path, '--no-apps',
                                   '--format', 'json'], env=weir.environment(),
                                  capture_output=True, timeout=60, check=True)
            for row in json.loads(done.stdout)['rows']:
                if row['address'] in names:
                    self.assertIn(row['name'], names[row['address']], f'{name} {row}')
                    self.assertEqual(row['name_by'], 'traffic')
                    seen += 1
        self.assertGreater(seen, 15)

    def test_no_memory(self):
        """Whatever the memory is limited to: a result or one line, no crash."""
        if not weir.owns_its_memory():
            self.skipTest('needs a build whose address space is its own')
        path = os.path.join(CAPTURES, 'http.pcapng')
        ends = set()
        for mega in range(16, 640, 16):
            done = subprocess.run(['prlimit', f'--as={mega << 20}', weir.PROGRAM, 'show', 'flows',
                                   '--file', path, '--format', 'json', '--threads', '1'],
                                  env=weir.environment(), capture_output=True, text=True,
                                  timeout=60, check=False)
            self.assertIn(done.returncode, (0, 1, 127), (mega, done.stderr[-300:]))
            if done.returncode == 0:
                ends.add(any(row['application'] for row in json.loads(done.stdout)['rows']))
        self.assertEqual(ends, {False, True})

    def test_no_apps(self):
        """--no-apps leaves applications out, names stay."""
        path = os.path.join(CAPTURES, 'http.pcapng')
        done = subprocess.run([weir.PROGRAM, 'show', 'flows', '--file', path, '--no-apps',
                               '--format', 'json'], env=weir.environment(), capture_output=True,
                              timeout=60, check=True)
        row = json.loads(done.stdout)['rows'][0]
        self.assertIsNone(row['application'])
        self.assertEqual(row['server_name'], 'google.com')


if __name__ == '__main__':
    unittest.main()
