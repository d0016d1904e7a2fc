"""Files in the window: a capture that is dropped on it, a reading that is cancelled, a report that
is saved; and what the window asks of the X server."""

import ctypes
import os
import struct
import subprocess
import unittest
import zlib

import captures
import desktop
import plain_recording as recording

PATIENCE = 60  # [s] for what comes within a second on an idle machine
CLIENT, SERVER = '192.0.2.10', '198.51.100.7'

# A window from which a file is dragged, as a file manager has it.
SOURCE = """
import sys, gi
gi.require_version('Gtk', '4.0')
from gi.repository import Gdk, Gio, GObject, Gtk
def on_activate(app):
    window = Gtk.ApplicationWindow(application=app, title='files', decorated=False)
    window.set_default_size(120, 60)
    value = GObject.Value()
    value.init(Gio.File.__gtype__)
    value.set_object(Gio.File.new_for_path(sys.argv[1]))
    source = Gtk.DragSource(actions=Gdk.DragAction.COPY)
    source.set_content(Gdk.ContentProvider.new_for_value(value))
    window.add_controller(source)
    window.present()
app = Gtk.Application(flags=Gio.ApplicationFlags.NON_UNIQUE)
app.connect('activate', on_activate)
app.run()
"""


def endless(path):
    """A capture of 64 GB, packed into few MB: one piece of packets, again and again."""
    packet = captures.udp(CLIENT, 5000, SERVER, 53, bytes(60000))
    record = struct.pack('<IIII', 1000, 0, len(packet), len(packet)) + packet
    header = captures.pcap([])

    def packed(data):
        pack = zlib.compressobj(1, zlib.DEFLATED, 31)
        return pack.compress(data) + pack.flush()
    piece = packed(record * 1000)
    with open(path, 'wb') as file:
        file.write(packed(header))
        for _ in range(1000):
            file.write(piece)


class Watch:
    """Messages to the window manager, which the root window's watchers see, too."""

    def __init__(self):
        self.x = ctypes.CDLL('libX11.so.6')
        self.x.XOpenDisplay.restype = ctypes.c_void_p
        self.x.XInternAtom.restype = self.x.XDefaultRootWindow.restype = ctypes.c_ulong
        self.display = ctypes.c_void_p(self.x.XOpenDisplay(None))
        root = ctypes.c_ulong(self.x.XDefaultRootWindow(self.display))
        self.x.XSelectInput(self.display, root, ctypes.c_long(1 << 19))  # SubstructureNotify
        self.x.XSync(self.display, 0)

    def atom(self, name):
        return self.x.XInternAtom(self.display, name, 0)

    def asked(self, state):
        """Whether a message asked to add that state to a window."""
        event = (ctypes.c_long * 24)()
        while self.x.XPending(self.display):
            self.x.XNextEvent(self.display, event)
            kind = ctypes.cast(event, ctypes.POINTER(ctypes.c_int))[0]
            # XClientMessageEvent: type, serial, send_event, display, window, message_type, format,
            # then five longs
            if kind == 33 and event[5] == self.atom(b'_NET_WM_STATE') and event[7] == 1 \
                    and self.atom(state) in (event[8], event[9]):
                return True
        return False

    def close(self):
        self.x.XCloseDisplay(self.display)


@desktop.needs_desktop
class Files(unittest.TestCase):
    def setUp(self):
        self.screen = desktop.shared()

    def path(self, name):
        return os.path.join(self.screen.folder, name)

    def capture(self):
        path = self.path('made.pcap')
        with open(path, 'wb') as file:
            file.write(captures.pcap(captures.connection((CLIENT, 40000), (SERVER, 80), 1000.0)))
        return path

    def recording(self):
        path = self.path('files.jsonl')
        recording.write(path, 2, lambda _: [recording.row('eth0', rx_bytes=5)])
        window = self.screen.start(f'--replay={path}', '--speed=0')
        window.wait(lambda: window.column(0)[1:] == ['eth0'], 'rows', PATIENCE)
        return window

    def x_window(self, window, *what):
        """The number of an X window that is seen."""
        return window.wait(lambda: self.screen.tool('search', '--onlyvisible', *what).split(),
                           f'an X window {what}', PATIENCE)[-1]

    def test_a_capture_is_dropped_on_the_window(self):
        window = self.recording()
        source = subprocess.Popen(['/usr/bin/python3', '-c', SOURCE, self.capture()],
                                  env=self.screen.environment(NO_AT_BRIDGE='1'),
                                  stderr=subprocess.DEVNULL)
        self.addCleanup(source.wait)
        self.addCleanup(source.kill)
        number = self.x_window(window, '--pid', source.pid)
        self.screen.tool('windowraise', number)
        self.screen.tool('mousemove', 40, 30, 'sleep', 0.3, 'mousedown', 1)
        for x, y in ((60, 40), (90, 50), (300, 300), (480, 390), (500, 400), (501, 401)):
            self.screen.tool('mousemove', x, y, 'sleep', 0.2)
        self.screen.tool('mouseup', 1)
        window.wait(lambda: 'Capture made.pcap' in window.names(), 'the capture', PATIENCE)

    def test_reading_is_cancelled(self):
        path = self.path('endless.pcap.gz')
        endless(path)
        window = self.screen.start(f'--replay={path}')
        window.wait(lambda: [name for name in window.names()
                             if name.startswith('Reading endless.pcap.gz: ')], 'reading', PATIENCE)
        window.act('push button', 'Cancel')
        window.wait(lambda: 'Capture endless.pcap.gz, of which only a part was read'
                    in window.names(), 'what was read', PATIENCE)
        self.screen.focus(window)
        self.screen.key('ctrl+3')
        window.wait(lambda: {CLIENT, SERVER} <= set(window.column(0)), 'its hosts', PATIENCE)

    def test_the_report_is_saved(self):
        window = self.screen.start(f'--replay={self.capture()}')
        window.wait(lambda: 'Capture made.pcap' in window.names(), 'the capture', PATIENCE)
        saved = self.path('report.html')
        self.screen.focus(window)
        self.screen.key('ctrl+e')
        window.wait(lambda: window.all('file chooser') or window.all(name='Export Report'),
                    'the dialog', PATIENCE)
        self.screen.tool('windowfocus', '--sync', self.x_window(window, '--name', 'Export Report'))
        self.screen.key('ctrl+a')
        self.screen.tool('type', '--delay', 30, saved)
        self.screen.key('Return')
        window.wait(lambda: os.path.exists(saved) and os.path.getsize(saved), 'a file', PATIENCE)
        with open(saved, encoding='utf-8') as file:
            page = file.read()
        self.assertIn('<!doctype html>', page.lower())
        self.assertIn(SERVER, page)

    def test_the_small_window_asks_to_be_above(self):
        watch = Watch()
        self.addCleanup(watch.close)
        window = self.recording()
        self.screen.focus(window)
        self.screen.key('ctrl+m')
        window.wait(lambda: watch.asked(b'_NET_WM_STATE_ABOVE'), 'a message', PATIENCE)

    def test_a_row_has_a_menu(self):
        window = self.recording()
        self.screen.focus(window)
        self.screen.key('Home', 'Menu')
        window.wait(lambda: window.all('menu item', 'Copy as JSON'), 'its menu', PATIENCE)
        window.act('menu item', 'Details')
        window.wait(lambda: 'Addresses' in window.names(), 'the details', PATIENCE)

    def test_without_gl(self):
        path = self.path('files.jsonl')
        recording.write(path, 2, lambda _: [recording.row('eth0', rx_bytes=5)])
        window = self.screen.start(f'--replay={path}', '--speed=0', GSK_RENDERER=None,
                                   GDK_DEBUG='gl-disable')
        window.wait(lambda: window.column(0)[1:] == ['eth0'], 'rows', PATIENCE)
        self.assertEqual(window.stop(), -15)


if __name__ == '__main__':
    unittest.main()
