//! A certificate as serde sees it, on its way to a JavaScript object.

use serde::{Serialize, Serializer};

use crate::x509::Certificate;

/// What a certificate says.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CertificateObject<'a> {
    serial: &'a str,
    common_name: &'a str,
    organization: &'a str,
    not_before_ms: i64,
    not_after_ms: i64,
    #[serde(serialize_with = "as_bytes")]
    spki: &'a [u8],
}

impl<'a> CertificateObject<'a> {
    pub(crate) fn new(certificate: &'a Certificate) -> Self {
        let Certificate { serial, common_name, organization, not_before, not_after, spki } = certificate;
        let [not_before_ms, not_after_ms] = [not_before, not_after].map(|seconds| seconds.saturating_mul(1000));
        Self { serial, common_name, organization, not_before_ms, not_after_ms, spki }
    }
}

/// Bytes that become a `Uint8Array`.
fn as_bytes<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_certificate_has_its_times_in_milliseconds() {
        let certificate = Certificate {
            serial: "0B47".to_owned(),
            common_name: "1900009191".to_owned(),
            organization: "微信商户系统".to_owned(),
            not_before: -1,
            not_after: 1_785_028_800,
            spki: vec![1, 2],
        };
        assert_eq!(
            serde_json::to_value(CertificateObject::new(&certificate)).unwrap(),
            json!({
                "serial": "0B47", "commonName": "1900009191", "organization": "微信商户系统",
                "notBeforeMs": -1000, "notAfterMs": 1_785_028_800_000_i64, "spki": [1, 2],
            })
        );
    }
}
