"""Read C sources for the checkers: files of the project, tokens, declarations, functions.

Tokens carry no comments and no preprocessor lines. Of `#if ... #else ... #endif` only the first
branch is seen (none of `#if 0`), so that braces balance.
"""

import collections
import os
import re
import subprocess

Token = collections.namedtuple('Token', 'kind text line')  # kind: word, number, text, mark
Directive = collections.namedtuple('Directive', 'text line')
Function = collections.namedtuple('Function', 'name parameters head body line last_line')
Declaration = collections.namedtuple('Declaration', 'tokens initialised')

TOKEN = re.compile(r'''
    (?P<space>[ \t\f\r]+|\\\n) | (?P<newline>\n) | (?P<comment>//(?:\\\n|[^\n])*|/\*.*?\*/)
  | (?P<text>(?:u8|[uUL])?"(?:\\.|[^"\\\n])*"|(?:[uUL])?'(?:\\.|[^'\\\n])*')
  | (?P<word>[A-Za-z_]\w*) | (?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)
  | (?P<mark>\.\.\.|->|\+\+|--|<<=?|>>=?|[-+*/%&|^=!<>]=|&&|\|\||.)
''', re.VERBOSE | re.DOTALL)
DIRECTIVE = re.compile(r'[ \t]*#(?:/\*.*?\*/|\\\n|[^\n])*', re.DOTALL)
ATTRIBUTES = ('__attribute__', '_Alignas', '__declspec', '__typeof__', 'typeof', '__extension__')


def project_files(root, suffixes):
    """Files below root that git knows or would add (all files without git), relative, sorted."""
    try:
        listed = subprocess.run(
            ['git', '-c', f'safe.directory={root}', '-C', root, 'ls-files', '-z', '--cached',
             '--others', '--exclude-standard'], check=True, capture_output=True)
        paths = listed.stdout.decode().split('\0')
    except (OSError, subprocess.CalledProcessError):
        paths = [os.path.relpath(os.path.join(folder, name), root)
                 for folder, _, names in os.walk(root) for name in names]
    return sorted(path for path in paths if path.endswith(tuple(suffixes))
                  and not path.startswith('build') and os.path.isfile(os.path.join(root, path)))


def read(root, path):
    with open(os.path.join(root, path), encoding='utf-8', errors='replace') as file:
        return file.read()


def scan(text):
    """Source text -> (tokens, directives)."""
    tokens, directives, hidden = [], [], []
    at, line, line_start = 0, 1, True
    while at < len(text):
        found = DIRECTIVE.match(text, at) if line_start else None
        if found:
            directive = Directive(found.group().strip(), line)
            directives.append(directive)
            _follow_condition(directive.text, hidden)
        else:
            found = TOKEN.match(text, at)
            kind = found.lastgroup
            if kind in ('text', 'word', 'number', 'mark') and not any(hidden):
                tokens.append(Token(kind, found.group(), line))
            line_start = kind == 'newline' or (line_start and kind in ('space', 'comment'))
        line += found.group().count('\n')
        at = found.end()
    return tokens, directives


def _follow_condition(text, hidden):
    """Keep `hidden`, one bool for each open #if, after one directive."""
    word = re.match(r'#\s*(\w*)\s*(\S*)', text)
    if word.group(1) in ('if', 'ifdef', 'ifndef'):
        hidden.append(word.groups() == ('if', '0'))
    elif word.group(1) in ('else', 'elif') and hidden:
        hidden[-1] = not hidden[-1] if word.group(1) == 'else' and hidden[-1] else True
    elif word.group(1) == 'endif' and hidden:
        hidden.pop()


def skip(tokens, at):
    """The index after the bracket that closes tokens[at], or after the end."""
    depth = 0
    while at < len(tokens):
        if tokens[at].text in ('(', '[', '{'):
            depth += 1
        elif tokens[at].text in (')', ']', '}'):
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return at


def is_macro(word):
    return word.isupper() and len(word) > 1


def parts(tokens):
    """The file-scope parts of a file, in order: Function and Declaration."""
    found, head, at, initialised = [], [], 0, False
    while at < len(tokens):
        token = tokens[at]
        if token.text == '{':
            after = skip(tokens, at)
            if not initialised and _is_function(head):
                found.append(_function(head, tokens[at:after]))
                head = []
            elif not initialised:  # the body of a struct, union or enum
                head.append(token)
            at = after
        elif token.text == ';':
            if head:
                found.append(Declaration(without_attributes(head), initialised))
            head, initialised = [], False
            at += 1
        elif token.text in ('(', '['):
            after = skip(tokens, at)
            head.extend([] if initialised else tokens[at:after])
            at = after
        else:
            initialised = initialised or token.text == '='
            if not initialised:
                head.append(token)
            at += 1
    return found


def called_name(head):
    """Index of the word in front of a declarator's parameter list, or None."""
    at = 0
    while at + 1 < len(head):
        if head[at].kind == 'word' and head[at + 1].text == '(':
            word = head[at].text
            if word in ATTRIBUTES or is_macro(word):
                at = skip(head, at + 1)
                continue
            if head[at + 2].text != '*':
                return at
        at += 1
    return None


def without_attributes(tokens):
    """The tokens without __attribute__((...)) and its like, unless nothing else is left."""
    kept, at = [], 0
    while at < len(tokens):
        if tokens[at].text in ATTRIBUTES:
            called = at + 1 < len(tokens) and tokens[at + 1].text == '('
            at = skip(tokens, at + 1) if called else at + 1
        else:
            kept.append(tokens[at])
            at += 1
    return kept or tokens


def _is_function(head):
    words = [token.text for token in without_attributes(head)]
    if any(word in ('struct', 'union', 'enum') for word in words[-2:]):
        return False
    return '(' in words


def _function(head, body):
    at = called_name(head)
    if at is None:  # int BPF_PROG(name, ...)
        marks = [i for i, token in enumerate(head) if token.text == '(']
        at = marks[-1] + 1 if marks[-1] + 1 < len(head) else marks[-1]
        parameters = head[at + 1:skip(head, marks[-1]) - 1]
    else:
        parameters = head[at + 2:skip(head, at + 1) - 1]
    return Function(head[at].text, _count(parameters), head, body, head[0].line, body[-1].line)


def _count(parameters):
    """Number of parameters; `void` and `...` are none."""
    depth, count, named = 0, 0, False
    for token in parameters:
        if token.text in ('(', '['):
            depth += 1
        elif token.text in (')', ']'):
            depth -= 1
        elif token.text == ',' and depth == 0:
            count += named
            named = False
            continue
        named = named or token.text not in ('...', 'void')
    return count + named
