"""What a browser makes of a page, as far as tests need it: elements, and the text that is read."""

import html.parser

VOID = {'meta', 'br'}
LINES = {'h1', 'h2', 'p', 'tr', 'li', 'figcaption', 'summary', 'dt', 'footer', 'title'}
CELLS = {'td', 'th', 'dd'}
UNREAD = {'style', 'svg'}


class Page(html.parser.HTMLParser):
    """elements: [(tag, {attribute: value})]; lines(): the text; unbalanced: tags that do not fit"""

    def __init__(self, text):
        super().__init__()
        self.elements, self.unbalanced, self.open = [], [], []
        self.parts, self.graph = [], []
        self.feed(text)
        self.close()
        self.unbalanced += self.open

    def count(self, tag):
        """How many elements of that name."""
        return sum(1 for name, _ in self.elements if name == tag)

    def lines(self):
        """The text that is read, a line for each row or paragraph; cells stand apart."""
        text = ''.join(self.parts).replace('\u00a0', ' ')
        cells = ([cell.strip() for cell in line.split('\t')] for line in text.splitlines())
        return [' | '.join(cell for cell in line if cell) for line in cells if any(line)]

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if not UNREAD.intersection(self.open):
            self.parts.append('\n' if tag in LINES else '\t' if tag in CELLS else '')

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append('/' + tag)

    def handle_data(self, data):
        if 'svg' in self.open:
            self.graph.append(data.strip())
        elif 'style' not in self.open:
            self.parts.append(data.replace('\n', ' '))
