"""Captures on bad days: honest traffic of which something is missing or wrong brings no finding."""

import json
import os
import random
import tempfile
import unittest

import attacks
import captures
import weir

INSIDE, SERVER = '10.0.0.5', '10.0.0.9'


def vlan(frame, tag):
    """The frame with an 802.1Q tag."""
    return frame[:12] + b'\x81\x00' + tag.to_bytes(2, 'big') + frame[12:]


def office(clients=60, each=12, seed=5, minutes=10):
    """Clients that open connections to many sites; one in twenty is refused or not answered."""
    pick, packets = random.Random(seed), []
    for client in range(clients):
        for number in range(each):
            site = f'198.51.{pick.randrange(100)}.{pick.randrange(1, 250)}'
            there = (f'10.0.{1 + client // 250}.{1 + client % 250}', 30000 + number, site,
                     pick.choice((80, 443, 993)))
            begin = attacks.BEGIN + pick.random() * 60 * minutes
            kind = pick.randrange(40)
            if kind == 0:
                packets.append((begin, captures.tcp(there, 'S', 1)))
            elif kind == 1:
                packets += [(begin, captures.tcp(there, 'S', 1)),
                            (begin + 0.01, captures.tcp((*there[2:], *there[:2]), 'RA', 0, 2))]
            else:
                packets += captures.connection(there[:2], there[2:], begin)
    return attacks.in_order(packets)


@weir.needs_weir
class Honest(unittest.TestCase):
    """One kind of trouble with the capture each."""

    def found(self, packets):
        """[(rule, object)] in a capture of these packets, in this order."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'a.pcap')
            with open(path, 'wb') as file:
                file.write(captures.pcap(packets))
            done = weir.run('show', 'findings', '--file', path, '--format', 'json')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        return sorted((row['rule'], row['object']) for row in json.loads(done.stdout)['rows'])

    def test_whole(self):
        self.assertEqual(self.found(office()), [])

    def test_one_direction(self):
        for inside in (True, False):
            packets = [(time, frame) for time, frame in office() if (frame[26] == 10) == inside]
            self.assertEqual(self.found(packets), [], f'inside: {inside}')

    def test_sampled(self):
        """As routers do it: 1 packet in 100 of a large office for an hour, and others."""
        packets = office(1200, 20, minutes=60)
        for n in (7, 50, 100):
            self.assertEqual(self.found(packets[::n]), [], f'one of {n}')
        pick = random.Random(9)
        self.assertEqual(self.found([one for one in packets if pick.randrange(100) == 0]), [])

    def test_begins_in_mid_connection(self):
        packets = [(time, frame) for time, frame in office() if not frame[47] & 2]
        self.assertEqual(self.found(packets), [])

    def test_address_translation(self):
        """4,000 clients behind one address, which so opens 16,000 connections to as many sites,
        400 of which are refused and 400 not answered."""
        packets, ports = [], {}
        for time, frame in office(4000, 4):
            out = frame[26] == 10
            at = 26 if out else 30
            port_at = 34 if out else 36
            client = frame[at:at + 4] + frame[port_at:port_at + 2]
            port = 1024 + ports.setdefault(client, len(ports))
            frame = (frame[:at] + bytes([203, 0, 113, 1]) + frame[at + 4:port_at]
                     + port.to_bytes(2, 'big') + frame[port_at + 2:])
            packets.append((time, frame))
        self.assertEqual(len(ports), 16000)
        self.assertEqual(self.found(packets), [])

    def test_times_jump(self):
        """Each third packet a year before or a day after, and the whole backwards."""
        shifts = (0, -31536000, 86400)
        packets = [(time + shifts[i % 3], frame) for i, (time, frame) in enumerate(office())]
        self.assertEqual(self.found(packets), [])
        self.assertEqual(self.found(office()[::-1]), [])

    def test_tags(self):
        """The same office in two VLANs at once; a scan in one of them is found, and once."""
        packets = [(time, vlan(frame, 10 + i)) for time, frame in office() for i in range(2)]
        self.assertEqual(self.found(packets), [])
        scan = [(time, vlan(frame, 11))
                for time, frame in attacks.scan(INSIDE, SERVER, range(1, 201))]
        self.assertEqual(self.found(attacks.in_order(packets, scan)), [('port-scan', INSIDE)])


if __name__ == '__main__':
    unittest.main()
