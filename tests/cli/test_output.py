"""What is printed, on this machine's own interfaces and on a recording made here."""

import csv
import io
import json
import os
import signal
import subprocess
import tempfile
import time
import unittest

import weir

KEYS = '''name alias kind state index speed_bps capacity_bps mtu mac addresses rx_bytes tx_bytes
    rx_bytes_per_s tx_bytes_per_s rx_packets tx_packets rx_packets_per_s tx_packets_per_s rx_errors
    tx_errors rx_dropped tx_dropped rx_utilisation tx_utilisation queue_backlog_bytes queue_drops
    queue_marks rate_state counted master lower rx_explained tx_explained rx_unexplained
    tx_unexplained'''.split()


def row(name, **values):
    """A row of a recording."""
    base = {'name': name, 'kind': 'ethernet', 'state': 'up', 'index': 2, 'rx_bytes': 0,
            'tx_bytes': 0, 'rx_bytes_per_s': 0, 'tx_bytes_per_s': 0, 'rate_state': 'OK',
            'counted': True}
    return {**base, **values}


def document(second, rows):
    """A document of a recording."""
    return json.dumps({'table': 'interfaces', 'time': f'2026-01-02T03:04:{second:02}.000Z',
                       'window_s': 1, 'origin': 'live', 'rows': rows, 'omitted': 0,
                       'lost': 0}) + '\n'


class Recording(unittest.TestCase):
    """Tests that replay a recording."""

    def record(self, *documents):
        file = tempfile.NamedTemporaryFile('w', suffix='.jsonl', delete=False)
        self.addCleanup(os.unlink, file.name)
        with file:
            file.write(''.join(documents))
        return file.name

    def replay(self, path, *args, **options):
        return weir.run('live', '--replay', path, '--speed', '0', *args, **options)


@weir.needs_weir
class Json(unittest.TestCase):
    """The contract of the machine-readable formats."""

    def test_three_documents_and_nothing_else(self):
        done = weir.run('show', 'interfaces', '--format', 'json', '--count', '3', '--interval',
                        '0.2')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        documents = weir.json_lines(done.stdout)
        self.assertEqual(len(documents), 3)
        self.assertEqual(done.stdout.count('\n'), 3)
        for found in documents:
            self.assertEqual(list(found), ['table', 'time', 'window_s', 'origin', 'rows', 'omitted',
                                           'lost'])
            self.assertEqual((found['table'], found['origin']), ('interfaces', 'live'))
            self.assertAlmostEqual(found['window_s'], 0.2, delta=0.15)
            self.assertRegex(found['time'], r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$')
            for one in found['rows']:
                self.assertEqual(list(one), KEYS)
        lo = next(one for one in documents[0]['rows'] if one['name'] == 'lo')
        self.assertEqual((lo['kind'], lo['counted'], lo['rate_state']), ('loopback', False, 'OK'))
        self.assertIn('127.0.0.1/8', lo['addresses'])

    def test_live_begins_with_totals(self):
        begin = time.monotonic()
        done = weir.run('live', '--format', 'json', '--count', '1', '--interval', '60')
        self.assertLess(time.monotonic() - begin, 10)
        found = weir.json_lines(done.stdout)[0]
        self.assertEqual(found['window_s'], 0)
        for one in found['rows']:
            self.assertEqual((one['rate_state'], one['rx_bytes_per_s']), ('INIT', None))
            self.assertIsInstance(one['rx_bytes'], int)

    def test_csv(self):
        done = weir.run('show', '--format', 'csv', '--count', '2', '--interval', '0.1')
        lines = list(csv.reader(io.StringIO(done.stdout)))
        self.assertEqual(lines[0], KEYS)
        self.assertEqual(sum(line == KEYS for line in lines), 1)
        self.assertTrue(all(len(line) == len(KEYS) for line in lines))
        some = weir.run('show', '--format', 'csv', '--columns', 'index,name', '--interval', '0.1',
                        '-i', 'lo')
        self.assertEqual(some.stdout, 'index,name\n1,lo\n')

    def test_numbers_do_not_follow_the_locale(self):
        done = weir.run('show', '--format', 'json', '--interval', '0.1',
                        env=weir.environment(LC_ALL='', LC_NUMERIC='de_DE.UTF-8', LANG='C.UTF-8'))
        self.assertEqual(len(weir.json_lines(done.stdout)), 1)


@weir.needs_weir
class Table(Recording):
    """The plain table."""

    def test_golden(self):
        path = self.record(document(5, [
            row('eth0', rx_bytes=162_600_000_000, tx_bytes=6_240_000_000, rx_bytes_per_s=6_025_000,
                tx_bytes_per_s=142_500, rx_utilisation=0.0482, speed_bps=1_000_000_000),
            row('wg0', kind='tunnel', index=3, rx_bytes=88_100_000_000, counted=False,
                rx_bytes_per_s=3_875_000, lower='eth0'),
            row('lo', kind='loopback', index=1, rx_bytes=3240, tx_bytes=3240, counted=False),
            row('usb0', index=9, state='no-carrier', rx_bytes_per_s=None, tx_bytes_per_s=None,
                rate_state='RESET')]))
        self.assertEqual(self.replay(path).stdout, '''\
↓ 48.2 Mbit/s   ↑ 1.14 Mbit/s   2026-01-02T03:04:05Z
eth0 carries all of the download and is 4.8 % full

Interface  Kind      State         Down rate      Up rate  Down use  Download   Upload
eth0       ethernet  up          48.2 Mbit/s  1.14 Mbit/s     4.8 %    163 GB  6.24 GB
usb0       ethernet  no-carrier     !            !              –        0  B     0  B
wg0        tunnel    up          31.0 Mbit/s     0  bit/s       –     88.1 GB     0  B
lo         loopback  up             0  bit/s     0  bit/s       –     3.24 kB  3.24 kB
''')

    def test_100_million_bytes_in_all_units(self):
        path = self.record(document(5, [row('eth0', rx_bytes=100_000_000,
                                            rx_bytes_per_s=100_000_000)]))
        for args, rate, amount in (
                ([], '800 Mbit/s', '100 MB'),
                (['--units', 'bytes'], '100 MB/s', '100 MB'),
                (['--iec'], '763 Mibit/s', '95.4 MiB'),
                (['--iec', '--units', 'bytes'], '95.4 MiB/s', '95.4 MiB'),
                (['--amounts', 'bits'], '800 Mbit/s', '800 Mbit'),
                (['--amounts', 'bits', '--iec'], '763 Mibit/s', '763 Mibit')):
            text = self.replay(path, '--columns', 'rx_bytes_per_s,rx_bytes', *args).stdout
            cells = ' '.join(text.splitlines()[-1].split())
            self.assertEqual(cells, f'{rate} {amount}', args)
        for form, wanted in (('json', '"rx_bytes":100000000'), ('csv', '100000000\n')):
            done = self.replay(path, '--format', form, '--columns', 'rx_bytes')
            self.assertIn(wanted, done.stdout)

    def test_some_columns_are_printed_when_asked_for(self):
        path = self.record(document(5, [row('eth0', rx_programs=12, tx_elsewhere=3, lost_packets=1),
                                        row('eth1', index=3)]))
        asked = 'name,rx_programs,tx_elsewhere,lost_packets'
        done = self.replay(path, '--format', 'json', '--columns', asked)
        self.assertEqual([list(one.values()) for one in weir.json_lines(done.stdout)[0]['rows']],
                         [['eth0', 12, 3, 1], ['eth1', None, None, None]])
        usual = weir.json_lines(self.replay(path, '--format', 'json').stdout)[0]['rows'][0]
        self.assertEqual(list(usual), KEYS)
        done = self.replay(path, '--format', 'csv', '--filter', 'rx_programs>11')
        self.assertEqual(len(done.stdout.splitlines()), 2)

    def test_columns_stay_aligned_with_wide_and_long_names(self):
        path = self.record(document(5, [row('网络接口', rx_bytes=1), row('a-name-of-fifteen'[:15]),
                                        row('\x1b[1m', tx_bytes=12345678901)]))
        lines = self.replay(path).stdout.splitlines()[3:]
        ends = {len(line) + sum(ord(c) > 0x2e80 for c in line) - len(line.rstrip('kMGB '))
                for line in lines if line.endswith('B')}
        self.assertEqual(len({len(line.rsplit(None, 1)[0]) + sum(ord(c) > 0x2e80 for c in line)
                              for line in lines[1:]}), 1, lines)
        self.assertTrue(ends)
        self.assertNotIn('\x1b', '\n'.join(lines))

    def test_c_locale_is_ascii(self):
        path = self.record(document(5, [row('fünf', rx_bytes_per_s=None, rate_state='STALE')]))
        text = self.replay(path, env=weir.environment(LC_ALL='C')).stdout
        self.assertTrue(text.isascii())
        self.assertIn('down', text)
        self.assertIn('f\\u{fc}nf', text)

    def test_filter_sort_limit(self):
        path = self.record(document(5, [row('a', rx_bytes=3000), row('b', rx_bytes=101_000_000),
                                        row('c', rx_bytes=20), row('d', rx_bytes=5, state='down')]))
        text = self.replay(path, '--sort', '-rx_bytes', '--filter', 'state=up', '--limit', '2',
                           '--columns', 'name').stdout.splitlines()
        self.assertEqual(text[-4:], ['Interface', 'b', 'a', '(1 more)'])
        nothing = self.replay(path, '--filter', 'name=zz').stdout
        self.assertIn('(none of 4 rows matches the filter)', nothing)
        self.assertIn('(no interfaces)', self.replay(self.record(document(1, []))).stdout)

    def test_width_of_the_terminal(self):
        path = self.record(document(5, [row('an-interface-15', kind='ethernet')]))
        for width in (40, 60, 80):
            inner = (f"stty cols {width}; '{weir.PROGRAM}' live --format table --speed 0"
                     f" --replay '{path}'")
            done = subprocess.run(['script', '-qec', inner, '/dev/null'], capture_output=True,
                                  text=True, timeout=20, check=True, env=weir.environment(),
                                  stdin=subprocess.DEVNULL)
            lines = done.stdout.replace('\r', '').splitlines()[3:]
            self.assertLessEqual(max(map(len, lines)), width)
            self.assertIn('an-interface-15', done.stdout)
            self.assertIn('bit/s', lines[-1])


@weir.needs_weir
class Replay(Recording):
    """A recording is shown again."""

    def test_round_trip(self):
        live = weir.run('show', '--format', 'json', '--count', '2', '--interval', '0.1').stdout
        again = self.replay(self.record(live), '--format', 'json').stdout
        for before, after in zip(weir.json_lines(live), weir.json_lines(again), strict=True):
            self.assertEqual(after.pop('origin'), 'replay')
            self.assertEqual(before.pop('origin'), 'live')
            before['rows'].sort(key=lambda one: one['name'])
            after['rows'].sort(key=lambda one: one['name'])
            self.assertEqual(before, after)

    def test_standard_input(self):
        done = weir.run('show', '--replay', '-', '--format', 'json', stdin=document(1, [row('x')]))
        self.assertEqual(weir.json_lines(done.stdout)[0]['rows'][0]['name'], 'x')

    def test_recorded_speed_and_faster(self):
        path = self.record(document(1, []), document(2, []), document(3, []))
        begin = time.monotonic()
        weir.run('live', '--replay', path, '--speed', '4')
        quick = time.monotonic() - begin
        self.assertGreaterEqual(quick, 0.45)
        begin = time.monotonic()
        weir.run('live', '--replay', path, '--speed', '0')
        self.assertLess(time.monotonic() - begin, 0.45)

    def test_wrong_recordings(self):
        for text, words in (('not json\n', 'line 1'), (document(1, []) + '{"time":5}\n', 'line 2'),
                            ('{}\n', 'recording of Weir')):
            done = self.replay(self.record(text), '--format', 'json')
            self.assertEqual(done.returncode, 1)
            self.assertIn(words, done.stderr)
        done = weir.run('live', '--replay', '/nonexistent')
        self.assertEqual(done.returncode, 1)
        self.assertIn('/nonexistent', done.stderr)


@weir.needs_weir
class BadDays(unittest.TestCase):
    """Output that fails, signals."""

    def shell(self, script):
        return subprocess.run(['bash', '-c', script, 'bash', weir.PROGRAM], capture_output=True,
                              text=True, timeout=20, check=False, env=weir.environment())

    def test_closed_pipe_is_no_failure(self):
        done = self.shell('"$1" live --interval 0.1 --format json | head -n 2 | wc -l;'
                          'echo ${PIPESTATUS[0]}')
        self.assertEqual(done.stdout.split(), ['2', '0'])
        self.assertEqual(done.stderr, '')

    def test_pipe_closed_while_idle_is_noticed_at_once(self):
        begin = time.monotonic()
        done = self.shell('"$1" live --interval 60 | head -n 1 >/dev/null; echo ${PIPESTATUS[0]}')
        self.assertEqual(done.stdout, '0\n')
        self.assertLess(time.monotonic() - begin, 10)

    def test_closed_standard_output(self):
        done = self.shell('"$1" show --interval 0.1 >&-')
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.count('\n'), 1)
        self.assertIn('standard output', done.stderr)

    def test_full_disk(self):
        done = self.shell('"$1" show --interval 0.1 >/dev/full')
        self.assertEqual(done.returncode, 1)
        self.assertIn('No space left', done.stderr)

    def test_signals(self):
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            with weir.start('live', '--interval', '60', '--format', 'csv') as live:
                live.read_line()
                live.process.send_signal(number)
                self.assertEqual(live.process.wait(5), status)

    def test_no_netlink(self):
        """As in a sandbox that refuses the socket."""
        done = self.shell('export ASAN_OPTIONS=detect_leaks=0;'  # its leak check wants ptrace too
                          'exec strace -qq -o /dev/null -e inject=socket:error=EAFNOSUPPORT'
                          ' "$1" show')
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.count('\n'), 1)
        self.assertIn('netlink', done.stderr)
        self.assertIn('doctor', done.stderr)


if __name__ == '__main__':
    unittest.main()
