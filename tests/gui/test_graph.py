"""The graph under hands, and how often the window paints."""

import os
import time
import unittest

import desktop
import plain_recording as recording

PEAK = 60  # the refresh with a burst


def burst(tick):
    """80 kbit/s, and one second of 800 Mbit/s."""
    rate = 100000000 if tick == PEAK else 10000
    return [recording.row('e', rx_bytes=tick * 10000, rx_bytes_per_s=rate, tx_bytes_per_s=5000)]


@desktop.needs_desktop
class Graph(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.screen = desktop.shared()
        path = os.path.join(cls.screen.folder, 'burst.jsonl')
        recording.write(path, 300, burst)
        cls.window = cls.screen.start(f'--replay={path}', '--speed=0')
        cls.window.wait(lambda: cls.graphs(), 'a graph')
        cls.window.wait(lambda: [n for n in cls.window.names() if n.startswith('End of')], 'read')
        cls.screen.focus(cls.window)

    @classmethod
    def graphs(cls):
        return [node for node in cls.window.all()
                if (cls.window.fresh(node).get_name() or '').startswith('Graph of ')]

    def name(self):
        return self.graphs()[0].get_name()

    def see(self, words, what):
        self.window.wait(lambda: self.name().startswith(words), f'{what}: {words}')

    def point(self, x):
        """Move over the graph; returns what is read there."""
        for y in range(170, 300, 30):
            self.screen.tool('mousemove', x, y)
            time.sleep(0.2)
            words = self.window.fresh(self.graphs()[0]).get_description()
            if words:
                return words
        return ''

    def test_1_hover_reads_both(self):
        words = self.window.wait(lambda: self.point(700), 'a read-out')
        self.assertIn('↓ 80.0 kbit/s', words)
        self.assertIn('↑ 40.0 kbit/s', words)

    def test_2_zoom_keeps_the_peak(self):
        self.assertTrue(self.point(700))
        self.see('Graph of 120 seconds: peak of the download 80.0 kbit/s', 'the burst is older')
        self.screen.click(700, 200)
        for seconds in (300, 600, 3600, 10800, 43200, 86400):
            self.screen.key('minus')
            self.see(f'Graph of {seconds} seconds: peak of the download 800 Mbit/s', 'zoomed out')
        for seconds in (43200, 10800, 3600, 600, 300, 120, 60):
            self.screen.tool('click', 4)
            self.see(f'Graph of {seconds} seconds', 'the wheel zooms in')
        self.screen.tool('click', 5)
        self.see('Graph of 120 seconds', 'the wheel zooms out')

    def test_3_pan_and_back(self):
        self.screen.tool('mousemove', 300, 200, 'mousedown', 1, 'mousemove', 600, 200)
        self.screen.tool('mousemove', 900, 200, 'mouseup', 1)
        self.window.wait(lambda: self.window.all('push button', 'Now'), 'it is the past')
        for _ in range(8):
            self.screen.key('Left')
        self.see('Graph of 120 seconds: peak of the download 800 Mbit/s', 'panned to the burst')
        self.screen.key('End')
        self.see('Graph of 120 seconds: peak of the download 80.0 kbit/s', 'now again')


@desktop.needs_desktop
class Frames(unittest.TestCase):
    def setUp(self):
        self.screen = desktop.shared()

    def frames(self, window):
        return [line for line in window.said().splitlines() if line.startswith('frame ')]

    def test_one_repaint_a_tick_and_none_when_hidden(self):
        path = os.path.join(self.screen.folder, 'ticks.jsonl')
        recording.write(path, 400, lambda tick: [recording.row('e', rx_bytes=tick * 1000,
                                                               rx_bytes_per_s=1000 + tick % 7)])
        window = self.screen.start(f'--replay={path}', '--speed=4', '--measure')
        window.wait(lambda: len(window.rows()) == 2, 'rows')
        self.screen.focus(window)
        self.screen.tool('mousemove', 2, 2)
        time.sleep(2)
        before, begin = len(self.frames(window)), time.monotonic()
        time.sleep(4)
        ticks = 4 * (time.monotonic() - begin)
        painted = len(self.frames(window)) - before
        self.assertGreater(painted, 2)
        self.assertLessEqual(painted, ticks + 2)
        self.screen.tool('windowunmap', '--sync', window.number)
        time.sleep(0.5)
        before = len(self.frames(window))
        time.sleep(2)
        self.assertEqual(len(self.frames(window)), before)
        self.screen.tool('windowmap', '--sync', window.number)
        window.wait(lambda: len(self.frames(window)) > before, 'shown again')

    def test_no_freeze_with_ten_thousand(self):
        path = os.path.join(self.screen.folder, 'many.jsonl')
        recording.write(path, 12, recording.many(10000))
        window = self.screen.start(f'--replay={path}', '--speed=2', '--measure')
        window.wait(lambda: '10000 interfaces' in window.names(), 'counted', 30)
        window.wait(lambda: [name for name in window.names() if name.startswith('End of')],
                    'all of it', 40)
        first = int(self.frames(window)[0].split()[3])
        busy = [int(line.split()[1]) / 1000 for line in window.said().splitlines()
                if line.startswith('busy ') and int(line.split()[4]) > first + 1000000]
        self.assertLess(max(busy, default=0), 100, 'ms in which the main loop did nothing else')

    def test_memory_is_flat(self):
        path = os.path.join(self.screen.folder, 'long.jsonl')
        recording.write(path, 1400, recording.many(40))
        window = self.screen.start(f'--replay={path}', '--speed=60')

        def anonymous():
            with open(f'/proc/{window.process.pid}/status', encoding='ascii') as file:
                return int([line for line in file if line.startswith('RssAnon')][0].split()[1])
        time.sleep(11)  # the rings of ten minutes are full then
        before = anonymous()
        time.sleep(11)
        self.assertIsNone(window.process.poll())
        self.assertLess(anonymous() - before, 1500, 'kB after further 600 refreshes')


if __name__ == '__main__':
    unittest.main()
