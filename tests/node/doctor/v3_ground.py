# The keys, certificates and RSA signatures of the cases of APIv3. Every byte is the same in each run.
import base64
import hashlib
import json
import re
from datetime import datetime, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509.oid import NameOID

NOW = 1_785_000_000
NONCE = "8F3C2A1B9D4E5F60718293A4B5C6D7E8"
MCHID, SUB_MCHID = "1900009191", "1900013511"
APPID, SUB_APPID = "wx8888888888888888", "wxd678efh567hg6787"
PUBLIC_KEY_ID = "PUB_KEY_ID_0119000091912026072500112233445566"

PEMS = dict(
    re.findall(r"^(\w+)\n(-----BEGIN.*?-----END PRIVATE KEY-----)", (Path(__file__).parent / "test-only-keys.pem").read_text(), re.M | re.S)
)
KEYS = {name: serialization.load_pem_private_key(pem.encode(), None, unsafe_skip_rsa_key_validation=True) for name, pem in PEMS.items()}


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def public_pem(name):
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return KEYS[name].public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def certificate(key, serial, common_name, begins=2023, ends=2028):
    """A certificate in PEM, as merchants and platforms have them."""
    merchant = common_name.isdigit()
    unit = "深圳市示例商店有限公司" if merchant else "Tenpay.com CA Center"
    subject = names(common_name, "微信商户系统" if merchant else "Tenpay.com", unit)
    issuer = names("Tenpay.com Root CA", "Tenpay.com", "Tenpay.com CA Center")
    builder = x509.CertificateBuilder(issuer, subject, KEYS[key].public_key(), int(serial, 16))
    builder = builder.not_valid_before(datetime(begins, 7, 1, tzinfo=timezone.utc))
    builder = builder.not_valid_after(datetime(ends, 6, 30, tzinfo=timezone.utc))
    return builder.sign(KEYS["platform_public_key"], hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def names(common_name, organization, unit):
    parts = ((NameOID.COMMON_NAME, common_name), (NameOID.ORGANIZATION_NAME, organization), (NameOID.ORGANIZATIONAL_UNIT_NAME, unit))
    return x509.Name([x509.NameAttribute(*part) for part in parts])


SERIAL = "408B07E79B8269FEC3D5D3E6AB8ED163A6A380DB"
ZERO_SERIAL = "0A47D9835EA1602CF8B93D147065AEC21F8D7702"
PLATFORM_SERIAL = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"
OTHER_SERIAL = "7132D72A03E93CDDF8C03BBD1F37EEDF5D0A1A0F"
CERTIFICATE = certificate("merchant", SERIAL, MCHID)
ZERO_CERTIFICATE = certificate("merchant", ZERO_SERIAL, MCHID)
EXPIRED_CERTIFICATE = certificate("merchant", SERIAL, MCHID, 2020, 2025)
OTHER_CERTIFICATE = certificate("stranger", OTHER_SERIAL, MCHID)
PLATFORM_CERTIFICATE = certificate("platform_certificate", PLATFORM_SERIAL, "Tenpay.com sign")
OTHER_PLATFORM_CERTIFICATE = certificate("stranger", OTHER_SERIAL, "Tenpay.com sign")


def sign(text, key="merchant", hash=None, salt=None):
    """An RSA signature in base64: PKCS#1 v1.5 with SHA-256, or another hash, or PSS with that many bytes of salt."""
    message = text if isinstance(text, bytes) else text.encode()
    if salt is not None:
        return base64.b64encode(pss(message, KEYS[key], salt)).decode()
    return base64.b64encode(KEYS[key].sign(message, padding.PKCS1v15(), hash or hashes.SHA256())).decode()


def pss(message, key, salt_length):
    """RSASSA-PSS of RFC 8017 with SHA-256. The salt is fixed, so that each run has the same bytes."""
    salt = bytes(range(1, salt_length % 250 + 1)).ljust(salt_length, b"\x5a")
    digest = hashlib.sha256(b"\0" * 8 + hashlib.sha256(message).digest() + salt).digest()
    block = b"\0" * (256 - salt_length - 34) + b"\1" + salt
    mask = b"".join(hashlib.sha256(digest + at.to_bytes(4, "big")).digest() for at in range(8))
    masked = bytearray(one ^ two for one, two in zip(block, mask))
    masked[0] &= 0x7F
    numbers = key.private_numbers()
    encoded = int.from_bytes(bytes(masked) + digest + b"\xbc", "big")
    return pow(encoded, numbers.d, numbers.public_numbers.n).to_bytes(256, "big")


def verifies(text, signature, key="merchant"):
    """Whether a signature is right for a text."""
    try:
        KEYS[key].public_key().verify(base64.b64decode(signature), text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return True
    except Exception:
        return False
