"""Run the built weir ($WEIR) in tests, without the person's own configuration.

    done = weir.run('show', '--format', 'json')         a CompletedProcess with text
    row = weir.json_lines(done.stdout)[0]['rows'][0]
    with weir.start('show', '--format', 'json', '--count', '0') as live:
        first = json.loads(live.read_line())
"""

import json
import os
import selectors
import subprocess
import time
import unittest

PROGRAM = os.environ.get('WEIR', '')


def is_built():
    """True when $WEIR names a program."""
    return os.access(PROGRAM, os.X_OK)


def needs_weir(test):
    """Class or case decorator: skip with a word when weir is not built."""
    return unittest.skipUnless(is_built(), 'weir is not built ($WEIR)')(test)


def owns_its_memory():
    """False for a build whose address space a sanitizer uses: no ceiling on it means anything."""
    with open(PROGRAM, 'rb') as file:
        return b'__asan_' not in file.read()


def environment(**changes):
    """The environment for weir: UTF-8, none of the person's settings. None removes a variable.

    Nobody, not even root, can make a folder for settings below a device.
    """
    env = dict(os.environ, LC_ALL='C.UTF-8', XDG_CONFIG_HOME='/dev/null',
               XDG_STATE_HOME='/dev/null')
    env.update(changes)
    return {name: value for name, value in env.items() if value is not None}


def run(*args, timeout=20, stdin='', env=None, prefix=(), text=True):
    """Run weir to its end. prefix: words before it, e.g. Namespace.prefix.

    Raises TimeoutExpired after `timeout` seconds; the exit status is the caller's to judge.
    """
    return subprocess.run([*prefix, PROGRAM, *args], input=stdin, timeout=timeout,
                          env=env or environment(), capture_output=True, text=text, check=False)


def json_lines(text):
    """One JSON document a line -> list."""
    return [json.loads(line) for line in text.splitlines() if line]


class Background:
    """A weir that runs while the test goes on; ended with the `with` block."""

    def __init__(self, args, env=None, prefix=()):
        self.process = subprocess.Popen([*prefix, PROGRAM, *args], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        env=env or environment())
        self._pending = b''

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def read_line(self, timeout=20):
        """The next line of output without its end; raises TimeoutError, or EOFError at the end."""
        deadline = time.monotonic() + timeout
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while b'\n' not in self._pending:
                if not selector.select(max(0, deadline - time.monotonic())):
                    raise TimeoutError(f'no line within {timeout} s, only {self._pending!r}')
                more = os.read(self.process.stdout.fileno(), 65536)
                if not more:
                    raise EOFError(f'weir ended after {self._pending!r}')
                self._pending += more
        line, self._pending = self._pending.split(b'\n', 1)
        return line.decode()

    def stop(self, timeout=5):
        """Ask it to end, insist after `timeout` seconds; returns the exit status."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.process.stdout.close()
        return status


def start(*args, env=None, prefix=()):
    """Start weir in the background; see Background."""
    return Background(args, env, prefix)
