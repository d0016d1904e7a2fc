"""What goes wrong around a terminal: the screen says it, and the terminal is given back."""

import os
import pty
import re
import signal
import subprocess
import time
import unittest

import recording
import tmux
import weir
from screens import Screen


class Ends(Screen):
    """However it ends, the shell's terminal is as it was."""

    def check_restored(self, screen):
        screen.wait_for('THE END')
        with open(os.path.join(screen.folder, 'stty'), encoding='utf-8') as file:
            settings = file.read()
        self.assertRegex(settings, r'(?<!-)\bicanon\b')
        self.assertRegex(settings, r'(?<!-)\becho\b')
        self.assertNotIn('Interface ', screen.text(), 'the full screen is left')
        self.assertEqual(screen.flags(), '0 1', 'no mouse, a cursor')

    def check_signal(self, number, status):
        with self.open() as screen:
            screen.wait_for('ended')
            self.assertEqual(screen.flags(), '1 0')
            os.kill(screen.program(), number)
            self.assertEqual(screen.status(), status)
            self.check_restored(screen)

    def test_q(self):
        with self.open() as screen:
            screen.wait_for('ended')
            screen.keys('q')
            self.assertEqual(screen.status(), 0)
            self.check_restored(screen)

    def test_control_c(self):
        with self.open() as screen:
            screen.wait_for('ended')
            screen.keys('C-c')
            self.assertEqual(screen.status(), 0)
            self.check_restored(screen)

    def test_control_c_while_typing_only_ends_that(self):
        with self.open() as screen:
            screen.wait_for('ended')
            screen.keys('/')
            screen.wait_for('Tab completes')
            screen.keys('C-c')
            screen.wait_gone('Tab completes')
            screen.keys('q')
            self.assertEqual(screen.status(), 0)

    def test_interrupt(self):
        self.check_signal(signal.SIGINT, 0)

    def test_terminate(self):
        self.check_signal(signal.SIGTERM, 128 + signal.SIGTERM)

    def test_hang_up(self):
        self.check_signal(signal.SIGHUP, 128 + signal.SIGHUP)

    def test_crash(self):
        self.check_signal(signal.SIGSEGV, 128 + signal.SIGSEGV)

    def test_abort(self):
        self.check_signal(signal.SIGABRT, 128 + signal.SIGABRT)

    def test_count(self):
        with tmux.Terminal([weir.PROGRAM, '--replay', self.recording, '--speed', '0', '--count',
                            '3']) as screen:
            self.assertEqual(screen.status(), 0)
            self.check_restored(screen)

    def test_stop_and_continue(self):
        with tmux.Terminal(['bash', '--norc', '-i']) as screen:
            screen.keys(f"'{weir.PROGRAM}' --replay '{self.recording}' --speed 0", 'Enter')
            screen.wait_for('ended')
            screen.keys('C-z')
            screen.wait_for('Stopped')
            screen.keys('echo still here', 'Enter')
            screen.wait_for('\nstill here')
            screen.keys('fg', 'Enter')
            screen.wait_for('ended')
            screen.keys('j')
            screen.wait_for('▸ enp0')
            screen.keys('q')
            screen.wait_for('still here')


class Sizes(Screen):
    """Any size, and any change of it."""

    def test_from_tiny_to_huge(self):
        for columns, lines in ((1, 1), (2, 2), (10, 3), (20, 5), (59, 9), (79, 10), (200, 60),
                               (500, 200)):
            with self.subTest(columns=columns, lines=lines):
                with self.open(columns, lines) as screen:
                    # What is typed before the program has the terminal is not for it.
                    screen.wait_until(lambda _: screen.flags().startswith('1'), 'full screen')
                    if columns >= 10:
                        screen.wait_for('12|eth0')
                    screen.keys('j', 'Enter', 'G', '?', 'q', 'c', 'q', '/', 'x', 'C-c')
                    screen.keys('q')
                    self.assertEqual(screen.status(), 0)

    def test_numbers_are_never_cut(self):
        for columns in range(20, 110, 7):
            with self.subTest(columns=columns):
                with self.open(columns, 12) as screen:
                    text = screen.wait_for('eth0.* 12.7 Mbit/s' if columns > 26 else 'eth0')
                    row = re.search(r'▸ eth0.*', text).group()
                    for number in re.findall(r'(?<=\s)\d[\d.]*(?:\s\S*|$)', row):
                        self.assertRegex(number, r'^\d[\d.]*\s([kM]bit/s|GB|%)$', row)

    def test_resize_storm(self):
        with self.open() as screen:
            screen.wait_for('ended')
            screen.keys('j')
            for i in range(40):
                screen.resize(10 + i * 37 % 190, 2 + i * 23 % 58)
            screen.resize(100, 30)
            screen.wait_for('q quit')
            screen.wait_for('▸ enp0s31f6u1c2x9')
            screen.wait_for('Link use')


class Words(Screen):
    """A clear word for each."""

    def run_alone(self, *args, **changes):
        """weir on a terminal of its own; returns (status, what it wrote)."""
        pid, fd = pty.fork()
        if pid == 0:
            os.execve(weir.PROGRAM, [weir.PROGRAM, *args], weir.environment(**changes))
        output = b''
        while True:
            try:
                more = os.read(fd, 65536)
            except OSError:
                break
            if not more:
                break
            output += more
        os.close(fd)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), output.decode()

    def check_word(self, **changes):
        status, text = self.run_alone('--replay', self.recording, **changes)
        self.assertEqual(status, 1)
        self.assertIn('weir live --format table', text)
        self.assertEqual(text.count('\n'), 1, text)
        self.assertNotIn('\033', text)

    def test_unknown_terminal(self):
        self.check_word(TERM='nothing-like-it')

    def test_no_term(self):
        self.check_word(TERM=None)

    def test_simple_terminal(self):
        self.check_word(TERM='dumb')

    def test_no_terminal_is_line_mode(self):
        done = weir.run('--replay', self.recording, '--speed', '0', '--count', '1',
                        env=weir.environment(TERM='nothing-like-it'))
        self.assertEqual(done.returncode, 0)
        self.assertIn('Interface', done.stdout)
        self.assertNotIn('\033', done.stdout)

    def test_terminal_that_goes_away(self):
        """The other end of an SSH connection: the program ends, and soon."""
        main, side = pty.openpty()
        process = subprocess.Popen(
            [weir.PROGRAM, '--replay', self.recording], stdin=side, stdout=side, stderr=side,
            start_new_session=True, env=weir.environment(TERM='xterm-256color'))
        os.close(side)
        seen = b''
        while b'eth0' not in seen:
            seen += os.read(main, 65536)
        os.close(main)
        self.assertIsNotNone(process.wait(tmux.PATIENCE))

    def test_recording_that_is_none(self):
        path = os.path.join(self.folder.name, 'none.jsonl')
        with open(path, 'w', encoding='utf-8') as file:
            file.write('{"not": "weir"}\n')
        with tmux.Terminal([weir.PROGRAM, '--replay', path]) as screen:
            self.assertEqual(screen.status(), 1)
            screen.wait_for('is this a recording of Weir')

    def test_empty_table(self):
        path = os.path.join(self.folder.name, 'empty.jsonl')
        recording.write(path, shape=[], seconds=2)
        with tmux.Terminal([weir.PROGRAM, '--replay', path, '--speed', '0']) as screen:
            screen.wait_for('There is none at the moment')
            screen.wait_for('There is no network interface')
            screen.keys('j', 'Enter', '>', 'r', 'y', 'G')
            screen.keys('/')
            screen.type('kind=veth')
            screen.keys('Enter')
            screen.wait_for('Filter kind=veth · 0 of 0')
            screen.keys('q')
            self.assertEqual(screen.status(), 0)

    def test_an_interface_vanishes_while_open(self):
        """The recording comes out of a pipe, so that it goes on when the row is open."""
        def change(document, second):
            if second > 2:
                document['rows'] = [row for row in document['rows'] if row['name'] != 'wg0']
        whole = os.path.join(self.folder.name, 'gone.jsonl')
        recording.write(whole, seconds=4, change=change)
        with open(whole, 'rb') as file:
            documents = file.readlines()
        pipe = os.path.join(self.folder.name, 'pipe')
        os.mkfifo(pipe)
        end = os.open(pipe, os.O_RDWR)
        self.addCleanup(os.close, end)
        os.write(end, b''.join(documents[:3]))
        with tmux.Terminal([weir.PROGRAM, '--replay', pipe, '--speed', '0']) as screen:
            screen.wait_for('▸ eth0')
            screen.keys('j', 'j', 'Enter')
            screen.wait_for('▸ wg0')
            screen.wait_for('10.8.0.2/24')
            os.write(end, b''.join(documents[3:]))
            screen.wait_for('wg0 is gone')
            screen.wait_gone('10.8.0.2/24')
            screen.keys('q')
            self.assertEqual(screen.status(), 0)

    def test_names_are_made_safe(self):
        def change(document, _second):
            document['rows'][0]['name'] = 'e\033[31mvil'
            document['rows'][0]['alias'] = '\u202egnp.exe'
        path = os.path.join(self.folder.name, 'evil.jsonl')
        recording.write(path, seconds=2, change=change)
        with tmux.Terminal([weir.PROGRAM, '--replay', path, '--speed', '0'], columns=140) as screen:
            text = screen.wait_for(r'e\\x1b\[31mvil')
            self.assertIn('\\u{202e}', text)


class Terminals(Screen):
    """Fewer colours, no colours, no UTF-8."""

    def test_ascii_only_without_utf8(self):
        with self.open(env={'LANG': 'C', 'LC_ALL': 'C'}) as screen:
            text = screen.wait_for('ended')
            screen.wait_for('> eth0')
            self.assertTrue(text.isascii(), text)
            screen.keys('Enter', '?')
            self.assertTrue(screen.wait_for('first sample').isascii())

    def test_no_color(self):
        with self.open(env={'NO_COLOR': '1'}) as screen:
            screen.wait_for('ended')
            self.assertNotRegex(screen.colours(), r'\033\[[0-9;]*(3[0-8]|9[0-7])m')

    def test_colours(self):
        """Down is blue, up is orange, and nothing is red as long as nothing is wrong."""
        with self.open() as screen:
            screen.wait_for('ended')
            shown = screen.colours()
            self.assertRegex(shown, r'\033\[38;5;32m↓')
            self.assertRegex(shown, r'\033\[38;5;166m↑')
            self.assertRegex(shown, r'\033\[[0-9;]*38;5;32m *12\.7')
            self.assertNotIn('38;5;160', shown)

    def test_trouble_is_red(self):
        def change(document, second):
            document['rows'][0]['rx_errors'] = 3 * second
            document['rows'][0]['tx_dropped'] = second // 2
        path = os.path.join(self.folder.name, 'trouble.jsonl')
        recording.write(path, seconds=9, change=change)
        with tmux.Terminal([weir.PROGRAM, '--replay', path, '--speed', '3'],
                           columns=120) as screen:
            screen.wait_for(r'eth0  \+\d+ errors \+\d drops')
            self.assertRegex(screen.colours(), r'\033\[1m\033\[38;5;160m\+\d+ errors')

    def test_eight_colours(self):
        with self.open(term='screen') as screen:
            screen.wait_for('ended')
            self.assertRegex(screen.colours(), r'\033\[36m↓')

    def test_no_colours(self):
        with self.open(term='vt220') as screen:
            screen.wait_for('ended')
            self.assertNotRegex(screen.colours(), r'\033\[[0-9;]*3[0-8]m')


class Kept(Screen):
    """Choices persist; a damaged file is as good as none."""

    def test_choices_persist(self):
        state = os.path.join(self.folder.name, 'state')
        with self.open(env={'XDG_STATE_HOME': state}) as screen:
            screen.wait_for('ended')
            screen.keys('u', '>', '>', '>')
            screen.wait_for('▾↓ rate')
            screen.keys('q')
            self.assertEqual(screen.status(), 0)
        with self.open(env={'XDG_STATE_HOME': state}) as screen:
            screen.wait_for('ended')
            screen.wait_for('▾↓ rate')
            screen.wait_for('MB/s')
            screen.keys('q')
        with self.open(env={'XDG_STATE_HOME': state}, args=['--units', 'bits']) as screen:
            screen.wait_for('ended')
            screen.wait_for('Mbit/s')

    def test_a_damaged_file_is_ignored(self):
        state = os.path.join(self.folder.name, 'damaged')
        os.makedirs(os.path.join(state, 'weir'))
        with open(os.path.join(state, 'weir', 'terminal'), 'wb') as file:
            file.write(os.urandom(5000) + b'\nrates=octets\ninterfaces.columns=\n')
        with self.open(env={'XDG_STATE_HOME': state}) as screen:
            screen.wait_for('ended')
            screen.wait_for('▸ eth0.*Mbit/s')

    def test_a_folder_that_cannot_be_written(self):
        with self.open(env={'XDG_STATE_HOME': '/proc/none'}) as screen:
            screen.wait_for('ended')
            screen.keys('u', 'q')
            self.assertEqual(screen.status(), 0)


class Hands(Screen):
    """Mouse, export, clipboard, and options of the command line."""

    def test_mouse(self):
        with self.open() as screen:
            lines = screen.wait_for('ended').split('\n')
            wg0 = next(y for y, line in enumerate(lines) if 'wg0' in line)
            head = next(y for y, line in enumerate(lines) if 'Kind' in line)
            group = next(y for y, line in enumerate(lines) if '14 idle' in line)
            screen.mouse(0, 10, wg0)
            screen.wait_for('▸ wg0')
            screen.mouse(0, 10, wg0)
            screen.wait_for('10.8.0.2/24')
            screen.mouse(0, 10, wg0)
            screen.wait_gone('10.8.0.2/24')
            screen.mouse(0, 10, group)
            screen.wait_for('▿ 14 idle')
            screen.mouse(0, lines[head].index('↓ rate') + 1, head)
            screen.wait_for('▾↓ rate')
            screen.mouse(0, lines[head].index('↓ rate') + 1, head)
            screen.wait_for('▴↓ rate')
            screen.keys('g')
            screen.wait_for('▸ ')
            screen.mouse(65, 10, wg0)
            screen.wait_until(lambda text: text.split('\n')[head + 4].startswith(' ▸'), 'scrolling')
            screen.mouse(0, 25, 0)
            screen.wait_for('This recording does not hold it')

    def export(self, key, suffix):
        work = os.path.join(self.folder.name, suffix)
        os.makedirs(work)
        with self.open(cwd=work, columns=120) as screen:
            screen.wait_for('ended')
            screen.keys('e')
            screen.wait_for('Export what is seen')
            screen.keys(key)
            screen.wait_for(f'saved 4 rows as .*weir-interfaces-20260102-120431.{suffix}')
            screen.keys('e', key)
            screen.wait_for(f'120431-2.{suffix}')
        with open(os.path.join(work, f'weir-interfaces-20260102-120431.{suffix}'),
                  encoding='utf-8') as file:
            return file.read()

    def test_export_csv(self):
        lines = self.export('c', 'csv').split('\n')
        self.assertEqual(lines[0], 'name,kind,rx_bytes_per_s,tx_bytes_per_s,rx_utilisation,'
                                   'rx_bytes,tx_bytes')
        self.assertEqual([line.split(',')[0] for line in lines[1:5]],
                         ['eth0', 'enp0s31f6u1c2x9', 'wg0', 'lo'])

    def test_export_json(self):
        document = weir.json_lines(self.export('j', 'json'))[0]
        self.assertEqual([row['name'] for row in document['rows']],
                         ['eth0', 'enp0s31f6u1c2x9', 'wg0', 'lo'])

    def test_export_into_a_folder_that_cannot_be_written(self):
        with self.open(cwd='/proc') as screen:
            screen.wait_for('ended')
            screen.keys('e', 'c')
            screen.wait_for('cannot write /proc/weir-interfaces.*: No such file')

    def test_copy(self):
        with self.open(settings=['set -s set-clipboard on']) as screen:
            screen.wait_for('ended')
            screen.keys('y')
            screen.wait_for('copied the row')
            screen.wait_until(lambda _: screen.buffer(), 'text on the clipboard')
            self.assertTrue(screen.buffer().startswith('eth0\tethernet\t12.7 Mbit/s\t1.78 Mbit/s'))

    def test_options(self):
        with self.open(args=['--columns', 'name,mtu,rx_bytes', '--sort', '-mtu',
                             '--filter', 'rx_bytes>0']) as screen:
            text = screen.wait_for('ended')
            self.assertRegex(text, r'Interface +▾MTU +↓ total')
            self.assertIn('4 of 18 rows', text)

    def test_freeze_holds_the_picture(self):
        with tmux.Terminal([weir.PROGRAM, '--replay', self.recording, '--speed', '10']) as screen:
            screen.wait_for('replay')
            screen.keys('Space')
            before = screen.wait_for('frozen')
            time.sleep(0.5)
            self.assertEqual(screen.text(), before)
            screen.keys('Space')
            screen.wait_until(lambda text: 'frozen' not in text and text != before, 'new picture')


if __name__ == '__main__':
    unittest.main()
