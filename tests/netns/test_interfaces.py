"""The real program on real interfaces: known traffic in namespaces, kernel counters as truth."""

import json
import os
import signal
import subprocess
import time
import unittest

import netns
import weir

# Send argv[2] frames of argv[3] bytes each into the interface argv[1], with a pause of argv[4]
# seconds after each hundred; print the bytes taken.
FRAMES = '''
import socket, sys, time
name, count, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
pause = float(sys.argv[4]) if len(sys.argv) > 4 else 0
sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
sock.bind((name, 0))
frame = b'\\xff' * 6 + b'\\x02' + b'\\0' * 5 + b'\\x88\\xb5' + bytes(size - 14)
sent = 0
for i in range(count):
    sent += sock.send(frame)
    if i % 100 == 99:
        time.sleep(pause)
print(sent)
'''

# Send argv[2] bytes as UDP to the address argv[1], 1,400 at a time, not faster than a device bears.
DATAGRAMS = '''
import socket, sys, time
sock = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
left = int(sys.argv[2])
while left > 0:
    left -= sock.sendto(bytes(min(left, 1400)), (sys.argv[1], 9))
    if left // 1400 % 64 == 0:
        time.sleep(0.0005)
'''

TUN = '''
import fcntl, os, struct, sys, time
tun = os.open('/dev/net/tun', os.O_RDWR)
fcntl.ioctl(tun, 0x400454ca, struct.pack('16sH', b'tun0', 0x0001 | 0x1000))
print('ready', flush=True)
sys.stdin.read()
'''

PYTHON = '/usr/bin/python3'


def quiet(space):
    """No frames but the test's own: without IPv6 nothing speaks up by itself."""
    space.run('sh', '-c', 'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6;'
                          'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6')


def kernel_counters(space, name):
    """(rx_bytes, tx_bytes) as iproute2 reads them."""
    stats = json.loads(space.ip('-s', '-j', 'link', 'show', 'dev', name).stdout)[0]['stats64']
    return stats['rx']['bytes'], stats['tx']['bytes']


def rows_by_name(document):
    """The rows of a document by the interface's name."""
    return {row['name']: row for row in document['rows']}


def show(space, *args):
    """One document of `weir show` inside a namespace."""
    done = weir.run('show', '--format', 'json', '--interval', '0.1', *args, prefix=space.prefix)
    assert done.returncode == 0, done.stderr
    return weir.json_lines(done.stdout)[0]


def headline(space):
    """Sums of rx and tx bytes over the counted interfaces."""
    rows = [row for row in show(space)['rows'] if row['counted']]
    return sum(row['rx_bytes'] for row in rows), sum(row['tx_bytes'] for row in rows)


class Live:
    """`weir live` as JSON in a namespace, read document by document."""

    def __init__(self, space, *args):
        self.background = weir.start('live', '--format', 'json', *args, prefix=space.prefix)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.background.stop()

    def next(self):
        """The next document."""
        return json.loads(self.background.read_line())

    def until(self, condition, patience=100):
        """The first document for which the condition holds."""
        for _ in range(patience):
            document = self.next()
            if condition(document):
                return document
        raise AssertionError(f'not within {patience} documents')


@netns.needs_root
@weir.needs_weir
class ExactTransfer(unittest.TestCase):
    """100,000,000 bytes by a sender that counts itself."""

    def test_totals_and_rates(self):
        with netns.Lab() as lab:
            left, right = lab.namespace('left'), lab.namespace('right')
            quiet(left)
            quiet(right)
            lab.link(left, 'eth0', [], right, 'eth0', [])
            begin = kernel_counters(right, 'eth0')[0]
            with Live(right, '-i', 'eth0', '--interval', '0.2') as live:
                first = live.next()
                sender = left.start(PYTHON, '-c', FRAMES, 'eth0', '100000', '1000',
                                    '0.001', stdout=subprocess.PIPE)
                low, rate_bytes, seconds, moving = begin, 0.0, 0.0, 0
                while True:
                    document = live.next()
                    high = kernel_counters(right, 'eth0')[0]
                    row = document['rows'][0]
                    self.assertLessEqual(low, row['rx_bytes'])
                    self.assertLessEqual(row['rx_bytes'], high)
                    self.assertEqual(row['rate_state'], 'OK')
                    low = row['rx_bytes']
                    rate_bytes += row['rx_bytes_per_s'] * document['window_s']
                    seconds += document['window_s']
                    moving += row['rx_bytes_per_s'] > 0
                    # A slow reader finds documents from before the frames in the pipe.
                    done = sender.poll() is not None and row['rx_bytes'] == high
                    if done and row['rx_bytes_per_s'] == 0:
                        break
            self.assertEqual(int(sender.stdout.read()), 100_000_000)
            sender.stdout.close()
            self.assertEqual(row['rx_bytes'] - first['rows'][0]['rx_bytes'], 100_000_000)
            self.assertEqual(row['rx_bytes'], kernel_counters(right, 'eth0')[0])
            self.assertAlmostEqual(rate_bytes / 100_000_000, 1, delta=0.001)
            self.assertGreater(moving, 1)

    def test_totals_are_the_same_at_every_interval(self):
        with netns.Lab() as lab:
            left, right = lab.namespace('left'), lab.namespace('right')
            quiet(left)
            quiet(right)
            lab.link(left, 'eth0', [], right, 'eth0', [])
            left.run(PYTHON, '-c', FRAMES, 'eth0', '1000', '1000')
            totals = {show(right, '-i', 'eth0', '--interval', interval)['rows'][0]['rx_bytes']
                      for interval in ('0.1', '1', '2')}
            self.assertEqual(totals, {1_000_000})

    def test_stopped_and_continued_the_rate_is_the_mean(self):
        with netns.Lab() as lab:
            left, right = lab.namespace('left'), lab.namespace('right')
            quiet(left)
            quiet(right)
            lab.link(left, 'eth0', [], right, 'eth0', [])
            with Live(right, '-i', 'eth0', '--interval', '0.2') as live:
                live.until(lambda document: document['window_s'] > 0)
                os.kill(live.background.process.pid, signal.SIGSTOP)
                begin = time.monotonic()
                left.run(PYTHON, '-c', FRAMES, 'eth0', '20000', '1000')
                time.sleep(max(0, begin + 3 - time.monotonic()))  # the stop itself takes real time
                os.kill(live.background.process.pid, signal.SIGCONT)
                document = live.until(lambda document: document['window_s'] > 2)
                row = document['rows'][0]
                self.assertAlmostEqual(row['rx_bytes_per_s'] * document['window_s'] / 20_000_000, 1,
                                       delta=0.001)
                live.until(lambda document: document['window_s'] < 0.5)


@netns.needs_root
@weir.needs_weir
class NoByteTwice(unittest.TestCase):
    """The headline contains a transfer once, whatever is stacked on the link that carries it."""

    AMOUNT = 20_000_000

    def assert_headline(self, before, after, direction, overhead):
        moved = after[direction] - before[direction]
        self.assertGreaterEqual(moved, self.AMOUNT)
        self.assertLess(moved, self.AMOUNT * overhead)

    def test_bridge_over_veth(self):
        with netns.Lab() as lab:
            left, right = lab.namespace('left'), lab.namespace('right')
            lab.link(left, 'eth0', ['10.9.0.1/24'], right, 'eth0', [])
            right.ip('link', 'add', 'br0', 'type', 'bridge')
            right.ip('link', 'set', 'eth0', 'master', 'br0')
            right.ip('address', 'add', '10.9.0.2/24', 'dev', 'br0')
            right.ip('link', 'set', 'br0', 'up')
            left.run('ping', '-c1', '-w10', '10.9.0.2')
            before = headline(right)
            left.run(PYTHON, '-c', DATAGRAMS, '10.9.0.2', str(self.AMOUNT))
            self.assert_headline(before, headline(right), 0, 1.05)
            rows = rows_by_name(show(right))
            self.assertGreaterEqual(rows['br0']['rx_bytes'], self.AMOUNT)
            self.assertFalse(rows['br0']['counted'])
            self.assertEqual(rows['eth0']['master'], 'br0')
            self.assertEqual(rows['br0']['kind'], 'bridge')

    def test_macvlan_over_veth(self):
        with netns.Lab() as lab:
            left, right = lab.namespace('left'), lab.namespace('right')
            lab.link(left, 'eth0', ['10.9.0.1/24'], right, 'eth0', [])
            right.ip('link', 'set', 'eth0', 'arp', 'off')  # else it answers for mv0
            right.ip('link', 'add', 'link', 'eth0', 'name', 'mv0', 'type', 'macvlan',
                     'mode', 'bridge')
            right.ip('address', 'add', '10.9.0.2/24', 'dev', 'mv0')
            right.ip('link', 'set', 'mv0', 'up')
            left.run('ping', '-c1', '-w10', '10.9.0.2')
            before = headline(right)
            left.run(PYTHON, '-c', DATAGRAMS, '10.9.0.2', str(self.AMOUNT))
            self.assert_headline(before, headline(right), 0, 1.05)
            rows = rows_by_name(show(right))
            self.assertGreaterEqual(rows['mv0']['rx_bytes'], self.AMOUNT)
            self.assertFalse(rows['mv0']['counted'])
            self.assertEqual(rows['mv0']['lower'], 'eth0')

    def test_vxlan_over_veth(self):
        with netns.Lab() as lab:
            left, right = lab.namespace('left'), lab.namespace('right')
            lab.link(left, 'eth0', ['10.9.0.1/24'], right, 'eth0', ['10.9.0.2/24'])
            for space, own, other in ((left, '1', '2'), (right, '2', '1')):
                space.ip('link', 'add', 'vx0', 'type', 'vxlan', 'id', '7', 'dstport', '4789',
                         'remote', f'10.9.0.{other}')
                space.ip('address', 'add', f'10.8.0.{own}/24', 'dev', 'vx0')
                space.ip('link', 'set', 'vx0', 'up')
            left.run('ping', '-c1', '-w10', '10.8.0.2')
            before = headline(left)
            left.run(PYTHON, '-c', DATAGRAMS, '10.8.0.2', str(self.AMOUNT))
            self.assert_headline(before, headline(left), 1, 1.12)
            rows = rows_by_name(show(left))
            self.assertGreaterEqual(rows['vx0']['tx_bytes'], self.AMOUNT)
            self.assertFalse(rows['vx0']['counted'])
            self.assertEqual((rows['vx0']['kind'], rows['vx0']['lower']), ('tunnel', 'eth0'))

    def test_tun_of_a_program(self):
        with netns.Lab() as lab:
            left, right = lab.namespace('left'), lab.namespace('right')
            lab.link(left, 'eth0', ['10.9.0.1/24'], right, 'eth0', ['10.9.0.2/24'])
            program = left.start(PYTHON, '-c', TUN, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self.assertEqual(program.stdout.readline(), b'ready\n')
            left.ip('link', 'set', 'tun0', 'up')
            rows = rows_by_name(show(left))
            self.assertEqual((rows['tun0']['kind'], rows['tun0']['state']), ('tunnel', 'up'))
            self.assertFalse(rows['tun0']['counted'])
            self.assertTrue(rows['eth0']['counted'])
            program.stdin.close()
            program.stdout.close()

    def test_pair_with_both_ends_here(self):
        with netns.Lab() as lab:
            space = lab.namespace('one')
            space.ip('link', 'add', 'va', 'type', 'veth', 'peer', 'name', 'vb')
            space.ip('link', 'set', 'va', 'up')
            space.ip('link', 'set', 'vb', 'up')
            rows = rows_by_name(show(space))
            self.assertEqual([rows['va']['counted'], rows['vb']['counted']].count(True), 1)
            self.assertEqual((rows['va']['lower'], rows['vb']['lower']), ('vb', 'va'))
            self.assertFalse(rows['lo']['counted'])


@netns.needs_root
@weir.needs_weir
class Changes(unittest.TestCase):
    """Interfaces come, go and change while weir runs."""

    def test_added_renamed_deleted(self):
        with netns.Lab() as lab, Live(space := lab.namespace('one'), '--interval', '0.1') as live:
            self.assertEqual(set(rows_by_name(live.next())), {'lo'})
            space.ip('link', 'add', 'a0', 'type', 'veth', 'peer', 'name', 'b0')
            document = live.until(lambda document: len(document['rows']) == 3)
            self.assertEqual(set(rows_by_name(document)), {'lo', 'a0', 'b0'})
            self.assertEqual(rows_by_name(document)['a0']['rate_state'], 'INIT')
            self.assertIsNone(rows_by_name(document)['a0']['rx_bytes_per_s'])
            space.ip('link', 'set', 'a0', 'name', 'c0')
            document = live.until(lambda document: 'c0' in rows_by_name(document))
            self.assertEqual(set(rows_by_name(document)), {'lo', 'c0', 'b0'})
            space.ip('link', 'delete', 'c0')
            live.until(lambda document: set(rows_by_name(document)) == {'lo'})

    def test_last_interface_removed_and_the_name_reused(self):
        with netns.Lab() as lab:
            left, right = lab.namespace('left'), lab.namespace('right')
            quiet(left)
            quiet(right)
            lab.link(left, 'eth0', [], right, 'eth0', [])
            left.run(PYTHON, '-c', FRAMES, 'eth0', '5000', '1000')
            with Live(right, '--filter', 'name=eth0', '--interval', '0.1') as live:
                index = live.next()['rows'][0]['index']
                live.until(lambda document: document['rows'][0]['rx_bytes'] == 5_000_000)
                right.ip('link', 'delete', 'eth0')
                live.until(lambda document: not document['rows'])
                lab.link(left, 'eth0', [], right, 'eth0', [])
                document = live.until(lambda document: document['rows'])
                self.assertNotEqual(document['rows'][0]['index'], index)
                for _ in range(3):
                    row = document['rows'][0]
                    self.assertEqual(row['rx_bytes'], 0)
                    self.assertIn(row['rx_bytes_per_s'], (None, 0))
                    document = live.next()

    def test_attributes(self):
        with netns.Lab() as lab:
            left, right = lab.namespace('left'), lab.namespace('right')
            lab.link(left, 'eth0', ['10.9.0.1/24', 'fd00::1/64'], right, 'eth0', ['10.9.0.2/24'])
            left.ip('link', 'set', 'eth0', 'alias', 'to the right', 'mtu', '1400')
            left.ip('route', 'add', 'default', 'via', '10.9.0.2')
            row = rows_by_name(show(left))['eth0']
            truth = json.loads(left.ip('-j', '-d', 'link', 'show', 'eth0').stdout)[0]
            self.assertEqual(row['alias'], 'to the right')
            self.assertEqual((row['mtu'], row['index'], row['mac']),
                             (1400, truth['ifindex'], truth['address']))
            self.assertTrue({'10.9.0.1/24', 'fd00::1/64'} <= set(row['addresses']))
            self.assertEqual((row['kind'], row['state']), ('veth', 'up'))
            speed = left.run('ethtool', 'eth0').stdout.split('Speed: ')[1].split('Mb/s')[0]
            self.assertEqual(row['speed_bps'], int(speed) * 1_000_000)
            self.assertEqual(show(left)['rows'][0]['name'], 'eth0')
            with Live(left, '--interval', '0.1') as live:
                right.ip('link', 'set', 'eth0', 'down')
                live.until(lambda found: rows_by_name(found)['eth0']['state'] == 'no-carrier')
                left.ip('link', 'set', 'eth0', 'down')
                live.until(lambda found: rows_by_name(found)['eth0']['state'] == 'down')

    def test_queue(self):
        with netns.Lab() as lab:
            left, right = lab.namespace('left'), lab.namespace('right')
            lab.link(left, 'eth0', ['10.9.0.1/24'], right, 'eth0', ['10.9.0.2/24'])
            self.assertIsNone(rows_by_name(show(left))['eth0']['queue_drops'])
            left.run('tc', 'qdisc', 'replace', 'dev', 'eth0', 'root', 'pfifo', 'limit', '1')
            row = rows_by_name(show(left))['eth0']
            self.assertEqual((row['queue_backlog_bytes'], row['queue_drops']), (0, 0))


@netns.needs_root
@weir.needs_weir
class ManyAndStrange(unittest.TestCase):
    """500 interfaces; names that a terminal or a spreadsheet would obey."""

    def test_500_interfaces(self):
        with netns.Lab() as lab:
            space = lab.namespace('many')
            lines = ''.join(f'link add v{i} type veth peer name w{i}\n' for i in range(250))
            subprocess.run(['ip', '-n', space.name, '-batch', '-'], input=lines, text=True,
                           check=True, timeout=60)
            document = show(space)
            self.assertEqual(len(document['rows']), 501)
            self.assertEqual(len(show(space, '--filter', 'name~"^v1"')['rows']), 111)
            limited = show(space, '--sort', '-index', '--limit', '10')
            self.assertEqual(len(limited['rows']), 10)
            self.assertEqual(limited['omitted'], 491)
            indexes = [row['index'] for row in limited['rows']]
            self.assertEqual(indexes, sorted(indexes, reverse=True))

    def test_names(self):
        names = ['fünf-网络', '\x1b[31mred', '=cmd|x', 'fifteen-bytes-x', 'a"b\'c', '<b>&amp;']
        with netns.Lab() as lab:
            space = lab.namespace('names')
            for i, name in enumerate(names):
                space.ip('link', 'add', name, 'type', 'veth', 'peer', 'name', f'peer{i}')
            document = show(space)
            self.assertTrue(set(names) <= set(rows_by_name(document)))
            for args in ([], ['--format', 'csv']):
                text = weir.run('show', '--interval', '0.1', *args, prefix=space.prefix).stdout
                self.assertNotIn('\x1b', text)
            self.assertIn('"\'=cmd|x"', text)
            table = weir.run('show', '--interval', '0.1', prefix=space.prefix).stdout
            self.assertIn('\\x1b[31mred', table)
            self.assertIn('fünf-网络', table)
            ascii_only = weir.run('show', '--interval', '0.1', prefix=space.prefix,
                                  env=weir.environment(LC_ALL='C')).stdout
            self.assertTrue(ascii_only.isascii())

    def test_no_interface_is_up(self):
        with netns.Lab() as lab:
            space = lab.namespace('empty')
            space.ip('link', 'set', 'lo', 'down')
            done = weir.run('show', '--interval', '0.1', prefix=space.prefix)
            self.assertEqual(done.returncode, 0)
            self.assertIn('No interface to the network is up', done.stdout)


@netns.needs_root
@weir.needs_weir
class Privacy(unittest.TestCase):
    """Nothing is sent, no privilege is needed."""

    def test_default_start_sends_nothing(self):
        with netns.Lab() as lab:
            space = lab.namespace('trace')
            trace = space.run('strace', '-f', '-e', 'trace=network', '-o', '/dev/stdout',
                              weir.PROGRAM, 'show', '--interval', '0.3', '--format', 'csv')
            sockets, senders = {}, []
            for line in trace.stdout.splitlines():
                call = line.split(None, 1)[1] if line[:1].isdigit() else line
                if call.startswith('socket(') and ' = ' in call:
                    sockets[call.rsplit(' = ', 1)[1].split()[0]] = call.split('(')[1].split(',')[0]
                elif call.startswith(('sendto(', 'sendmsg(', 'sendmmsg(', 'connect(')):
                    senders.append(sockets.get(call.split('(')[1].split(',')[0]))
            self.assertIn('AF_NETLINK', sockets.values())
            self.assertTrue(senders)
            self.assertEqual(set(senders), {'AF_NETLINK'})

    def test_plain_user_without_capabilities(self):
        with netns.Lab() as lab:
            space = lab.namespace('plain')
            done = space.run('setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups',
                             '--bounding-set', '-all', '--inh-caps', '-all', '--no-new-privs',
                             weir.PROGRAM, 'show', '--format', 'json', '--interval', '0.1',
                             check=False)
            if done.returncode in (126, 127):
                self.skipTest('the build folder cannot be entered by a plain user')
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(json.loads(done.stdout)['rows'][0]['name'], 'lo')


if __name__ == '__main__':
    unittest.main()
