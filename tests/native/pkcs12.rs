//! The merchant's PKCS#12 file: made by OpenSSL with every encryption in use, and damaged in many ways.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, id};
use std::sync::atomic::{AtomicUsize, Ordering};

use p12_keystore::Pkcs12Archive;
use paysign::{ErrorKind, PKCS12_BYTES, open_pkcs12};

use crate::support::MCH_ID;

/// A folder of one test, gone when it ends.
struct Desk(PathBuf);

impl Desk {
    /// With a key `own` and its certificate.
    fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let place = format!("paysign-pkcs12-{}-{}", id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let desk = Self(std::env::temp_dir().join(place));
        fs::create_dir(&desk.0).unwrap();
        desk.openssl("req -x509 -newkey rsa:2048 -nodes -keyout own.key -out own.pem -subj /CN=1900000109", &[]);
        desk
    }

    fn openssl(&self, command: &str, more: &[&str]) -> String {
        let words = command.split(' ').filter(|word| !word.is_empty());
        let asked = Command::new("openssl").args(words).args(more).current_dir(&self.0).output().unwrap();
        assert!(asked.status.success(), "{command}: {}", String::from_utf8_lossy(&asked.stderr));
        String::from_utf8(asked.stdout).unwrap()
    }

    /// Exports a file with these options.
    fn pkcs12(&self, options: &str, passphrase: &str) -> Vec<u8> {
        self.openssl(&format!("pkcs12 -export -out file.p12 {options} -passout"), &[&format!("pass:{passphrase}")]);
        fs::read(self.0.join("file.p12")).unwrap()
    }

    fn own(&self, options: &str) -> Vec<u8> {
        self.pkcs12(&format!("-inkey own.key -in own.pem {options}"), MCH_ID)
    }

    fn certificate(&self, name: &str) -> String {
        self.openssl(&format!("x509 -in {name}.pem"), &[])
    }

    fn key(&self) -> String {
        self.openssl("pkcs8 -topk8 -nocrypt -in own.key", &[])
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The sentence of a refusal.
fn refusal(file: &[u8], passphrase: &str) -> String {
    let error = open_pkcs12(file, passphrase).unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some("certificate")));
    error.message().to_owned()
}

#[test]
fn a_file_of_every_encryption_has_the_pair_that_openssl_put_in() {
    let desk = Desk::new();
    for options in [
        "-legacy",
        "-legacy -certpbe PBE-SHA1-RC2-40 -keypbe PBE-SHA1-RC2-40",
        "-legacy -certpbe PBE-SHA1-RC2-128 -keypbe PBE-SHA1-RC2-128",
        "-legacy -certpbe NONE -keypbe PBE-SHA1-3DES",
        "-legacy -keypbe NONE",
        "-legacy -keypbe AES-256-CBC",
        "-legacy -nomaciter",
        "-certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES",
        "-certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg sha1",
        "-certpbe AES-128-CBC -keypbe AES-192-CBC -macalg sha1",
        "",
    ] {
        let pair = open_pkcs12(&desk.own(options), MCH_ID).unwrap();
        assert_eq!(pair.certificates, desk.certificate("own"), "{options}");
        assert_eq!(*pair.key, desk.key(), "{options}");
    }
}

#[test]
fn p12_keystore_finds_the_same_pair() {
    let desk = Desk::new();
    for options in ["-legacy", "-legacy -certpbe PBE-SHA1-3DES", ""] {
        let file = desk.own(options);
        let pair = open_pkcs12(&file, MCH_ID).unwrap();
        let archive = Pkcs12Archive::from_pkcs12(&file, MCH_ID).unwrap();
        for (pem, der) in
            [(&pair.certificates, archive.certs[0].cert.as_der()), (&*pair.key, archive.keys[0].key.as_der())]
        {
            let lines: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
            assert_eq!(lines, <base64ct::Base64 as base64ct::Encoding>::encode_string(der), "{options}");
        }
    }
}

#[test]
fn passphrases_are_text_of_every_script() {
    let desk = Desk::new();
    for passphrase in
        ["密码", "passé", "a😀", "a very long passphrase, longer than a block of the hash that it goes into", ""]
    {
        for options in ["-legacy", ""] {
            let file = desk.pkcs12(&format!("-inkey own.key -in own.pem {options}"), passphrase);
            assert_eq!(*open_pkcs12(&file, passphrase).unwrap().key, desk.key(), "{passphrase} {options}");
            let said = refusal(&file, &format!("{passphrase} "));
            assert!(said.contains("does not open with this passphrase"), "{passphrase} {options}: {said}");
        }
    }
}

#[test]
fn the_merchants_certificate_is_first_and_its_issuers_follow() {
    let desk = Desk::new();
    desk.openssl("req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -subj /CN=root", &[]);
    desk.openssl("req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.pem -subj /CN=other", &[]);
    for (name, subject, issuer) in [("middle", "/CN=middle", "root"), ("leaf", "/CN=1900000109", "middle")] {
        let key = if name == "leaf" { "own.key" } else { "middle.key" };
        if name == "middle" {
            desk.openssl("genpkey -algorithm RSA -out middle.key", &[]);
        }
        desk.openssl(&format!("req -new -key {key} -out {name}.csr -subj {subject}"), &[]);
        desk.openssl(
            &format!("x509 -req -in {name}.csr -CA {issuer}.pem -CAkey {issuer}.key -set_serial 7 -out {name}.pem"),
            &[],
        );
    }
    let [root, middle, leaf, other] = ["root", "middle", "leaf", "other"].map(|name| desk.certificate(name));
    fs::write(desk.0.join("more.pem"), [&*other, &root, &middle].concat()).unwrap();
    for options in ["-legacy", ""] {
        let file = desk.pkcs12(&format!("-inkey own.key -in leaf.pem -certfile more.pem {options}"), MCH_ID);
        assert_eq!(open_pkcs12(&file, MCH_ID).unwrap().certificates, [&*leaf, &middle, &root].concat(), "{options}");
    }
}

#[test]
fn a_wrong_passphrase_is_named_and_shown_nowhere() {
    let desk = Desk::new();
    for options in ["-legacy", ""] {
        let said = refusal(&desk.own(options), "a wrong passphrase");
        assert!(said.contains("does not open with this passphrase; it is the merchant number"), "{options}: {said}");
        assert!(!said.contains("a wrong"), "{options}: {said}");
    }
    let pair = open_pkcs12(&desk.own("-legacy"), MCH_ID).unwrap();
    assert!(format!("{pair:?}").ends_with("key: \"[key]\" }"));
}

#[test]
fn a_file_without_a_mac_is_refused() {
    let desk = Desk::new();
    for options in ["-nomac -legacy", "-nomac"] {
        assert!(refusal(&desk.own(options), MCH_ID).contains("has no MAC"), "{options}");
    }
}

#[test]
fn a_file_with_more_than_a_million_rounds_is_refused() {
    let desk = Desk::new();
    assert!(open_pkcs12(&desk.own("-legacy -iter 20000"), MCH_ID).is_ok());
    for options in
        ["-legacy -iter 1000001", "-iter 1000001", "-legacy -iter 1000001 -nomaciter", "-iter 1000001 -nomaciter"]
    {
        assert!(refusal(&desk.own(options), MCH_ID).contains("more than 1000000 hash rounds"), "{options}");
    }
    // Each within the limit, together above it.
    assert!(refusal(&desk.own("-legacy -iter 400000"), MCH_ID).contains("more than 1000000 hash rounds"));
    // Before anything is hashed: the passphrase is not read.
    let mut file = desk.own("-legacy -iter 65536");
    let end = file.len() - 3;
    assert_eq!(file[end..], [1, 0, 0]);
    file[end..].copy_from_slice(&[0x7f, 0xff, 0xff]);
    assert!(refusal(&file, "1").contains("more than 1000000 hash rounds"));
}

#[test]
fn a_file_without_its_key_or_its_certificate_is_refused() {
    let desk = Desk::new();
    for options in ["-legacy", ""] {
        let key = desk.pkcs12(&format!("-inkey own.key -nocerts {options}"), MCH_ID);
        assert!(refusal(&key, MCH_ID).contains("without its certificate"), "{options}");
        let certificate = desk.pkcs12(&format!("-nokeys -in own.pem {options}"), MCH_ID);
        assert!(refusal(&certificate, MCH_ID).contains("exactly one private key"), "{options}");
    }
}

#[test]
fn what_is_no_such_file_or_too_large_is_refused() {
    for file in [&b""[..], b"apiclient_cert.p12", b"-----BEGIN CERTIFICATE-----", &[0x30; 300], &[0x30, 0x80, 0, 0]] {
        assert!(refusal(file, MCH_ID).contains("is not a readable PKCS#12 file"), "{file:?}");
    }
    assert!(refusal(&vec![0x30; PKCS12_BYTES], MCH_ID).contains("is not a readable PKCS#12 file"));
    assert!(refusal(&vec![0x30; PKCS12_BYTES + 1], MCH_ID).contains("larger than 64 KiB"));
}

#[test]
fn a_file_with_any_byte_changed_or_cut_off_anywhere_never_has_another_pair() {
    let desk = Desk::new();
    for options in ["-legacy -iter 1", "-iter 1", "-legacy -iter 1 -certpbe NONE -keypbe NONE"] {
        let file = desk.own(options);
        let real = open_pkcs12(&file, MCH_ID).unwrap();
        let mut opened = 0;
        for at in 0..file.len() {
            assert!(open_pkcs12(&file[..at], MCH_ID).is_err(), "{options}: cut off at {at}");
            for mask in [0x01, 0x80, 0xff] {
                let mut changed = file.clone();
                changed[at] ^= mask;
                if let Ok(pair) = open_pkcs12(&changed, MCH_ID) {
                    assert_eq!((&pair.certificates, &*pair.key), (&real.certificates, &*real.key), "{options}: {at}");
                    opened += 1;
                }
            }
        }
        // Only the parameters of the digest are outside the MAC, and they are not needed.
        assert!(opened < 20, "{options}: {opened} changes were not noticed");
    }
}
