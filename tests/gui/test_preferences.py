"""What the choices in the preferences change, at once and in the next window."""

import ctypes
import os
import tempfile
import unittest

import desktop
import plain_recording as recording

PATIENCE = 60  # [s] for what comes within a second on an idle machine


def brightness(x, y):
    """0 to 255, of one place of the screen."""
    server = ctypes.CDLL('libX11.so.6')
    server.XOpenDisplay.restype = server.XGetImage.restype = ctypes.c_void_p
    server.XDefaultRootWindow.restype = server.XGetPixel.restype = ctypes.c_ulong
    display = ctypes.c_void_p(server.XOpenDisplay(None))
    root = ctypes.c_ulong(server.XDefaultRootWindow(display))
    image = ctypes.c_void_p(server.XGetImage(display, root, x, y, 1, 1, ctypes.c_ulong(0xffffff),
                                             2))
    pixel = server.XGetPixel(image, 0, 0)
    server.XCloseDisplay(display)
    return sum(pixel >> shift & 255 for shift in (0, 8, 16)) // 3


@desktop.needs_desktop
class Preferences(unittest.TestCase):
    def setUp(self):
        self.screen = desktop.shared()
        self.path = os.path.join(self.screen.folder, 'preferences.jsonl')
        recording.write(self.path, 2, lambda _: [recording.row('eth0', rx_bytes=5_000_000)])
        self.state = tempfile.TemporaryDirectory(prefix='weir-state-')
        self.addCleanup(self.state.cleanup)
        self.addCleanup(self.screen.end_windows)
        self.window = self.start()

    def start(self):
        window = self.screen.start(f'--replay={self.path}', '--speed=0',
                                   XDG_STATE_HOME=self.state.name)
        window.wait(lambda: len(window.rows()) == 2, 'rows', PATIENCE)
        return window

    def open(self):
        self.screen.focus(self.window)
        self.screen.key('ctrl+comma')
        self.window.wait(lambda: self.window.all('frame', 'Preferences'), 'the dialog', PATIENCE)
        number = self.window.wait(lambda: self.screen.tool(
            'search', '--onlyvisible', '--name', 'Preferences').split(), 'its window', PATIENCE)
        self.screen.tool('windowfocus', '--sync', number[-1])

    def choose(self, row, *keys):
        """Go to a row by Tab, open its choices and take one by keys."""
        state = self.screen.atspi.StateType.FOCUSED

        def there():
            found = [node for node in self.window.all('combo box', row)
                     if self.window.fresh(node).get_state_set().contains(state)]
            if not found:
                self.screen.key('Tab')
            return found
        self.window.wait(there, f'focus on {row}', PATIENCE)
        self.screen.key('Return', *keys, 'Return')

    def cells(self):
        return self.window.rows()[1]

    def title(self):
        return self.window.rows()[0]

    def test_units_style_and_columns(self):
        self.assertIn('5.00 MB', self.cells())
        self.assertIn('0 bit/s', self.cells())
        self.open()
        self.choose('Speeds in', 'Down')
        self.window.wait(lambda: '0 B/s' in self.cells(), 'bytes per second', PATIENCE)
        self.choose('Amounts in', 'Up')
        self.window.wait(lambda: '40.0 Mbit' in self.cells(), 'amounts in bits', PATIENCE)
        self.choose('Prefixes', 'Down')
        self.window.wait(lambda: '38.1 Mibit' in self.cells(), 'factor 1,024', PATIENCE)
        self.choose('Style', 'Down', 'Down')
        self.window.wait(lambda: brightness(900, 560) < 80, 'a dark window', PATIENCE)
        self.window.act('page tab', 'Columns')
        self.window.act('check box', 'MTU')
        self.window.wait(lambda: 'MTU' in self.title(), 'another column', PATIENCE)
        self.window.act('check box', 'Upload')
        self.window.wait(lambda: 'Upload' not in self.title(), 'a column less', PATIENCE)
        self.window = self.start()
        self.assertIn('MTU', self.title())
        self.assertIn('38.1 Mibit', self.cells())
        self.window.wait(lambda: brightness(900, 560) < 80, 'still dark', PATIENCE)

    def test_interval(self):
        self.window.act('push button', 'Back to Live')
        self.window.wait(lambda: 'live · every 1 s' in self.window.names(), 'live', PATIENCE)
        self.open()
        self.choose('Refresh every', 'Home', 'Down')
        self.window.wait(lambda: 'live · every 500 ms' in self.window.names(), 'faster', PATIENCE)


if __name__ == '__main__':
    unittest.main()
