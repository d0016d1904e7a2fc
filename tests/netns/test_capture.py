"""`weir capture` on real interfaces, beside tcpdump and tshark."""

import contextlib
import json
import os
import re
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'lib'))
import netns  # noqa: E402
import tmux  # noqa: E402
import weir  # noqa: E402

NOBODY = 65534
PATIENCE = 20


def have(*programs):
    return all(any(os.access(os.path.join(folder, name), os.X_OK)
                   for folder in os.environ['PATH'].split(':') + ['/usr/sbin'])
               for name in programs)


def capture_lines(space, *args, stop_after, env=None):
    """weir capture in `space`; calls stop_after() once it captures. Its lines."""
    process = subprocess.Popen([*space.prefix, weir.PROGRAM, 'capture', *args],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               env=env or weir.environment())
    wait_capturing(space)
    stop_after()
    if '--count' not in args:
        process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=PATIENCE)
    return process.returncode, out.splitlines(), error


def sockets(space):
    """Packet sockets of a namespace that listen to something, once they have their filters."""
    with open(f'/proc/{pid_in(space)}/net/packet', encoding='ascii') as file:
        return [line for line in file.readlines()[1:] if line.split()[3] == '0003']


def pid_in(space):
    if not hasattr(space, 'anchor'):
        space.anchor = space.start('sleep', '600').pid
        deadline = time.monotonic() + PATIENCE
        while os.readlink(f'/proc/{space.anchor}/ns/net') == os.readlink('/proc/self/ns/net'):
            assert time.monotonic() < deadline
            time.sleep(0.01)
    return space.anchor


def wait_capturing(space, count=1):
    deadline = time.monotonic() + PATIENCE
    while len(sockets(space)) < count:
        if time.monotonic() > deadline:
            raise AssertionError('no packet socket appeared')
        time.sleep(0.02)
    time.sleep(0.2)  # a socket is bound before it has its filter


@contextlib.contextmanager
def small_disk():
    """A folder on a disk of 64 KiB."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], check=True)
        try:
            yield folder
        finally:
            subprocess.run(['umount', '-l', folder], check=True)


def packets_of(path):
    """(time in ns, original length, bytes) of each packet, by the format's own rules."""
    with open(path, 'rb') as file:
        data = file.read()
    found, at, unit = [], 0, []
    while at + 12 <= len(data):
        kind, length = struct.unpack_from('<II', data, at)
        body = data[at + 8:at + length - 4]
        if kind == 1:
            unit.append(9 if struct.pack('<HHB', 9, 1, 9) in body else 6)
        if kind == 6:
            number, high, low, kept, wire = struct.unpack_from('<5I', body)
            ns = (high << 32 | low) * (1 if unit[number] == 9 else 1000)
            found.append((ns, wire, body[20:20 + kept]))
        at += length
    assert at == len(data), 'a block is cut'
    return found


def pcap_packets(path):
    with open(path, 'rb') as file:
        data = file.read()
    scale = 1 if data[:4] == b'\x4d\x3c\xb2\xa1' else 1000
    found, at = [], 24
    while at < len(data):
        seconds, fraction, kept, wire = struct.unpack_from('<4I', data, at)
        found.append((seconds * 10**9 + fraction * scale, wire, data[at + 16:at + 16 + kept]))
        at += 16 + kept
    return found


def pair(lab):
    left, right = lab.namespace('left'), lab.namespace('right')
    lab.link(left, 'eth0', ['10.9.0.1/24', 'fd00:9::1/64'],
             right, 'eth0', ['10.9.0.2/24', 'fd00:9::2/64'])
    return left, right


@netns.needs_root
@weir.needs_weir
class Lines(unittest.TestCase):
    def ping_both(self, left):
        left.run('ping', '-c', '2', '-i', '0.2', '10.9.0.2')
        left.run('ping', '-c', '2', '-i', '0.2', 'fd00:9::2')

    def check_rows(self, rows):
        """Two pings each way; in which order two processors deliver them is chance."""
        pings = [row for row in rows if 'echo' in row['summary']]
        self.assertEqual(
            sorted((row['src'], row['summary'].split(',')[0], row['summary'][-1]) for row in pings),
            sorted((source, word, number) for number in '12' for source, word in (
                ('10.9.0.1', 'echo request'), ('10.9.0.2', 'echo reply'),
                ('fd00:9::1', 'echo request'), ('fd00:9::2', 'echo reply'))))
        self.assertTrue(all(row['length'] == (98 if '.' in row['src'] else 118) for row in pings))

    def test_json(self):
        with netns.Lab() as lab:
            left, _ = pair(lab)
            status, lines, error = capture_lines(
                left, '-i', 'eth0', '--format', 'json', '-f', 'icmp or icmp6', '--filter',
                'summary~"echo"', stop_after=lambda: self.ping_and_wait(left))
            self.assertIn(status, (0, 130), error)
            rows = [json.loads(line) for line in lines]
            self.check_rows(rows)
            self.assertEqual({row['direction'] for row in rows}, {'in', 'out'})
            self.assertEqual({row['interface'] for row in rows}, {'eth0'})

    def ping_and_wait(self, left):
        self.ping_both(left)
        time.sleep(0.4)

    def test_portable(self):
        with netns.Lab() as lab:
            left, _ = pair(lab)
            status, lines, error = capture_lines(
                left, '-i', 'eth0', '--format', 'json', '-f', 'icmp or icmp6', '--filter',
                'summary~"echo"', stop_after=lambda: self.ping_and_wait(left),
                env=weir.environment(WEIR_CAPTURE='pcap'))
            self.assertIn(status, (0, 130), error)
            self.check_rows([json.loads(line) for line in lines])

    def test_table_and_csv(self):
        with netns.Lab() as lab:
            left, _ = pair(lab)
            _, lines, _ = capture_lines(left, '-i', 'eth0', '-f', 'icmp', '--count', '4',
                                        stop_after=lambda: self.ping_both(left))
            self.assertEqual(len(lines), 4)
            self.assertRegex(lines[0], r'^\d\d:\d\d:\d\d\.\d{6}  10\.9\.0\.1 +10\.9\.0\.2 +ICMP +98'
                                       r'  echo request, id \d+, seq 1$')
            _, lines, _ = capture_lines(left, '-i', 'eth0', '-f', 'icmp', '--count', '4',
                                        '--format', 'csv', '--columns', 'src,dst,summary',
                                        stop_after=lambda: self.ping_both(left))
            self.assertEqual(lines[0], 'src,dst,summary')
            self.assertRegex(lines[1], r'^10\.9\.0\.1,10\.9\.0\.2,"echo request, id \d+, seq 1"$')

    def test_loopback_once_and_any(self):
        with netns.Lab() as lab:
            left, _ = pair(lab)
            _, lines, _ = capture_lines(
                left, '-i', 'any', '-f', 'icmp', '--count', '8', '--columns', 'interface,summary',
                stop_after=lambda: (left.run('ping', '-c', '2', '-i', '0.2', '127.0.0.1'),
                                    left.run('ping', '-c', '2', '-i', '0.2', '10.9.0.2')))
            self.assertEqual([line.split()[0] for line in lines], ['lo'] * 4 + ['eth0'] * 4)
            self.assertEqual([line.split('seq ')[1] for line in lines], ['1', '1', '2', '2'] * 2)

    def test_vlan_tag_is_in_place(self):
        with netns.Lab() as lab:
            left, right = pair(lab)
            frame = '020000000001020000000002' + '81000005' + '88b5' + '00' * 46
            send = (f"import socket\ns = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)\n"
                    f"s.bind(('eth0', 0))\nfor i in range(2): s.send(bytes.fromhex('{frame}'))\n")
            for text in ('vlan 5', 'ether proto 0x88b5 or vlan'):
                _, lines, error = capture_lines(
                    right, '-i', 'eth0', '-f', text, '--count', '2', '--columns',
                    'vlan,length,summary',
                    stop_after=lambda: left.run('/usr/bin/python3', '-c', send))
                self.assertEqual([line.split() for line in lines],
                                 [['5', '64', 'EtherType', '0x88b5,', '46', 'bytes']] * 2, error)


@netns.needs_root
@weir.needs_weir
class BadDays(unittest.TestCase):
    def run_in(self, space, *args, **options):
        return weir.run('capture', *args, prefix=space.prefix, **options)

    def test_wrong_words(self):
        with netns.Lab() as lab:
            left, _ = pair(lab)
            for args, status, words in (
                    (['-i', 'nosuch'], 1, "no interface 'nosuch'"),
                    (['-i', 'eth0', '-f', 'tcp prt 80'], 2, "the capture filter 'tcp prt 80'"),
                    ([], 1, 'no interface carries the default route'),
                    (['-i', 'eth0', '--filter', 'protocl=TCP'], 2, 'protocol'),
                    (['-i', 'eth0', '--columns', 'sumary'], 2, "'summary'"),
                    (['-i', 'eth0', '--rotate', '5'], 2, '--rotate'),
                    (['-i', 'eth0', '--rotate', '60s'], 2, '-w'),
                    (['-i', 'eth0', '-w', '/proc/none/x'], 1, 'cannot write /proc/none/x')):
                with self.subTest(args):
                    done = self.run_in(left, *args)
                    self.assertEqual(done.returncode, status, done.stderr)
                    self.assertIn(words, done.stderr)
                    self.assertEqual(done.stderr.count('\n'), 1)

    def test_not_permitted(self):
        done = subprocess.run([weir.PROGRAM, 'capture', '-i', 'lo'], capture_output=True, text=True,
                              user=NOBODY, group=NOBODY, extra_groups=[], timeout=PATIENCE,
                              env=weir.environment(), check=False)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn('sudo weir capture -i lo', done.stderr)
        self.assertEqual(done.stderr.count('\n'), 1)

    def test_doctor(self):
        done = weir.run('doctor')
        self.assertRegex(done.stdout, r'(?m)^capture +ok +permitted, by CAP_NET_RAW$')
        self.assertRegex(done.stdout, r'(?m)^packet ring +ok +TPACKET_V3')
        self.assertRegex(done.stdout, r'(?m)^fanout +ok ')
        person = subprocess.run([weir.PROGRAM, 'doctor'], capture_output=True, text=True,
                                user=NOBODY, group=NOBODY, extra_groups=[], timeout=PATIENCE,
                                env=weir.environment(), check=False)
        self.assertRegex(person.stdout, r'capture +limited +not permitted[^\n]*\n +-> sudo weir')
        self.assertRegex(person.stdout, r'(?m)^libpcap +ok +[0-9.]+, the language of -f$')

    def test_no_addresses_and_snap_length_below_the_headers(self):
        with netns.Lab() as lab:
            left, right = lab.namespace('left'), lab.namespace('right')
            lab.link(left, 'eth0', [], right, 'eth0', [])
            sender = ("import socket\ns = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)\n"
                      "s.bind(('eth0', 0))\n"
                      "s.send(bytes(6) + b'\\2\\0\\0\\0\\0\\7' + b'\\x88\\xb5' + b'?' * 60)\n"
                      "s.send(bytes(6) + b'\\2\\0\\0\\0\\0\\7' + b'\\x08\\0' + b'E' + b'?' * 60)")
            send = lambda: right.run('/usr/bin/python3', '-c', sender)  # noqa: E731
            for snaplen, said in ((10, 'Ethernet, cut off'), (20, 'IPv4, cut off')):
                status, lines, error = capture_lines(
                    left, '-i', 'eth0', '-f', 'ether src 02:00:00:00:00:07', '--snaplen',
                    str(snaplen), '--format', 'json', '--count', '2', stop_after=send)
                self.assertEqual(status, 0, error)
                rows = [json.loads(line) for line in lines]
                self.assertEqual([(row['length'], row['captured']) for row in rows],
                                 [(74, snaplen), (75, snaplen)])
                self.assertEqual(rows[1]['summary'], said)

    def test_interface_down_up_and_gone(self):
        with netns.Lab() as lab:
            left, _ = pair(lab)

            def days():
                left.ip('link', 'set', 'eth0', 'down')
                time.sleep(0.5)
                left.ip('link', 'set', 'eth0', 'up')
                left.run('ping', '-c', '1', '-w', '10', '10.9.0.2')
                time.sleep(0.3)
                left.ip('link', 'delete', 'eth0')
                time.sleep(0.3)
            status, lines, error = capture_lines(left, '-i', 'eth0', '-f', 'icmp', '--count',
                                                 '1000', stop_after=days)
            self.assertEqual(status, 1)
            self.assertIn('eth0 is down; packets come when it is up again', error)
            self.assertIn('eth0 has gone', error)
            self.assertEqual(sum('echo re' in line for line in lines), 2)

    def test_disk_full(self):
        with netns.Lab() as lab, small_disk() as folder:
            left, _ = pair(lab)
            path = os.path.join(folder, 'full.pcapng')
            status, _, error = capture_lines(
                left, '-i', 'eth0', '-f', 'icmp', '-w', path,
                stop_after=lambda: left.run('ping', '-c', '120', '-i', '0.002', '-s', '1000',
                                            '10.9.0.2'))
            self.assertEqual(status, 1, error)
            self.assertIn('No space left on device', error)
            self.assertEqual(error.count('\n'), 1)
            kept = packets_of(path)
            self.assertGreater(len(kept), 40)
            self.assertIn(f'the packets before ({len(kept)}) are in it', error)
            done = subprocess.run(['capinfos', '-c', path], capture_output=True, text=True,
                                  check=False, timeout=PATIENCE)
            self.assertEqual(done.returncode, 0, done.stderr)


# A device that says of itself what a wireless one in monitor mode does (TUNSETLINK), and the frames
# that it receives: a beacon and a datagram, each behind a radiotap header, with its FCS.
MONITOR = """
import fcntl, struct, subprocess, sys
tap = open('/dev/net/tun', 'r+b', buffering=0)
fcntl.ioctl(tap, 0x400454ca, struct.pack('16sH22x', b'mon0', 0x1002))  # TUNSETIFF: tap, no header
fcntl.ioctl(tap, 0x400454cd, 803)  # TUNSETLINK: ARPHRD_IEEE80211_RADIOTAP
subprocess.run(['ip', 'link', 'set', 'mon0', 'up'], check=True)
print('up', flush=True)
sys.stdin.readline()
radio = bytes.fromhex('00000f002a000000' '10' '00' '6c09a000' 'd8')
one, two, three = (bytes((2, 0, 0, 0, 0, i)) for i in (1, 2, 3))
beacon = (b'\\x80\\0\\0\\0' + b'\\xff' * 6 + one + one + b'\\x10\\0' + bytes(8)
          + b'\\x64\\0\\1\\0' + b'\\0\\4lab1')
ip = bytes.fromhex('4500001c0007400040110000' '0a090001' '0a090002' '1388000900080000')
data = (b'\\x08\\1\\0\\0' + one + two + three + b'\\x10\\0'
        + bytes.fromhex('aaaa030000000800') + ip)
for frame in (beacon, data):
    tap.write(radio + frame + bytes(4))
sys.stdin.readline()
"""


@netns.needs_root
@weir.needs_weir
@unittest.skipUnless(os.path.exists('/dev/net/tun'), 'needs /dev/net/tun')
class Monitor(unittest.TestCase):
    def test_radiotap(self):
        with netns.Lab() as lab, tempfile.TemporaryDirectory() as folder:
            left = lab.namespace('left')
            path = os.path.join(folder, 'air.pcapng')
            device = subprocess.Popen([*left.prefix, '/usr/bin/python3', '-c', MONITOR],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self.addCleanup(device.communicate)
            if device.stdout.readline() != b'up\n':
                self.skipTest('this kernel makes no such device')
            _, lines, error = capture_lines(
                left, '-i', 'mon0', '-w', path, '--count', '2',
                stop_after=lambda: (device.stdin.write(b'\n'), device.stdin.flush()))
            self.assertIn('2 packets recorded', error, lines)
            done = weir.run('capture', '--file', path, '--format', 'json')
            beacon, data = map(json.loads, done.stdout.splitlines())
            self.assertEqual(beacon['summary'], 'beacon, network lab1')
            self.assertEqual(beacon['src_mac'], '02:00:00:00:00:01')
            self.assertEqual((data['src'], data['dst_port'], data['src_mac'], data['dst_mac']),
                             ('10.9.0.1', 9, '02:00:00:00:00:02', '02:00:00:00:00:03'))
            if have('tshark'):
                told = subprocess.run(['tshark', '-r', path, '-T', 'fields', '-e',
                                       'frame.protocols', '-e', 'wlan.sa'], capture_output=True,
                                      text=True, check=True)
                first, second = told.stdout.splitlines()
                self.assertRegex(first, r'radiotap.*wlan.*02:00:00:00:00:01')
                self.assertRegex(second, r'radiotap.*:ip:udp.*02:00:00:00:00:02')


@netns.needs_root
@weir.needs_weir
class Recording(unittest.TestCase):
    # What the test causes, not what the kernels tell each other meanwhile.
    FILTER = 'icmp or tcp or (icmp6 and (ip6[40] = 128 or ip6[40] = 129))'

    @unittest.skipUnless(have('tcpdump'), 'needs tcpdump')
    def test_same_as_tcpdump(self):
        with netns.Lab() as lab, tempfile.TemporaryDirectory() as folder:
            left, right = pair(lab)
            os.chmod(folder, 0o777)
            ours, theirs = os.path.join(folder, 'ours.pcapng'), os.path.join(folder, 'theirs.pcap')
            tcpdump = left.start('tcpdump', '-i', 'eth0', '-w', theirs, '-U', '-s', '300',
                                 '--nano', '-Z', 'root', self.FILTER)
            wait_capturing(left)
            mine = left.start(weir.PROGRAM, 'capture', '-i', 'eth0', '-w', ours, '--snaplen', '300',
                              '-f', self.FILTER, env=weir.environment())
            wait_capturing(left, 2)
            server = right.start('/usr/bin/python3', '-m', 'http.server', '80', '--bind', '::',
                                 cwd=folder)
            for address in ('10.9.0.2', 'fd00:9::2'):
                left.run('ping', '-c', '20', '-i', '0.01', '-s', '1200', address)
            fetch = ("import urllib.request, time\nfor i in range(200):\n  try:\n"
                     "    urllib.request.urlopen('http://10.9.0.2/').read(); break\n"
                     "  except OSError: time.sleep(0.05)\n"
                     "urllib.request.urlopen('http://[fd00:9::2]/').read()\n")
            left.run('/usr/bin/python3', '-c', fetch)
            time.sleep(1.5)  # tcpdump loses at its end what the kernel has not handed over: 1 s
            for process in (mine, tcpdump):
                process.send_signal(signal.SIGINT)
                process.wait(PATIENCE)
            server.kill()
            a, b = (sorted(packets, key=lambda one: (one[2], one[0]))
                    for packets in (packets_of(ours), pcap_packets(theirs)))
            self.assertGreater(len(a), 90)
            self.assertEqual(len(a), len(b))
            self.assertEqual([one[1:] for one in a], [one[1:] for one in b])
            self.assertTrue(all(abs(x[0] - y[0]) < 10**6 for x, y in zip(a, b)))

    def test_rotation_loses_nothing(self):
        with netns.Lab() as lab, tempfile.TemporaryDirectory() as folder:
            left, _ = pair(lab)
            path = os.path.join(folder, 'r.pcapng')
            _, _, error = capture_lines(
                left, '-i', 'eth0', '-f', 'icmp[0]=8', '-w', path, '--rotate', '20K', '--count',
                '100', stop_after=lambda: left.run('ping', '-c', '100', '-i', '0.002', '-s', '1000',
                                                   '10.9.0.2'))
            files = sorted(os.listdir(folder))
            self.assertEqual(files, [f'r-{i:05}.pcapng' for i in range(1, len(files) + 1)])
            self.assertGreater(len(files), 4)
            numbers = []
            for name in files:
                self.assertLessEqual(os.path.getsize(os.path.join(folder, name)), 20_400)
                numbers += [struct.unpack_from('>H', packet, 40)[0]
                            for _, _, packet in packets_of(os.path.join(folder, name))]
            self.assertEqual(numbers, list(range(1, 101)))
            self.assertIn('100 packets recorded, 0 lost', error)

    def test_to_standard_output(self):
        with netns.Lab() as lab:
            left, _ = pair(lab)
            process = subprocess.Popen(
                [*left.prefix, weir.PROGRAM, 'capture', '-i', 'eth0', '-f', 'icmp', '-w', '-',
                 '--count', '4'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env=weir.environment())
            wait_capturing(left)
            left.run('ping', '-c', '2', '-i', '0.2', '10.9.0.2')
            out, _ = process.communicate(timeout=PATIENCE)
            done = weir.run('capture', '--file', '-', '--format', 'json', stdin=out, text=False)
            rows = [json.loads(line) for line in done.stdout.splitlines()]
            self.assertEqual([row['protocol'] for row in rows], ['ICMP'] * 4)


@netns.needs_root
@weir.needs_weir
@tmux.needs_tmux
class FullScreen(unittest.TestCase):
    def setUp(self):
        self.lab = netns.Lab()
        self.addCleanup(self.lab.close)
        self.left, self.right = pair(self.lab)

    def show(self, *args):
        screen = tmux.Terminal([*self.left.prefix, weir.PROGRAM, 'capture', '-i', 'eth0', *args])
        self.addCleanup(screen.__exit__)
        screen.wait_for('Summary')
        wait_capturing(self.left)
        return screen

    def ping(self, count):
        self.left.run('ping', '-c', str(count), '-i', '0.01', '10.9.0.2')

    def test_follows_pauses_and_goes_on(self):
        screen = self.show('-f', 'icmp')
        screen.wait_for('live, following')
        screen.wait_for('No packet so far')
        self.ping(40)
        screen.wait_for(r' 80 packets · none lost')
        screen.wait_for(r'(?m)^▸ ↓ +80 ')
        screen.keys('Up')  # one who looks at a packet is left with it
        screen.wait_for(r'(?m)^▸ ↑ +79 ')
        self.ping(5)
        screen.wait_for(r' 90 packets')
        screen.wait_for(r'(?m)^▸ ↑ +79 ')
        screen.keys('Space')
        screen.wait_for('paused')
        self.ping(5)
        screen.wait_for('10 came since the pause')
        self.assertNotRegex(screen.text(), r'(?m)^ .. +91 ')
        screen.keys('f')
        screen.wait_for(r'(?m)^▸ ↓ +100 ')
        screen.keys('q')
        self.assertEqual(screen.status(), 0)

    def test_interface_down_up_and_gone(self):
        screen = self.show('-f', 'icmp')
        self.ping(1)
        screen.wait_for('2 packets')
        self.left.ip('link', 'set', 'eth0', 'down')
        screen.wait_for('eth0 · down')
        self.left.ip('link', 'set', 'eth0', 'up')
        self.left.run('sh', '-c', 'until ping -c 1 -W 1 10.9.0.2; do sleep 0.1; done')
        screen.wait_for('live, following')
        self.left.ip('link', 'delete', 'eth0')
        screen.wait_for('eth0 · gone')
        screen.wait_for(r'eth0 has gone')

    def test_count_ends_the_capture_and_not_the_view(self):
        screen = self.show('-f', 'icmp', '--count', '4')
        self.ping(5)
        screen.wait_for('4 packets')
        screen.wait_for('eth0 · ended')

    def test_records_while_it_shows(self):
        """All that passed is in the file, also what a pause and a filter do not show."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'seen.pcapng')
            screen = self.show('-f', 'icmp', '-w', path, '--filter', 'length=1042')
            screen.wait_for('0 recorded in ')
            self.ping(40)
            screen.wait_for(r' 80 packets · none lost · 80 recorded in ')
            screen.keys('Space')
            screen.wait_for('paused')
            self.ping(5)
            screen.wait_for('90 recorded in ')
            screen.keys('q')
            screen.wait_for('90 packets recorded, 0 lost for want of room')
            self.assertEqual(screen.status(), 0)
            self.assertEqual(len(packets_of(path)), 90)

    def test_disk_full_ends_the_file_and_not_the_view(self):
        with small_disk() as folder:
            path = os.path.join(folder, 'full.pcapng')
            screen = self.show('-f', 'icmp', '-w', path)
            self.left.run('ping', '-c', '60', '-i', '0.002', '-s', '1000', '10.9.0.2')
            screen.wait_for('recording ended: No space left on device')
            screen.wait_for(' 120 packets')
            screen.keys('q')
            screen.wait_for('the packets before')
            self.assertEqual(screen.status(), 1)
            told = int(re.search(r'before \((\d+)\)', screen.text().replace('\n', '')).group(1))
            self.assertGreater(told, 40)
            self.assertEqual(len(packets_of(path)), told)

    def test_not_permitted_is_told_without_a_screen(self):
        person = ['setpriv', '--reuid', str(NOBODY), '--regid', str(NOBODY), '--clear-groups']
        screen = tmux.Terminal([*self.left.prefix, *person, weir.PROGRAM, 'capture', '-i', 'eth0'],
                               columns=200)
        self.addCleanup(screen.__exit__)
        screen.wait_for('sudo weir capture -i eth0')
        self.assertEqual(screen.status(), 3)


if __name__ == '__main__':
    unittest.main()
