"""A capture of an office's morning: five minutes, made here, the same every time.

    office_capture.write(path)
"""

import captures

BEGIN = 1_700_000_000  # 2023-11-14 22:13:20 UTC
CLIENTS = ['192.168.1.20', '192.168.1.21', '192.168.1.34', '2001:db8:1::20']
SERVERS = ['198.51.100.7', '203.0.113.80', '203.0.113.81', '2001:db8:ffff:1:2:3:4:80']


def _web(client, port, server, begin, size):
    """A connection that downloads `size` segments of 1,400 bytes."""
    there, back = (client, port, server, 443), (server, 443, client, port)
    frames = captures.connection((client, port), (server, 443), begin, b'q' * 300, 0.018)
    frames = [(time, frame) for time, frame in frames if time < begin + 0.9]
    frames += [(begin + 0.2 + i * 0.01, captures.tcp(back, 'A', 501 + 1400 * i, 401, b'd' * 1400))
               for i in range(size)]
    end, last = begin + 0.3 + size * 0.01, 501 + 1400 * size
    return frames + [(end, captures.tcp(there, 'FA', 401, last)),
                     (end + 0.009, captures.tcp(back, 'FA', last, 402)),
                     (end + 0.018, captures.tcp(there, 'A', 402, last + 1))]


def _lookup(client, port, begin):
    return [(begin, captures.udp(client, port, '192.168.1.1', 53, b'?' * 33)),
            (begin + 0.004, captures.udp('192.168.1.1', 53, client, port, b'!' * 97))]


def _refused(client, port, server, begin):
    return [(begin, captures.tcp((client, port, server, 25), 'S', 9)),
            (begin + 0.02, captures.tcp((server, 25, client, port), 'RA', 0, 10))]


def _ping(src, dst, begin):
    return [(begin, captures.carried(src, dst, 1, b'\x08\0' + bytes(62))),
            (begin + 0.011, captures.carried(dst, src, 1, bytes(64)))]


def packets():
    """[(time, frame)] in order."""
    found = []
    for i in range(40):
        client, server = CLIENTS[i * 7 % 3], SERVERS[i * 5 % 3]
        found += _lookup(client, 40000 + i, BEGIN + 7 * i)
        found += _web(client, 50000 + i, server, BEGIN + 7 * i + 0.1, 3 + i * 11 % 60)
    for i in range(6):
        found += _web(CLIENTS[3], 60000 + i, SERVERS[3], BEGIN + 30 + 40 * i, 20 + i)
        found += _ping('192.168.1.20', '198.51.100.7', BEGIN + 50 * i + 3)
    found += _web('192.168.1.34', 61000, '198.51.100.7', BEGIN + 150, 2000)  # the peak
    found += _refused('192.168.1.21', 51999, '203.0.113.80', BEGIN + 101)
    found += [(BEGIN + 60 * i, captures.ethernet(bytes(46), 0x0806)) for i in range(5)]
    return sorted(found, key=lambda packet: packet[0])


def scan(src='192.168.1.99', dst='192.168.1.20', begin=BEGIN + 60, ports=400):
    """[(time, frame)] of a TCP scan that is refused everywhere."""
    found = []
    for i in range(ports):
        there, back = (src, 40000 + i, dst, 1 + i), (dst, 1 + i, src, 40000 + i)
        found += [(begin + i * 0.02, captures.tcp(there, 'S', 9)),
                  (begin + i * 0.02 + 0.001, captures.tcp(back, 'RA', 0, 10))]
    return found


def write(path, more=()):
    """The file; more: further packets."""
    with open(path, 'wb') as file:
        file.write(captures.pcap(sorted([*packets(), *more], key=lambda packet: packet[0])))
