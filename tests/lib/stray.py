"""Packets that no program takes, sent from a namespace: `python3 stray.py KIND [WORDS]`.

    closed HOST          100 connections and 200 datagrams to ports that nobody listens on
    datagrams HOST PORT  200 datagrams of 200 bytes; an error that comes back is no reason to stop
    many HOST IFACE      the same to a broadcast or multicast address
    serve HOST [first]   takes 100 connections, and closes them first, or last
    ask HOST [last]      makes these, and closes them last, or first
"""

import socket
import sys

STRAY, EVERYBODY, SERVED = 3000, 3001, 5000  # ports
COUNT = 100


def datagrams(host, port, iface=None):
    family = socket.AF_INET6 if ':' in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sender:
        if iface:
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            sender.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, iface.encode())
        for _ in range(2 * COUNT):
            try:
                sender.sendto(b'x' * 200, (host, int(port)))
            except ConnectionRefusedError:
                pass  # told of an earlier one


def closed(host):
    for _ in range(COUNT):
        with socket.socket() as client:
            client.connect_ex((host, STRAY))
    datagrams(host, STRAY)


def serve(host, order='last'):
    with socket.create_server((host, SERVED), backlog=COUNT) as server:
        print('ready', flush=True)
        for _ in range(COUNT):
            with server.accept()[0] as taken:
                taken.recv(1)
                if order == 'last':
                    taken.recv(1)  # until the other end has closed


def ask(host, order='first'):
    for _ in range(COUNT):
        with socket.create_connection((host, SERVED)) as client:
            client.send(b'x')
            if order == 'last':
                client.recv(1)


if __name__ == '__main__':
    KINDS = {'closed': closed, 'datagrams': datagrams, 'serve': serve, 'ask': ask,
             'many': lambda host, iface: datagrams(host, EVERYBODY, iface)}
    KINDS[sys.argv[1]](*sys.argv[2:])
