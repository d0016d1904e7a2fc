"""weir-load: what it gives, to whom, and what it gave up before it read the first word."""

import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))
import netns  # noqa: E402
import weir  # noqa: E402

HELPER = os.path.join(os.path.dirname(os.path.dirname(weir.PROGRAM)), 'load', 'weir-load')
NOBODY = 65534
VERSION, CAPTURE = 1, 0
NET_RAW = 1 << 13


def request(version=VERSION, kind=CAPTURE, count=1):
    return struct.pack('=4I', version, kind, count, 0)


class Helper:
    """weir-load with our end of its socket."""

    def __init__(self, path=HELPER, user=None):
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.process = subprocess.Popen([path, 'capture'], stdin=theirs, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, user=user, group=user,
                                        extra_groups=[] if user else None)
        theirs.close()
        self.socket.settimeout(20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.process.kill()
        self.process.wait()

    def ask(self, message):
        """The answer's result and the descriptors, as sockets."""
        self.socket.send(message)
        answer, fds, _, _ = socket.recv_fds(self.socket, 64, 64)
        version, result, count, _ = struct.unpack('=IiII', answer)
        assert version == VERSION and count == len(fds)
        return result, [socket.socket(fileno=fd) for fd in fds]

    def status(self):
        with open(f'/proc/{self.process.pid}/status', encoding='ascii') as file:
            return dict(line.rstrip('\n').split(':\t', 1) for line in file if ':\t' in line)


@netns.needs_root
@unittest.skipUnless(os.access(HELPER, os.X_OK), 'weir-load is not built')
class Load(unittest.TestCase):
    def test_sockets(self):
        with Helper() as helper:
            result, sockets = helper.ask(request(count=3))
            self.assertEqual(result, 0)
            self.assertEqual(len(sockets), 3)
            for one in sockets:
                self.assertEqual((one.family, one.type), (socket.AF_PACKET, socket.SOCK_RAW))
                self.assertEqual(one.getsockname()[1], 0)  # the protocol: it listens to nothing yet
                one.close()
            self.assertEqual(len(helper.ask(request(count=1))[1]), 1)  # it stays for more

    def test_gave_up_the_rest(self):
        with Helper() as helper:
            for one in helper.ask(request())[1]:
                one.close()
            status = helper.status()
            self.assertEqual(int(status['CapEff'], 16), NET_RAW)
            self.assertEqual(int(status['CapPrm'], 16), NET_RAW)
            self.assertEqual(int(status['CapBnd'], 16) & ~NET_RAW, 0)
            self.assertEqual((status['NoNewPrivs'], status['Seccomp']), ('1', '2'))

    def test_ends_with_its_socket(self):
        with Helper() as helper:
            for one in helper.ask(request())[1]:
                one.close()
            helper.socket.close()
            self.assertEqual(helper.process.wait(20), 0)

    def test_wrong_requests(self):
        with Helper() as helper:
            self.assertLess(helper.ask(request(count=0))[0], 0)
            self.assertLess(helper.ask(request(count=65))[0], 0)
            self.assertLess(helper.ask(request(kind=7))[0], 0)
            for one in helper.ask(request())[1]:
                one.close()
        for message in (b'x', request(version=9), request() + b'x'):
            with self.subTest(message), Helper() as helper:
                helper.socket.send(message)
                self.assertEqual(helper.process.wait(20), 1)

    def test_started_by_hand(self):
        for words in ([HELPER], [HELPER, 'capture'], [HELPER, 'what']):
            done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  timeout=20, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn('weir starts this program', done.stderr)

    def test_by_capability_of_the_file(self):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            path = shutil.copy(HELPER, folder)
            os.chmod(path, 0o755)
            with Helper(path, NOBODY) as helper:
                self.assertLess(helper.ask(request())[0], 0)  # no privilege, no socket
            done = subprocess.run(['setcap', 'cap_net_raw,cap_net_admin=ep', path], check=False,
                                  capture_output=True)
            if done.returncode:
                self.skipTest('needs setcap and a file system that keeps capabilities')
            with Helper(path, NOBODY) as helper:
                result, sockets = helper.ask(request(count=2))
                if result < 0:
                    self.skipTest('needs a file system without nosuid')
                self.assertEqual(len(sockets), 2)
                for one in sockets:
                    one.close()
                self.assertEqual(int(helper.status()['CapPrm'], 16), NET_RAW)


if __name__ == '__main__':
    unittest.main()
