"""A WireGuard tunnel from the LAN host to a server in the Internet, by wireguard-go: the kernel's is not there to be used."""
import os
import subprocess

from fo.demo.errors import DemoError

SERVER = "10.66.0.2"
_CLIENT, _ENDPOINT = "10.66.0.1", "203.0.113.80:51820"
_READY_SECONDS = 10


def make(lab, folder):
    """The names are those of sockets in /run/wireguard, which all hosts of all labs share."""
    near, far = f"fon{os.getpid()}", f"foi{os.getpid()}"
    public = {name: _key(f"{folder}/{name}") for name in (near, far)}
    _end(lab, "isp", far, folder, f"listen-port 51820 peer {public[near]} allowed-ips {_CLIENT}/32", SERVER)
    _end(lab, "lan", near, folder, f"peer {public[far]} endpoint {_ENDPOINT} allowed-ips {SERVER}/32", _CLIENT)
    if not lab.wait("lan", _READY_SECONDS, f"ping -n -q -c 1 -W 1 {SERVER}"):
        raise DemoError("nothing passes the WireGuard tunnel")


def _key(path):
    key = subprocess.run(["wg", "genkey"], check=True, capture_output=True).stdout
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        file.write(key)
    return subprocess.run(["wg", "pubkey"], input=key, check=True, capture_output=True).stdout.decode().strip()


def _end(lab, host, name, folder, peer, address):
    lab.do(host, f"wireguard-go {name} </dev/null >/dev/null 2>&1")
    lab.do(host, f"wg set {name} private-key {folder}/{name} {peer}"
                 f" && ip address add {address}/24 dev {name} && ip link set {name} up")
