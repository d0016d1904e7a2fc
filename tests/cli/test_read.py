"""Captures on the command line: the report, the tables, and what is no capture."""

import csv
import gzip
import json
import os
import signal
import struct
import subprocess
import tempfile
import time
import unittest

import captures
import weir

KEYS = '''files packets bytes first_seen last_seen duration_s flows_total protocols hosts
    conversations applications quality findings skipped traffic'''.split()
BEGIN = 1700000000
A, B, C = '10.0.0.1', '10.0.0.2', '192.0.2.7'


def small():
    """Packets of three flows, one ARP frame and one frame that nobody knows."""
    packets = captures.connection((A, 40000), (B, 443), BEGIN)
    packets += [(BEGIN + 2, captures.udp(A, 5000, C, 53, b'question')),
                (BEGIN + 2.25, captures.udp(C, 53, A, 5000, b'answer' * 20)),
                (BEGIN + 3, captures.tcp((B, 50000, A, 22), 'S', 9)),
                (BEGIN + 3.5, captures.ethernet(bytes(46), 0x0806)),
                (BEGIN + 4, captures.ethernet(b'?' * 50, 0x88b5))]
    return packets


class Captures(unittest.TestCase):
    """Tests with files."""

    maxDiff = None

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def write(self, data, name='a.pcap'):
        path = os.path.join(self.folder.name, name)
        with open(path, 'wb') as file:
            file.write(data)
        return path

    def report(self, *args, status=0, **options):
        done = weir.run('read', '--format', 'json', *args, **options)
        self.assertEqual(done.returncode, status, done.stderr)
        return json.loads(done.stdout)

    def rows(self, table, path, *args):
        done = weir.run('show', table, '--file', path, '--format', 'json', *args)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        return json.loads(done.stdout)['rows']

    def fails(self, *args, **options):
        """One line on standard error, nothing else; returns it."""
        done = weir.run(*args, **options)
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertRegex(done.stderr, r'\Aweir: [^\n]+\n\Z')
        return done.stderr


@weir.needs_weir
class Report(Captures):
    """weir read."""

    def test_text(self):
        path = self.write(captures.pcap(small()))
        done = weir.run('read', path)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        golden = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'report_small.txt')
        with open(golden, encoding='utf-8') as file:
            self.assertEqual(done.stdout.replace(path, 'small.pcap'), file.read())

    def test_document(self):
        path = self.write(captures.pcap(small()))
        found = self.report(path)
        self.assertEqual(list(found), KEYS)
        self.assertEqual((found['packets'], found['flows_total'], found['duration_s']), (13, 3, 4))
        self.assertEqual(found['bytes'], sum(len(frame) for _, frame in small()))
        self.assertEqual(found['first_seen'], '2023-11-14T22:13:20.000Z')
        self.assertEqual([one['name'] for one in found['files']], [path])
        names = {(one['layer'], one['name']): one['packets'] for one in found['protocols']}
        self.assertEqual(names, {('link', 'ethernet'): 13, ('network', 'ipv4'): 11,
                                 ('network', 'arp'): 1, ('transport', 'tcp'): 9,
                                 ('transport', 'udp'): 2,
                                 ('application', 'TLS'): 8, ('application', 'DNS'): 2})
        self.assertEqual([one['name'] for one in found['applications']], ['TLS', 'DNS'])
        self.assertEqual({one['address'] for one in found['hosts']}, {A, B, C})
        pairs = [(one['a'], one['b'], one['flows']) for one in found['conversations']]
        self.assertEqual(sorted(pairs), [(A, B, 2), (C, A, 1)])
        self.assertEqual(found['skipped'], {'unknown EtherType 0x88b5': 1})
        self.assertAlmostEqual(found['quality']['rtt_median_ms'], 20, places=3)
        self.assertEqual(found['quality']['failed'], 1)
        self.assertEqual(found['findings'], [])

    def test_traffic_over_time(self):
        """Steps without gaps, whose sums are the totals."""
        packets = small() + [(BEGIN + 30, captures.carried(A, C, 1, bytes(8))),
                             (BEGIN + 30, captures.carried(A, C, 50, bytes(8)))]
        found = self.report(self.write(captures.pcap(packets)))
        steps = found['traffic']
        self.assertEqual({one['step_s'] for one in steps}, {0.1})
        self.assertEqual(len(steps), 301)
        self.assertEqual((steps[0]['time'], steps[-1]['time']),
                         ('2023-11-14T22:13:20.000Z', '2023-11-14T22:13:50.000Z'))
        sums = {key: sum(one[key] for one in steps) for key in steps[0]
                if key == 'packets' or key.endswith('_bytes')}
        parts = {'tcp_bytes': 586, 'udp_bytes': 212, 'icmp_bytes': 42, 'other_ip_bytes': 42,
                 'no_ip_bytes': 124}
        self.assertEqual(sums, dict(parts, packets=15))
        self.assertEqual(sum(parts.values()), found['bytes'])
        self.assertEqual(steps[300]['peak_bytes_per_s'], 840)

    def test_threads_make_no_difference(self):
        packets = [(BEGIN + i / 1000, captures.udp(f'10.1.{i % 250}.1', 1 + i % 999, B, 53))
                   for i in range(3000)]
        path = self.write(captures.pcap(packets + small()))
        self.assertEqual(self.report(path, '--threads', '1'), self.report(path, '--threads', '2'))

    def test_rtp_and_timestamps(self):
        there, back = (A, 1, B, 2), (B, 2, A, 1)
        packets = [(BEGIN, captures.tcp(there, 'A', 9, 5, b'hello', stamps=(10, 20))),
                   (BEGIN + 0.01, captures.tcp(back, 'A', 5, 14, stamps=(21, 10)))]
        packets += [(BEGIN + i / 50, captures.udp(A, 5000, C, 6000, captures.rtp(
            i, 160 * i, 7, 0, b'v' * 160))) for i in range(100) if i != 50]
        path = self.write(captures.pcap(sorted(packets)))
        quality = self.report(path)['quality']
        self.assertEqual(quality['stamp_rtt_count'], 1)
        self.assertAlmostEqual(quality['stamp_rtt_median_ms'], 10, places=3)
        self.assertEqual([quality['rtp_' + key] for key in ('flows', 'streams', 'packets', 'lost')],
                         [1, 1, 99, 1])
        self.assertAlmostEqual(quality['jitter_mean_ms'], 0, places=6)
        text = weir.run('read', path).stdout
        self.assertRegex(text, r'By timestamps +median 10.0 ms')
        self.assertRegex(text, r'Quality of 1 RTP stream in 1 flow\n +Packets +99\n'
                               r' +Lost +1, 1.0 % of what was sent\n +Jitter +mean 0')
        page = weir.run('read', '--format', 'html', path).stdout
        self.assertIn('Quality of RTP', page)
        self.assertIn('By timestamps', page)

    def test_csv(self):
        path = self.write(captures.pcap(small()))
        lines = weir.run('read', '--format', 'csv', path).stdout.splitlines()
        self.assertEqual(lines[0], 'section,name,key,value')
        self.assertIn('summary,,packets,13', lines)
        self.assertIn('skipped,unknown EtherType 0x88b5,packets,1', lines)

    def test_csv_has_what_json_has(self):
        path = self.write(captures.pcap(small()))
        options = ('--link-speed', '1M', path)
        lines = {tuple(row[:3]): row[3] for row in csv.reader(
            weir.run('read', '--format', 'csv', *options).stdout.splitlines()[1:])}
        found = json.loads(weir.run('read', '--format', 'json', *options).stdout)
        numbers = {key: value for key, value in found['quality'].items()
                   if isinstance(value, (int, float))}
        self.assertGreater(len(numbers), 15)
        for key, value in numbers.items():
            line = lines.get(('quality', '', key)) or lines.get(('summary', '', key))
            self.assertAlmostEqual(float(line), value, 6, key)
        for host in found['hosts']:
            mine = {key: value for (section, name, key), value in lines.items()
                    if (section, name) == ('hosts', host['address'])}
            self.assertEqual(mine['rx_bytes'], str(host['rx_bytes']))
            known = {key for key, value in host.items() if value is not None}
            self.assertLessEqual(set(mine), known)
            self.assertGreaterEqual(len(mine), 8)

    def test_files_are_merged_by_time(self):
        packets = small()
        one = self.write(captures.pcap(packets[::2]), 'one.pcap')
        two = self.write(captures.pcap(packets[1::2]), 'two.pcap')
        whole = self.report(self.write(captures.pcap(packets)))
        found = self.report(one, two)
        self.assertEqual(len(found.pop('files')), 2)
        whole.pop('files')
        self.assertEqual(found, whole)

    def test_packed_and_piped(self):
        data = captures.pcap(small())
        whole = self.report(self.write(data))
        whole.pop('files')
        packed = self.write(gzip.compress(data), 'a.pcap.gz')
        for args, stdin in (([packed], b''), (['-'], data), (['-'], gzip.compress(data))):
            done = subprocess.run([weir.PROGRAM, 'read', '--format', 'json', *args], input=stdin,
                                  env=weir.environment(), capture_output=True, timeout=20,
                                  check=True)
            found = json.loads(done.stdout)
            found.pop('files')
            self.assertEqual(found, whole)

    def test_narrow_and_plain(self):
        env = weir.environment(LC_ALL='C')
        done = weir.run('read', self.write(captures.pcap(small())), env=env)
        self.assertTrue(done.stdout.isascii())
        self.assertLessEqual(max(map(len, done.stdout.splitlines()[1:])), 80)

    def test_interrupted(self):
        data = captures.pcap(small())
        process = subprocess.Popen([weir.PROGRAM, 'read', '--format', 'json', '-'],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, env=weir.environment())
        process.stdin.write(data)
        process.stdin.flush()
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        out, err = process.stdout.read(), process.stderr.read()
        self.assertEqual(process.wait(10), 130)
        for pipe in (process.stdin, process.stdout, process.stderr):
            pipe.close()
        self.assertEqual(err, b'weir: interrupted: the report is partial\n')
        found = json.loads(out)
        self.assertTrue(found['files'][0]['partial'])
        self.assertEqual(found['packets'], 13)

    def test_names_are_never_raw(self):
        path = self.write(captures.pcap(small()), 'a\x1b[31m.pcap')
        self.assertNotIn('\x1b', weir.run('read', path).stdout)


@weir.needs_weir
class Tables(Captures):
    """weir show and live with --file."""

    def test_flows(self):
        rows = self.rows('flows', self.write(captures.pcap(small())))
        found = [(row['protocol'], row['src'], row['src_port'], row['dst'], row['dst_port'],
                  row['src_packets'], row['dst_packets'], row['state']) for row in rows]
        self.assertEqual(found, [('tcp', A, 40000, B, 443, 5, 3, 'closed'),
                                 ('udp', A, 5000, C, 53, 1, 1, 'two-way'),
                                 ('tcp', B, 50000, A, 22, 1, 0, 'unanswered')])
        self.assertRegex(rows[0]['community_id'], r'^1:[A-Za-z0-9+/]{27}=$')

    def test_select(self):
        path = self.write(captures.pcap(small()))
        ports = [row['dst_port'] for row in self.rows('flows', path, '--sort', '-src_bytes')]
        self.assertEqual(ports, [443, 22, 53])
        top = self.rows('flows', path, '--sort', '-src_bytes', '--limit', '2')
        self.assertEqual([row['dst_port'] for row in top], ports[:2])
        udp = self.rows('flows', path, '--filter', f'host={C}', '--columns', 'src_port')
        self.assertEqual(udp, [{'src_port': 5000}])
        ids = [row['community_id'] for row in self.rows('flows', path, '--sort', 'community_id')]
        self.assertEqual(ids, sorted(ids))
        one = self.rows('flows', path, '--filter', f'community_id="{ids[1]}"')
        self.assertEqual(len(one), 1)

    def test_rates(self):
        """The mean is over the flow's time, the peak that of its busiest second of the clock."""
        sizes = [(0.9, 100), (1.1, 200), (1.6, 300), (4.9, 50)]
        packets = [(BEGIN + at, captures.udp(A, 1, B, 2, bytes(size))) for at, size in sizes]
        row, = self.rows('flows', self.write(captures.pcap(packets)))
        total = sum(len(frame) for _, frame in packets)
        self.assertEqual(row['peak_bytes_per_s'], len(packets[1][1]) + len(packets[2][1]))
        self.assertAlmostEqual(row['mean_bytes_per_s'], total / 4, places=3)
        row, = self.rows('flows', self.write(captures.pcap(packets[:1])))
        self.assertEqual(row['peak_bytes_per_s'], len(packets[0][1]))
        self.assertIsNone(row['mean_bytes_per_s'])

    def test_handshake_at_time_0(self):
        path = self.write(captures.pcap(captures.connection((A, 1), (B, 2), 0, rtt=0.5)))
        self.assertEqual(self.rows('flows', path)[0]['rtt_ms'], 500)

    def test_bounded_sort_is_the_same(self):
        packets = [(BEGIN + i / 1000, captures.udp(f'10.1.{i % 250}.1', 1 + i % 999, B, 53,
                                                   b'x' * (i * 37 % 400))) for i in range(3000)]
        path = self.write(captures.pcap(packets))
        for sort in ('-src_bytes', 'src_bytes', 'src', '-community_id'):
            everything = self.rows('flows', path, '--sort', sort)
            self.assertEqual(self.rows('flows', path, '--sort', sort, '--limit', '25'),
                             everything[:25])
        for threads in ('1', '2', '3'):
            self.assertEqual(self.rows('flows', path, '--threads', threads),
                             self.rows('flows', path))

    def test_live_prints_once(self):
        path = self.write(captures.pcap(small()))
        done = weir.run('live', 'hosts', '--file', path, '--format', 'json')
        self.assertEqual(done.returncode, 0)
        self.assertEqual([one['origin'] for one in weir.json_lines(done.stdout)], ['file'])

    def test_plain_table_says_what_is_left_out(self):
        packets = [(BEGIN, captures.udp(A, 1000 + i, B, 53)) for i in range(60)]
        path = self.write(captures.pcap(packets))
        done = weir.run('show', 'flows', '--file', path)
        self.assertTrue(done.stdout.endswith('(10 more; --limit 0 shows all)\n'), done.stdout)
        done = weir.run('show', 'flows', '--file', path, '--limit', '0')
        self.assertEqual(len(done.stdout.splitlines()), 61)

    def test_options(self):
        path = self.write(captures.pcap(small()))
        local = {row['address']: row['local']
                 for row in self.rows('hosts', path, '--local', '10.0.0.0/8')}
        self.assertEqual(local, {A: True, B: True, C: False})
        self.assertEqual(len(self.rows('flows', path, '--max-flows', '1', '--no-apps')), 1)
        found = self.report(path, '--max-flows', '1')
        self.assertEqual(found['skipped']['beyond the limit of flows'], 3)
        self.assertEqual(sum(row['packets'] for row in found['protocols']
                             if row['layer'] == 'transport'), 11)
        self.assertEqual(len(self.rows('flows', path, '--idle-timeout', '0.5')), 4)

    def test_omitted_bytes(self):
        """What finds no room is counted: packets as lost, with their bytes."""
        packets = [(BEGIN + i, captures.udp(A, 1000 + i % 30, B, 53, bytes(i))) for i in range(90)]
        path = self.write(captures.pcap(packets))
        done = weir.run('show', 'flows', '--file', path, '--format', 'json', '--max-flows', '10')
        found = json.loads(done.stdout)
        self.assertEqual((len(found['rows']), found['lost']), (10, 60))
        shown = sum(row['src_bytes'] + row['dst_bytes'] for row in found['rows'])
        whole = sum(len(frame) for _, frame in packets)
        self.assertEqual(shown + found['omitted_bytes'], whole)
        self.assertEqual(self.report(path, '--max-flows', '10')['bytes'], whole)
        done = weir.run('show', 'flows', '--file', path, '--format', 'json')
        self.assertNotIn('omitted_bytes', json.loads(done.stdout))

    def test_quality_of_hosts(self):
        """Each side's own faults; flows that failed count for who opened them."""
        there, back = (A, 40000, B, 443), (B, 443, A, 40000)
        packets = captures.connection((A, 40000), (B, 443), BEGIN)
        packets += [(BEGIN + 0.5, captures.tcp(there, 'PA', 101, 501, b'x' * 100)),
                    (BEGIN + 3, captures.tcp((A, 50000, C, 22), 'S', 9)),
                    (BEGIN + 3.1, captures.tcp((C, 22, A, 50000), 'RA', 0, 10)),
                    (BEGIN + 4, captures.tcp(there, 'A', 900, 9, b'y', stamps=(5, 1))),
                    (BEGIN + 4.03, captures.tcp(back, 'A', 9, 901, stamps=(2, 5)))]
        packets += [(BEGIN + i / 50, captures.udp(C, 5000, A, 6000, captures.rtp(
            i, 160 * i, 7, 0))) for i in range(20) if i != 9]
        rows = {row['address']: row
                for row in self.rows('hosts', self.write(captures.pcap(sorted(packets))))}
        self.assertEqual([rows[host]['retransmits'] for host in (A, B, C)], [1, 0, 0])
        self.assertEqual([rows[host]['failed'] for host in (A, B, C)], [1, 0, 0])
        self.assertEqual([rows[host]['resets'] for host in (A, B, C)], [0, 0, 0])
        self.assertEqual([rows[host]['rtt_ms'] for host in (A, B, C)], [20, 20, None])
        self.assertIsNone(rows[A]['rtt_min_ms'])
        self.assertAlmostEqual(rows[B]['rtt_min_ms'], 30, places=3)
        self.assertEqual([rows[host]['rtp_packets'] for host in (A, B, C)],
                         [None, None, 19])
        self.assertEqual((rows[C]['rtp_lost'], rows[C]['jitter_ms']), (1, 0))

    def test_live_tables(self):
        path = self.write(captures.pcap(small()))
        for table in ('interfaces', 'apps'):
            self.assertIn(f'no table {table}', self.fails('show', table, '--file', path))


@weir.needs_weir
class Sides(Captures):
    """Which hosts are this side's: given, told by the frames, guessed or unknown."""

    def locals(self, data, *args):
        """({address: local}, how it is known)"""
        rows = self.rows('hosts', self.write(data), *args)
        by, = {row['local_by'] for row in rows}
        return {row['address']: row['local'] for row in rows}, by

    def test_unknown(self):
        found, by = self.locals(captures.pcap([(BEGIN, captures.udp(A, 1, B, 2))]))
        self.assertEqual((found, by), ({A: None, B: None}, None))

    def test_guess(self):
        packets = [(BEGIN + i, captures.udp(A, 1, f'192.0.2.{i}', 2, bytes(99))) for i in range(9)]
        data = captures.pcap(packets)
        found, by = self.locals(data)
        self.assertEqual(([host for host in found if found[host]], by), ([A], 'guess'))
        packets += [(BEGIN + 9, captures.udp(B, 1, C, 2, bytes(99)))]
        self.assertEqual(self.locals(captures.pcap(packets))[1], None)
        self.assertEqual(self.locals(data, '--local', '192.0.2.0/24')[1], 'given')

    def test_network_card(self):
        """captures.ethernet() sends from 02:...:02 to 02:...:01, whoever the hosts are."""
        data = captures.pcap([(BEGIN, captures.udp(A, 1, B, 2))])
        for card, local in (('02:00:00:00:00:02', A), ('02-00-00-00-00-01', B)):
            found, by = self.locals(data, '--local', card)
            self.assertEqual(([host for host in found if found[host]], by), ([local], 'given'))
        found, by = self.locals(data, '--local', '02:00:00:00:00:03')
        self.assertEqual((found, by), ({A: False, B: False}, 'given'))
        done = weir.run('read', '--local', '02:00:00:00:00', 'x')
        self.assertEqual(done.returncode, 2)
        self.assertIn('--local', done.stderr)

    def test_pcapng_flags(self):
        """Inbound for this machine, outbound, and what says nothing of the receiver."""
        frame = captures.udp(A, 1, B, 2)
        begin = captures.section() + captures.interface()
        for flags, local in ((1, B), (1 | 1 << 2, B), (2, A), (1 | 3 << 2, None),
                             (1 | 4 << 2, None), (0, None)):
            found, by = self.locals(begin + captures.enhanced(frame, BEGIN * 10 ** 6, flags=flags))
            self.assertEqual([host for host in found if found[host]], [local] if local else [])
            self.assertEqual(by, 'direction' if local else None)

    def test_groups_are_nobody(self):
        frame = b'\xff' * 6 + captures.udp(A, 1, '10.0.0.255', 2)[6:]
        data = (captures.section() + captures.interface()
                + captures.enhanced(frame, BEGIN * 10 ** 6, flags=1))
        self.assertEqual(self.locals(data)[1], None)

    def test_packet_types(self):
        """SLL, SLL2 and the modified pcap have Linux's packet type."""
        packet = captures.udp(A, 1, B, 2)[14:]
        for kind, local in ((0, B), (4, A), (1, None), (2, None), (3, None)):
            sll = struct.pack('>HHHQH', kind, 1, 6, 0, 0x0800) + packet
            sll2 = struct.pack('>HHIHBBQ', 0x0800, 0, 1, 1, kind, 6, 0) + packet
            frame = captures.udp(A, 1, B, 2)
            modified = (struct.pack('<IHHiIII', 0xa1b2cd34, 2, 4, 0, 0, 65535, 1)
                        + struct.pack('<IIIIIHBB', BEGIN, 0, len(frame), len(frame), 1, 8, kind, 0)
                        + frame)
            for data in (captures.pcap([(BEGIN, sll)], link=113),
                         captures.pcap([(BEGIN, sll2)], link=276), modified):
                found, by = self.locals(data)
                self.assertEqual([host for host in found if found[host]], [local] if local else [])
                self.assertEqual(by, 'direction' if local else None)


@weir.needs_weir
class Links(Captures):
    """What a file says of its link: frame check sequence, speed."""

    def test_check_sequence_is_not_counted(self):
        frame = captures.udp(A, 1, B, 2, bytes(50))
        packet, begin = frame + b'fcs!', BEGIN * 10 ** 6
        files = {
            'pcap': captures.pcap([(BEGIN, packet)], link=1 | 0x24000000),
            'bytes': (captures.section() + captures.interface(options=captures.option(13, b'\4'))
                      + captures.enhanced(packet, begin)),
            'bits': (captures.section() + captures.interface(options=captures.option(13, b'\x20'))
                     + captures.enhanced(packet, begin)),
            'flags': (captures.section() + captures.interface()
                      + captures.enhanced(packet, begin, flags=4 << 5)),
        }
        for name, data in files.items():
            path = self.write(data)
            row, = self.rows('flows', path)
            self.assertEqual(row['src_bytes'], len(frame), name)
            self.assertEqual(self.report(path)['bytes'], len(frame), name)

    def test_speed(self):
        packets = [(i, captures.udp(A, 1, B, 2, bytes(1000))) for i in range(5)]
        size = len(packets[0][1])
        speed = captures.option(8, struct.pack('<Q', 10 ** 6))
        data = captures.section() + captures.interface(options=speed)
        data += b''.join(captures.enhanced(frame, (BEGIN + at) * 10 ** 6) for at, frame in packets)
        quality = self.report(self.write(data))['quality']
        self.assertEqual(quality['link_bps'], 10 ** 6)
        self.assertAlmostEqual(quality['mean_link_use'], size * 5 / 4 * 8 / 10 ** 6, places=6)
        self.assertAlmostEqual(quality['peak_link_use'], size * 8 / 10 ** 6, places=6)
        path = self.write(captures.pcap(packets))
        quality = self.report(path)['quality']
        self.assertEqual((quality['link_bps'], quality['mean_link_use']), (None, None))
        self.assertEqual(self.report(path, '--link-speed', '2M')['quality']['link_bps'], 2000000)
        self.assertIn('Link     2 Mbit/s, mean use 0.5 %, peak 0.4 %',
                      weir.run('read', '--link-speed', '2M', path).stdout)
        self.assertEqual(weir.run('read', '--link-speed', 'fast', path).returncode, 2)


@weir.needs_weir
class Variants(Captures):
    """Files that are right, in unusual forms: byte orders, resolutions, tunnels, fragments."""

    def test_pcap_variants(self):
        plain = self.rows('flows', self.write(captures.pcap(small())))
        for order in '<>':
            for magic in (captures.MAGIC_US, captures.MAGIC_NS):
                path = self.write(captures.pcap(small(), order=order, magic=magic))
                self.assertEqual(self.rows('flows', path), plain)

    def test_pcapng_sections_and_resolutions(self):
        frame = captures.udp(A, 1, B, 2)
        data = (captures.section() + captures.interface() + captures.interface(resolution=9)
                + captures.enhanced(frame, BEGIN * 10 ** 6)
                + captures.enhanced(frame, BEGIN * 10 ** 9 + 500000000, 1)
                + captures.section('>') + captures.interface(resolution=0x8a, order='>')
                + captures.enhanced(frame, (BEGIN + 2) << 10, 0, '>'))
        path = self.write(data)
        found = self.report(path)
        self.assertEqual((found['packets'], found['duration_s'], found['flows_total']), (3, 2, 1))
        self.assertEqual((found['files'][0]['sections'], found['files'][0]['interfaces']), (2, 3))

    def test_snap_length_counts_original_bytes(self):
        frame = captures.udp(A, 1, B, 2, b'x' * 1000)
        path = self.write(captures.pcap([(BEGIN, frame[:60], len(frame))]))
        self.assertEqual(self.rows('flows', path)[0]['src_bytes'], len(frame))

    def test_tunnels(self):
        inner = captures.ip('172.16.0.1', '172.16.0.2', 17, captures.udp_segment(7, 8))
        vxlan = struct.pack('>II', 0x08000000, 5 << 8) + captures.ethernet(inner)
        outers = {
            'vlan': captures.ethernet(struct.pack('>HH', 100, 0x0800) + inner, 0x8100),
            'gre': captures.carried(A, B, 47, struct.pack('>HH', 0, 0x0800) + inner),
            'ipip': captures.carried(A, B, 4, inner),
            'vxlan': captures.udp(A, 5555, B, 4789, vxlan),
            'gtp': captures.udp(A, 2152, B, 2152,
                                struct.pack('>BBHI', 0x30, 0xff, len(inner), 1) + inner),
        }
        for name, frame in outers.items():
            with self.subTest(name):
                path = self.write(captures.pcap([(BEGIN, frame)]))
                outer = self.rows('flows', path)
                both = self.rows('flows', path, '--inner')
                self.assertEqual(len(outer), 1)
                self.assertEqual(outer[0]['src_bytes'], len(frame))
                if name == 'vlan':
                    self.assertEqual((outer[0]['vlan'], outer[0]['src']), (100, '172.16.0.1'))
                    continue
                self.assertEqual({(row['src'], row['depth']) for row in both},
                                 {(A, 0), ('172.16.0.1', 1)})
                self.assertEqual(self.report(path, '--inner')['flows_total'], 1)

    def test_fragments_and_extension_headers(self):
        first = captures.ip(A, B, 17, captures.udp_segment(7, 8, b'x' * 16), fragment=0x2000)
        later = captures.ip(A, B, 17, b'x' * 40, fragment=3)
        frames = [captures.ethernet(first), captures.ethernet(later)]
        rows = self.rows('flows', self.write(captures.pcap([(BEGIN, one) for one in frames])))
        self.assertEqual([(row['src_port'], row['dst_port'], row['src_packets'], row['src_bytes'])
                          for row in rows], [(7, 8, 2, sum(map(len, frames)))])
        more = bytes([17, 0, 1, 4, 0, 0, 0, 0])
        six = captures.ip('2001:db8::1', '2001:db8::2', 0, captures.udp_segment(7, 8), more)
        rows = self.rows('flows', self.write(captures.pcap(
            [(BEGIN, captures.ethernet(six, 0x86dd))])))
        self.assertEqual([(row['protocol'], row['dst_port']) for row in rows], [('udp', 8)])

    def test_times_backwards_and_jumping(self):
        packets = [(BEGIN, captures.udp(A, 1, B, 2)), (BEGIN - 50, captures.udp(A, 1, B, 2)),
                   (BEGIN + 10 ** 9, captures.udp(A, 1, B, 2))]
        found = self.report(self.write(captures.pcap(packets)))
        self.assertEqual((found['packets'], found['flows_total']), (3, 1))
        self.assertEqual(found['duration_s'], 10 ** 9 + 50)


@weir.needs_weir
class Bad(Captures):
    """Files that are wrong: a clear error, or a counted partial result."""

    def test_no_capture(self):
        for data in (b'', b'x', b'hello, this is no capture at all', bytes(4096)):
            path = self.write(data)
            for command in (['read', path], ['show', 'flows', '--file', path]):
                self.assertIn('is not a capture', self.fails(*command))
        self.assertIn('No such file', self.fails('read', path + '.gone'))
        self.assertIn('directory', self.fails('read', self.folder.name))
        self.assertIn('empty', self.fails('read', '-'))

    def test_wrong_usage(self):
        path = self.write(captures.pcap(small()))
        for args in (['read'], ['read', '--colums', 'a', path], ['read', '--threads', 'x', path],
                     ['show', '--file', path, '--local', 'nowhere'],
                     ['show', '--file', path, '--idle-timeout', '-1'],
                     ['show', '--file', path, '--replay', path]):
            self.assertEqual(weir.run(*args).returncode, 2, args)

    def test_cut_anywhere(self):
        data = captures.pcap(small()[:4])
        bounds = [24]
        for _, frame in small()[:4]:
            bounds.append(bounds[-1] + 16 + len(frame))
        for length in range(1, len(data) + 1, 3):
            path = self.write(data[:length])
            if length < 24:
                self.assertIn('capture', self.fails('read', path))
                continue
            found = self.report('--no-apps', path)
            whole = max(i for i, bound in enumerate(bounds) if bound <= length)
            cut = length not in bounds
            self.assertEqual(found['packets'], whole)
            self.assertEqual(found['files'][0]['truncated'], cut)
            self.assertEqual(found['skipped'],
                             {'file cut in its last packet': 1} if cut else {})

    def test_absurd_lengths(self):
        good = captures.pcap([(BEGIN, captures.udp(A, 1, B, 2))])
        for length in (0xffffffff, 0x7fffffff, 100000000):
            path = self.write(good + struct.pack('<IIII', BEGIN, 0, length, length) + bytes(99))
            found = self.report(path)
            self.assertEqual(found['packets'], 1)
            self.assertIn('bytes', found['files'][0]['problem'])
            self.assertEqual(sum(found['skipped'].values()), 1)
        path = self.write(good[:24] + struct.pack('<IIII', BEGIN, 0, 0xffffffff, 60) + bytes(99))
        self.assertIn('claims', self.fails('read', path))

    def test_unknown_link(self):
        path = self.write(captures.pcap([(BEGIN, bytes(60))] * 2, link=147))
        found = self.report(path)
        self.assertEqual((found['packets'], found['flows_total']), (2, 0))
        self.assertEqual(sum(found['skipped'].values()), 2)

    def test_damaged_gzip(self):
        data = bytearray(gzip.compress(captures.pcap(small() * 50)))
        path = self.write(bytes(data[:len(data) // 2]), 'a.gz')
        found = self.report(path)
        self.assertTrue(found['files'][0]['truncated'])

    def test_wrong_link(self):
        """Frames of one link under the number of another: all are counted, none is fatal."""
        packets = captures.connection((A, 1), (B, 2), BEGIN)
        for link in (0, 9, 12, 50, 51, 101, 104, 105, 108, 113, 127, 228, 229, 276):
            found = self.report(self.write(captures.pcap(packets, link=link)))
            self.assertEqual(found['packets'], len(packets), link)
            counted = sum(row['packets'] for row in found['protocols'] if row['layer'] == 'network')
            self.assertGreaterEqual(counted + sum(found['skipped'].values()), len(packets), link)

    def test_a_file_that_grows(self):
        """What is there when the reader comes to the end counts, and nothing twice."""
        packets = [(BEGIN + i / 1000, captures.udp(A, i % 60000, B, 2, b'x' * 1200))
                   for i in range(20000)]
        data = captures.pcap(packets)
        path = self.write(data)
        with open(path, 'ab') as file:
            process = subprocess.Popen([weir.PROGRAM, 'read', '--threads', '1', '--format', 'json',
                                        path], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                       env=weir.environment(), text=True)
            for at in range(24, len(data) // 2, 99991):  # ends inside records, too
                file.write(data[at:at + 99991])
                file.flush()
        out, err = process.communicate(timeout=20)
        self.assertEqual((process.returncode, err), (0, ''))
        found = json.loads(out)
        self.assertGreaterEqual(found['packets'], 20000)
        self.assertLess(found['packets'], 30100)
        self.assertEqual(found['flows_total'], 20000)

    def test_flows_beyond_the_limit_cost_no_memory(self):
        """In 60 MB of address space, 300,000 flows have no room and 1,000 of them do."""
        if not weir.owns_its_memory():
            self.skipTest('needs a build whose address space is its own')
        packets = [(BEGIN + i / 1000, captures.udp(f'10.{i % 97}.{i % 89}.{i % 83}', i % 60000, B,
                                                   2)) for i in range(300000)]
        path = self.write(captures.pcap(packets))
        command = ['sh', '-c', 'ulimit -v 60000; exec "$@"', 'sh', weir.PROGRAM, 'read',
                   '--no-apps', '--threads', '1', path]
        done = subprocess.run([*command, '--max-flows', '1000'], env=weir.environment(),
                              capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        self.assertRegex(done.stdout, r'beyond the limit of flows +299,000')
        done = subprocess.run(command, env=weir.environment(), capture_output=True, text=True,
                              timeout=60)
        self.assertEqual((done.returncode, done.stdout), (1, ''))
        self.assertRegex(done.stderr, r'\Aweir: cannot analyse [^\n]+ --max-flows [^\n]+\n\Z')

    def test_a_file_that_shrinks(self):
        """A shorter file must not end the program by a signal."""
        packets = [(BEGIN + i / 1000, captures.udp(A, i % 60000, B, 2, b'x' * 1200))
                   for i in range(40000)]
        path = self.write(captures.pcap(packets))
        process = subprocess.Popen([weir.PROGRAM, 'read', '--threads', '1', path],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=weir.environment(), text=True)
        os.truncate(path, 1000)
        _, err = process.communicate(timeout=20)
        self.assertIn(process.returncode, (0, 1), err)


if __name__ == '__main__':
    unittest.main()
