"""What the window does when something is missing, strange or too much."""

import os
import subprocess
import tempfile
import time
import unittest

import desktop
import netns
import plain_recording as recording
import weir


@weir.needs_weir
class NoWindow(unittest.TestCase):
    def check_refusal(self, done):
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stdout, '')
        self.assertEqual(done.stderr.count('\n'), 1, done.stderr)
        self.assertIn('weir live', done.stderr)

    def test_no_display(self):
        env = weir.environment(DISPLAY=None, WAYLAND_DISPLAY=None)
        self.check_refusal(weir.run('gui', env=env))

    def test_not_installed(self):
        with tempfile.TemporaryDirectory() as folder:
            alone = os.path.join(folder, 'weir')
            with open(weir.PROGRAM, 'rb') as source, open(alone, 'wb') as copy:
                copy.write(source.read())
            os.chmod(alone, 0o755)
            done = subprocess.run([alone, 'gui'], capture_output=True, text=True, timeout=20,
                                  env=weir.environment(), check=False)
            if 'not installed' not in done.stderr:
                self.skipTest('needs a machine on which weir-gui is not installed')
            self.check_refusal(done)

    def test_two_recordings(self):
        self.assertEqual(weir.run('gui', 'a', 'b').returncode, 2)


@desktop.needs_desktop
class Window(unittest.TestCase):
    def setUp(self):
        self.screen = desktop.shared()

    def replay(self, rows, documents=2, speed='0', **environment):
        path = os.path.join(self.screen.folder, 'made.jsonl')
        recording.write(path, documents, rows)
        return self.screen.start(f'--replay={path}', f'--speed={speed}', **environment)

    def test_names_are_no_markup(self):
        names = ['<b>bold</b>', '&amp;', 'a\u202eb', 'x\x1b[31m', '%s%n']
        window = self.replay(lambda _: [recording.row(name, index=i + 1, rx_bytes=9 - i,
                                                      rx_bytes_per_s=9 - i)
                                        for i, name in enumerate(names)])
        window.wait(lambda: len(window.rows()) == 6, 'rows')
        self.assertEqual(window.column(0)[1:], ['<b>bold</b>', '&amp;', 'a\\u{202e}b',
                                                'x\\x1b[31m', '%s%n'])
        self.assertTrue([name for name in window.names() if '<b>bold</b> carries' in name])

    def test_ten_thousand(self):
        window = self.replay(recording.many(10000), 3)
        window.wait(lambda: '10000 interfaces' in window.names(), 'counted', 30)
        self.assertEqual(window.column(0)[1], 'veth0000')

    def test_no_interface(self):
        window = self.replay(lambda _: [])
        window.wait(lambda: 'No Network Interface' in window.names(), 'empty state')

    def test_no_such_recording(self):
        window = self.screen.start('--replay=nowhere.jsonl')
        window.wait(lambda: [name for name in window.names() if 'nowhere.jsonl' in name], 'why')
        window.act('push button', 'Back to Live')
        window.wait(lambda: len(window.rows()) > 1, 'live rows')

    def test_not_a_recording(self):
        path = os.path.join(self.screen.folder, 'noise')
        with open(path, 'wb') as file:
            file.write(bytes(range(256)) * 50)
        window = self.screen.start(f'--replay={path}')
        window.wait(lambda: [name for name in window.names() if 'noise' in name], 'why')
        self.assertIn('Nothing to Show', window.names())

    def test_no_session_bus(self):
        log = tempfile.TemporaryFile()
        process = subprocess.Popen(
            [desktop.program(), '--measure'], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env=self.screen.environment(DBUS_SESSION_BUS_ADDRESS='unix:path=/nonexistent',
                                        GTK_A11Y='none',  # without a bus there is no screen reader
                                        DBUS_SYSTEM_BUS_ADDRESS='unix:path=/nonexistent'))
        deadline = time.monotonic() + 10
        text = b''
        while b'frame 3' not in text and time.monotonic() < deadline:
            time.sleep(0.05)
            log.seek(0)
            text = log.read()
        process.terminate()
        process.wait(10)
        self.assertIn(b'frame 3', text)

    def test_german(self):
        window = self.replay(lambda _: [recording.row('e', rx_bytes=1234)], LANGUAGE='de')
        window.wait(lambda: len(window.rows()) == 2, 'rows')
        if 'Schnittstelle' not in window.names():
            self.skipTest('needs msgfmt (gettext) at build time')
        self.assertIn('Download-Tempo', window.names())

    def test_vanishes_while_its_page_is_open(self):
        stays = recording.row('stays', index=2, rx_bytes=1)
        goes = recording.row('goes', index=1, rx_bytes=1000)
        window = self.replay(lambda tick: [goes, stays] if tick < 60 else [stays], 90, '5')
        window.wait(lambda: len(window.rows()) == 3, 'two rows')
        self.screen.focus(window)
        self.screen.key('Home', 'Return')
        window.wait(lambda: 'Counters' in window.names(), 'its page')
        window.wait(lambda: [name for name in window.names() if 'goes is gone' in name],
                    'it says so', 25)
        window.act('push button', 'Back')
        window.wait(lambda: window.column(0)[1:] == ['stays'], 'the other one')


@netns.needs_root
@desktop.needs_desktop
class HotPlug(unittest.TestCase):
    def test_comes_and_goes(self):
        screen = desktop.shared()
        with netns.Lab() as lab:
            space = lab.namespace('gui')
            window = screen.start('--interval-ns=200000000', prefix=['nsenter',
                                  f'--net=/run/netns/{space.name}'])
            window.wait(lambda: window.column(0)[1:] == ['lo'], 'lo')
            space.ip('link', 'add', 'plug0', 'type', 'veth', 'peer', 'name', 'plug1')
            window.wait(lambda: sorted(window.column(0)[1:]) == ['lo', 'plug0', 'plug1'], 'new')
            space.ip('link', 'delete', 'plug0')
            window.wait(lambda: window.column(0)[1:] == ['lo'], 'gone')
            window.stop()


if __name__ == '__main__':
    unittest.main()
