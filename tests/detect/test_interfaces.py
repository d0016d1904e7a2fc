"""Findings about interfaces, in namespaces: a cable that is pulled, a queue that is too small."""

import json
import time
import unittest

import netns
import weir
from watching import Watch

LEFT, RIGHT = '10.93.9.1', '10.93.9.2'
LIMITS = '''
finding "queue-drops" { window = 2 packets = 20 }
finding "saturation" { seconds = 2 share = 0.8 }
interface "eth0" { capacity = "1M" }
'''
SENDER = f'''
import socket
import time
one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    for _ in range(100):
        one.sendto(bytes(1000), ('{RIGHT}', 9))
    time.sleep(0.02)
'''


@weir.needs_weir
@netns.needs_root
class Interfaces(unittest.TestCase):
    """A link between two namespaces."""

    def setUp(self):
        lab = netns.Lab()
        self.addCleanup(lab.close)
        self.left, self.right = lab.namespace('left'), lab.namespace('right')
        lab.link(self.left, 'eth0', [f'{LEFT}/24'], self.right, 'eth0', [f'{RIGHT}/24'])

    def watch(self):
        return Watch(self, self.left, 'show', 'findings', '--count', '10000', config=LIMITS)

    def test_flapping(self):
        watch = self.watch()
        for _ in range(4):
            self.right.ip('link', 'set', 'eth0', 'down')
            self.right.ip('link', 'set', 'eth0', 'up')
        row = watch.find('link-flapping', 'eth0')
        self.assertGreaterEqual(row['count'], 6)
        self.assertIn('eth0 flaps: its carrier went or came ', row['text'])

    def test_full_queue(self):
        """A shaper of 1 Mbit/s, into which much more is sent; its queue lasts for 0.3 s."""
        done = self.left.run('tc', 'qdisc', 'add', 'dev', 'eth0', 'root', 'tbf', 'rate', '1mbit',
                             'burst', '5kb', 'limit', '40kb', check=False)
        if done.returncode:
            self.skipTest('needs the shaper tbf')
        watch = self.watch()
        self.left.start('/usr/bin/python3', '-c', SENDER)
        row = watch.find('queue-drops', 'eth0')
        drops = json.loads(self.left.run('tc', '-s', '-j', 'qdisc', 'show', 'dev', 'eth0').stdout)
        self.assertLessEqual(row['count'], drops[0]['drops'])
        self.assertGreater(row['observed'], 0.5)
        row = watch.find('saturation', 'eth0')
        self.assertRegex(row['text'], r'eth0 is full: it sends \d+ % of its capacity')

    def test_honest_traffic(self):
        watch = self.watch()
        self.left.run('ping', '-c', '20', '-i', '0.05', RIGHT)
        end = time.monotonic() + 5  # longer than all windows above
        while time.monotonic() < end:
            self.assertEqual(watch.rows(), [])


if __name__ == '__main__':
    unittest.main()
