"""Debian 12's own kernel, emulated: programs load there, and bytes reach the right program.

Two namespaces within the guest, with a veth pair, as in test_apps.py; the guest says on its console
what Weir said. Needs no privilege here.
"""

import functools
import json
import os
import re
import shutil
import unittest

import guest
import weir

PLACE = '/tools/'  # in /bin busybox has some of its own
TRAFFIC = os.environ.get('WEIR_TRAFFIC', '')
TIMEOUT = 280  # [s] it takes 25 where nothing else runs
# In the order in which they need each other; some kernels have a few of them built in.
MODULES = ['kernel/net/ipv4/inet_diag.ko', 'kernel/net/ipv4/tcp_diag.ko',
           'kernel/drivers/net/veth.ko', 'kernel/net/llc/llc.ko', 'kernel/net/802/stp.ko',
           'kernel/net/802/garp.ko', 'kernel/net/802/mrp.ko', 'kernel/net/8021q/8021q.ko',
           'kernel/net/tls/tls.ko', 'kernel/drivers/net/bonding/bonding.ko']
LEDGER = 'name,rx_bytes,tx_bytes,rx_explained,tx_explained,rx_unexplained,tx_unexplained'
STREAM, FRAMES, DATAGRAMS = 2_000_000, 300, 1000

# `reach FILE`: a new document was written there; what follows @@ is for the test.
INIT = f'''#!{PLACE}busybox sh
{PLACE}busybox --install -s /bin
export PATH=/bin LC_ALL=C.UTF-8
mount -t proc none /proc; mount -t sysfs none /sys; mount -t devtmpfs none /dev
mount -t tmpfs none /run; mount -t cgroup2 none /sys/fs/cgroup
for module in {' '.join(os.path.basename(path) for path in MODULES)}; do insmod /$module; done
echo '10.9.0.2 plain.example' > /etc/hosts
reach() {{
    from=$(wc -l < $1)
    while [ $(wc -l < $1) -lt $((from + ${{2:-1}})) ]; do sleep 0.1; done
}}
columns() {{ [ $1 != interfaces ] || echo --columns {LEDGER}; }}
tell() {{ echo "@@$1 $(tail -n 1 /run/$1)"; }}
weir doctor | sed 's/^/@@doctor /'
ip={PLACE}ip
$ip netns add near; $ip netns add far
$ip link add eth0 netns near type veth peer name eth0 netns far
for side in near far; do $ip -n $side link set lo up; $ip -n $side link set eth0 up; done
$ip -n near address add 10.9.0.1/24 dev eth0; $ip -n far address add 10.9.0.2/24 dev eth0
near="$ip netns exec near" far="$ip netns exec far"
for table in apps interfaces flows; do
    : > /run/$table
    $near {PLACE}setpriv --bounding-set -net_raw weir show $table --count 0 --interval 0.5 \\
        --format json $(columns $table) > /run/$table 2> /run/$table.error &
done
for table in apps interfaces flows; do reach /run/$table 2; done
cp /bin/traffic /bin/taker; cp /bin/traffic /bin/sender; cp /bin/traffic /bin/framer
mkfifo /run/hold; sleep 1000 > /run/hold &  # who receives goes on until its input ends
$far taker stream-take 10.9.0.2 7001 1 tcp < /run/hold &
$far taker datagram-take 10.9.0.2 7002 < /run/hold &
mkdir /run/www; echo hello > /run/www/index.html
$far httpd -f -p 80 -h /run/www &
sleep 1
$near sender stream-send 10.9.0.2 7001 {STREAM} 1 tcp
$near sender datagram-send 10.9.0.2 7002 500 {DATAGRAMS}
$near framer frame-send eth0 500 {FRAMES}
$near wget -q -O /dev/null http://plain.example/
$near ping -c 20 -i 0.02 -s 1000 10.9.0.2 > /dev/null
$far ping -c 20 -i 0.02 -s 1000 10.9.0.1 > /dev/null
for table in apps interfaces flows; do reach /run/$table 3; tell $table; cat /run/$table.error; done
$near cat /proc/net/dev | grep eth0 | sed 's/^/@@kernel /'
# A VLAN on a bond of two.
$ip netns add stack; $ip netns add beyond
for link in b0 b1; do $ip link add $link netns stack type veth peer name $link netns beyond; done
for side in stack beyond; do
    ip="{PLACE}ip -n $side"
    $ip link set lo up
    $ip link add bond0 type bond mode balance-rr
    for link in b0 b1; do $ip link set $link master bond0; $ip link set $link up; done
    $ip link set bond0 up
    $ip link add link bond0 name bond0.10 type vlan id 10
    $ip address add 10.9.1.$([ $side = stack ] && echo 1 || echo 2)/24 dev bond0.10
    $ip link set bond0.10 up
done
ip={PLACE}ip stack="$ip netns exec stack" beyond="$ip netns exec beyond"
: > /run/stack
$stack weir show interfaces --count 0 --interval 0.5 --format json --columns {LEDGER} \
    > /run/stack 2> /run/stack.error &
reach /run/stack 2
$beyond taker stream-take 10.9.1.2 7001 1 tcp < /run/hold &
$stack taker stream-take 10.9.1.1 7001 1 tcp < /run/hold &
sleep 1
$stack sender stream-send 10.9.1.2 7001 {STREAM} 1 tcp
$beyond sender stream-send 10.9.1.1 7001 {STREAM} 1 tcp
reach /run/stack 3; tell stack; cat /run/stack.error
poweroff -f
'''


@functools.lru_cache(maxsize=None)
def console():
    """What the guest says, a list of texts for each word."""
    kernel = guest.find_kernel()
    with guest.Files() as files:
        for folder in ('/proc', '/sys', '/dev', '/run', '/tmp', '/etc', '/var/run'):
            files.folder(folder)
        files.text('/init', INIT, 0o755)
        for program in ('busybox', 'ip', 'setpriv'):
            files.program(shutil.which(program), PLACE + program)
        files.program(weir.PROGRAM, '/bin/weir')
        files.program(TRAFFIC, '/bin/traffic')
        for module in MODULES:
            files.copy(os.path.join(kernel[1], module), '/' + os.path.basename(module))
        lines = guest.boot(kernel, files, TIMEOUT)
    said = {'console': lines}
    for line in lines:
        told = re.match(r'@@(\w+) (.*)', line)
        if told:
            said.setdefault(told[1], []).append(told[2])
    return said


def missing():
    """What this needs and is not here, '' nothing."""
    for program in ('busybox', 'ip', 'setpriv'):
        if not shutil.which(program):
            return program
    return guest.missing()


@weir.needs_weir
@unittest.skipIf(missing(), f'needs {missing()}')
class StockKernel(unittest.TestCase):
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.said = console()

    def rows(self, table):
        self.assertIn(table, self.said, '\n'.join(self.said['console'])[-3000:])
        return json.loads(self.said[table][0])['rows']

    def app(self, name):
        found = [row for row in self.rows('apps') if row['app'] == name]
        self.assertEqual(len(found), 1, sorted(row['app'] for row in self.rows('apps')))
        self.assertEqual(found[0]['accuracy'], 'exact')
        return found[0]

    def test_the_doctor_knows_what_is_missing(self):
        lines = {line.split()[0]: line for line in self.said['doctor'] if line.strip()}
        self.assertRegex(lines['kernel'], r' ok +Linux 6\.1\.')
        for what in ('apps', 'sockets', 'names', 'exec', 'older', 'wire'):
            self.assertRegex(lines[what], f'^{what} +ok ')
        for what in ('tcx', 'receivers', 'senders'):
            self.assertRegex(lines[what], f'^{what} +limited +this kernel does not have it: ')

    def test_streams_and_datagrams_reach_their_programs(self):
        payload = STREAM + 500 * DATAGRAMS
        for name, way in (('sender', 'tx'), ('taker', 'rx')):
            row = self.app(name)
            self.assertGreaterEqual(row[way + '_payload_bytes'], 0.99 * payload)
            self.assertLessEqual(row[way + '_payload_bytes'], 1.01 * payload)

    def test_frames_reach_who_writes_them(self):
        self.assertEqual(self.app('framer')['tx_bytes'], FRAMES * 486)

    def test_the_kernel_answers(self):
        row = self.app('kernel: icmp')
        self.assertGreaterEqual(row['tx_bytes'], 20 * 1028)

    def test_flows_have_names(self):
        found = [row for row in self.rows('flows') if row['dst_port'] == 80]
        self.assertTrue(found, self.rows('flows'))
        self.assertEqual({row['server_name'] for row in found}, {'plain.example'})

    def test_the_books_balance(self):
        row = next(row for row in self.rows('interfaces') if row['name'] == 'eth0')
        counted = self.said['kernel'][0].split()
        for way, at in (('rx', 1), ('tx', 9)):
            self.assertLessEqual(row[way + '_bytes'], int(counted[at]))
            whole = row[way + '_explained'] + row[way + '_unexplained']
            self.assertGreaterEqual(row[way + '_explained'], 0.99 * whole, way)
            self.assertLessEqual(row[way + '_explained'], 1.005 * whole, way)

    def test_a_vlan_on_a_bond_is_explained_down_to_its_ports(self):
        rows = {row['name']: row for row in self.rows('stack')}
        for name in ('bond0.10', 'bond0', 'b0', 'b1'):
            for way in ('rx', 'tx'):
                whole = rows[name][way + '_explained'] + rows[name][way + '_unexplained']
                share = rows[name][way + '_explained'] / whole
                print(f'# {name} {way}: {share:.4%} of {whole} bytes explained')
                self.assertGreater(whole, STREAM / 3, (name, way))
                self.assertGreaterEqual(share, 0.995, (name, way))
                self.assertLessEqual(share, 1.005, (name, way))

    def test_the_kernel_complains_of_nothing(self):
        text = '\n'.join(self.said['console'])
        self.assertNotRegex(text, 'BUG:|Oops|WARNING:|Call Trace')


if __name__ == '__main__':
    unittest.main()
