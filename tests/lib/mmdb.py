"""Databases in MaxMind's format (MaxMind-DB-spec 2.0): read every network of one, or make one.

    for network, record in mmdb.networks(data): ...
    data = mmdb.database({'192.0.2.0/24': {'country': {'iso_code': 'XA'}}})
"""

import ipaddress
import struct

MARKER = b'\xab\xcd\xefMaxMind.com'
GAP = 16  # [byte] between tree and data


class Decoder:
    """Values of the data section that begins at `base`."""

    def __init__(self, data, base):
        self.data, self.base = data, base

    def size(self, control, at):
        """Of the value, and where it begins."""
        size = control & 31
        if size < 29:
            return size, at
        extra = int.from_bytes(self.data[at:at + size - 28], 'big')
        return (29, 285, 65821)[size - 29] + extra, at + size - 28

    def pointer(self, control, at):
        """Where it points to, and what follows it."""
        n = (control >> 3 & 3) + 1
        high = 0 if n == 4 else control & 7
        value = high << 8 * n | int.from_bytes(self.data[at:at + n], 'big')
        return self.base + value + (0, 2048, 526336, 0)[n - 1], at + n

    def value(self, at):
        """(value, what follows it)"""
        control = self.data[at]
        kind, at = control >> 5, at + 1
        if kind == 1:
            target, after = self.pointer(control, at)
            return self.value(target)[0], after
        if kind == 0:
            kind, at = 7 + self.data[at], at + 1
        size, at = self.size(control, at)
        if kind in (7, 11):
            return self.several(kind, size, at)
        if kind == 14:
            return bool(size), at
        raw, after = self.data[at:at + size], at + size
        if kind == 2:
            return raw.decode(), after
        if kind in (3, 15):
            if size != (8 if kind == 3 else 4):
                return None, after  # damaged
            return struct.unpack('>d' if kind == 3 else '>f', raw)[0], after
        return raw if kind == 4 else int.from_bytes(raw, 'big', signed=kind == 8), after

    def several(self, kind, count, at):
        """A map or an array."""
        items = []
        for _ in range(count * (2 if kind == 7 else 1)):
            item, at = self.value(at)
            items.append(item)
        return (dict(zip(items[::2], items[1::2])) if kind == 7 else items), at


def networks(data):
    """[(first address of the network, its record)] of all networks, each once."""
    begin = data.rindex(MARKER) + len(MARKER)
    meta = Decoder(data, begin).value(begin)[0]
    count, width = meta['node_count'], meta['record_size']
    decoder = Decoder(data, count * width // 4 + GAP)
    version = meta['ip_version']

    def child(node, bit):
        raw = data[node * width // 4:(node + 1) * width // 4]
        if width == 28:
            low, high = ((raw[3] >> 4, raw[:3]), (raw[3] & 15, raw[4:]))[bit]
            return low << 24 | int.from_bytes(high, 'big')
        half = width // 8
        return int.from_bytes(raw[bit * half:bit * half + half], 'big')

    found, seen, stack = [], set(), [(0, 0, 0)]
    bits = 128 if version == 6 else 32
    while stack:
        node, prefix, depth = stack.pop()
        if node >= count:
            if node > count:
                address = prefix << bits - depth
                record = decoder.value(node - count + count * width // 4)[0]
                plain = version == 4 or (address >> 32 == 0 and depth >= 96)
                kind = ipaddress.IPv4Address if plain else ipaddress.IPv6Address
                found.append((str(kind(address)), record))
            continue
        if node in seen:
            continue  # an alias of the IPv4 part
        seen.add(node)
        stack += [(child(node, 1), prefix << 1 | 1, depth + 1),
                  (child(node, 0), prefix << 1, depth + 1)]
    return found


def encoded(value):
    """A text of less than 285 bytes, a number, a list, or a map of such."""
    if isinstance(value, str):
        raw = value.encode()
        head = [2 << 5 | len(raw)] if len(raw) < 29 else [2 << 5 | 29, len(raw) - 29]
        return bytes(head) + raw
    if isinstance(value, dict):
        return bytes([7 << 5 | len(value)]) + b''.join(
            encoded(key) + encoded(item) for key, item in value.items())
    if isinstance(value, tuple):  # (kind, number of bytes, value)
        kind, size, number = value
        head = bytes([kind << 5 | size]) if kind < 8 else bytes([size, kind - 7])
        return head + number.to_bytes(size, 'big')
    if isinstance(value, list):
        return bytes([len(value), 11 - 7]) + b''.join(encoded(item) for item in value)
    return bytes([6 << 5 | 4]) + value.to_bytes(4, 'big')


def database(records):
    """{IPv4 network: record} as a database with records of 32 bits."""
    nodes, data = [[None, None]], b''
    leaves = []
    for network, record in records.items():
        net = ipaddress.ip_network(network)
        node = 0
        for i in range(net.prefixlen):
            bit = int(net.network_address) >> 31 - i & 1
            if i == net.prefixlen - 1:
                leaves.append((node, bit, len(data)))
                data += encoded(record)
                continue
            if nodes[node][bit] is None:
                nodes.append([None, None])
                nodes[node][bit] = len(nodes) - 1
            node = nodes[node][bit]
    count = len(nodes)
    for node, bit, at in leaves:
        nodes[node][bit] = count + GAP + at
    tree = b''.join(struct.pack('>II', *(count if side is None else side for side in node))
                    for node in nodes)
    meta = {'binary_format_major_version': (5, 2, 2), 'binary_format_minor_version': (5, 2, 0),
            'build_epoch': (9, 8, 1600000000), 'database_type': 'Weir-Test',
            'description': {'en': 'test'}, 'ip_version': (5, 2, 4), 'languages': ['en'],
            'node_count': count, 'record_size': (5, 2, 32)}
    return tree + bytes(GAP) + data + MARKER + encoded(meta)
