#!/usr/bin/env python3
"""Writes the first inputs of the targets capture, decode and stream to fuzz/corpus/.

They are kept in the repository; this makes them anew when there is something new to begin from.
Needs zstd.
"""
import gzip
import os
import struct
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'tests', 'lib'))
import attacks  # noqa: E402
import captures  # noqa: E402

A, B, BEGIN = '10.0.0.1', '192.0.2.7', 1700000000
A6, B6 = '2001:db8::1', '2001:db8::2'
UDP, GRE, IN_IP, IN_IPV6 = 17, 47, 4, 41


def packets():
    """What the flow table follows: connections, timestamps, RTP, fragments, other protocols."""
    there, back = (A, 40000, B, 443), (B, 443, A, 40000)
    found = captures.connection((A, 40000), (B, 443), BEGIN)
    found += captures.connection((A6, 1), (B6, 2), BEGIN + 1)
    found += [(BEGIN + 2, captures.tcp(there, 'A', 9000, 9, b'data', stamps=(5, 1))),
              (BEGIN + 2.1, captures.tcp(back, 'A', 9, 9004, stamps=(2, 5))),
              (BEGIN + 2.2, captures.tcp(back, 'A', 9, 9004, window=0, stamps=(3, 5))),
              (BEGIN + 2.3, captures.tcp(there, 'R', 9004))]
    found += [(BEGIN + 3 + i / 50,
               captures.udp(A, 5000, B, 6000, captures.rtp(i, 160 * i, 7, kind)))
              for kind in (0, 111) for i in (1, 2, 3, 5, 4)]
    first = captures.ip(A, B, UDP, captures.udp_segment(1, 2, b'x' * 16), fragment=0x2000)
    later = captures.ip(A, B, UDP, b'y' * 8, fragment=3)
    found += [(BEGIN + 4, captures.ethernet(first)), (BEGIN + 4, captures.ethernet(later))]
    found += [(BEGIN + 5, captures.carried(A, B, 1, b'\x08\0\0\0\0\1\0\1')),
              (BEGIN + 5, captures.carried(A6, B6, 58, b'\x80\0\0\0\0\1\0\1')),
              (BEGIN + 5, captures.carried(A, B, 132, bytes(12))),
              (BEGIN + 5, captures.ethernet(bytes(28), 0x0806)),
              (BEGIN + 5, captures.ethernet(b'?' * 20, 0x88b5))]
    return found


def frames():
    """{name: (link type, frame)}: a frame of each link and each header."""
    udp4 = captures.udp(A, 1, B, 2, b'data')[14:]
    udp6 = captures.udp(A6, 1, B6, 2, b'data')[14:]
    more = (bytes([60, 0]) + bytes(6) + bytes([44, 0]) + bytes(6)  # hop-by-hop, destination
            + struct.pack('>BBHI', UDP, 0, 1, 7) + captures.udp_segment(1, 2))  # fragment
    snap = b'\xaa\xaa\3\0\0\0\x08\0' + udp4
    wifi = struct.pack('<HH', 0x0088, 0) + bytes(22) + snap
    radiotap = struct.pack('<BBHIQB', 0, 0, 17, 3, 0, 0x10) + wifi
    label = struct.pack('>I', 0x00010140)
    vlan = struct.pack('>HH', 5, 0x8100) + struct.pack('>HH', 6, 0x0800) + udp4
    vxlan = captures.udp(A, 9, B, 4789, b'\x08\0\0\0\0\0\1\0' + captures.ethernet(udp4))
    geneve = captures.udp(A, 9, B, 6081, struct.pack('>HHI', 0, 0x6558, 0)
                          + captures.ethernet(udp6, 0x86dd))
    gtp = captures.udp(A, 9, B, 2152, struct.pack('>BBHI', 0x30, 255, len(udp4), 1) + udp4)
    gre = captures.carried(A, B, GRE, struct.pack('>HHI', 0x2000, 0x0800, 1) + udp4)
    stamps = captures.tcp((A, 1, B, 2), 'SA', 1, 2, stamps=(3, 4))
    dhcp = (bytes([2, 1, 6, 0]) + bytes(12) + bytes([10, 0, 0, 9, 10, 0, 0, 1]) + bytes(4)
            + bytes.fromhex('020000000009') + bytes(10 + 64 + 128) + b'\x63\x82\x53\x63'
            + bytes([53, 1, 5, 54, 4, 10, 0, 0, 1, 12, 2]) + b'pc' + b'\xff')
    return {
        'arp': (1, attacks.arp('020000000001', A)),
        'router': (1, attacks.advertisement('020000000001', 'fe80::1')),
        'discovery': (1, attacks.discovery(136, '020000000001', 'fe80::1')),
        'dhcp': (1, captures.udp('10.0.0.1', 67, '10.0.0.9', 68, dhcp)),
        'dns': (1, attacks.dns(A, 'www.example.com')[1][1]),
        'ethernet': (1, stamps), 'ipv6': (1, captures.ethernet(udp6, 0x86dd)),
        'extensions': (1, captures.ethernet(captures.ip(A6, B6, 0, more), 0x86dd)),
        'vlan': (1, captures.ethernet(vlan, 0x88a8)),
        'mpls': (1, captures.ethernet(label + udp4, 0x8847)),
        'pppoe': (1, captures.ethernet(struct.pack('>BBHHH', 0x11, 0, 1, 99, 0x0021) + udp4,
                                       0x8864)),
        'llc': (1, captures.ethernet(snap, len(snap))), 'vxlan': (1, vxlan), 'geneve': (1, geneve),
        'gtp': (1, gtp), 'gre': (1, gre), 'ipip': (1, captures.carried(A, B, IN_IP, udp4)),
        '6in4': (1, captures.carried(A, B, IN_IPV6, udp6)),
        'rtp': (1, captures.udp(A, 5000, B, 6000, captures.rtp(1, 2, 3, 0, b'voice'))),
        'null': (0, struct.pack('<I', 2) + udp4), 'ppp': (9, b'\xff\3\0\x21' + udp4),
        'raw': (101, udp6),
        'hdlc': (104, b'\x0f\0\x08\0' + udp4), 'wifi': (105, wifi), 'radiotap': (127, radiotap),
        'loop': (108, struct.pack('>I', 24) + udp6),
        'sll': (113, struct.pack('>HHHQH', 4, 1, 6, 0, 0x0800) + udp4),
        'sll2': (276, struct.pack('>HHIHBBQ', 0x86dd, 0, 1, 1, 4, 6, 0) + udp6),
    }


def pcapngs():
    """{name: file}"""
    frame, ticks = captures.udp(A, 1, B, 2), BEGIN * 10 ** 6
    options = (captures.option(8, struct.pack('<Q', 10 ** 9)) + captures.option(13, b'\4')
               + captures.option(14, struct.pack('<q', -5)))
    old = struct.pack('<HHIIII', 0, 0, ticks >> 32, ticks & 0xffffffff, len(frame), len(frame))
    little = (captures.section() + captures.interface()
              + captures.interface(resolution=0x94, options=options)
              + captures.enhanced(frame, ticks)
              + captures.enhanced(frame, ticks, 1, flags=2 | 4 << 5)
              + captures.block(3, struct.pack('<I', len(frame)) + frame)
              + captures.block(2, old + frame)
              + captures.block(0xbad, b'unknown'))
    big = (captures.section('>') + captures.interface(link=101, resolution=9, order='>')
           + captures.enhanced(frame[14:], BEGIN * 10 ** 9, order='>', flags=1))
    return {'pcapng': little, 'pcapng_big': big, 'pcapng_sections': little + big}


def files():
    """{name: file}"""
    some = packets()
    modified = struct.pack('<IHHiIII', 0xa1b2cd34, 2, 4, 0, 0, 65535, 1)
    for _, frame in some[:3]:
        modified += struct.pack('<IIIIIHBB', BEGIN, 0, len(frame), len(frame), 1, 8, 4, 0) + frame
    return {
        'pcap': captures.pcap(some), 'pcap_big': captures.pcap(some[:5], order='>'),
        'pcap_ns': captures.pcap(some[:5], magic=captures.MAGIC_NS),
        'pcap_cut': captures.pcap(some[:5], link=1 | 0x24000000)[:-9],
        'pcap_modified': modified, **pcapngs(),
    }


def write(target, name, data):
    folder = os.path.join(HERE, 'corpus', target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), 'wb') as file:
        file.write(data)


def main():
    for name, data in files().items():
        write('capture', name, data)
        write('stream', name, data)
    plain = captures.pcap(packets()[:6])
    write('stream', 'gzip', gzip.compress(plain, mtime=0))
    packed = subprocess.run(['zstd', '-c'], input=plain, capture_output=True, check=True).stdout
    write('stream', 'zstd', packed)
    write('stream', 'two', captures.pcap(packets()[:2]) * 2)
    for name, (link, frame) in frames().items():
        write('decode', name, struct.pack('>HB', link, 0) + frame)


main()
