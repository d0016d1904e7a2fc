"""The packet list in full screen: panes, keys, filter, search, marks, files."""

import os
import re
import struct
import subprocess
import tempfile
import unittest

import captures
import tmux
import weir
from screens import WRITE, Screen, read_golden, settled, write_golden

BEGIN = 1700000000
DESK, NAME_SERVER, WEB = '10.0.0.7', '10.0.0.1', '192.0.2.80'
SIZES = ((100, 30), (80, 24), (160, 40), (60, 12))


def packets():
    """A question, its answer, a connection with a hello, and bytes that a terminal would obey."""
    question = struct.pack('>HHHHHH', 7, 0x0100, 1, 0, 0, 0) + b'\3www\7example\0\0\1\0\1'
    ends = DESK, 40000, WEB, 443
    back = WEB, 443, DESK, 40000
    frames = [captures.udp(DESK, 5000, NAME_SERVER, 53, question),
              captures.udp(NAME_SERVER, 53, DESK, 5000, captures.dns_answer(b'www.example', WEB)),
              captures.tcp(ends, 'S', 100), captures.tcp(back, 'SA', 500, 101),
              captures.tcp(ends, 'A', 101, 501),
              captures.tcp(ends, 'PA', 101, 501, captures.client_hello(b'www.example')),
              captures.udp(DESK, 6000, WEB, 9, b'\x1b[2J\x1b]0;title\7needle'),
              captures.ethernet(bytes(46), 0x0806), captures.tcp(back, 'R', 501, 900)]
    return [(BEGIN + i * 1.5, frame) for i, frame in enumerate(frames)]


@weir.needs_weir
@tmux.needs_tmux
class Packets(Screen):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.file = os.path.join(cls.folder.name, 'desk.pcap')
        with open(cls.file, 'wb') as file:
            file.write(captures.pcap(packets()))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def open(self, columns=100, lines=30, args=(), file=None, **options):
        screen = tmux.Terminal([weir.PROGRAM, 'capture', '--file', file or self.file, *args],
                               columns, lines, **options)
        self.addCleanup(screen.__exit__)
        screen.wait_for(r'9 packets|packets')
        return screen

    def rows(self, screen):
        return [line for line in screen.lines() if re.search(r' \d\d:\d\d:\d\d\.\d{3}', line)]

    def wait_selected(self, screen, pattern):
        """The arrow and the panes are at one packet."""
        screen.wait_for('(?m)^▸.*' + pattern)

    def test_golden(self):
        texts, wanted = {}, read_golden('packets')
        for columns, lines in SIZES:
            with self.subTest(columns=columns):
                size = f'{columns}x{lines}'
                screen = self.open(columns, lines)
                self.press(screen, ['Down', 'Down', 'Down', 'Down', 'Down', 'm'])
                if WRITE:
                    texts[size] = settled(screen)
                else:
                    screen.wait_until(lambda text, size=size: text == wanted[size], 'golden screen')
        if WRITE:
            write_golden('packets', texts)

    def test_names_and_payload_are_safe(self):
        screen = self.open(120, 40)
        screen.wait_for('www.example +TCP')
        screen.wait_for(r'10\.0\.0\.7')
        self.press(screen, ['G', 'Up', 'Up'])
        self.wait_selected(screen, '6000 > 9')
        screen.wait_for(r'\.\[2J\.')
        screen.keys('a')
        screen.wait_for(r'192\.0\.2\.80 +TCP')
        self.assertNotIn('title', screen._tmux('display-message', '-p', '#{pane_title}').stdout)

    def test_panes_and_layers(self):
        screen = self.open()
        screen.wait_for(r'▾ DNS')
        self.press(screen, ['Tab', 'Home'])
        screen.wait_for('Bytes 0 to 13 of')
        screen.keys('Right')
        screen.wait_for(r'▾ Ethernet')
        self.press(screen, ['Down', 'Down'])
        screen.wait_for('Bytes 6 to 11 of')
        self.press(screen, ['Tab', 'Home', 'Down', 'Right'])  # byte 17: of the IPv4 header
        screen.wait_for(r'▾ IPv4')
        screen.wait_for('Bytes 16 to 17 of|Bytes 14 to 33 of')
        self.press(screen, ['Escape', 'Down'])
        screen.wait_for(r'Layers of packet 2')
        screen.wait_for(r'▾ IPv4')  # it stays open

    def test_filter(self):
        screen = self.open()
        screen.keys('/')
        screen.wait_for('Tab completes')
        screen.type('proto')
        screen.keys('Tab')
        screen.type('=DNX')
        screen.wait_for('Nothing matches')
        screen.keys('BSpace')
        screen.type('S and prot')
        screen.wait_for(r'\^')
        screen.keys('C-u')
        screen.type('port=443')
        screen.keys('Enter')
        screen.wait_for(r'Filter port=443 +5 of 9 packets')
        self.assertEqual(len(self.rows(screen)), 5)
        screen.keys('Escape')
        screen.wait_gone('Filter')
        self.press(screen, ['g', 'o'])
        screen.wait_for(r'host=10\.0\.0\.7 and host=10\.0\.0\.1 and port=5000 and port=53 +2 of 9')
        screen.keys('o')
        screen.wait_gone('Filter')

    def test_filter_of_the_command_line(self):
        screen = self.open(args=('--filter', 'application=TLS'))
        screen.wait_for('1 of 9 packets')
        self.wait_selected(screen, 'client hello')

    def test_jump(self):
        screen = self.open()
        for typed, number in (('4', 4), ('+9', 7), ('22:13:26', 5), ('1', 1), ('99', 9)):
            self.press(screen, [':', ('type', typed), 'Enter'])
            self.wait_selected(screen, f' {number} 22:')
        self.press(screen, [':', ('type', '12:99'), 'Enter'])
        screen.wait_for('12:99 is no time of day')

    def test_search(self):
        screen = self.open()
        self.press(screen, ['s', ('type', 'NEEDLE'), 'Enter'])
        self.wait_selected(screen, '6000 > 9')
        screen.keys('n')
        screen.wait_for('nothing behind here has "NEEDLE"')
        self.press(screen, ['s', 'C-u', ('type', 'rst'), 'Enter'])
        self.wait_selected(screen, 'RST')
        screen.keys('N')
        screen.wait_for('nothing before here has "rst"')
        self.press(screen, ['s', 'C-u', ('type', 'www.example'), 'Enter', 'N'])
        self.wait_selected(screen, '6000 > 9')  # by the name of its address

    def test_marks_and_saving(self):
        with tempfile.TemporaryDirectory() as folder:
            screen = self.open(cwd=folder)
            self.press(screen, ['e', 'm'])
            screen.wait_for('nothing is marked')
            self.press(screen, ['m', 'Down', 'm', 'Down', 'Down', 'm', 'm', 'g', '.'])
            screen.wait_for('2 marked')
            self.wait_selected(screen, ' 2 22:')
            self.press(screen, ['e', 'm'])
            screen.wait_for('saved 2 packets as')
            self.press(screen, ['e', 's'])
            screen.wait_for('saved 9 packets as')
            self.press(screen, ['/', ('type', 'protocol=TCP'), 'Enter', 'e', 's'])
            screen.wait_for('saved 4 packets as')
            saved = sorted(os.listdir(folder))
            self.assertEqual(len(saved), 3)
            counts = []
            for name in saved:
                done = weir.run('capture', '--file', os.path.join(folder, name), '--format', 'csv')
                self.assertEqual(done.returncode, 0, done.stderr)
                counts.append(len(done.stdout.splitlines()) - 1)
            self.assertEqual(sorted(counts), [2, 4, 9])

    def test_columns_are_chosen_and_remembered(self):
        with tempfile.TemporaryDirectory() as folder:
            env = weir.environment(XDG_STATE_HOME=folder)
            screen = self.open(160, 30, env=env)
            self.press(screen, ['c'])
            screen.wait_for(r'\[x\] Destination')
            screen.wait_for(r'\[ \] From MAC +.*sender')
            self.press(screen, ['Down'] * 5 + ['Space', 'Down', 'Space'])  # From MAC, Destination
            screen.wait_for(r'(?m)^ ▸ \[ \] Destination')
            self.press(screen, ['Escape'])
            screen.wait_for(r'Source +From MAC +Proto')
            screen.wait_for(r'10\.0\.0\.7 +02:00:00:00:00:02 +DNS')
            self.press(screen, ['q'])
            self.assertEqual(screen.status(), 0)
            screen = self.open(160, 30, env=env)
            screen.wait_for(r'Source +From MAC +Proto')
            self.press(screen, ['c', 'd', 'Escape'])
            screen.wait_for(r'Source +Destination +Proto')
            self.press(screen, ['q'])
            self.assertEqual(screen.status(), 0)

    def test_time_column(self):
        screen = self.open()
        screen.keys('t')
        screen.wait_for(r' 12\.000000 ')
        screen.keys('t')
        screen.wait_for(r'(?m)^ +2 +1\.500000 +10')

    def test_mouse(self):
        screen = self.open(80, 24)
        screen.wait_for('SYN A')
        row = next(i for i, line in enumerate(screen.lines()) if 'SYN A' in line)
        screen.mouse(0, 30, row)
        screen.wait_for('Layers of packet 4')
        screen.mouse(65, 30, row)
        screen.wait_for('Layers of packet 7')

    def test_help_and_small(self):
        screen = self.open(50, 9)
        screen.keys('Tab')
        screen.wait_for('Layers of packet 1')
        screen.keys('?')
        screen.wait_for('arrows scroll')
        screen.resize(90, 30)
        screen.wait_for('any key closes')
        self.press(screen, ['x'])
        screen.wait_for('Bytes')
        screen.keys('q')
        self.assertEqual(screen.status(), 0)

    def test_plain_terminal(self):
        screen = self.open(env={'LANG': 'C', 'LC_ALL': 'C'}, term='vt100')
        screen.keys('m')
        screen.wait_for(r'(?m)^>\*')
        self.assertTrue(screen.text().isascii())

    def test_files_that_are_none(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'x.pcap')
            for content, said in ((b'no capture at all', 'cannot read'),
                                  (captures.pcap([]), 'The capture holds no packet')):
                with open(path, 'wb') as file:
                    file.write(content)
                screen = tmux.Terminal([weir.PROGRAM, 'capture', '--file', path])
                self.addCleanup(screen.__exit__)
                screen.wait_for(said)

    def test_damaged_after_some(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'x.pcap')
            with open(path, 'wb') as file:
                file.write(captures.pcap(packets()) + b'\xff' * 64)
            screen = self.open(file=path)
            screen.wait_for('x.pcap: byte')
            screen.wait_for('9 packets')

    def test_pipe_and_packed(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'x.pcap.gz')
            with open(path, 'wb') as file:
                subprocess.run(['gzip', '-c', self.file], stdout=file, check=True)
            screen = self.open(file=path)
            screen.wait_for('9 packets')
            self.wait_selected(screen, 'query')


if __name__ == '__main__':
    unittest.main()
