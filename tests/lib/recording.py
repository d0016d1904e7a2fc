"""A recording for tests of views: the same bytes every time, nothing of this machine.

    recording.write(path)                       90 s of an office machine with a VPN and containers
    recording.write(path, rows=[...], ...)      see below

Rates follow simple curves, so that graphs have shapes that one recognises.
"""

import datetime
import json
import math

BEGIN = datetime.datetime(2026, 1, 2, 12, 3, 1, tzinfo=datetime.timezone.utc)
SECONDS = 90


def _iface(name, kind, index, **more):
    row = {'name': name, 'alias': None, 'kind': kind, 'state': 'up', 'index': index,
           'speed_bps': None, 'capacity_bps': None, 'mtu': 1500,
           'mac': f'52:54:00:ab:cd:{index:02x}', 'addresses': [], 'rx_errors': 0, 'tx_errors': 0,
           'rx_dropped': 0, 'tx_dropped': 0, 'queue_backlog_bytes': None, 'queue_drops': None,
           'queue_marks': None, 'counted': False, 'master': None, 'lower': None}
    row.update(more)
    return row


def office():
    """(row, download, upload): curves are bytes per second by second, or None for idle."""
    def wave(high, low, period, phase=0.0):
        return lambda t: low + (high - low) * (0.5 + 0.5 * math.sin(2 * math.pi * t / period
                                                                    + phase)) ** 2

    def burst(rate, begin, end):
        return lambda t: rate if begin <= t < end else 0

    yield _iface('eth0', 'ethernet', 2, counted=True, speed_bps=1000000000, alias='office LAN',
                 addresses=['192.168.1.20/24', '2001:db8::20/64', 'fe80::5054:ff:feab:cd02/64'],
                 queue_backlog_bytes=3028, queue_drops=0, queue_marks=0), \
        wave(7.6e6, 1.2e6, 47), wave(4.0e5, 6.0e4, 31, 1.0)
    yield _iface('wlp3s0', 'wifi', 3, state='no-carrier', counted=False), None, None
    yield _iface('wg0', 'tunnel', 4, lower='eth0', mtu=1420, mac=None,
                 addresses=['10.8.0.2/24']), wave(3.9e6, 1.0e5, 60, 2.0), wave(9e4, 5e3, 20)
    yield _iface('lo', 'loopback', 1, mtu=65536, mac='00:00:00:00:00:00',
                 addresses=['127.0.0.1/8', '::1/128']), burst(4200, 60, 64), burst(4200, 60, 64)
    yield _iface('enp0s31f6u1c2x9', 'ethernet', 5, counted=True, speed_bps=100000000,
                 alias='uplink to the storage rack in room 4',
                 addresses=['203.0.113.7/28']), burst(11.9e6, 75, 90), wave(2e5, 1e5, 13)
    yield _iface('docker0', 'bridge', 6, state='no-carrier',
                 addresses=['172.17.0.1/16']), None, None
    for i in range(7, 19):
        yield _iface(f'veth{i:02d}ab', 'veth', i, master='docker0'), None, None


def document(second, shape):
    """The snapshot after `second` seconds, as weir writes it."""
    time = BEGIN + datetime.timedelta(seconds=second)
    rows = []
    for fixed, download, upload in shape:
        row = dict(fixed)
        for side, curve in (('rx', download), ('tx', upload)):
            rates = [curve(t) if curve else 0 for t in range(1, second + 1)]
            total = round(sum(rates)) + (10 ** 9 * fixed['index'] if curve else 0)
            rate = rates[-1] if rates else None
            row[f'{side}_bytes'] = total
            row[f'{side}_bytes_per_s'] = rate if rate is None else round(rate, 1)
            row[f'{side}_packets'] = total // 900
            row[f'{side}_packets_per_s'] = rate if rate is None else round(rate / 900, 3)
            speed = fixed['capacity_bps'] or fixed['speed_bps']
            known = speed and rate is not None
            row[f'{side}_utilisation'] = round(rate * 8 / speed, 6) if known else None
        row['rate_state'] = 'OK' if second else 'INIT'
        rows.append(row)
    return {'table': 'interfaces', 'time': time.strftime('%Y-%m-%dT%H:%M:%S.000Z'),
            'window_s': 1 if second else 0, 'origin': 'live', 'rows': rows, 'omitted': 0, 'lost': 0}


def write(path, shape=None, seconds=SECONDS, change=None):
    """Write a recording; change(document, second) may alter each snapshot."""
    shape = list(office() if shape is None else shape)
    with open(path, 'w', encoding='utf-8') as file:
        for second in range(seconds + 1):
            one = document(second, shape)
            if change:
                change(one, second)
            file.write(json.dumps(one) + '\n')
