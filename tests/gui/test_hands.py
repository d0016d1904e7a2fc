"""Keys, clipboard, the second start and the small window, as a person's hands meet them."""

import csv
import io
import json
import os
import subprocess
import unittest

import desktop
import plain_recording as recording
import weir

VALUES = {'a': (3000, 70), 'b': (101000000, 20), 'c': (20, 90)}
BY_KEY = {'alt+1': 'abc', 'alt+2': 'bac', 'alt+3': 'cab'}


def three_rows(_tick):
    return [recording.row(name, index=i + 1, rx_bytes=rx, tx_bytes=tx)
            for i, (name, (rx, tx)) in enumerate(VALUES.items())]


@desktop.needs_desktop
class Hands(unittest.TestCase):
    """One window serves all cases that leave it as it was."""

    @classmethod
    def setUpClass(cls):
        cls.screen = desktop.shared()
        path = os.path.join(cls.screen.folder, 'hands.jsonl')
        recording.write(path, 2, three_rows)
        cls.window = cls.screen.start(f'--replay={path}', '--speed=0')
        cls.window.wait(lambda: len(cls.window.rows()) == 4, 'rows are there')
        cls.screen.focus(cls.window)

    def setUp(self):
        self.screen.focus(self.window)

    def press(self, keys, ready, what):
        self.screen.key(keys)
        return self.window.wait(ready, f'{keys}: {what}')

    def order(self):
        return ''.join(self.window.column(0)[1:])

    def clipboard(self):
        return subprocess.run(['xclip', '-o', '-selection', 'clipboard'], check=True, timeout=20,
                              capture_output=True, text=True).stdout

    def test_sort_keys(self):
        for keys, order in [*BY_KEY.items(), ('alt+r', 'bac'), ('alt+r', 'cab'), ('alt+2', 'bac')]:
            self.press(keys, lambda order=order: self.order() == order, order)

    def test_copy(self):
        self.press('ctrl+c', lambda: self.clipboard().startswith('Interface\t'), 'text')
        lines = self.clipboard().splitlines()
        self.assertEqual([line.split('\t')[:3] for line in lines],
                         [['Interface', 'Download', 'Upload'], ['b', '101 MB', '20 B'],
                          ['a', '3.00 kB', '70 B'], ['c', '20 B', '90 B']])
        self.press('ctrl+shift+c', lambda: self.clipboard().startswith('name,'), 'CSV')
        rows = list(csv.DictReader(io.StringIO(self.clipboard())))
        self.assertEqual([(row['name'], int(row['rx_bytes'])) for row in rows],
                         [('b', 101000000), ('a', 3000), ('c', 20)])
        self.press('ctrl+shift+j', lambda: self.clipboard().startswith('{'), 'JSON')
        rows = json.loads(self.clipboard())['rows']
        self.assertEqual([(row['name'], row['tx_bytes']) for row in rows],
                         [('b', 20), ('a', 70), ('c', 90)])

    def test_units_key(self):
        def speed():
            return self.window.rows()[1][3]
        self.assertEqual(speed(), '0 bit/s')
        self.press('ctrl+u', lambda: speed() == '0 B/s', 'bytes')
        self.press('ctrl+u', lambda: speed() == '0 bit/s', 'bits')

    def test_second_start_uses_the_window_that_is_there(self):
        done = subprocess.run([desktop.program()], env=self.screen.environment(), timeout=30,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIsNone(self.window.process.poll())
        self.assertEqual(len(self.window.all('frame')), 1)

    def test_shortcuts_are_listed(self):
        self.press('ctrl+question', lambda: 'Copy as JSON' in self.window.names(), 'the list')
        self.press('Escape', lambda: 'Copy as JSON' not in self.window.names(), 'gone')

    def test_small_window(self):
        def frames():
            return len(self.window.all('frame'))
        self.press('ctrl+m', lambda: frames() == 2, 'a second window')
        small = [frame for frame in self.window.all('frame')
                 if not self.window.all('table', top=frame)]
        self.assertTrue(small)


if __name__ == '__main__':
    unittest.main()
