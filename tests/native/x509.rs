//! Certificates: what is read from a real one, and that no bytes panic.

use paysign::read_certificate;

use crate::certificates::{Subject, certificate, der_of};
use crate::v3::published;

#[test]
fn a_real_platform_certificate_says_its_serial_its_subject_and_its_validity() {
    let published = published();
    let case = &published["aes_gcm"][0];
    let read = read_certificate(&der_of(case["plaintext"].as_str().unwrap())).unwrap();
    assert_eq!(read.serial, case["serial_no"].as_str().unwrap());
    assert_eq!((read.common_name.as_str(), read.organization.as_str()), ("Tenpay.com sign", "Tenpay.com"));
    assert_eq!((read.not_before, read.not_after), (1_695_136_558, 1_852_816_558), "as OpenSSL reads them");
    assert_eq!(read.spki.len(), 294, "an RSA key of 2048 bits");
}

#[test]
fn a_serial_keeps_its_leading_zero_and_loses_the_byte_of_its_sign() {
    let serial =
        |bytes: &[u8]| read_certificate(&certificate(&Subject { serial: bytes, ..Subject::default() })).unwrap().serial;
    assert_eq!(serial(&[0x0b, 0x47]), "0B47");
    assert_eq!(serial(&[0x00, 0xb4, 0x47]), "B447");
}

#[test]
fn an_absent_name_is_empty_and_a_second_one_is_refused() {
    let made = |names: &[&str]| read_certificate(&certificate(&Subject { names, ..Subject::default() }));
    assert_eq!(made(&["1900009191"]).unwrap().common_name, "1900009191");
    assert_eq!(made(&[]).unwrap().common_name, "");
    assert_eq!(made(&["a", "b"]).unwrap_err().field(), Some("certificate"));
}

#[test]
fn no_cut_and_no_changed_byte_of_a_certificate_panics() {
    let good = der_of(published()["aes_gcm"][0]["plaintext"].as_str().unwrap());
    for length in 0..good.len() {
        let error = read_certificate(&good[..length]).unwrap_err();
        assert_eq!((error.kind().code(), error.field()), ("ERR_CONFIG", Some("certificate")), "{length} bytes");
    }
    assert!(read_certificate(&[&good[..], &[0]].concat()).is_err(), "a byte too many");
    let mut refused = 0;
    for at in 0..good.len() {
        for value in 0..=255 {
            let mut changed = good.clone();
            changed[at] = value;
            refused += usize::from(read_certificate(&changed).is_err());
        }
    }
    assert!(refused > 10_000, "only {refused} changes were refused");
}
