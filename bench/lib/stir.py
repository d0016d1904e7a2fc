"""Small frames on random interfaces of this network namespace, so that their order changes.

    stir.py COUNT     COUNT interfaces: pairs v0 w0, v1 w1, ... and lo; until it is killed
"""

import random
import socket
import sys
import time

HEADER = bytes(12) + b'\x88\xb5'  # an EtherType for experiments
FRAME = HEADER + bytes(1000)


def main():
    count = int(sys.argv[1])
    pairs = (count - 1) // 2
    random.seed(1)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        while True:
            for _ in range(max(pairs, 4)):
                end = f'{random.choice("vw")}{random.randrange(pairs)}'
                wire.sendto(FRAME[:random.randrange(60, 1000)], (end, 0))
            time.sleep(0.5)


if __name__ == '__main__':
    main()
