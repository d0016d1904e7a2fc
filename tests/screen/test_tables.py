"""Every table of a capture: keys to screens, and what tables do that golden files cannot tell.

WEIR_GOLDEN=write writes the golden files anew; look at the difference before you commit it.
"""

import json
import os
import re
import unittest

from screens import Golden, Screen, add_cases

import captures
import office_capture
import tmux
import weir

# name -> what is pressed, as in test_keys.py.
CASES = {
    'flows': [],
    'flows-open': ['Enter'],
    'flows-sort': ['>', '>'],
    'flows-reverse': ['r'],
    'flows-filter': ['/', ('type', 'host=2001:db8::/32 and dst_port=443'), 'Enter'],
    'flows-nothing': ['/', ('type', 'protocol=sctp'), 'Enter', '>', 'r'],
    'flows-columns': ['c', 'End', *['k'] * 8, 'Space', 'Escape'],
    'hosts': ['3'],
    'hosts-open': ['3', 'j', 'l'],
    'hosts-flows': ['3', 'j', 'Enter'],
    'hosts-flows-narrowed': ['3', 'j', 'Enter', '/', ('type', ' and src_bytes>600'), 'Enter'],
    'hosts-back': ['3', 'j', 'j', 'j', 'Enter', 'j', 'BSpace'],
    'protocols': ['5'],
    'protocols-flows': ['5', 'j', 'j', 'Enter'],
    'protocols-none': ['5', 'Enter'],
    'span': ['[', '[', ']'],
    'span-hosts': ['[', '3'],
    'span-moved': ['[', '[', ']', ']', '.', ',', ','],
    'span-widened': ['[', '[', ']', '{', '}'],
    'span-cleared': ['[', ('type', '\\')],
    'capture-help': ['?', 'NPage'],
    'capture-interfaces': ['1'],
    'capture-apps': ['2'],
    'capture-findings': ['6'],
}


class Tables(Golden):
    """One case for each line of CASES."""

    def check(self, name, steps):
        self.check_golden(name, steps, self.open_capture, '192.168.1.34')


add_cases(Tables, CASES)


class Findings(Screen):
    """The same office with somebody who scans it; how many ports it is said to be varies."""

    def test_a_scan(self):
        path = os.path.join(self.folder.name, 'scan.pcap')
        office_capture.write(path, office_capture.scan())
        for size in ((100, 30), (80, 24), (60, 10)):
            with self.subTest(size=size):
                command = [weir.PROGRAM, 'live', 'findings', '--file', path]
                with tmux.Terminal(command, *size) as screen:
                    screen.wait_for('▸ warning +192.168.1.99 scans ports')
                    screen.keys('Enter')  # the sentence stands there whole, in lines if need be
                    screen.wait_for(r'\s+'.join(['finding', '192.168.1.99', 'scans', 'ports',
                                                 r'\(TCP', r'SYN\):', 'about', r'\d+', 'ports',
                                                 'of', '192.168.1.20', 'in', '8', 's']))
                    if size[1] > 10:
                        screen.wait_for('what +Severity warning · Rule port-scan')


    def test_what_is_over(self):
        """Live ones that are over are faint, and their details say so."""
        path = os.path.join(self.folder.name, 'findings.jsonl')
        time = '2026-01-02T03:04:05.678Z'
        rows = [{'rule': 'port-scan', 'object': f'10.0.0.{i}', 'severity': 'warning',
                 'since': time, 'last_seen': time, 'count': 100, 'observed': 100, 'expected': 15,
                 'text': f'10.0.0.{i} scans ports (TCP SYN)', 'evidence': '100 refused',
                 'state': state} for i, state in ((5, 'active'), (6, 'over'))]
        with open(path, 'w', encoding='ascii') as file:
            file.write(json.dumps({'table': 'findings', 'time': time, 'window_s': 1,
                                   'origin': 'live', 'rows': rows, 'omitted': 0, 'lost': 0}) + '\n')
        with tmux.Terminal([weir.PROGRAM, 'live', 'findings', '--replay', path]) as screen:
            screen.wait_for('10.0.0.6 scans ports')
            faint, = [line for line in screen.colours().splitlines() if '10.0.0.6 scans' in line]
            plain, = [line for line in screen.colours().splitlines() if '10.0.0.5 scans' in line]
            self.assertRegex(faint, r'\033\[38;5;\d+m10\.0\.0\.6 scans')
            self.assertNotRegex(plain, r'\033\[38;5;\d+m10\.0\.0\.5 scans')
            screen.keys('Down', 'Enter')
            screen.wait_for('what +Severity warning · State over')
            screen.wait_for('when +Since 2026-01-02')


class Apps(Golden):
    """A recording of apps."""

    def check(self, name, steps):
        path = os.path.join(self.folder.name, 'apps.jsonl')
        rows = [{'app': 'firefox', 'exe': '/usr/lib/firefox/firefox', 'user': 'anna', 'pids': [812],
                 'rx_bytes': 812_300_000, 'tx_bytes': 9_410_000, 'rx_bytes_per_s': 5_720_000,
                 'tx_bytes_per_s': 88_000, 'flows': 41, 'hosts': 17, 'accuracy': 'exact'},
                {'app': 'sshd', 'exe': '/usr/sbin/sshd', 'user': 'root', 'unit': 'ssh.service',
                 'pids': [77, 901], 'rx_bytes': 51_000, 'tx_bytes': 1_900_000, 'rx_bytes_per_s': 0,
                 'tx_bytes_per_s': 4_100, 'flows': 2, 'hosts': 1, 'accuracy': 'exact'}]
        document = {'table': 'apps', 'time': '2026-01-02T12:04:31.000Z', 'window_s': 1,
                    'origin': 'live', 'rows': rows, 'omitted': 0, 'lost': 0}
        with open(path, 'w', encoding='utf-8') as file:
            file.write(json.dumps(document) + '\n')
        command = [weir.PROGRAM, '--replay', path, '--speed', '0']
        self.check_golden(name, steps, lambda *size: tmux.Terminal(command, *size), 'firefox')


add_cases(Apps, {'apps': [], 'apps-open': ['j', 'l'], 'apps-flows': ['Enter'],
                 'apps-back': ['j', 'Enter', 'BSpace']})


class Captures(Screen):
    """Captures beyond golden files."""

    def test_tables_by_name(self):
        for table, shown in (('hosts', 'Host '), ('protocols', 'ethernet'), ('flows', 'Source')):
            with self.subTest(table=table):
                with tmux.Terminal([weir.PROGRAM, 'live', table, '--file', self.capture]) as screen:
                    screen.wait_for(shown)

    def test_options(self):
        with self.open_capture(args=('--filter', 'dst_port=25', '--sort', 'src')) as screen:
            text = screen.wait_for('1 of 89 rows')
            self.assertIn('refused', text)

    def test_any_size(self):
        for columns, lines in ((1, 1), (2, 2), (10, 3), (20, 5), (59, 9), (79, 10), (200, 60)):
            with self.subTest(columns=columns, lines=lines):
                with self.open_capture(columns, lines) as screen:
                    screen.wait_until(lambda _: screen.flags().startswith('1'), 'full screen')
                    if columns >= 20:
                        screen.wait_for('192')
                    screen.keys('j', 'Enter', 'G', '3', 'Enter', 'BSpace', '5', '[', ']', '{', '?')
                    # While the file is still read, the first q is for that.
                    screen.keys('q', '4', '/', 'x', 'C-c', 'q', 'q')
                    self.assertEqual(screen.status(), 0)

    def test_resize_storm(self):
        with self.open_capture() as screen:
            screen.wait_for('192.168.1.34')
            screen.keys('3', 'j', 'Enter', '[', 'Enter')
            for i in range(40):
                screen.resize(10 + i * 37 % 190, 2 + i * 23 % 58)
            screen.resize(100, 30)
            screen.wait_for('q quit')
            screen.wait_for('Hosts › 198.51.100.7 › Flows')
            screen.wait_for('Community ID')

    def test_addresses_are_never_cut(self):
        for columns in range(47, 130, 9):
            with self.subTest(columns=columns):
                with self.open_capture(columns, 12) as screen:
                    text = screen.wait_for(r'192\.168\.1\.34')
                    row = re.search('▸ (.*)', text).group(1)
                    for number in re.findall(r'\d+\.\d+\.\d\S*', row):
                        self.assertIn(number, ('192.168.1.34', '198.51.100.7'))

    def test_mouse(self):
        with self.open_capture() as screen:
            text = screen.wait_for('192.168.1.34')
            screen.mouse(0, text.split('\n')[0].index('3 Hosts'), 0)
            text = screen.wait_for(r'Host +↓ rate[^▸]*▸ 192\.168\.1\.34')
            y = next(i for i, line in enumerate(text.split('\n')) if '203.0.113.80' in line)
            screen.mouse(0, 5, y)
            screen.wait_for('▸ 203.0.113.80')
            screen.mouse(0, 5, y)
            text = screen.wait_for('Hosts › 203.0.113.80 › Flows')
            y = next(i for i, line in enumerate(text.split('\n')) if '› Flows' in line)
            screen.mouse(0, 2, y)
            screen.wait_for('▸ 203.0.113.80')
            screen.mouse(0, 40, 2)
            text = screen.wait_for('Span 22:1')
            self.assertRegex(text, 'these rows are of the whole capture')

    def test_export(self):
        with tmux.Terminal([weir.PROGRAM, '--file', self.capture, '--filter', 'dst_port=25'],
                           cwd=self.folder.name) as screen:
            screen.wait_for('1 of 89 rows')
            screen.keys('e', 'j')
            path = re.search(r'saved 1 rows as (\S+)', screen.wait_for('saved 1 rows')).group(1)
            with open(path, encoding='utf-8') as file:
                rows = json.load(file)['rows']
            os.unlink(path)
            self.assertEqual([(row['src'], row['dst_port']) for row in rows],
                             [('192.168.1.21', 25)])

    def test_standard_input(self):
        with tmux.Terminal(['sh', '-c', 'cat "$1" | "$2" --file -', 'sh', self.capture,
                            weir.PROGRAM]) as screen:
            screen.wait_for('192.168.1.34')
            screen.keys('q')
            self.assertEqual(screen.status(), 0)

    def test_a_file_that_is_none(self):
        path = os.path.join(self.folder.name, 'none.pcap')
        with open(path, 'wb') as file:
            file.write(b'no capture at all, but long enough to be looked at')
        with tmux.Terminal([weir.PROGRAM, '--file', path]) as screen:
            self.assertEqual(screen.status(), 1)
            screen.wait_for('is not a capture')

    def test_an_empty_capture(self):
        path = os.path.join(self.folder.name, 'empty.pcap')
        with open(path, 'wb') as file:
            file.write(captures.pcap([]))
        with tmux.Terminal([weir.PROGRAM, '--file', path]) as screen:
            screen.wait_for('none')
            screen.keys('[', 'Enter', 'l', '>', 'r', '3', 'G', '5', 'Enter', '/')
            screen.type('name=x')
            screen.keys('Enter')
            screen.wait_for('0 of 0 rows')

    def test_a_pipe_that_is_ended_shows_what_there_was(self):
        fifo = os.path.join(self.folder.name, 'slow.pcap')
        os.mkfifo(fifo)
        with open(self.capture, 'rb') as file:
            data = file.read()
        with tmux.Terminal([weir.PROGRAM, '--file', fifo]) as screen:
            with open(fifo, 'wb') as pipe:
                pipe.write(data[:400000])
                pipe.flush()
                screen.wait_for('Reading: .* packets')
                screen.wait_for('q ends the reading')
                screen.keys('q')
                screen.wait_for('Partial: the reading was ended early')
                screen.wait_for('192.168.1.20')
            screen.keys('q')
            self.assertEqual(screen.status(), 0)
        os.unlink(fifo)


class Recordings(Screen):
    """Tables in Weir's own JSON lines."""

    def test_a_recorded_table_is_found(self):
        path = os.path.join(self.folder.name, 'hosts.jsonl')
        text = weir.run('show', 'hosts', '--file', self.capture, '--format', 'json').stdout
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        with tmux.Terminal([weir.PROGRAM, '--replay', path, '--speed', '0']) as screen:
            text = screen.wait_for('▸ 192.168.1.34')
            self.assertIn(' 3 Hosts ', text)
            screen.keys('j', 'l')
            screen.wait_for('Host 198.51.100.7')
            screen.keys('Enter')
            screen.wait_for('This recording does not hold it')
            screen.keys('BSpace')
            screen.wait_for('▸ 198.51.100.7')


if __name__ == '__main__':
    unittest.main()
