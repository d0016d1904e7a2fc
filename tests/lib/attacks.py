"""Attacks and honest traffic as packets for captures: [(time, frame)], for tests of findings."""

import captures

BEGIN = 1700000000


def scan(src, dst, ports, begin=BEGIN, step=0.01, open_ports=(), src_port=51000):
    """A SYN scan: closed ports refuse, open ones are dropped half-open."""
    packets = []
    for i, port in enumerate(ports):
        time, there, back = begin + i * step, (src, src_port, dst, port), (dst, port, src, src_port)
        packets.append((time, captures.tcp(there, 'S', 1, window=1024)))
        if port in open_ports:
            packets += [(time + 0.001, captures.tcp(back, 'SA', 7, 2)),
                        (time + 0.002, captures.tcp(there, 'R', 2))]
        else:
            packets.append((time + 0.001, captures.tcp(back, 'RA', 0, 2)))
    return packets


def sweep(src, hosts, port, begin=BEGIN, step=0.05):
    """One port of many hosts, none of which answers."""
    return [(begin + i * step, captures.tcp((src, 52000 + i % 1000, host, port), 'S', 1))
            for i, host in enumerate(hosts)]


def clients(count, server, port, begin=BEGIN, step=0.01):
    """A connection of each of `count` clients to one server."""
    packets = []
    for i in range(count):
        client = f'172.{16 + i // 62500}.{i // 250 % 250}.{1 + i % 250}'
        packets += captures.connection((client, 30000 + i % 30000), (server, port),
                                       begin + i * step)
    return packets


def in_order(*parts):
    """All packets of the parts by their times."""
    return sorted((packet for part in parts for packet in part), key=lambda packet: packet[0])
