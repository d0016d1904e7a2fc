"""A machine with another kernel, emulated by qemu: an initial file system of its own and no disk.

    kernel = guest.find_kernel()             the image and its modules, None where there is none
    with guest.Files() as files:
        files.program('/bin/busybox')        with the libraries that it needs, at the same place
        files.text('/init', script, 0o755)
        for line in guest.boot(kernel, files, timeout): ...   what it prints on its console
"""

import glob
import gzip
import os
import re
import shutil
import subprocess
import tempfile

QEMU = 'qemu-system-x86_64'
# Where `./run check --all` puts what it unpacks, and where an installed package has it.
PLACES = (os.path.join(os.environ.get('WEIR_SOURCE', '.'), 'build-check/kernel'), '/')


def find_kernel():
    """(image, folder of modules) of Debian's 6.1 for cloud machines, None where it is not."""
    for place in PLACES:
        for image in sorted(glob.glob(os.path.join(place, 'boot/vmlinuz-6.1.*-cloud-amd64'))):
            version = os.path.basename(image).split('-', 1)[1]
            for folder in ('lib', 'usr/lib'):
                modules = os.path.join(place, folder, 'modules', version)
                if os.path.isdir(modules):
                    return image, modules
    return None


class Files:
    """The initial file system: a cpio archive as the kernel reads it (newc)."""

    def __init__(self):
        self.entries, self.file = {}, None

    def __enter__(self):
        self.file = tempfile.NamedTemporaryFile(suffix='.cpio.gz')
        return self

    def __exit__(self, *_):
        self.file.close()

    def folder(self, path):
        if path not in ('', '/') and path not in self.entries:
            self.folder(os.path.dirname(path))
            self.entries[path] = (0o40755, b'')

    def text(self, path, content, mode=0o644):
        self.folder(os.path.dirname(path))
        self.entries[path] = (0o100000 | mode, content if isinstance(content, bytes)
                              else content.encode())

    def copy(self, path, to=None):
        with open(path, 'rb') as source:
            self.text(to or path, source.read(), os.stat(path).st_mode & 0o777)

    def program(self, path, to=None):
        """An executable and the libraries that it is linked with."""
        self.copy(path, to)
        listed = subprocess.run(['ldd', path], capture_output=True, text=True, check=False).stdout
        for library in re.findall(r'(/\S+) \(0x', listed):
            if library not in self.entries:
                self.copy(library)

    def write(self):
        with gzip.open(self.file.name, 'wb', compresslevel=1) as archive:
            for number, (path, (mode, content)) in enumerate([*self.entries.items(),
                                                              ('TRAILER!!!', (0, b''))], 1):
                name = path.lstrip('/').encode() + b'\0'
                fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name), 0)
                head = b'070701' + b''.join(b'%08x' % field for field in fields) + name
                archive.write(head + bytes(-len(head) % 4) + content + bytes(-len(content) % 4))
        return self.file.name


def boot(kernel, files, timeout):
    """Run it until it switches itself off. Returns what its console shows, line by line."""
    command = [QEMU, '-machine', 'pc', '-cpu', 'max', '-accel', 'tcg', '-m', '512',
               '-display', 'none', '-monitor', 'none', '-serial', 'stdio', '-nic', 'none',
               '-no-reboot', '-kernel', kernel[0], '-initrd', files.write(),
               '-append', 'console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=on']
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as machine:
        try:
            said = machine.communicate(timeout=timeout)[0]
        except subprocess.TimeoutExpired:
            machine.kill()
            said = machine.communicate()[0] + f'(not done after {timeout} s)'.encode()
    return said.decode(errors='replace').replace('\r', '').split('\n')


def missing():
    """What has to be installed for this, '' nothing."""
    if not shutil.which(QEMU):
        return QEMU
    return '' if find_kernel() else "Debian's kernel 6.1 (linux-image-cloud-amd64)"
