"""Network namespaces for tests: made in a `with` block, gone after it, whatever happened.

    @netns.needs_root
    class Rates(unittest.TestCase):
        def test_it(self):
            with netns.Lab() as lab:
                left, right = lab.namespace('left'), lab.namespace('right')
                lab.link(left, 'eth0', ['10.9.0.1/24'], right, 'eth0', ['10.9.0.2/24'])
                left.run('ping', '-c1', '10.9.0.2')
                weir.run('show', prefix=left.prefix)

Names are unique (weir-PID-N-name). What a killed run left behind is removed by the next one.
"""

import atexit
import functools
import itertools
import json
import os
import re
import subprocess
import time
import unittest

_numbers = itertools.count()


def _ip(*args, check=True):
    return subprocess.run(['ip', *args], check=check, capture_output=True, text=True, timeout=20)


@functools.lru_cache(maxsize=None)
def have_root():
    """True when this process may really make namespaces (root without rights cannot)."""
    if os.geteuid() != 0:
        return False
    name = f'weir-{os.getpid()}-probe'
    try:
        made = _ip('netns', 'add', name, check=False).returncode == 0
        entered = _ip('-n', name, 'link', 'set', 'lo', 'up', check=False).returncode == 0
        return _ip('netns', 'delete', name, check=False).returncode == 0 and made and entered
    except (OSError, subprocess.TimeoutExpired):
        return False


def needs_root(test):
    """Class or case decorator: skip where no namespaces can be made."""
    return unittest.skipUnless(have_root(), 'needs root (to make network namespaces)')(test)


class Namespace:
    """One network namespace with its loopback up."""

    def __init__(self, name):
        self.name = name
        self.prefix = ['ip', 'netns', 'exec', name]
        self._started = []
        _ip('netns', 'add', name)
        self.ip('link', 'set', 'lo', 'up')

    def ip(self, *args):
        """Run `ip ARGS` within; raises CalledProcessError when it fails."""
        return _ip('-n', self.name, *args)

    def run(self, *command, timeout=20, check=True, **options):
        """Run a command within to its end; returns a CompletedProcess with text."""
        return subprocess.run([*self.prefix, *command], timeout=timeout, check=check,
                              capture_output=True, text=True, **options)

    def start(self, *command, **options):
        """Start a command within (a Popen, output dropped unless asked); it ends with the lab."""
        options.setdefault('stdin', subprocess.DEVNULL)
        options.setdefault('stdout', subprocess.DEVNULL)
        options.setdefault('stderr', subprocess.DEVNULL)
        process = subprocess.Popen([*self.prefix, *command], **options)
        self._started.append(process)
        return process

    def close(self):
        """End what was started here, then the namespace and its links."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
            process.wait()
        self._started.clear()
        _ip('netns', 'delete', self.name, check=False)


class Lab:
    """All namespaces of one test."""

    def __init__(self):
        self._namespaces = []
        _remove_leftovers()
        atexit.register(self.close)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def namespace(self, name):
        """A new namespace; `name` only makes listings readable."""
        made = Namespace(f'weir-{os.getpid()}-{next(_numbers)}-{name}')
        self._namespaces.append(made)
        return made

    def link(self, left, left_name, left_addresses, right, right_name, right_addresses):
        """A veth pair between two namespaces, up, with addresses such as '10.9.0.1/24'.

        IPv6 addresses are usable at once (no duplicate address detection). The kernel calls an
        interface up only a while after its carrier is there, up to a second: that is over then.
        """
        left.ip('link', 'add', left_name, 'type', 'veth',
                'peer', 'name', right_name, 'netns', right.name)
        for space, name, addresses in ((left, left_name, left_addresses),
                                       (right, right_name, right_addresses)):
            for address in addresses:
                space.ip('address', 'add', address, 'dev', name,
                         *(['nodad'] if ':' in address else []))
            space.ip('link', 'set', name, 'up')
        for space, name in ((left, left_name), (right, right_name)):
            _wait_up(space, name)

    def close(self):
        """Remove everything; more than once does no harm."""
        while self._namespaces:
            self._namespaces.pop().close()
        atexit.unregister(self.close)


def _wait_up(space, name):
    deadline = time.monotonic() + 20
    while json.loads(space.ip('-j', 'link', 'show', 'dev', name).stdout)[0]['operstate'] != 'UP':
        if time.monotonic() > deadline:
            raise TimeoutError(f'{name} does not come up')
        time.sleep(0.01)


def _remove_leftovers():
    """Delete namespaces of test processes that no longer live."""
    for line in _ip('netns', 'list', check=False).stdout.splitlines():
        found = re.match(r'(weir-(\d+)-\S+)', line)
        if found and not os.path.exists(f'/proc/{found.group(2)}'):
            _ip('netns', 'delete', found.group(1), check=False)
