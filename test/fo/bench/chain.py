#!/usr/bin/python3 -B
"""test/soracom/soracom-api with a chain of certificates of the size that public services have: RSA keys, an
authority in between, a root that another one has signed, and all the extensions. (The stand-in's own is one
small certificate.) In the form of Amazon's, which has most of the public APIs in its cloud; that of
api.soracom.io itself could not be fetched.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__)))))

from fo.soracom import certificates, cli, serve  # noqa: E402  (the path has to be set first)

_SUBJECT = "/C=US/O=Example Trust Services LLC/CN="
_AUTHORITY = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,digitalSignature,keyCertSign,cRLSign",
              "subjectKeyIdentifier=hash"]
_SIGNED = ["authorityKeyIdentifier=keyid", "certificatePolicies=2.23.140.1.2.1",
           "authorityInfoAccess=OCSP;URI:http://ocsp.r2m03.example.com,"
           "caIssuers;URI:http://crt.r2m03.example.com/r2m03.cer",
           "crlDistributionPoints=URI:http://crl.r2m03.example.com/r2m03.crl"]
# Of certificate transparency: three logs' signatures, here noise of that size.
_LEAF = ["basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature,keyEncipherment",
         "extendedKeyUsage=serverAuth,clientAuth", "subjectKeyIdentifier=hash",
         f"1.3.6.1.4.1.11129.2.4.2=ASN1:FORMAT:HEX,OCTETSTRING:{'04' * 362}"]


class Chain(certificates.Certificates):
    def __init__(self, folder, addresses):
        self._names = f"subjectAltName={certificates.alternative_names(addresses)}"
        super().__init__(folder, addresses)

    def _make_all(self, now):
        super()._make_all(now)
        self._rsa("ca", "Example Services Root Certificate Authority - G2", None, _AUTHORITY)
        self._rsa("root", "Example Root CA 1", "ca", _AUTHORITY + _SIGNED)
        self._rsa("between", "Example RSA 2048 M03", "root", _AUTHORITY + _SIGNED)
        self._rsa("server", "api.soracom.io", "between", [*_LEAF, *_SIGNED, self._names])
        with open(self._path("server", "pem"), "a", encoding="ascii") as chain:
            for name in ("between", "root"):
                with open(self._path(name, "pem"), encoding="ascii") as file:
                    chain.write(file.read())

    def _rsa(self, name, title, signer, extensions):
        by = ["-CA", self._path(signer, "pem"), "-CAkey", self._path(signer, "key")] if signer else []
        self._openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650",
                      "-subj", _SUBJECT + title, "-keyout", self._path(name, "key"),
                      "-out", self._path(name, "pem"), *by,
                      *(word for extension in extensions for word in ("-addext", extension)))


serve.Certificates = Chain
sys.exit(cli.main())
