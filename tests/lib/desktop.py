"""A desktop for tests of the window: an X server without a screen, a D-Bus session, and the
window's accessible tree as a screen reader sees it.

    screen = desktop.shared()
    window = screen.start('--replay=day.jsonl')
    window.wait(lambda: window.column(0) == ['Interface', 'eth0', 'lo'])

A process has one desktop (the AT-SPI library connects once); starting a window ends the one before,
as the window is a single instance.
"""

import atexit
import collections
import functools
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import weir

NEEDED = ('Xvfb', 'dbus-daemon', 'xdotool', 'xclip')
TITLES = ('Interface', 'Download', 'Upload', 'Download Speed', 'Upload Speed')
PATIENCE = 60  # [s] for what comes at once on an idle machine

ROWS = ('table row', 'list item', 'row')
WITHOUT_TABLE = ('push button', 'label', 'entry', 'image', 'separator', 'scroll bar')


def program():
    """The window's program, beside weir in the build tree."""
    return os.path.join(os.path.dirname(weir.PROGRAM), '..', 'gui', 'weir-gui')


def missing():
    """What is not there, as words; '' when all is."""
    absent = [name for name in NEEDED if not shutil.which(name)]
    if not os.access(program(), os.X_OK):
        absent.append('weir-gui (built without GTK)')
    try:
        import gi
        gi.require_version('Atspi', '2.0')
    except (ImportError, ValueError):
        absent.append('AT-SPI for Python')
    return ', '.join(absent)


def needs_desktop(test):
    """Class or case decorator: skip with a word where no window can be driven."""
    absent = missing()
    return unittest.skipIf(absent, 'needs ' + absent)(test)


class Window:
    """One running weir-gui and its accessible tree."""

    def __init__(self, process, atspi, log):
        self.process, self.atspi, self.log = process, atspi, log
        self.number = None  # of its X window, once it was asked for
        from gi.repository import GLib
        self.error = GLib.Error

    def wait(self, condition, what='', timeout=PATIENCE):
        """Until `condition()` is true; fails with the last thing that was seen."""
        deadline = time.monotonic() + timeout
        last = None
        while time.monotonic() < deadline:
            try:
                last = condition()
                if last:
                    return last
            except Exception as error:  # an object that vanished while it was read
                last = error
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(f'{what or "not so"} within {timeout} s: {last!r}\n{self.said()}')

    def said(self):
        """What the program wrote to standard error."""
        self.log.seek(0)
        return self.log.read().decode(errors='replace')

    def application(self):
        """The accessible application of this process, or None."""
        root = self.atspi.get_desktop(0)
        for i in range(root.get_child_count()):
            child = root.get_child_at_index(i)
            if child and child.get_process_id() == self.process.pid:
                return child
        return None

    def walk(self, top=None, closed=()):
        """(object, role) of all below `top`, level by level: each costs a question to the program.
        Objects of the roles `closed` are not opened."""
        waiting = collections.deque([top or self.application()])
        while waiting:
            node = waiting.popleft()
            if node is None:
                continue
            try:
                role = node.get_role_name()
                if role not in closed:
                    waiting.extend(node.get_child_at_index(i)
                                   for i in range(node.get_child_count()))
            except self.error:  # it went away while it was read
                continue
            yield node, role

    def all(self, role=None, name=None, top=None):
        """Accessible objects below `top` with that role and that name, in order."""
        return [node for node, its in self.walk(top)
                if role in (None, its) and (name is None or self.is_called(node, name))]

    def is_called(self, node, name):
        """Whether it is there yet, and has that name."""
        try:
            return node.get_name() == name
        except self.error:
            return False

    def names(self, top=None):
        """All names that someone gave (GTK falls back on the names of its classes)."""
        return [node.get_name() for node in self.all(top=top) if self.named(node)]

    def named(self, node):
        """Whether it has a name of its own."""
        name = node.get_name()
        return name and not name.startswith(('Gtk', 'Adw', 'Weir'))

    def act(self, role, name):
        """Do the first action of an object."""
        def able():
            return next((node for node, its in self.walk()
                         if its == role and self.is_called(node, name)
                         and node.get_action_iface() and self.atspi.Action.get_n_actions(node)),
                        None)
        self.atspi.Action.do_action(self.wait(able, f'{role} {name}'), 0)

    def table(self):
        """The table that is seen, or None."""
        return next((node for node, role in self.walk(closed=WITHOUT_TABLE)
                     if role == 'tree table'), None)

    def table_rows(self):
        """The rows of the table that is seen; its header is the first."""
        table = self.table()
        return [node for node, role in self.walk(table, ROWS) if role in ROWS] if table else []

    def rows(self):
        """The table's rows, each a list of its cells' texts."""
        return [[self.cell(node, i) for i in range(node.get_child_count())]
                for node in self.table_rows()]

    def fresh(self, node):
        """The same object, without what was read of it before."""
        node.clear_cache()
        return node

    def label(self, row, i):
        """What carries the text of one cell of a row, or None."""
        return next((node for node, _ in self.walk(row.get_child_at_index(i)) if self.named(node)),
                    None)

    def cell(self, row, i):
        """The text of one cell of a row."""
        label = self.label(row, i)
        return label.get_name() if label else ''

    def column(self, i):
        """The texts of one column, from the top."""
        return [self.cell(node, i) for node in self.table_rows()]

    def stop(self):
        """End it; returns its exit status."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


class Desktop:
    """X server, session bus, accessibility; all gone after close()."""

    def __init__(self, size='1000x640'):
        self.size, self._ends, self._windows = size, [], []
        self.folder = tempfile.mkdtemp(prefix='weir-gui-')
        os.environ.update(XDG_RUNTIME_DIR=self.folder, NO_AT_BRIDGE='0')
        os.environ['DISPLAY'] = ':' + self._x_server()
        bus = self._start('dbus-daemon', '--session', '--nofork', '--print-address',
                          stdout=subprocess.PIPE)
        os.environ['DBUS_SESSION_BUS_ADDRESS'] = bus.stdout.readline().decode().strip()
        self._start('/usr/libexec/at-spi-bus-launcher', '--launch-immediately')
        import gi
        gi.require_version('Atspi', '2.0')
        from gi.repository import Atspi
        self.atspi = Atspi
        for _ in range(100):
            if subprocess.run(['dbus-send', '--session', '--print-reply', '--dest=org.a11y.Bus',
                               '/org/a11y/bus', 'org.a11y.Bus.GetAddress'], check=False,
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0:
                break
            time.sleep(0.05)
        Atspi.init()

    def _start(self, *command, **options):
        options.setdefault('stdout', subprocess.DEVNULL)
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   **options)
        self._ends.append(process)
        return process

    def _x_server(self):
        reader, writer = os.pipe()
        self._start('Xvfb', '-displayfd', str(writer), '-screen', '0', self.size + 'x24',
                    '-nolisten', 'tcp', '-noreset', pass_fds=(writer,))
        os.close(writer)
        with os.fdopen(reader) as pipe:
            return pipe.readline().strip()

    def environment(self, **changes):
        """For programs on this desktop."""
        given = dict(GSK_RENDERER='cairo', GDK_BACKEND='x11', G_DEBUG='fatal-criticals',
                     XDG_STATE_HOME=os.path.join(self.folder, 'state'), LANGUAGE=None)
        return weir.environment(**{**given, **changes})

    def start(self, *args, prefix=(), **changes):
        """A window of its own state folder; the one before ends."""
        self.end_windows()
        log = tempfile.TemporaryFile()
        process = subprocess.Popen([*prefix, program(), *args], env=self.environment(**changes),
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        window = Window(process, self.atspi, log)
        self._windows.append(window)
        window.wait(window.application, 'the window is there')
        return window

    def end_windows(self, forget=True):
        """End all windows and, unless told not to, forget what they kept."""
        while self._windows:
            self._windows.pop().stop()
        if forget:
            shutil.rmtree(os.path.join(self.folder, 'state'), ignore_errors=True)

    def tool(self, *args):
        """xdotool; returns its output."""
        return subprocess.run(['xdotool', *map(str, args)], check=True, capture_output=True,
                              text=True, timeout=20).stdout

    def focus(self, window):
        """Keys go to that window from now on: to the first one that it had."""
        if window.number is None:
            window.number = window.wait(
                lambda: self.tool('search', '--onlyvisible', '--pid', window.process.pid).split(),
                'an X window')[-1]
        self.tool('windowfocus', '--sync', window.number)

    def key(self, *keys):
        """Press keys in the focused window."""
        self.tool('key', '--clearmodifiers', *keys)

    def click(self, x, y, button=1, times=1):
        """Click at a place of the screen."""
        self.tool('mousemove', x, y, 'click', '--repeat', times, '--delay', 80, button)

    def close(self):
        """End everything."""
        self.end_windows()
        for process in reversed(self._ends):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


@functools.lru_cache(maxsize=None)
def shared():
    """The desktop of this process."""
    made = Desktop()
    atexit.register(made.close)
    return made
