"""Run a program in a terminal of its own (tmux) and look at its screen.

    with tmux.Terminal([program, 'arg'], columns=100, lines=30) as screen:
        screen.wait_for('ended')            polls until the text is there, or raises
        screen.keys('j', 'Enter')           tmux's names of keys
        screen.text()                       the lines, without spaces at their ends

Each has its own server and socket, and ends with the block.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

PATIENCE = 30  # [s] for what comes at once on an idle machine


def needs_tmux(test):
    """Class or case decorator: skip where there is no tmux."""
    return unittest.skipUnless(shutil.which('tmux'), 'needs tmux')(test)


def _descendants(pid):
    """All processes below one."""
    try:
        with open(f'/proc/{pid}/task/{pid}/children', encoding='utf-8') as file:
            children = [int(word) for word in file.read().split()]
    except OSError:
        return []
    return children + [below for child in children for below in _descendants(child)]


def _runs(pid):
    """Whether a process does anything yet; one that only waits to be reaped does not."""
    try:
        with open(f'/proc/{pid}/stat', encoding='utf-8') as file:
            return file.read().rpartition(')')[2].split()[0] not in 'ZX'
    except OSError:
        return False


def _end(pids, patience=PATIENCE):
    """Wait until they have saved what they save and are gone; kill what stays."""
    deadline = time.monotonic() + patience
    while any(map(_runs, pids)):
        if time.monotonic() > deadline:
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            deadline = float('inf')
        time.sleep(0.01)


class Terminal:
    """One program in one tmux window."""

    def __init__(self, command, columns=100, lines=30, env=None, term='tmux-256color', cwd=None,
                 settings=()):
        self.folder = tempfile.mkdtemp(prefix='weir-tmux-')
        self._socket = os.path.join(self.folder, 'socket')
        kept = ('PATH', 'LD_LIBRARY_PATH', 'ASAN_OPTIONS', 'UBSAN_OPTIONS')
        base = {name: os.environ[name] for name in kept if name in os.environ}
        self._env = dict(base, HOME=self.folder, LANG='C.UTF-8', TZ='UTC', SHELL='/bin/sh')
        self._env.update(env or {})
        self._columns, self._lines = columns, lines
        config = os.path.join(self.folder, 'config')
        with open(config, 'w', encoding='utf-8') as file:
            file.write(f'set -g default-terminal {term}\nset -s escape-time 0\nset -g status off\n'
                       'set -g remain-on-exit on\nset -s exit-empty off\n'
                       'set -g remain-on-exit-format ""\n')
            file.write(''.join(f'{setting}\n' for setting in settings))
        self.status_file = os.path.join(self.folder, 'status')
        quoted = ' '.join("'" + word.replace("'", "'\\''") + "'" for word in command)
        self._tmux('-f', config, 'new-session', '-d', '-x', str(columns), '-y', str(lines),
                   '-c', cwd or self.folder,
                   f'{quoted}; echo $? >{self.status_file}.new; '
                   f'mv {self.status_file}.new {self.status_file}; stty -a >{self.folder}/stty; '
                   'echo THE END; read line')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        running = self._running()
        self._tmux('kill-server', check=False)
        _end(running)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _running(self):
        """Process ids of the program and what it started; they are hung up with the server."""
        answer = self._tmux('display-message', '-p', '#{pane_pid}', check=False).stdout.strip()
        return _descendants(int(answer)) if answer.isdigit() else []

    def _tmux(self, *args, check=True):
        return subprocess.run(['tmux', '-u', '-S', self._socket, *args], check=check, timeout=20,
                              env=self._env, capture_output=True, text=True)

    def keys(self, *keys):
        """Press keys by tmux's names."""
        self._tmux('send-keys', *keys)

    def type(self, text):
        """Type characters as they are, control bytes too."""
        self._tmux('send-keys', '-l', text)

    def mouse(self, button, x, y):
        """Press a button (0 left, 64 wheel up, 65 wheel down) at a place counted from 0."""
        for code in (button, 3) if button < 3 else (button,):  # 3: it is let go
            self.type('\033[M' + ''.join(chr(32 + n) for n in (code, x + 1, y + 1)))

    def resize(self, columns, lines):
        self._tmux('resize-window', '-x', str(columns), '-y', str(lines))

    def lines(self):
        """The screen's lines."""
        shown = self._tmux('capture-pane', '-p').stdout.split('\n')
        return [line.rstrip() for line in shown]

    def text(self):
        return '\n'.join(self.lines()).rstrip('\n') + '\n'

    def colours(self):
        """The screen with its escape sequences."""
        return self._tmux('capture-pane', '-p', '-e').stdout

    def buffer(self):
        """What a program put on the clipboard."""
        return self._tmux('show-buffer', check=False).stdout

    def flags(self):
        """'MOUSE CURSOR': 1 where the program asked for the mouse, shows the cursor."""
        shown = self._tmux('display-message', '-p', '#{mouse_any_flag} #{cursor_flag}').stdout
        return shown.strip()

    def pid(self):
        """Of the shell; the program is its child."""
        return int(self._tmux('display-message', '-p', '#{pane_pid}').stdout)

    def program(self):
        """The process id of the program."""
        pid = self.pid()
        with open(f'/proc/{pid}/task/{pid}/children', encoding='utf-8') as file:
            return int(file.read().split()[0])

    def wait_until(self, ready, what, timeout=PATIENCE):
        """Poll until ready(text) is true; returns the text."""
        deadline = time.monotonic() + timeout
        while True:
            text = self.text()
            if ready(text):
                return text
            if time.monotonic() > deadline:
                raise AssertionError(f'no {what} within {timeout} s; the screen shows\n{text}')
            time.sleep(0.02)

    def wait_for(self, pattern, timeout=PATIENCE):
        """Until a regular expression is found on the screen; returns the text."""
        return self.wait_until(lambda text: re.search(pattern, text), repr(pattern), timeout)

    def wait_gone(self, pattern, timeout=PATIENCE):
        """Until it is found no more."""
        return self.wait_until(lambda text: not re.search(pattern, text), f'end of {pattern!r}',
                               timeout)

    def status(self, timeout=PATIENCE):
        """The program's exit status, once it has ended."""
        deadline = time.monotonic() + timeout
        while not os.path.exists(self.status_file):
            if time.monotonic() > deadline:
                raise AssertionError(f'still runs after {timeout} s:\n{self.text()}')
            time.sleep(0.02)
        with open(self.status_file, encoding='utf-8') as file:
            return int(file.read())
