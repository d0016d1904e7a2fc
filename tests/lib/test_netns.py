"""The helpers of the netns tests keep their promises: traffic passes, nothing stays behind."""

import os
import subprocess
import unittest

import netns


def spaces():
    """Namespaces of this process."""
    listed = subprocess.run(['ip', 'netns', 'list'], capture_output=True, text=True, check=True)
    return [line for line in listed.stdout.splitlines() if f'weir-{os.getpid()}-' in line]


@netns.needs_root
class Laboratory(unittest.TestCase):
    def test_link_carries_known_bytes(self):
        with netns.Lab() as lab:
            left, right = lab.namespace('left'), lab.namespace('right')
            lab.link(left, 'eth0', ['10.9.0.1/24', 'fd00::1/64'], right, 'eth0', ['10.9.0.2/24'])
            self.assertEqual(len(spaces()), 2)
            code = ('import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);'
                    's.sendto(bytes(1000), ("10.9.0.2", 9))')
            left.run('/usr/bin/python3', '-c', code)
            counted = int(right.run('cat', '/sys/class/net/eth0/statistics/rx_bytes').stdout)
            self.assertGreaterEqual(counted, 1042)
        self.assertEqual(spaces(), [])

    def test_nothing_stays_after_a_failure(self):
        with self.assertRaises(subprocess.CalledProcessError):
            with netns.Lab() as lab:
                space = lab.namespace('a')
                sleeper = space.start('cat', stdin=subprocess.PIPE)
                space.run('false')
        self.assertEqual(spaces(), [])
        self.assertIsNotNone(sleeper.poll())

    def test_leftovers_of_the_dead_are_removed(self):
        dead = subprocess.Popen(['true'])
        dead.wait()
        name = f'weir-{dead.pid}-0-left'
        subprocess.run(['ip', 'netns', 'add', name], check=True)
        with netns.Lab():
            listed = subprocess.run(['ip', 'netns', 'list'], capture_output=True, text=True,
                                    check=True)
        self.assertNotIn(name, listed.stdout)
