"""Make captures for tests: packets from layers, files as pcap and pcapng.

    data = captures.pcap([(1.5, captures.tcp('10.0.0.1', 1000, '10.0.0.2', 80, 'S', seq=1))])
"""

import ipaddress
import struct

ETHERNET = 1
MAGIC_US, MAGIC_NS = 0xa1b2c3d4, 0xa1b23c4d
FLAGS = {'F': 1, 'S': 2, 'R': 4, 'P': 8, 'A': 16}


def ethernet(payload, ethertype=0x0800):
    """A frame around `payload`."""
    return bytes.fromhex('020000000001020000000002') + struct.pack('>H', ethertype) + payload


def ip(src, dst, protocol, payload, more=b'', fragment=0x4000):
    """IPv4 or IPv6 by the addresses; more: IPv6 extension headers, ending in `protocol`."""
    left, right = ipaddress.ip_address(src), ipaddress.ip_address(dst)
    if left.version == 6:
        length = len(more) + len(payload)
        return (struct.pack('>IHBB', 6 << 28, length, protocol, 64) + left.packed + right.packed
                + more + payload)
    return (struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(payload), 7, fragment, 64, protocol, 0)
            + left.packed + right.packed + payload)


def carried(src, dst, protocol, payload):
    """An Ethernet frame with IPv4 or IPv6."""
    version6 = ':' in src
    return ethernet(ip(src, dst, protocol, payload), 0x86dd if version6 else 0x0800)


def udp_segment(src_port, dst_port, data=b''):
    """A UDP header and data."""
    return struct.pack('>HHHH', src_port, dst_port, 8 + len(data), 0) + data


def udp(src, src_port, dst, dst_port, data=b''):
    """A frame with UDP."""
    return carried(src, dst, 17, udp_segment(src_port, dst_port, data))


def tcp(ends, flags, seq=0, ack=0, data=b'', window=1000, stamps=None):
    """A frame with TCP; ends: (src, port, dst, port); stamps: (TSval, TSecr)."""
    src, src_port, dst, dst_port = ends
    bits = sum(FLAGS[letter] for letter in flags)
    options = struct.pack('>HBBII', 0x0101, 8, 10, *stamps) if stamps else b''
    header = struct.pack('>HHIIBBHHH', src_port, dst_port, seq, ack, (5 + len(options) // 4) << 4,
                         bits, window, 0, 0)
    return carried(src, dst, 6, header + options + data)


def rtp(seq, time, source, kind, data=b'', marker=False):
    """An RTP packet (RFC 3550), for udp()."""
    return struct.pack('>BBHII', 0x80, kind | marker << 7, seq, time, source) + data


def dns_answer(name, address, number=1):
    """A DNS message: `name`, labels of any bytes, has the IPv4 address."""
    question = b''.join(bytes([len(label)]) + label for label in name.split(b'.')) + b'\0'
    return (struct.pack('>HHHHHH', number, 0x8180, 1, 1, 0, 0) + question
            + struct.pack('>HHHHHIH', 1, 1, 0xc00c, 1, 1, 300, 4)
            + ipaddress.ip_address(address).packed)


def client_hello(server):
    """A TLS record with a hello that asks for `server` (bytes)."""
    names = struct.pack('>HBH', len(server) + 3, 0, len(server)) + server
    extensions = struct.pack('>HH', 0, len(names)) + names
    body = (b'\x03\x03' + bytes(32) + b'\0' + b'\0\2\x13\1' + b'\1\0'
            + struct.pack('>H', len(extensions)) + extensions)
    return (struct.pack('>BHH', 22, 0x0301, len(body) + 4) + b'\1'
            + len(body).to_bytes(3, 'big') + body)


def connection(client, server, begin, payload=b'x' * 100, rtt=0.02):
    """[(time, frame)]: handshake, one segment each way, both FINs; ends: (address, port)."""
    there, back = (*client, *server), (*server, *client)
    after = 101 + len(payload)
    frames = [tcp(there, 'S', 100), tcp(back, 'SA', 500, 101), tcp(there, 'A', 101, 501),
              tcp(there, 'PA', 101, 501, payload), tcp(back, 'A', 501, after),
              tcp(there, 'FA', after, 501), tcp(back, 'FA', 501, after + 1),
              tcp(there, 'A', after + 1, 502)]
    times = [0, rtt / 2, rtt, 0.1, 0.1 + rtt / 2, 1, 1 + rtt / 2, 1 + rtt]
    return [(begin + time, frame) for time, frame in zip(times, frames)]


def pcap(packets, link=ETHERNET, order='<', magic=MAGIC_US, snaplen=262144):
    """A file; packets: (time [s], frame), or (time, frame, original length)."""
    scale = 10 ** 9 if magic == MAGIC_NS else 10 ** 6
    parts = [struct.pack(order + 'IHHiIII', magic, 2, 4, 0, 0, snaplen, link)]
    for time, frame, *length in packets:
        seconds, microseconds = divmod(round(time % 1 * 10 ** 6) + int(time) * 10 ** 6, 10 ** 6)
        parts.append(struct.pack(order + 'IIII', seconds, microseconds * scale // 10 ** 6,
                                 len(frame), length[0] if length else len(frame)) + frame)
    return b''.join(parts)


def records(data):
    """[(time, frame, original length)] of a file as tcpdump writes it on this machine."""
    packets, at = [], 24
    while at < len(data):
        seconds, microseconds, length, original = struct.unpack_from('=IIII', data, at)
        packets.append((seconds + microseconds / 10 ** 6, data[at + 16:at + 16 + length], original))
        at += 16 + length
    return packets


def block(kind, body, order='<'):
    """A pcapng block."""
    body += bytes(-len(body) % 4)
    length = 12 + len(body)
    return struct.pack(order + 'II', kind, length) + body + struct.pack(order + 'I', length)


def section(order='<'):
    """A section header block."""
    return block(0x0a0d0d0a, struct.pack(order + 'IHHq', 0x1a2b3c4d, 1, 0, -1), order)


def option(code, value, order='<'):
    """An option of a pcapng block."""
    return struct.pack(order + 'HH', code, len(value)) + value + bytes(-len(value) % 4)


def interface(link=ETHERNET, resolution=None, order='<', options=b''):
    """An interface description block; resolution: the byte of if_tsresol."""
    if resolution is not None:
        options += option(9, bytes([resolution]), order)
    options += bytes(4 if options else 0)
    return block(1, struct.pack(order + 'HHI', link, 0, 0) + options, order)


def enhanced(frame, ticks, number=0, order='<', flags=None):
    """An enhanced packet block; flags: epb_flags."""
    padded = frame + bytes(-len(frame) % 4)
    if flags is not None:
        padded += option(2, struct.pack(order + 'I', flags), order) + bytes(4)
    return block(6, struct.pack(order + 'IIIII', number, ticks >> 32, ticks & 0xffffffff,
                                len(frame), len(frame)) + padded, order)
