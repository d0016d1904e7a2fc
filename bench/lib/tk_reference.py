"""The reference window of bench/gui: what a script with psutil, pandas and Tk makes of the task.

A table of five columns (Interface, Download, Upload, Download Speed, Upload Speed) of this
machine's interfaces, refreshed each second, largest download first; no graph. Prints "ready" after
the first frame. Arguments: none.
"""

import tkinter
from tkinter import ttk

import pandas
import psutil

COLUMNS = ('Interface', 'Download', 'Upload', 'Download Speed', 'Upload Speed')


def human(value, suffix=''):
    for prefix in ('', 'k', 'M', 'G', 'T'):
        if value < 1000 or prefix == 'T':
            return f'{value:.3g} {prefix}B{suffix}'
        value /= 1000
    return ''


def read(before):
    """Counters as a sorted frame."""
    now = psutil.net_io_counters(pernic=True)
    frame = pandas.DataFrame(
        [(name, io.bytes_recv, io.bytes_sent,
          io.bytes_recv - before.get(name, io).bytes_recv,
          io.bytes_sent - before.get(name, io).bytes_sent) for name, io in now.items()],
        columns=COLUMNS).sort_values('Download', ascending=False)
    return now, frame


def main():
    window = tkinter.Tk()
    window.geometry('1000x640')
    table = ttk.Treeview(window, columns=COLUMNS, show='headings')
    for title in COLUMNS:
        table.heading(title, text=title)
        table.column(title, width=190)
    table.pack(fill='both', expand=True)
    state = {'before': {}}

    def refresh():
        state['before'], frame = read(state['before'])
        table.delete(*table.get_children())
        for name, down, up, down_rate, up_rate in frame.itertuples(index=False):
            table.insert('', 'end', values=(name, human(down), human(up), human(down_rate, '/s'),
                                            human(up_rate, '/s')))
        window.after(1000, refresh)

    refresh()
    window.update()
    print('ready', flush=True)
    window.mainloop()


if __name__ == '__main__':
    main()
