"""What `weir capture -w` keeps of a capture file, as tshark reads it: names, comments."""

import os
import shutil
import struct
import subprocess
import tempfile
import unittest

import captures
import weir

BEGIN = 1700000000
A, B, SERVER = '10.0.0.1', '10.0.0.2', '192.0.2.7'


def comments(*texts):
    return b''.join(captures.option(1, text.encode()) for text in texts)


def section(options):
    return captures.block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1) + options)


def packet(frame, seconds, options=b''):
    time = divmod(seconds * 10**6, 1 << 32)
    body = struct.pack('<IIIII', 0, *time, len(frame), len(frame))
    end = captures.option(0, b'') if options else b''
    return captures.block(6, body + frame + bytes(-len(frame) % 4) + options + end)


def names(*pairs):
    body = b''
    for address, name in pairs:
        value = bytes(map(int, address.split('.'))) + name.encode() + b'\0'
        body += struct.pack('<HH', 1, len(value)) + value + bytes(-len(value) % 4)
    return captures.block(4, body + bytes(4))


def tshark(path, *args):
    done = subprocess.run(['tshark', '-r', path, *args], capture_output=True, text=True,
                          check=False, timeout=120)
    if done.returncode:
        raise AssertionError(done.stderr)
    return done.stdout


@weir.needs_weir
@unittest.skipUnless(shutil.which('tshark') and shutil.which('capinfos'), 'needs tshark, capinfos')
class Kept(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = os.path.join(self.folder.name, 'in.pcapng')
        frames = [captures.udp(SERVER, 53, A, 5000, captures.dns_answer(b'www.example', B)),
                  captures.udp(A, 5000, B, 9, b'x' * 400), captures.udp(A, 5001, B, 9, b'y' * 400)]
        with open(self.path, 'wb') as file:
            file.write(section(comments('of the whole file')) +
                       captures.interface(options=captures.option(2, b'eth7')) +
                       names((A, 'first.example'), (A, 'desk.example'), ('10.9.9.9', 'unused')) +
                       packet(frames[0], BEGIN) +
                       packet(frames[1], BEGIN + 1, comments('odd', 'very odd')) +
                       packet(frames[2], BEGIN + 2))

    def record(self, *args):
        done = weir.run('capture', '--file', self.path, '-w',
                        os.path.join(self.folder.name, 'out.pcapng'), *args)
        self.assertEqual(done.returncode, 0, done.stderr)
        return sorted(os.path.join(self.folder.name, name)
                      for name in os.listdir(self.folder.name) if name.startswith('out'))

    def resolved(self, path):
        """Source and destination of each packet by the names in the file alone."""
        shown = tshark(path, '-2', '-N', 'n', '-T', 'fields', '-e', 'ip.src_host', '-e',
                       'ip.dst_host', '-o', 'nameres.dns_pkt_addr_resolution:FALSE',
                       '-o', 'nameres.hosts_file_handling:TRUE')
        return [line.split('\t') for line in shown.splitlines()]

    def test_comments_and_interface(self):
        path, = self.record()
        self.assertEqual(tshark(path, '-T', 'fields', '-e', 'frame.comment', '-E',
                                'aggregator=|').splitlines(), ['', 'odd|very odd', ''])
        self.assertEqual(set(tshark(path, '-T', 'fields', '-e',
                                    'frame.interface_name').split()), {'eth7'})
        told = subprocess.run(['capinfos', path], capture_output=True, text=True, check=True).stdout
        self.assertIn('of the whole file', told)

    def test_names_given_and_learnt(self):
        path, = self.record()
        self.assertEqual(self.resolved(path), [[SERVER, 'desk.example'],
                                               ['desk.example', 'www.example'],
                                               ['desk.example', 'www.example']])
        with open(path, 'rb') as file:
            data = file.read()
        self.assertLess(data.index(b'first.example'), data.index(b'desk.example'))
        self.assertNotIn(b'unused', data, 'only addresses of the packets are named')

    def test_each_file_of_a_rotation_has_its_names(self):
        paths = self.record('--rotate', '1s')
        self.assertEqual(len(paths), 3)
        self.assertEqual([self.resolved(path) for path in paths],
                         [[[SERVER, 'desk.example']], [['desk.example', 'www.example']],
                          [['desk.example', 'www.example']]])
        for path in paths:
            told = subprocess.run(['capinfos', path], capture_output=True, text=True, check=True)
            self.assertIn('of the whole file', told.stdout)


if __name__ == '__main__':
    unittest.main()
