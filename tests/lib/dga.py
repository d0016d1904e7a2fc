"""Families of generated domains, written from the published descriptions of how each kind works
(see Plohmann and others, USENIX Security 2016, for the classes): 500 names of each for tests."""

import base64
import datetime
import hashlib
import random

WORDS = '''able above across action address afraid again against almost alone along already among
animal answer appear apple arrive autumn banker basket beautiful because become before
begin behind believe better between bottle branch bridge bright broken brother bucket
butter button camera captain castle center chance change chicken circle clothes coffee
common company corner country course create credit danger daughter decide degree
different dinner distance doctor double driver during early effort either electric
english enough evening expect family famous farmer father figure finger finish flower
follow foreign forest forward garden gather gentle glass ground happen health heaven
history hunger husband indeed inside island journey kitchen'''.split()


def arithmetic(count, seed=0x1234567):
    """A linear congruential generator picks the letters (Conficker, Kraken)."""
    names, state = [], seed
    for _ in range(count):
        letters = ''
        state = (state * 1103515245 + 12345) & 0x7fffffff
        for _ in range(9 + (state >> 16) % 5):
            state = (state * 1103515245 + 12345) & 0x7fffffff
            letters += chr(97 + (state >> 16) % 26)
        names.append(f'{letters}.{("com", "net", "org", "info")[(state >> 8) % 4]}')
    return names


def hexadecimal(count, seed='bamital'):
    """The digits of a hash of seed and number (Bamital, Dyre)."""
    return [hashlib.md5(f'{seed}{i}'.encode()).hexdigest() + '.info' for i in range(count)]


def base32(count, seed=b'base'):
    """A keyed hash in base 32 (Qakbot's and others' alphabets are alike)."""
    return [base64.b32encode(hashlib.sha1(seed + bytes([i >> 8, i & 255])).digest())[:20].decode()
            .lower() + '.biz' for i in range(count)]


def dictionary(count, seed=3):
    """Two words after each other (Suppobox, Matsnu)."""
    pick = random.Random(seed)
    names = set()
    while len(names) < count:
        names.add(pick.choice(WORDS) + pick.choice(WORDS) + '.net')
    return sorted(names)


def date_seeded(count, day=datetime.date(2024, 2, 29)):
    """Letters by shifts of year, month and day (CryptoLocker)."""
    names = []
    for number in range(count):
        year, month, date = day.year + number, day.month, day.day
        letters = ''
        for _ in range(12 + number % 4):
            year = ((year ^ 8 * year) >> 11) ^ ((year & 0xfffffff0) << 17) & 0xffffffff
            month = ((month ^ 4 * month) >> 25) ^ 16 * (month & 0xfffffff8) & 0xffffffff
            date = ((date ^ date << 13) >> 19) ^ ((date & 0xfffffffe) << 12) & 0xffffffff
            letters += chr((year ^ month ^ date) % 25 + 97)
        names.append(letters + '.ru')
    return names


def uniform(count, seed=11):
    """Letters at random, of random length (Ramnit, Necurs)."""
    pick = random.Random(seed)
    return [''.join(pick.choices('abcdefghijklmnopqrstuvwxyz', k=pick.randint(10, 19))) + '.com'
            for _ in range(count)]


def infected(family, host, count=150):
    """What one of many infected hosts asks for: each has a seed of its own."""
    seeds = {'arithmetic': host * 7919 + 1, 'hex': f'seed {host}', 'base32': bytes([host, 7]),
             'date': datetime.date(2024, 1, 1) + datetime.timedelta(days=9 * host)}
    return FAMILIES[family](count, seeds.get(family, host))


FAMILIES = {'arithmetic': arithmetic, 'hex': hexadecimal, 'base32': base32,
            'dictionary': dictionary, 'date': date_seeded, 'random': uniform}
