"""weir read --format html: what the page says, what it may not do, and how a browser shows it."""

import os
import re
import shutil
import struct
import subprocess
import tempfile
import unittest
import zlib

import captures
import page
import weir

HERE = os.path.dirname(os.path.abspath(__file__))
BEGIN = 1700000000
A, B, C = '10.0.0.1', '10.0.0.2', '2001:db8::7'
TCP_LIGHT, TCP_DARK = (0x00, 0x78, 0x6a), (0x2a, 0xa5, 0x94)
PAGE_LIGHT, PAGE_DARK = (0xff, 0xff, 0xff), (0x14, 0x17, 0x1b)
HOSTILE = '"\'><script>alert(1)</script><img src=x onerror=alert(2)>&lt;\x1b[31m\u202e.pcap'


def traffic():
    """Connections, a burst, names looked up, and frames that are no IP."""
    packets = []
    for i in range(40):
        packets += captures.connection((A, 40000 + i), (B, 443), BEGIN + i / 2, b'x' * 1000)
    packets += [(BEGIN + 5 + i / 500, captures.udp('2001:db8::1', 5000, C, 53, b'question' * 9))
                for i in range(500)]
    packets += [(BEGIN + 9, captures.carried(A, B, 1, bytes(60))),
                (BEGIN + 9.5, captures.ethernet(bytes(46), 0x0806)),
                (BEGIN + 10, captures.ethernet(b'?' * 50, 0x88b5))]
    return sorted(packets, key=lambda packet: packet[0])


class Pages(unittest.TestCase):
    """Tests with files."""

    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, data, name='trace.pcap'):
        path = os.path.join(self.folder, name)
        with open(path, 'wb') as file:
            file.write(data)
        return path

    def html(self, *args):
        done = weir.run('read', '--format', 'html', *args)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        return done.stdout

    def page(self, *args):
        return page.Page(self.html(*args))


@weir.needs_weir
class Content(Pages):
    """What the page says."""

    def test_golden(self):
        path = self.write(captures.pcap(traffic()))
        found = '\n'.join(self.page(path).lines()).replace(path, 'trace.pcap') + '\n'
        with open(os.path.join(HERE, 'trace.txt'), encoding='utf-8') as file:
            self.assertEqual(found, file.read())

    def test_same_numbers_as_the_text(self):
        path = self.write(captures.pcap(traffic()))
        text = weir.run('read', path).stdout
        lines = '\n'.join(self.page(path).lines())
        numbers = re.findall(r'\d+(?:\.\d+)? k(?:B|bit/s)', text)
        self.assertGreater(len(numbers), 10)
        for number in numbers[1:]: # the first is the file's size
            self.assertIn(number, lines)

    def test_units_and_limit(self):
        path = self.write(captures.pcap(traffic()))
        lines = self.page('--units', 'bytes', '--iec', '--limit', '1', path).lines()
        text = '\n'.join(lines)
        self.assertIn('KiB/s', text)
        self.assertNotIn('bit/s', text)
        self.assertIn('Hosts 1 of 4, by bytes', lines)
        self.assertIn('Hosts', self.page('--limit', '0', path).lines())

    def test_graph_has_scale_times_and_words(self):
        words = self.page(self.write(captures.pcap(traffic()))).graph
        self.assertIn('Traffic over time', words)
        self.assertTrue([word for word in words if re.fullmatch(r'\d+\u00a0[kM]bit/s', word)])
        self.assertIn('22:13:30', words)
        self.assertTrue([word for word in words if 'stacked by what the packets carry' in word])

    def test_long_capture_keeps_its_peak(self):
        """One second of 8 Mbit/s in a quiet day."""
        packets = [(BEGIN + i * 60, captures.udp(A, 1, B, 2)) for i in range(1440)]
        packets += [(BEGIN + 43200 + i / 1000, captures.udp(A, 1, B, 2, bytes(958)))
                    for i in range(1000)]
        path = self.write(captures.pcap(sorted(packets, key=lambda packet: packet[0])))
        found = self.page(path)
        self.assertIn('busiest second of each step', found.lines())
        self.assertTrue([word for word in found.graph
                         if re.search('busiest second 8.00\u00a0Mbit/s', word)])

    def test_findings_come_first(self):
        """A host that asks another for many ports."""
        packets = []
        for i in range(60):
            there = ('10.0.0.66', 40000, B, 1 + i)
            packets += [(BEGIN + i / 10, captures.tcp(there, 'S', 7)),
                        (BEGIN + i / 10 + .01, captures.tcp(there[2:] + there[:2], 'RA', 0, 8))]
        lines = self.page(self.write(captures.pcap(packets))).lines()
        self.assertLess(lines.index('Findings'), lines.index('Traffic over time'))
        finding = lines.index('Findings') + 1
        self.assertRegex(lines[finding], r'^warning 10\.0\.0\.66 scans ports')
        self.assertRegex(lines[finding + 1], r'^port-scan, 22:13:20 to 22:13:2\d: ')

    def test_little_to_say(self):
        """No packets, no IP, no times: a page without what is not there."""
        for packets, absent in (([], 'Traffic over time'), ([(BEGIN, bytes(60))], 'Quality')):
            found = self.page(self.write(captures.pcap(packets)))
            self.assertEqual(found.unbalanced, [])
            self.assertFalse([line for line in found.lines() if line.startswith(absent)])
        simple = captures.block(3, struct.pack('<I', 60) + bytes(60))
        path = self.write(captures.section() + captures.interface() + simple)
        self.assertIn('The packets carry no times.', self.page(path).lines())

    def test_damaged_and_merged(self):
        data = captures.pcap(traffic())
        lines = self.page(self.write(data), self.write(data[:-10], 'cut.pcap')).lines()
        self.assertEqual(lines[0], 'trace.pcap and another file – traffic report')
        self.assertTrue([line for line in lines if 'cut.pcapcut in its last packet' in line])


@weir.needs_weir
class Safety(Pages):
    """What comes from outside changes nothing but text."""

    def test_form(self):
        found = self.page(self.write(captures.pcap(traffic())))
        self.assertEqual(found.unbalanced, [])
        self.assertEqual((found.count('h1'), found.count('main')), (1, 1))
        self.assertGreater(found.count('path'), 3)
        identities = [attributes['id'] for _, attributes in found.elements if 'id' in attributes]
        self.assertEqual(len(identities), len(set(identities)))
        for _, attributes in found.elements:
            for name in attributes.get('aria-labelledby', '').split():
                self.assertIn(name, identities)

    def test_nothing_from_elsewhere(self):
        text = self.html(self.write(captures.pcap(traffic())))
        for word in ('http:', 'https:', 'url(', '@import', '<script', '<link', 'src=', 'href='):
            self.assertNotIn(word, text)
        self.assertIn("default-src 'none'", text)

    def test_hostile_names(self):
        data = captures.pcap(traffic())
        hostile = self.html(self.write(data, HOSTILE.replace('/', '\\')))
        plain = page.Page(self.html(self.write(data)))
        found = page.Page(hostile)
        self.assertEqual(found.elements, plain.elements)
        self.assertEqual(found.unbalanced, [])
        self.assertNotIn('\x1b', hostile)
        self.assertNotIn('\u202e', hostile)
        self.assertIn('"\'><script>alert(1)<\\script>', found.lines()[0])

    def named(self, name):
        """A capture whose packets give `name` to two hosts, by DNS and by a TLS hello."""
        packets = captures.connection((A, 40000), (B, 443), BEGIN, captures.client_hello(name))
        packets += [(BEGIN + 2, captures.udp('10.0.0.53', 53, A, 5000,
                                             captures.dns_answer(name, '10.0.0.9'))),
                    (BEGIN + 3, captures.udp(A, 5001, '10.0.0.9', 9, b'hello'))]
        return self.html(self.write(captures.pcap(packets)))

    def test_names_of_hosts(self):
        lines = page.Page(self.named(b'www.example')).lines()
        for address in (B, '10.0.0.9'):
            self.assertTrue([line for line in lines if f'www.example {address}' in line], lines)

    def test_hostile_hosts(self):
        for name in (b'<script>alert(1)</script>', b'"><img src=x onerror=alert(1)>',
                     b'a\x1b[31m\xff\0b', '\u202e\u200bgro.example'.encode(), b"'&amp;&#60;b>"):
            plain = page.Page(self.named(re.sub(rb'[^.]', b'w', name)))
            hostile = self.named(name)
            found = page.Page(hostile)
            # A name that Weir does not take for one leaves the address without its element.
            self.assertEqual([one for one in found.elements if one[0] != 'small'],
                             [one for one in plain.elements if one[0] != 'small'])
            self.assertEqual(found.unbalanced, [])
            for byte in ('\x1b', '\u202e', '\u200b', '\0', '<img', '<script'):
                self.assertNotIn(byte, hostile)

    def test_only_reports_are_pages(self):
        path = self.write(captures.pcap(traffic()))
        for args in (['show', 'flows', '--file', path], ['live'], ['capture', '--file', path]):
            done = weir.run(*args, '--format', 'html')
            self.assertEqual((done.returncode, done.stdout), (2, ''))
            self.assertIn('weir read', done.stderr)


def pixels(path):
    """A PNG of 8 bits without interlacing -> (width, height, {colour: how often})."""
    with open(path, 'rb') as file:
        data = file.read()
    width, height, depth, kind = struct.unpack('>IIBB', data[16:26])
    bytes_each = {2: 3, 6: 4}[kind]
    assert depth == 8
    packed, at = b'', 8
    while at < len(data):
        length, name = struct.unpack('>I4s', data[at:at + 8])
        packed += data[at + 8:at + 8 + length] if name == b'IDAT' else b''
        at += 12 + length
    raw, stride, above, colours = zlib.decompress(packed), width * bytes_each, None, {}
    for row in range(height):
        start = row * (stride + 1)
        above = unfiltered(raw[start], raw[start + 1:start + 1 + stride], above, bytes_each)
        for i in range(0, stride, bytes_each):
            colour = tuple(above[i:i + 3])
            colours[colour] = colours.get(colour, 0) + 1
    return width, height, colours


def unfiltered(kind, line, above, step):
    """One row of a PNG (RFC 2083, 6)."""
    above = above or bytes(len(line))
    done = bytearray(line)
    if kind == 0:
        return done
    for i, value in enumerate(line):
        left = done[i - step] if i >= step else 0
        corner = above[i - step] if i >= step else 0
        up = above[i]
        if kind == 4:
            guess = left + up - corner
            near = sorted((left, up, corner), key=lambda one: abs(guess - one))
            add = near[0]
        else:
            add = {1: left, 2: up, 3: (left + up) // 2}[kind]
        done[i] = (value + add) & 255
    return done


@weir.needs_weir
@unittest.skipUnless(shutil.which('chromium'), 'needs chromium')
class Browser(Pages):
    """The page in a browser."""

    def chromium(self, *args):
        with tempfile.TemporaryDirectory() as profile:
            subprocess.run(['chromium', '--headless', '--no-sandbox', '--disable-gpu',
                            '--hide-scrollbars', '--disable-dev-shm-usage',
                            f'--user-data-dir={profile}', *args], check=True, timeout=90,
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)

    def test_light_and_dark_wide_and_narrow(self):
        text = self.html(self.write(captures.pcap(traffic())))
        path = self.write(text.encode(), 'page.html')
        picture = os.path.join(self.folder, 'page.png')
        for width, dark in ((1400, False), (500, True)):
            with self.subTest(width=width, dark=dark):
                self.chromium(f'--window-size={width},700', f'--screenshot={picture}',
                              *(['--force-dark-mode'] if dark else []), 'file://' + path)
                found_width, _, colours = pixels(picture)
                self.assertEqual(found_width, width)
                most = max(colours, key=colours.get)
                self.assertEqual(most, PAGE_DARK if dark else PAGE_LIGHT)
                self.assertGreater(colours.get(TCP_DARK if dark else TCP_LIGHT, 0), 99)


if __name__ == '__main__':
    unittest.main()
