"""Bytes of each program: generators that know what they sent, nftables counters as second truth.

Two namespaces with a veth pair. Each scenario has programs of its own name and a port of its own,
whose packets nftables counts at the right side; offloads are off there, so that these are packets
as a wire carries them. What is retransmitted to a connection that its program has closed (it waits
in TIME_WAIT) reaches the machine, and no program: that is counted apart.
"""

import datetime
import functools
import json
import os
import shutil
import subprocess
import tempfile
import time
import unittest

import netns
import weir

TRAFFIC = os.environ.get('WEIR_TRAFFIC', '')
LEFT4, RIGHT4, LEFT6, RIGHT6 = '10.9.0.1', '10.9.0.2', 'fd09::1', 'fd09::2'
LEDGER = 'name,rx_bytes,tx_bytes,rx_explained,tx_explained,rx_unexplained,tx_unexplained'

# Name: (taker at the right, sender at the left); PORT and OWN (a copy) are filled in.
PAIRS = {
    'tcp-up': (['stream-take', RIGHT4, 'PORT', '1', 'tcp'],
               ['stream-send', RIGHT4, 'PORT', '3000000', '1', 'tcp']),
    'tcp-down': (['stream-give', RIGHT4, 'PORT', '3000000'],
                 ['stream-both', RIGHT4, 'PORT', '0']),
    'tcp-both': (['stream-give', RIGHT4, 'PORT', '2000000'],
                 ['stream-both', RIGHT4, 'PORT', '1000000']),
    'tcp6': (['stream-take', RIGHT6, 'PORT', '1', 'tcp'],
             ['stream-send', RIGHT6, 'PORT', '1000000', '1', 'tcp']),
    'udp': (['datagram-take', RIGHT4, 'PORT'], ['datagram-send', RIGHT4, 'PORT', '1200', '1000']),
    'udp-small': (['datagram-take', RIGHT4, 'PORT'],
                  ['datagram-send', RIGHT4, 'PORT', '10', '3000']),
    'udp6': (['datagram-take', RIGHT6, 'PORT'], ['datagram-send', RIGHT6, 'PORT', '500', '500']),
    'udp-dual': (['datagram-take', '::', 'PORT'], ['datagram-send', RIGHT4, 'PORT', '500', '500']),
    'sctp': (['stream-take', RIGHT4, 'PORT', '1', 'sctp'],
             ['stream-send', RIGHT4, 'PORT', '200000', '1', 'sctp']),
    'uring': (['uring-take', RIGHT4, 'PORT'], ['uring-send', RIGHT4, 'PORT', '2000000']),
    'sendfile': (['stream-take', RIGHT4, 'PORT', '1', 'tcp'],
                 ['file-send', RIGHT4, 'PORT', '2000000']),
    'splice': (['splice-take', RIGHT4, 'PORT'], ['splice-send', RIGHT4, 'PORT', '2000000']),
    'mmsg': (['vector-take', RIGHT4, 'PORT'], ['vector-send', RIGHT4, 'PORT', '600', '1600']),
    'drip': (['stream-take', RIGHT4, 'PORT', '1', 'tcp'],
             ['drip-send', RIGHT4, 'PORT', '40', '50']),
    'thousand': (['stream-take', RIGHT4, 'PORT', '1000', 'tcp'],
                 ['stream-send', RIGHT4, 'PORT', '100', '1000', 'tcp']),
    'prefork': (['fork-take', RIGHT4, 'PORT', '3'],
                ['stream-send', RIGHT4, 'PORT', '300000', '3', 'tcp']),
    'thread': (['stream-take', RIGHT4, 'PORT', '1', 'tcp'],
               ['thread-send', RIGHT4, 'PORT', '300000', '1', 'tcp']),
    'pass': (['pass-take', RIGHT4, 'PORT', 'OWN'],
             ['stream-send', RIGHT4, 'PORT', '300000', '1', 'tcp']),
    'exec': (['exec-take', RIGHT4, 'PORT', 'OWN'],
             ['stream-send', RIGHT4, 'PORT', '300000', '1', 'tcp']),
}
CONNECTIONS = {'thousand': 1000, 'prefork': 3, 'short': 100, 'burst': 20}  # others: one
HANDSHAKE_END = 52  # bytes: it reaches no socket yet, but its listener's books
PORTS = {name: str(7001 + i) for i, name in enumerate([*PAIRS, 'short', 'burst', 'older', 'share'])}

# A program that sends 1,000 bytes to itself 50 times a second, until it is killed.
CHAT = '''
import socket, time
server = socket.create_server(("127.0.0.1", 0))
one = socket.create_connection(server.getsockname())
other = server.accept()[0]
print("ready", flush=True)
while True:
    one.send(bytes(1000))
    other.recv(1000)
    time.sleep(0.02)
'''

needs_traffic = unittest.skipUnless(os.access(TRAFFIC, os.X_OK), 'traffic is not built')


def rules(way, word, *more):
    """nftables rules: what comes in for each port, with `word` dport or sport before it."""
    lines = ['table inet truth {']
    lines += [f'counter {name}-{way} {{}}' for name in [*PORTS, 'raw', 'ping']]
    lines += [f'counter {name}-{way}-open {{}}' for name in PORTS]  # to a socket that is open
    lines += ['chain inwards { type filter hook input priority -300;', *more,
              # of any other protocol `th` would take a checksum for a port
              'meta l4proto != { tcp, udp, sctp } return']
    for name, port in PORTS.items():
        lines += [f'th {word} {port} counter name {name}-{way}',
                  f'th {word} {port} socket mark 0 counter name {name}-{way}-open']
    return '\n'.join([*lines, '}', '}'])


class Run:
    """All scenarios, once, under one Weir each in both namespaces."""

    def __init__(self, without):
        self.env = weir.environment(WEIR_WITHOUT=without)
        self.folder = tempfile.TemporaryDirectory()
        self.skipped, self.told = set(), {}
        with netns.Lab() as lab:
            self.left, self.right = lab.namespace('left'), lab.namespace('right')
            lab.link(self.left, 'eth0', [LEFT4 + '/24', LEFT6 + '/64'],
                     self.right, 'eth0', [RIGHT4 + '/24', RIGHT6 + '/64'])
            for space in (self.left, self.right):
                space.run('ethtool', '-K', 'eth0', 'tso', 'off', 'gso', 'off', 'gro', 'off')
            self.right.run('nft', '-f', '-', input=rules(
                'in', 'dport', 'meta l4proto 253 counter name raw-in',
                'icmp type echo-request counter name ping-in'))
            self.left.run('nft', '-f', '-', input=rules(
                'out', 'sport', 'icmp type echo-reply counter name ping-out'))
            older = self.older_begin()
            self.watch()
            self.older_after = self.counters()['older-in']
            self.traffic(older)
            time.sleep(0.3)  # last acknowledgements
            self.truth, self.packets = self.counters(), self.counters('packets')
            self.kernel = {space: self.link_bytes(space) for space in (self.left, self.right)}
            done = time.time() + 0.5
            self.apps = self.last('apps', done)
            self.ledgers = {self.left: self.last('ledger-left', done),
                            self.right: self.last('ledger-right', done)}
        self.folder.cleanup()

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def program(self, name):
        """A copy of the generator that is an app of its own."""
        if not os.path.exists(self.path(name)):
            shutil.copy(TRAFFIC, self.path(name))
        return self.path(name)

    def watch(self):
        """One Weir for the apps, one in each namespace for the ledger."""
        for space, table, name in ((self.left, ['apps'], 'apps'),
                                   (self.left, ['interfaces', '--columns', LEDGER], 'ledger-left'),
                                   (self.right, ['interfaces', '--columns', LEDGER],
                                    'ledger-right')):
            with open(self.path(name), 'w', encoding='utf-8') as output:
                space.start(weir.PROGRAM, 'show', *table, '--format', 'json', '--count', '0',
                            '--interval', '0.25', stdout=output, env=self.env)
        deadline = time.monotonic() + 60
        while not all(os.path.getsize(self.path(n))
                      for n in ('apps', 'ledger-left', 'ledger-right')):
            if time.monotonic() > deadline:
                raise TimeoutError('weir prints nothing')
            time.sleep(0.05)

    def older_begin(self):
        """A connection that is there before Weir."""
        port = PORTS['older']
        take = self.taker(self.right, 'older', 'stream-take', RIGHT4, port, '1', 'tcp')
        send = self.left.start(self.program('older-send'), 'drip-send', RIGHT4, port, '6000', '100')
        deadline = time.monotonic() + 30
        while self.counters()['older-in'] < 200 and time.monotonic() < deadline:
            time.sleep(0.05)
        self.older_before = self.counters()['older-in']
        return take, send

    def taker(self, space, name, *words):
        """Start who receives in a scenario, and wait until it can."""
        process = space.start(self.program(name + '-take'), *words, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stderr.readline()
        return process

    def pair(self, name):
        take, send = ([word.replace('PORT', PORTS[name]).replace('OWN', self.program(name + '-own'))
                       for word in words] for words in PAIRS[name])
        taker = self.taker(self.right, name, *take)
        sender = self.left.start(self.program(name + '-send'), *send, stdout=subprocess.PIPE)
        for side, process in (('send', sender), ('take', taker)):
            output = process.communicate(timeout=60)[0].split()
            self.told[f'{name}-{side}'] = sum(map(int, output))
            if process.returncode:
                self.skipped.add(name)
                taker.kill()
                return

    def traffic(self, older):
        for name in PAIRS:
            self.pair(name)
        self.many('short', 100, 1)
        self.many('burst', 20, 20)
        self.share()
        taker = self.taker(self.right, 'raw', 'raw-take', RIGHT4, '253')
        self.left.run(self.program('raw-send'), 'raw-send', RIGHT4, '253', '500', '400')
        taker.communicate(timeout=60)
        self.left.run(self.program('frame-send'), 'frame-send', 'eth0', '500', '300')
        shutil.copy(shutil.which('ping'), self.path('flood'))  # others ping, too
        self.left.run(self.path('flood'), '-q', '-f', '-c', '400', '-s', '1000', RIGHT4)
        taker = self.taker(self.left, 'lo', 'stream-take', '127.0.0.1', '6999', '1', 'tcp')
        self.left.run(self.program('lo-send'), 'stream-send', '127.0.0.1', '6999', '1000000', '1',
                      'tcp')
        taker.communicate(timeout=60)
        older[1].terminate()
        for process in older:
            process.communicate(timeout=60)

    def share(self):
        """Two programs on one port (SO_REUSEPORT): the kernel deals the senders out."""
        takers = {name: self.taker(self.right, name, 'datagram-take', RIGHT4, PORTS['share'])
                  for name in ('share-one', 'share-two')}
        for _ in range(30):
            self.left.run(self.program('share-send'), 'datagram-send', RIGHT4, PORTS['share'],
                          '100', '20')
        for name, process in takers.items():
            self.told[name] = int(process.communicate(timeout=60)[0])

    def many(self, name, count, at_once):
        """`count` processes with one small connection each."""
        taker = self.taker(self.right, name, 'stream-take', RIGHT4, PORTS[name], str(count), 'tcp')
        running = []
        for _ in range(count):
            running.append(self.left.start(self.program(name + '-send'), 'stream-send', RIGHT4,
                                           PORTS[name], '2000', '1', 'tcp'))
            if len(running) == at_once:
                for process in running:
                    process.wait(60)
                running.clear()
        taker.communicate(timeout=60)

    def counters(self, unit='bytes'):
        listed = [entry['counter'] for space in (self.left, self.right) for entry in
                  json.loads(space.run('nft', '-j', 'list', 'counters').stdout)['nftables']
                  if 'counter' in entry]
        return {counter['name']: counter[unit] for counter in listed}

    def last(self, name, since):
        """The first document that was made after `since`."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with open(self.path(name), encoding='utf-8') as output:
                lines = output.read().split('\n')[:-1]  # the last may not be whole
            document = json.loads(lines[-1])
            made = datetime.datetime.fromisoformat(document['time'].replace('Z', '+00:00'))
            if made.timestamp() > since:
                return document
            time.sleep(0.1)
        raise TimeoutError(f'weir has stopped: {name}')

    @staticmethod
    def link_bytes(space):
        stats = json.loads(space.ip('-s', '-j', 'link', 'show', 'dev', 'eth0').stdout)[0]['stats64']
        return stats['rx']['bytes'], stats['tx']['bytes']

    def app(self, name):
        """(rx, tx) of the rows of one name together, and how many of them."""
        rows = [row for row in self.apps['rows'] if row['app'] == name]
        return sum(r['rx_bytes'] for r in rows), sum(r['tx_bytes'] for r in rows), len(rows)


@functools.lru_cache(maxsize=None)
def run(without):
    return Run(without)


class Scenarios:
    """One case for each scenario; `without` names features that the kernel shall not have."""

    without = ''
    who_reads = 0.9  # the least share of whom reads on a connection that another has accepted

    @classmethod
    def setUpClass(cls):
        cls.run_ = run(cls.without)

    def assert_near(self, got, truth, what, late=0):
        """Within 1 %; `late`: bytes of the truth that came when the program had closed."""
        self.assertGreater(truth, 0, f'{what}: the scenario itself')
        whole = f'{what}: {got} of {truth}, {late} of it late'
        self.assertLessEqual(got, 1.01 * truth, whole)
        self.assertGreaterEqual(got, 0.99 * (truth - late), whole)

    def late(self, name, way):
        """Bytes of TCP that reached no open socket."""
        of_tcp = PAIRS.get(name, [['tcp']])[0][-1] != 'sctp' and not name.startswith(
            ('udp', 'mmsg'))
        truth = self.run_.truth
        late = truth[f'{name}-{way}'] - truth[f'{name}-{way}-open'] if of_tcp else 0
        ends = HANDSHAKE_END * CONNECTIONS.get(name, 1) if way == 'in' else 0
        return max(0, late - ends)

    def check_pair(self, name, take=None):
        if name in self.run_.skipped:
            self.skipTest(f'{name}: not possible on this kernel')
        truth_in, truth_out = (self.run_.truth[f'{name}-{way}'] for way in ('in', 'out'))
        rx, tx, rows = self.run_.app(name + '-send')
        self.assertEqual(rows, 1, 'one program, one row')
        self.assert_near(tx, truth_in, 'sender up')
        if truth_out:
            self.assert_near(rx, truth_out, 'sender down', self.late(name, 'out'))
        rx, tx, rows = self.run_.app(take or name + '-take')
        self.assertEqual(rows, 1, 'one program, one row')
        self.assert_near(rx, truth_in, 'taker down', self.late(name, 'in'))
        if truth_out:
            self.assert_near(tx, truth_out, 'taker up')

    def test_hundred_short_lived_processes(self):
        self.check_pair('short')

    def test_parallel_burst(self):
        self.check_pair('burst')

    def check_heir(self, name):
        rx = self.run_.app(name + '-own')[0]
        self.assert_near(rx + self.run_.app(name + '-take')[0], self.run_.truth[name + '-in'],
                         'both', self.late(name, 'in'))
        self.assertGreater(rx, self.who_reads * self.run_.truth[name + '-in'])

    def test_exec_names_who_reads(self):
        self.check_heir('exec')

    def test_a_connection_that_is_handed_over(self):
        self.check_heir('pass')

    def test_threads_name_no_app(self):
        self.check_pair('thread')
        self.assertEqual(self.run_.app('worker-thread'), (0, 0, 0))

    def test_programs_that_share_a_port(self):
        told = [self.run_.told[name] for name in ('share-one', 'share-two')]
        self.assertEqual(sum(told), 30 * 20 * 100)
        for name, payload in zip(('share-one', 'share-two'), told):
            self.assertGreater(payload, 0)  # or the kernel has dealt nothing to it
            self.assertEqual(self.run_.app(name + '-take')[0], payload // 100 * 128, name)

    def test_raw_ip(self):
        self.assert_near(self.run_.app('raw-send')[1], 400 * 520, 'sender')
        self.assert_near(self.run_.app('raw-take')[0], self.run_.truth['raw-in'], 'taker')

    def test_icmp_flood(self):
        rx, tx, _ = self.run_.app('flood')
        self.assert_near(tx, self.run_.truth['ping-in'], 'requests')
        self.assert_near(rx, self.run_.truth['ping-out'], 'replies')

    def test_loopback(self):
        rows = {row['app']: row for row in self.run_.apps['rows']}
        take, send = rows['lo-take'], rows['lo-send']
        self.assert_near(take['rx_bytes'], send['tx_bytes'], 'all')
        self.assert_near(take['rx_payload_bytes'], send['tx_payload_bytes'], 'payload')
        self.assertGreaterEqual(take['rx_payload_bytes'], 1000000)
        self.assertLess(take['rx_payload_bytes'], 1500000)  # some of it may be sent twice

    def test_a_connection_that_is_older(self):
        """What came before Weir is not known; then each byte is, for the right program."""
        truth = self.run_.truth['older-in']
        for name, column in (('older-take', 0), ('older-send', 1)):
            got = self.run_.app(name)[column]
            self.assertLessEqual(got, truth - self.run_.older_before, name)
            self.assertGreaterEqual(got, 0.99 * (truth - self.run_.older_after), name)
            self.assertGreater(got, 0, name)

    def test_everything_is_exact_and_ended(self):
        row = next(r for r in self.run_.apps['rows'] if r['app'] == 'tcp-up-send')
        self.assertEqual((row['accuracy'], row['pids'], row['user']), ('exact', [], 'root'))
        self.assertTrue(row['exe'].endswith('/tcp-up-send'))
        self.assertEqual(self.run_.apps['lost'], 0)

    def test_payload_is_what_the_program_sent(self):
        """And, of TCP, what had to be sent twice."""
        for name, headers in (('tcp-up', 52), ('sendfile', 52), ('udp', 28), ('udp-small', 28),
                              ('mmsg', 28)):
            row = next(r for r in self.run_.apps['rows'] if r['app'] == name + '-send')
            sent = self.run_.truth[name + '-in'] - headers * self.run_.packets[name + '-in']
            self.assert_near(row['tx_payload_bytes'], sent, name)
            self.assertGreaterEqual(row['tx_payload_bytes'], self.run_.told[name + '-send'], name)


def add_pairs(cls):
    for name in PAIRS:
        if name not in ('exec', 'pass', 'thread'):
            setattr(cls, 'test_' + name.replace('-', '_'),
                    lambda self, name=name: self.check_pair(name))


add_pairs(Scenarios)


class Wire:
    """What the interfaces carry."""

    def test_frames_that_a_program_writes(self):
        self.assert_near(self.run_.app('frame-send')[1], 300 * 486, 'sender')

    def test_the_books_balance(self):
        for space, ledger in self.run_.ledgers.items():
            row = next(r for r in ledger['rows'] if r['name'] == 'eth0')
            for way, counted in zip(('rx', 'tx'), self.run_.kernel[space]):
                self.assertLessEqual(row[f'{way}_bytes'], counted + 2000)
                whole = row[f'{way}_explained'] + row[f'{way}_unexplained']
                share = row[f'{way}_explained'] / whole
                print(f'# {space.name} {way}: {share:.4%} of {whole} bytes explained')
                self.assertGreaterEqual(share, 0.995)
                self.assertLessEqual(share, 1.005)


@netns.needs_root
@weir.needs_weir
@needs_traffic
class Here(Scenarios, Wire, unittest.TestCase):
    """As this kernel has it."""


@netns.needs_root
@weir.needs_weir
@needs_traffic
class AsOnLinux61(Scenarios, Wire, unittest.TestCase):
    """Without what Debian 12's own kernel does not have."""

    without = 'receivers,senders,tcx'
    who_reads = 0  # his first acknowledgement tells, whenever that is


def link_ids(pid):
    """Numbers of the BPF links that a process holds."""
    ids = []
    for entry in os.listdir(f'/proc/{pid}/fdinfo'):
        with open(f'/proc/{pid}/fdinfo/{entry}', encoding='ascii') as info:
            ids += [line.split()[1] for line in info if line.startswith('link_id:')]
    return ids


def link_exists(number):
    """Whether the kernel still has it."""
    return subprocess.run([shutil.which('bpftool') or '/usr/sbin/bpftool', 'link', 'show', 'id',
                           number], capture_output=True, check=False).returncode == 0


@netns.needs_root
@weir.needs_weir
class BadDays(unittest.TestCase):
    """What is refused, and sudden ends."""

    @unittest.skipUnless(shutil.which('bpftool') or os.path.exists('/usr/sbin/bpftool'),
                         'needs bpftool')
    def test_nothing_stays_attached_after_kill(self):
        with weir.start('live', 'apps', '--format', 'json', '--interval', '0.2') as live:
            live.read_line()
            ids = link_ids(live.process.pid)
            self.assertGreater(len(ids), 6)
            self.assertTrue(all(map(link_exists, ids)))
            live.process.kill()
            live.process.wait()
            deadline = time.monotonic() + 10
            while any(map(link_exists, ids)) and time.monotonic() < deadline:
                time.sleep(0.05)  # the kernel frees them a moment later
            self.assertFalse(any(map(link_exists, ids)))

    def test_without_ebpf_it_says_so(self):
        env = weir.environment(WEIR_WITHOUT='sockets')
        text = weir.run('show', 'apps', '--interval', '0.2', env=env).stdout
        self.assertIn('(TCP only, your own programs: eBPF is switched off (WEIR_WITHOUT)', text)
        self.assertIn('TCP of your own programs only: eBPF is switched off',
                      weir.run('doctor', env=env).stdout)

    def test_single_features_are_named(self):
        env = weir.environment(WEIR_WITHOUT='wire,receivers')
        lines = {line.split()[0]: line for line in
                 weir.run('doctor', env=env).stdout.splitlines() if line.strip()}
        self.assertRegex(lines['wire'], 'limited +switched off: what reaches no socket')
        self.assertRegex(lines['receivers'], 'limited +switched off: what a child only receives')
        self.assertRegex(lines['exec'], ' ok ')

    def test_by_the_helper_with_privileges(self):
        """Not root, but weir-load has the capabilities: exact, until the helper is gone."""
        nobody = ['setpriv', '--reuid', '65534', '--clear-groups']
        helper = os.path.join(os.path.dirname(weir.PROGRAM), '../load/weir-load')
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            program = shutil.copy(weir.PROGRAM, folder)
            os.chmod(shutil.copy(helper, folder), 0o755)
            granted = subprocess.run(['setcap', 'cap_net_admin,cap_bpf,cap_perfmon=ep',
                                      folder + '/weir-load'], capture_output=True, check=False)
            if granted.returncode:
                self.skipTest('needs setcap and a file system that keeps capabilities')
            with subprocess.Popen([*nobody, program, 'show', 'apps', '--count', '0', '--interval',
                                   '0.2', '--format', 'json'], stdout=subprocess.PIPE, text=True,
                                  env=weir.environment()) as live:
                try:
                    self.follow_helper(live)
                finally:
                    live.kill()

    def follow_helper(self, live):
        def accuracies():
            subprocess.run(['ping', '-q', '-c1', '127.0.0.1'], capture_output=True, check=True)
            rows = json.loads(live.stdout.readline())['rows']
            return {row['app']: row['accuracy'] for row in rows}

        for _ in range(20):
            seen = accuracies()
            if 'ping' in seen:
                break
        if 'ping' not in seen:
            self.skipTest('needs a file system without nosuid')
        self.assertEqual(seen['ping'], 'exact')  # of root, as seen by nobody
        children = subprocess.run(['ps', '-o', 'pid=', '--ppid', str(live.pid)], text=True,
                                  capture_output=True, check=True).stdout.split()
        os.kill(int(children[0]), 9)
        for _ in range(40):
            seen = accuracies()
            if seen.get('ping') == 'tcp only':
                return
        self.fail(f'the helper is gone, and still {seen}')

    @needs_traffic
    @unittest.skipUnless(shutil.which('setpriv'), 'needs setpriv')
    def test_no_connection_is_lost(self):
        """Connections of a moment, a hundred each tenth of a second."""
        with netns.Lab() as lab:
            left, right = lab.namespace('left'), lab.namespace('right')
            lab.link(left, 'eth0', [LEFT4 + '/24'], right, 'eth0', [RIGHT4 + '/24'])
            take = right.start(TRAFFIC, 'stream-take', RIGHT4, '7300', '2000', 'tcp',
                               stdin=subprocess.PIPE, stderr=subprocess.PIPE)
            take.stderr.readline()
            blind = ('setpriv', '--bounding-set', '-net_raw')  # packets tell flows otherwise
            with weir.start('live', 'flows', '--format', 'json', '--interval', '0.5',
                            prefix=(*left.prefix, *blind)) as live:
                json.loads(live.read_line(60))
                begin = time.monotonic()
                for i in range(20):
                    left.run(TRAFFIC, 'stream-send', RIGHT4, '7300', '100', '100', 'tcp')
                    time.sleep(max(0, begin + 0.1 * i - time.monotonic()))
                seen, lost, end = set(), 0, time.monotonic() + 60
                listening = set()
                while len(seen) < 2000 and time.monotonic() < end:
                    document = json.loads(live.read_line(60))
                    lost += document['lost']
                    listening |= {(row['src'], row['dst'], row['dst_port'], row['app'])
                                  for row in document['rows'] if row['state'] == 'listening'}
                    seen |= {row['src_port'] for row in document['rows']
                             if row['dst_port'] == 7300 and row['src'] == LEFT4}
        self.assertEqual((len(seen), lost), (2000, 0))
        self.assertIn((None, RIGHT4, 7300, 'traffic'), listening)  # its handshakes, of all peers

    def test_flows_of_packets_know_their_app(self):
        with subprocess.Popen(['/usr/bin/python3', '-c', CHAT], stdout=subprocess.PIPE) as python:
            python.stdout.readline()
            done = weir.run('show', 'flows', '-i', 'lo', '--format', 'json', '--interval', '0.5',
                            '--count', '5')  # the capture may open after the first document
            python.kill()
        rows = [row for document in weir.json_lines(done.stdout) for row in document['rows']
                if row['pid'] == python.pid]
        self.assertTrue(rows, done.stdout + done.stderr)
        self.assertRegex(rows[0]['app'], '^python3')

    @unittest.skipUnless(shutil.which('setpriv'), 'needs setpriv')
    def test_anyone_sees_his_own_tcp(self):
        nobody = ['setpriv', '--reuid', '65534', '--clear-groups']
        with subprocess.Popen([*nobody, '/usr/bin/python3', '-c', CHAT],
                              stdout=subprocess.PIPE) as python:
            python.stdout.readline()
            done = weir.run('show', 'apps', '--format', 'json', '--interval', '1', prefix=nobody)
            python.kill()
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = [row for row in weir.json_lines(done.stdout)[0]['rows']
                if python.pid in row['pids']]
        self.assertEqual([row['accuracy'] for row in rows], ['tcp only'])
        self.assertGreater(rows[0]['tx_payload_bytes'], 5000)
        self.assertEqual(rows[0]['user'], 'nobody')


if __name__ == '__main__':
    unittest.main()
