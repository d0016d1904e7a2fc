"""Attacks and honest traffic as packets for captures: [(time, frame)], for tests of findings."""

import base64
import hashlib
import ipaddress
import struct

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


def dns(client, name, code=3, begin=BEGIN, answer=b'', kind=1, server='10.0.0.53', port=40000):
    """A question and its answer, 10 ms later."""
    question = b''.join(bytes([len(part)]) + part.encode() for part in name.split('.')) + b'\0'
    question += struct.pack('>HH', kind, 1)
    ask = struct.pack('>HHHHHH', 7, 0x0100, 1, 0, 0, 0) + question
    count = 1 if answer else 0
    record = b''
    if answer:
        record = b'\xc0\x0c' + struct.pack('>HHIH', kind, 1, 60, len(answer)) + answer
    reply = struct.pack('>HHHHHH', 7, 0x8180 | code, 1, count, 0, 0) + question + record
    return [(begin, captures.udp(client, port, server, 53, ask)),
            (begin + 0.01, captures.udp(server, 53, client, port, reply))]


def asks(client, names, code=3, begin=BEGIN, step=0.5):
    """All the names, one after the other."""
    return [packet for i, name in enumerate(names)
            for packet in dns(client, name, code, begin + i * step, port=40000 + i % 20000)]


def tunnel(client, parent, count=300, begin=BEGIN):
    """Data in base 32 in labels of up to 60 letters, answered by NULL records (iodine)."""
    packets = []
    for i in range(count):
        data = hashlib.sha512(str(i).encode()).digest() * 2
        text = base64.b32encode(data).decode().lower()[:90 + i * 7 % 100]
        labels = '.'.join(text[j:j + 57] for j in range(0, len(text), 57))
        packets += dns(client, f'0{labels}.{parent}', 0, begin + i * 0.1, data[:100], 10)
    return packets


def arp(sender_mac, sender, target='10.0.0.77', target_mac='000000000000', operation=2):
    """An ARP frame."""
    body = struct.pack('>HHBBH', 1, 0x0800, 6, 4, operation)
    for mac, address in ((sender_mac, sender), (target_mac, target)):
        body += bytes.fromhex(mac) + ipaddress.ip_address(address).packed
    return b'\xff' * 6 + bytes.fromhex(sender_mac) + b'\x08\x06' + body + bytes(18)


def advertisement(mac, router, lifetime=1800):
    """An IPv6 router advertisement."""
    body = struct.pack('>BBHBBHII', 134, 0, 0, 64, 0, lifetime, 0, 0)
    body += b'\x01\x01' + bytes.fromhex(mac)
    packet = bytearray(captures.ip(router, 'ff02::1', 58, body))
    packet[7] = 255
    return captures.ethernet(bytes(packet), 0x86dd)


def discovery(kind, mac, address, hop_limit=255):
    """An IPv6 router solicitation (133), neighbour solicitation (135) or advertisement (136)."""
    target = ipaddress.ip_address(address).packed
    body = struct.pack('>BBHI', kind, 0, 0, 0)
    body += {133: b'', 135: ipaddress.ip_address('fe80::77').packed, 136: target}[kind]
    body += (b'\x02' if kind == 136 else b'\x01') + b'\x01' + bytes.fromhex(mac)
    packet = bytearray(captures.ip(address, 'ff02::1', 58, body))
    packet[7] = hop_limit
    return captures.ethernet(bytes(packet), 0x86dd)


def swarm(host, peers, begin=BEGIN):
    """A BitTorrent client: TCP and UDP to many peers on any port, most of which have gone."""
    packets = []
    for i in range(peers):
        peer = f'198.{18 + i % 2}.{i // 250 % 250}.{1 + i % 250}'
        port = 6881 if i % 4 == 0 else 20000 + i
        time = begin + i * 0.3
        if i % 3 == 0:
            packets += captures.connection((host, 30000 + i), (peer, port), time)
        else:
            packets.append((time, captures.tcp((host, 30000 + i, peer, port), 'S', 1)))
        packets.append((time + 0.1, captures.udp(host, 6881, peer, port, b'd1:ad2:id20:')))
        if i % 2:
            packets.append((time + 0.2, captures.udp(peer, port, host, 6881, b'd1:rd2:id20:')))
    return packets
