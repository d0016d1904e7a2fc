"""Recordings for tests and benchmarks: Weir's JSON lines, made up.

    plain_recording.write(path, documents=60,
                          rows=lambda tick: [plain_recording.row('eth0', rx_bytes=tick)])
"""

import json
import time

START = 1767322800  # 2026-01-02 03:00 UTC


def row(name, index=1, **values):
    """One interface; what is not given has a plain value."""
    return {'name': name, 'kind': 'ethernet', 'state': 'up', 'index': index,
            'speed_bps': 1000000000, 'mtu': 1500, 'mac': '52:54:00:00:00:01',
            'addresses': ['192.0.2.1/24'], 'rx_bytes': 0, 'tx_bytes': 0, 'rx_bytes_per_s': 0,
            'tx_bytes_per_s': 0, 'rx_packets': 0, 'tx_packets': 0, 'rx_errors': 0,
            'rate_state': 'OK', 'counted': True, **values}


def document(tick, rows):
    """The document of one refresh, `tick` seconds after the start."""
    whole, part = divmod(round(tick * 1000), 1000)
    stamp = time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(START + whole)) + f'.{part:03}Z'
    return {'table': 'interfaces', 'time': stamp, 'window_s': 1.0, 'origin': 'live',
            'rows': rows, 'omitted': 0, 'lost': 0}


def write(path, documents, rows, step=1):
    """Write a recording: rows(i) are the rows of refresh i; `step` seconds lie between two."""
    with open(path, 'w', encoding='utf-8') as file:
        for i in range(documents):
            file.write(json.dumps(document(i * step, rows(i))) + '\n')


def many(count):
    """rows() for `count` interfaces with steady traffic, busiest first."""
    def rows(tick):
        made = []
        for i in range(count):
            down, up = (count - i) * 1000 + tick * 37 % 500, (count - i) * 100 + tick * 53 % 90
            made.append(row(f'veth{i:04}', index=i + 1, kind='veth', counted=i == 0,
                            rx_bytes=(count - i) * 1000000 + down * tick,
                            tx_bytes=(count - i) * 100000 + up * tick,
                            rx_bytes_per_s=down, tx_bytes_per_s=up, rx_utilisation=down / 1.25e8,
                            tx_utilisation=up / 1.25e8))
        return made
    return rows
