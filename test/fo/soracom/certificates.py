"""Throw-away certificates: a CA and the server's own, and the three that a client must refuse."""

import datetime
import ipaddress
import os
import ssl
import subprocess
import tempfile

NAMES = ("api.soracom.io", "g.api.soracom.io", "localhost")
ADDRESSES = ("127.0.0.1", "::1")

_DAY = datetime.timedelta(days=1)

# `openssl ca`, because only it can set the beginning of the validity in OpenSSL 3.0.
_CONFIG = """
[ca]
default_ca = main
[main]
dir = {0}
database = {0}/index.txt
new_certs_dir = {0}
default_md = sha256
policy = any
unique_subject = no
rand_serial = yes
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
"""
_LEAF = """
[{0}]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = {1}
"""


class Certificates:
    """Makes the files and gives a TLS context for each sort of certificate."""

    def __init__(self, folder, addresses):
        self._folder = folder
        with tempfile.TemporaryDirectory(dir=folder, prefix="openssl.") as work:
            self._work = work
            self._write_config(alternative_names((*ADDRESSES, *addresses)))
            self._make_all(datetime.datetime.now(datetime.timezone.utc))
        self._contexts = {name: self._context(name) for name in ("server", "wrong", "expired", "early")}

    def context(self, name):
        return self._contexts[name]

    def _write_config(self, names):
        with open(self._config, "w", encoding="ascii") as file:
            file.write(_CONFIG.format(self._work) + _LEAF.format("right", names)
                       + _LEAF.format("elsewhere", "DNS:elsewhere.invalid"))
        with open(os.path.join(self._work, "index.txt"), "w", encoding="ascii"):
            pass

    def _make_all(self, now):
        self._authority("ca", "fo test CA", now)
        self._authority("wrong-ca", "another CA", now)
        self._leaf("server", "right", "ca", now - _DAY, now + 3650 * _DAY)
        self._leaf("expired", "right", "ca", now - 30 * _DAY, now - _DAY)
        self._leaf("early", "right", "ca", now + _DAY, now + 3650 * _DAY)
        self._leaf("wrong", "elsewhere", "wrong-ca", now - _DAY, now + 3650 * _DAY)

    def _authority(self, name, title, now):
        # Older than the expired certificate, so that only the latter's own end is at fault.
        self._key_and_request(name, title)
        self._sign(name, "authority", ["-selfsign", "-keyfile", self._path(name, "key")],
                   now - 31 * _DAY, now + 3650 * _DAY)

    def _leaf(self, name, extensions, authority, start, end):
        self._key_and_request(name, NAMES[0])
        signer = ["-cert", self._path(authority, "pem"), "-keyfile", self._path(authority, "key")]
        self._sign(name, extensions, signer, start, end)

    def _key_and_request(self, name, title):
        self._openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                      "-nodes", "-subj", f"/CN={title}", "-keyout", self._path(name, "key"),
                      "-out", self._request(name))

    def _sign(self, name, extensions, signer, start, end):
        self._openssl("ca", "-batch", "-notext", *signer,
                      "-extensions", extensions, "-in", self._request(name),
                      "-startdate", _openssl_time(start), "-enddate", _openssl_time(end),
                      "-out", self._path(name, "pem"))

    def _openssl(self, verb, *arguments):
        done = subprocess.run(["openssl", verb, "-config", self._config, *arguments], check=False,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"openssl {verb}: {done.stderr.strip()}")

    def _context(self, name):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self._path(name, "pem"), self._path(name, "key"))
        context.set_alpn_protocols(["http/1.1"])
        return context

    def _path(self, name, kind):
        return os.path.join(self._folder, f"{name}.{kind}")

    def _request(self, name):
        return os.path.join(self._work, f"{name}.csr")

    @property
    def _config(self):
        return os.path.join(self._work, "openssl.cnf")


def alternative_names(addresses):
    """The subjectAltName of the proper certificate."""
    unique = dict.fromkeys(str(ipaddress.ip_address(text)) for text in addresses)
    return ",".join([*(f"DNS:{name}" for name in NAMES), *(f"IP:{text}" for text in unique)])


def _openssl_time(when):
    return when.strftime("%Y%m%d%H%M%SZ")
