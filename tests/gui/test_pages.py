"""The pages beside the interfaces: a capture in the window, from a host to its flows, and tables
that are not measured."""

import json
import os
import subprocess
import unittest

import captures
import desktop
import plain_recording as recording
import weir

CLIENT, SERVER, OTHER = '192.0.2.10', '198.51.100.7', '203.0.113.9'


def packets():
    """Two TCP connections and one UDP packet within three seconds."""
    return (captures.connection((CLIENT, 40000), (SERVER, 80), 1000.0) +
            captures.connection((CLIENT, 40001), (SERVER, 80), 1001.0) +
            [(1003.0, captures.udp(OTHER, 5000, CLIENT, 53, b'q' * 50))])


@desktop.needs_desktop
class Pages(unittest.TestCase):
    def setUp(self):
        self.screen = desktop.shared()

    def capture(self, *arguments):
        path = os.path.join(self.screen.folder, 'made.pcap')
        with open(path, 'wb') as file:
            file.write(captures.pcap(packets()))
        window = self.screen.start(f'--replay={path}', *arguments)
        window.wait(lambda: len(window.rows()) == 4, 'three hosts')
        return path, window

    def go(self, window, page, rows):
        window.act('push button', page)
        window.wait(lambda: len(window.rows()) == rows + 1, f'{page}: {rows} rows', 20)

    def test_a_capture_shows_its_tables(self):
        path, window = self.capture()
        names = window.names()
        self.assertIn('Capture made.pcap', names)
        self.assertIn('3 hosts', names)
        self.assertTrue([name for name in names if name.startswith('Graph of the capture')])
        report = json.loads(weir.run('read', path, '--format', 'json').stdout)
        told = [name for name in names if name.startswith(f'{report["packets"]} packets in ')]
        self.assertTrue(told, names)
        self.assertEqual({row[0] for row in window.rows()[1:]}, {CLIENT, SERVER, OTHER})
        self.go(window, 'Flows', 3)
        shown = json.loads(weir.run('show', 'flows', '--file', path, '--format', 'json').stdout)
        self.assertEqual(len(shown['rows']), 3)

    def test_from_a_host_to_its_flows(self):
        _, window = self.capture()
        self.screen.focus(window)
        self.screen.key('Home')
        while True:
            chosen = self.selected(window)
            if chosen == [OTHER]:
                break
            self.screen.key('Down')
            window.wait(lambda c=chosen: self.selected(window) != c, 'the next row')
        self.screen.key('Return')
        window.wait(lambda: '1 of 3 flows' in window.names(), 'its flow', 20)
        self.assertIn(OTHER, window.rows()[1])
        self.screen.key('Home', 'ctrl+i')
        window.wait(lambda: f'{OTHER}:5000 → {CLIENT}:53' in window.names(), 'the details')

    def selected(self, window):
        state = self.screen.atspi.StateType.SELECTED
        return [window.names(node)[0] for node in window.all('table row', top=window.table())
                if node.get_state_set().contains(state)]

    def test_copy(self):
        path, window = self.capture()
        self.screen.focus(window)
        self.screen.key('ctrl+shift+c')

        def clipboard():
            return subprocess.run(['xclip', '-o', '-selection', 'clipboard'], check=True,
                                  capture_output=True, text=True, timeout=20).stdout
        window.wait(lambda: clipboard().startswith('address,'), 'CSV')
        done = weir.run('show', 'hosts', '--file', path, '--format', 'csv')
        self.assertEqual(sorted(clipboard().split()), sorted(done.stdout.split()))

    def test_sort_by_key(self):
        _, window = self.capture()
        self.screen.focus(window)
        self.screen.key('alt+1')
        window.wait(lambda: window.column(0)[1:] == [CLIENT, SERVER, OTHER], 'by address')
        self.screen.key('alt+r')
        window.wait(lambda: window.column(0)[1:] == [OTHER, SERVER, CLIENT], 'reversed')
        window.act('push button', 'Sent')  # a title in the header
        window.wait(lambda: window.column(0)[1:] == [CLIENT, SERVER, OTHER], 'most sent first')

    def test_not_measured(self):
        path = os.path.join(self.screen.folder, 'made.jsonl')
        recording.write(path, 2, lambda _: [recording.row('e')])
        window = self.screen.start(f'--replay={path}', '--speed=0')
        window.wait(lambda: len(window.rows()) == 2, 'rows')
        self.screen.focus(window)
        self.screen.key('ctrl+4')
        window.wait(lambda: 'Not Measured Here' in window.names(), 'it says so')
        self.screen.key('ctrl+1')
        window.wait(lambda: window.column(0)[1:] == ['e'], 'back')

    def test_noise_is_no_capture(self):
        path = os.path.join(self.screen.folder, 'noise.pcap')
        with open(path, 'wb') as file:
            file.write(b'\xd4\xc3\xb2\xa1' + bytes(3))
        window = self.screen.start(f'--replay={path}')
        window.wait(lambda: [name for name in window.names() if 'noise.pcap' in name], 'why')
        window.act('push button', 'Back to Live')
        window.wait(lambda: len(window.rows()) > 1, 'live rows')


if __name__ == '__main__':
    unittest.main()
