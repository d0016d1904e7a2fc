"""The window's table, as a screen reader and a mouse meet it."""

import os
import time
import unittest

import desktop
import plain_recording as recording

# Every column gives another order, and no order is the reverse of another one.
VALUES = {'a': (3000, 70, 10, 7), 'b': (101000000, 20, 40, 5), 'c': (20, 90, 30, 1),
          'd': (500, 50, 20, 9)}
ORDERS = {'Interface': 'abcd', 'Download': 'badc', 'Upload': 'cadb', 'Download Speed': 'bcda',
          'Upload Speed': 'dabc'}

NO_HEADER = 800  # below the title of the picture, which does not sort
HEIGHTS = (*range(340, 460, 20), *range(260, 340, 20))  # of the titles and the first rows


def four_rows(_tick):
    return [recording.row(name, index=i + 1, rx_bytes=rx, tx_bytes=tx, rx_bytes_per_s=down,
                          tx_bytes_per_s=up)
            for i, (name, (rx, tx, down, up)) in enumerate(VALUES.items())]


def swapping_rows(tick):
    """x and y change places at each refresh; z stays below them."""
    return [recording.row('x', index=1, rx_bytes=2000 + tick % 2),
            recording.row('y', index=2, rx_bytes=2001 - tick % 2),
            recording.row('z', index=3, rx_bytes=tick)]


@desktop.needs_desktop
class Table(unittest.TestCase):
    def setUp(self):
        self.screen = desktop.shared()

    def replay(self, rows, documents=2, speed='0', arguments=()):
        """A window that shows a recording."""
        path = os.path.join(self.screen.folder, 'made.jsonl')
        recording.write(path, documents, rows)
        window = self.screen.start(f'--replay={path}', f'--speed={speed}', *arguments)
        window.wait(lambda: len(window.rows()) > 1, 'rows are there')
        return window

    def order(self, window):
        return ''.join(window.column(0)[1:])  # the first row is the header

    def test_download_first_as_numbers(self):
        window = self.replay(four_rows)
        self.assertEqual(tuple(window.rows()[0][:5]), desktop.TITLES)
        self.assertEqual(self.order(window), ORDERS['Download'])
        self.assertEqual(window.rows()[1][:5], ['b', '101 MB', '20 B', '320 bit/s', '40 bit/s'])

    def test_sort_menu(self):
        window = self.replay(four_rows)
        for title, expected in ORDERS.items():
            window.act('push button', 'Sort')
            window.act('menu item', title)
            window.wait(lambda e=expected: self.order(window) == e, f'by {title}: {expected}')

    def test_header_clicks(self):
        window = self.replay(four_rows)
        y = next(y for y in HEIGHTS if self.click(window, 200, y))
        wanted = {way for order in ORDERS.values() for way in (order, order[::-1])}
        seen = set()
        for x in range(24, 660, 22):
            self.click(window, x, y)
            seen.add(self.order(window))
            if wanted <= seen:
                break
        for title, expected in ORDERS.items():
            self.assertIn(expected, seen, title)
            self.assertIn(expected[::-1], seen, f'{title}, the other way round')

    def click(self, window, x, y):
        """Whether a click there changes the order, as it does at once on any title."""
        before = self.order(window)
        self.screen.click(x, y)
        try:
            return window.wait(lambda: self.order(window) != before, timeout=0.6)
        except AssertionError:
            return False

    def test_filter_and_its_error(self):
        window = self.replay(four_rows)
        window.act('push button', 'Filter')
        entry = window.wait(lambda: [node for node in window.all('entry')
                                     if node.get_editable_text_iface()], 'entry')[0]
        edit = self.screen.atspi.EditableText.set_text_contents
        edit(entry, 'rx_bytes>400 and tx_bytes<60')
        window.wait(lambda: self.order(window) == 'bd', 'filtered')
        window.wait(lambda: '2 of 4 interfaces' in window.names(), 'counted')
        edit(entry, 'rx_bytes>400 and colour=red')
        window.wait(lambda: [name for name in window.names()
                             if name.startswith('At character 18:')], 'error with its place')
        edit(entry, 'name=nobody')
        window.wait(lambda: 'Nothing Matches' in window.names(), 'empty state')
        window.act('push button', 'Clear Filter')
        window.wait(lambda: self.order(window) == ORDERS['Download'], 'all again')

    def test_units(self):
        window = self.replay(four_rows)
        self.assertEqual(window.rows()[1][1:4], ['101 MB', '20 B', '320 bit/s'])
        window.act('push button', 'Main Menu')
        window.act('menu item', 'Preferences')
        window.wait(lambda: 'Speeds in' in window.names(), 'preferences')
        window = self.replay(four_rows, arguments=['--rates=bytes', '--amounts=bits'])
        self.assertEqual(window.rows()[1][1:4], ['808 Mbit', '160 bit', '40 B/s'])

    def test_freeze(self):
        window = self.replay(lambda tick: [recording.row('e', rx_bytes=1000 + tick)], 400, '20')
        first = window.rows()[1][1]
        window.wait(lambda: window.rows()[1][1] != first, 'it moves')
        window.act('push button', 'Freeze')
        window.wait(lambda: 'frozen' in window.names(), 'it says so')
        held = window.rows()[1][1]
        with self.assertRaises(AssertionError):
            window.wait(lambda: window.rows()[1][1] != held, timeout=1.5)
        window.act('push button', 'Freeze')
        window.wait(lambda: window.rows()[1][1] != held, 'it goes on')

    def selected(self, window):
        """Names of the selected rows."""
        state = self.screen.atspi.StateType.SELECTED
        return [window.names(node)[0] for node in window.table_rows()
                if node.get_state_set().contains(state)]

    def picture(self, window, rows):
        """(names from the top, names of the selected rows, z's download), all of one refresh."""
        state = self.screen.atspi.StateType.SELECTED

        def name_of(node):
            return window.fresh(node).get_name()

        def look():
            found = [(window.fresh(row).get_index_in_parent(), name_of(name), name_of(download),
                      row.get_state_set().contains(state)) for row, name, download in rows]
            return sorted(found)

        def same_twice():
            seen = look()
            whole = sorted(row[1] for row in seen) == ['x', 'y', 'z']
            return whole and seen == look() and seen
        seen = window.wait(same_twice, 'a moment between two refreshes', timeout=60)
        return (''.join(row[1] for row in seen), [row[1] for row in seen if row[3]], seen[2][2])

    def test_selection_stays_with_its_row(self):
        window = self.replay(swapping_rows, 1200, '4')
        for y in HEIGHTS:
            self.screen.click(NO_HEADER, y)
            if [name for name in self.selected(window) if name in 'xy']:
                break
        chosen = self.selected(window)
        self.assertIn(chosen, (['x'], ['y']))
        self.screen.tool('mousemove', 500, 30)
        rows = [(row, window.label(row, 0), window.label(row, 1))
                for row in window.table_rows()[1:4]]  # the first one is the header
        orders, refreshes = set(), set()
        end = time.monotonic() + 250
        while len(refreshes) < 60 and time.monotonic() < end:
            order, selected, download = self.picture(window, rows)
            orders.add(order)
            refreshes.add(download)
            self.assertEqual(selected, chosen)
            time.sleep(0.05)  # a refresh takes five times as long
        self.assertEqual(len(refreshes), 60)
        self.assertEqual({'xyz', 'yxz'}, orders)

    def test_details_and_back(self):
        window = self.replay(four_rows)
        for y in HEIGHTS:
            self.screen.click(NO_HEADER, y)
            if self.selected(window) == ['b']:
                break
        self.assertEqual(self.selected(window), ['b'])
        time.sleep(1)  # else these clicks and the one before are a triple click
        self.screen.click(NO_HEADER, y, times=2)
        window.wait(lambda: '192.0.2.1/24' in window.names(), 'addresses')
        names = window.names()
        for word in ('Addresses', 'Counters', 'Queue', 'Errors', '101 MB', '52:54:00:00:00:01',
                     'Download 320 bit/s'):
            self.assertIn(word, names)
        window.act('push button', 'Back')
        window.wait(lambda: self.order(window) == ORDERS['Download'], 'the table again')


if __name__ == '__main__':
    unittest.main()
