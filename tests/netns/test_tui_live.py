"""The terminal view on real interfaces: hot-plug, rename, transfers, a plain user."""

import os
import re
import shutil
import subprocess
import tempfile
import time
import unittest

import netns
import tmux
import weir

SERVER = """
import socket
server = socket.create_server(('0.0.0.0', 5001))
while True:
    peer = server.accept()[0]
    while peer.recv(1 << 16):
        pass
"""
CLIENT = """
import socket, sys, time
peer = None
while not peer:  # until the server listens
    try:
        peer = socket.create_connection(('10.9.0.2', 5001))
    except ConnectionRefusedError:
        time.sleep(0.05)
rate, seconds = float(sys.argv[1]), float(sys.argv[2])
begin, sent = time.monotonic(), 0
while time.monotonic() < begin + seconds:
    sent += peer.send(bytes(20000))
    time.sleep(max(0, sent / rate - (time.monotonic() - begin)))
"""


@weir.needs_weir
@tmux.needs_tmux
@netns.needs_root
class Live(unittest.TestCase):
    """A namespace with one link that has the default route."""

    def setUp(self):
        self.lab = netns.Lab()
        self.addCleanup(self.lab.close)
        self.left, self.right = self.lab.namespace('left'), self.lab.namespace('right')
        self.lab.link(self.left, 'wan0', ['10.9.0.1/24'], self.right, 'far0', ['10.9.0.2/24'])
        self.left.ip('route', 'add', 'default', 'via', '10.9.0.2')

    def show(self, *args, prefix=(), **options):
        screen = tmux.Terminal([*self.left.prefix, *prefix, weir.PROGRAM, *args], **options)
        self.addCleanup(screen.__exit__)
        return screen

    def transfer(self, rate, seconds):
        self.right.start('/usr/bin/python3', '-c', SERVER)
        return self.left.start('/usr/bin/python3', '-c', CLIENT, str(rate), str(seconds))

    def quit(self, screen):
        screen.keys('q')
        self.assertEqual(screen.status(), 0)

    def test_default_route_comes_first_and_hot_plug_is_seen(self):
        self.left.ip('link', 'add', 'aaa0', 'type', 'bridge')
        screen = self.show('--interval', '0.2')
        screen.wait_for('▸ wan0  default route')
        for name in ('new0', 'new1', 'new2'):
            self.left.ip('link', 'add', name, 'type', 'bridge')
            screen.wait_for(name[:3])
        screen.keys('G', 'Enter')
        screen.wait_for('new2  down')
        self.left.ip('link', 'set', 'new2', 'name', 'other2')
        screen.wait_for('other2')
        screen.wait_gone('new2')
        self.left.ip('link', 'delete', 'other2')
        screen.wait_gone('other2')
        self.quit(screen)

    def test_open_row_vanishes_and_its_name_is_used_again(self):
        self.left.ip('link', 'add', 'tmp0', 'type', 'bridge')
        self.left.ip('link', 'set', 'tmp0', 'up')
        screen = self.show('--interval', '0.2', '--filter', 'kind=bridge')
        screen.wait_for('▸ tmp0')
        screen.keys('Enter')
        screen.wait_for('addresses')
        self.left.ip('link', 'delete', 'tmp0')
        screen.wait_for('tmp0 is gone')
        screen.wait_for('Nothing matches the filter')
        self.left.ip('link', 'add', 'tmp0', 'type', 'bridge')
        text = screen.wait_for('▸ tmp0')
        self.assertNotIn('addresses', text)
        self.quit(screen)

    def test_last_interface_goes(self):
        self.left.ip('link', 'delete', 'wan0')
        screen = self.show('--interval', '0.2')
        screen.wait_for('No interface to the network is up')
        screen.wait_for('lo')
        self.quit(screen)

    def test_heavy_transfer(self):
        """4 MB/s: the screen shows 32 Mbit/s up to the headers, in line and headline."""
        screen = self.show('--interval', '1')
        screen.wait_for('▸ wan0')
        self.transfer(4e6, 2 * tmux.PATIENCE)

        def in_both(text):
            row = re.search('▸ wan0.*', text)
            return (row and 31 <= number(r'↑ +([\d.]+) Mbit/s', text) <= 34
                    and re.search(r'3[1-3]\.\d Mbit/s', row.group()))
        text = screen.wait_until(in_both, '32 Mbit/s')
        self.assertRegex(re.search('▸ wan0.*', text).group(), '↑[ ▁-█]+',
                         'the sparkline shows the upload')
        screen.keys('Enter')
        text = screen.wait_for(r'peaks +↓ .* ↑ [\d.]+ Mbit/s at \d\d:\d\d:\d\d')
        self.assertGreaterEqual(number(r'peaks +↓ .* ↑ ([\d.]+) Mbit/s', text), 31)
        self.quit(screen)

    def marked(self, screen):
        """The row with the mark, on a screen that reads the same twice: none that is half drawn."""
        text = screen.wait_until(lambda text: text == screen.text(), 'whole screen')
        found = re.search(r'▸ (\S+)', text)
        self.assertTrue(found, text)
        return found.group(1)

    def test_near_equal_rows_keep_the_selection(self):
        """Pitfall 29, on real counters: sorted by a rate that changes places all the time."""
        for name in ('eq1', 'eq2', 'eq3'):
            self.left.ip('link', 'add', name, 'type', 'veth', 'peer', 'name', name + 'b',
                         'netns', self.right.name)
            self.left.ip('link', 'set', name, 'up')
            self.right.ip('link', 'set', name + 'b', 'up')
            self.left.ip('address', 'add', f'10.8.{name[2]}.1/24', 'dev', name)
            self.left.ip('neighbour', 'add', f'10.8.{name[2]}.2', 'lladdr', '02:00:00:00:00:02',
                         'dev', name)
        sender = ('import random, socket, time\n'
                  's = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n'
                  'while True:\n'
                  '    for i in (1, 2, 3):\n'
                  '        s.sendto(bytes(random.randrange(400, 1400)), (f"10.8.{i}.2", 9))\n'
                  '    time.sleep(0.02)\n')
        self.left.start('/usr/bin/python3', '-c', sender)
        screen = self.show('--interval', '0.2', '--sort', '-tx_bytes_per_s')
        for i in (1, 2, 3):  # as a row of its own, no longer among the idle ones
            screen.wait_for(rf'\n[ ▸]+eq{i} ')
        screen.keys('j', '/')  # what is typed says that the key before it was heard
        screen.wait_for('Tab completes')
        screen.keys('C-c')
        screen.wait_gone('Tab completes')
        chosen = self.marked(screen)
        end = time.monotonic() + 15
        while time.monotonic() < end:
            self.assertEqual(self.marked(screen), chosen)
            time.sleep(0.1)
        self.quit(screen)

    def test_five_hundred_interfaces(self):
        """Pitfall 12: grouped, filterable, and keys are answered at once."""
        commands = ''.join(f'link add many{i} type veth peer name peer{i}\n' for i in range(250))
        subprocess.run(['ip', '-n', self.left.name, '-batch', '-'], input=commands, text=True,
                       check=True, timeout=60)
        screen = self.show()
        screen.wait_for('▹ 50[01] idle and virtual interfaces')
        screen.keys('G', 'Enter')
        screen.wait_for('▿ 50[01] idle')
        screen.keys('G')
        screen.wait_for('many249|peer249')
        screen.keys('/')
        screen.type('name~"^many24"')
        screen.wait_for('11 of 502 rows')
        screen.keys('Enter')
        self.quit(screen)

    @unittest.skipUnless(shutil.which('setpriv'), 'needs setpriv')
    def test_plain_user(self):
        """Pitfall 30: nothing of it needs a privilege."""
        if not os.access(weir.PROGRAM, os.R_OK):
            self.skipTest('weir lies where a plain user cannot read it')
        folder = tempfile.mkdtemp(prefix='weir-plain-')
        self.addCleanup(shutil.rmtree, folder)
        copied = shutil.copy(weir.PROGRAM, folder)
        os.chmod(folder, 0o755)
        screen = tmux.Terminal([*self.left.prefix, 'setpriv', '--reuid=65534', '--regid=65534',
                                '--clear-groups', '--bounding-set=-all', '--no-new-privs', copied,
                                '--interval', '0.2'])
        self.addCleanup(screen.__exit__)
        screen.wait_for('▸ wan0  default route')
        screen.wait_for('The network is idle|wan0 carries')
        screen.keys('Enter')
        screen.wait_for('10.9.0.1/24')
        self.quit(screen)


def number(pattern, text):
    found = re.search(pattern, text)
    return float(found.group(1)) if found else -1.0


if __name__ == '__main__':
    unittest.main()
