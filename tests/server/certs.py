"""Makes authorities and certificates with openssl, for tests of TLS."""

import subprocess


def openssl(*argv, stdin=None):
    """Runs openssl; an error is the test's."""
    done = subprocess.run(["openssl", *map(str, argv)], input=stdin, capture_output=True,
                          encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 0, done
    return done.stdout


class Authority:
    """A certificate authority in a directory of its own."""

    def __init__(self, top, name="Test CA", base="ca"):
        self.top = top
        top.mkdir(exist_ok=True)
        self.cert, self.key = top / f"{base}.crt", top / f"{base}.key"
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.key, "-out",
                self.cert, "-days", 30, "-subj", f"/O=Falcot/CN={name}")
        (top / "index.txt").write_text("")
        (top / "crlnumber").write_text("01\n")
        self.conf = top / "ca.cnf"
        self.conf.write_text(f"[ca]\ndefault_ca=d\n[d]\ndatabase={top}/index.txt\n"
                             f"crlnumber={top}/crlnumber\ndefault_md=sha256\n"
                             f"default_crl_days=30\ncertificate={self.cert}\n"
                             f"private_key={self.key}\nunique_subject=no\n"
                             f"serial={top}/serial\nnew_certs_dir={top}\npolicy=p\n[p]\n"
                             "organizationName=optional\ncommonName=optional\n")
        (top / "serial").write_text("1000\n")

    def issue(self, base, subject, extensions="", days=("-days", 20), newkey="rsa:2048"):
        """Makes a key and a certificate; returns their paths (certificate, key)."""
        cert, key, csr = (self.top / f"{base}.{end}" for end in ("crt", "key", "csr"))
        ext = self.top / f"{base}.ext"
        ext.write_text(extensions or "keyUsage=digitalSignature\n")
        curve = ["-pkeyopt", "ec_paramgen_curve:prime256v1"] if newkey == "ec" else []
        openssl("req", "-newkey", newkey, *curve, "-nodes", "-keyout", key, "-out", csr, "-subj",
                subject)
        openssl("ca", "-batch", "-config", self.conf, "-in", csr, "-out", cert, "-extfile", ext,
                "-notext", "-preserveDN", *days)
        return cert, key

    def server(self, base="server", name="localhost", **options):
        """Makes a pair for a server at 127.0.0.1."""
        return self.issue(base, f"/CN={name}",
                          "subjectAltName=DNS:localhost,IP:127.0.0.1\n"
                          "extendedKeyUsage=serverAuth\n", **options)

    def client(self, base="client", name="Jean", **options):
        """Makes a pair for a client."""
        return self.issue(base, f"/O=Falcot/CN={name}", "extendedKeyUsage=clientAuth\n",
                          **options)

    def revoke(self, cert):
        """Puts a certificate on the list."""
        openssl("ca", "-config", self.conf, "-revoke", cert)

    def crl(self, base="crl"):
        """Writes the revocation list; returns its path."""
        path = self.top / f"{base}.pem"
        openssl("ca", "-config", self.conf, "-gencrl", "-out", path)
        return path
