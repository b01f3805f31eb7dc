//! Objects of answers about files: bills and certificates.

use crate::field::Kind;
use crate::v3::api::declaration::object;
use crate::v3::api::form::{Field, Form, Member, Needed, Shape, Shaped};

object! {
    /// Where a bill is, and the hash of its unpacked content.
    BillFile {
        /// `SHA1`.
        hash_type: String = Form::Text(32);
        /// The hash in hexadecimal digits.
        hash_value: String = Form::Text(1024);
        /// The address, good for five minutes. Its request is signed.
        download_url: String = Form::Text(2048);
    }
}

object! {
    /// Where an encrypted bill is, its key, and the hash of its content.
    EncryptedBillFile {
        /// Which of the files this is, from one on.
        bill_sequence: Option<u64> = Form::Count;
        /// The address, good for five minutes. Its request is signed.
        download_url: String = Form::Text(2048);
        /// The key of the file. It comes encrypted to the merchant's certificate.
        encrypt_key: String = Form::Secret;
        /// `SHA1`.
        hash_type: String = Form::Text(32);
        /// The hash in hexadecimal digits.
        hash_value: String = Form::Text(1024);
        /// The nonce of the cipher.
        nonce: String = Form::Text(64);
    }
}

object! {
    /// Where encrypted bills are.
    EncryptedBillFiles {
        /// The number of files. It is 0 for a day without movement.
        download_bill_count: u64 = Form::Count;
        /// The files, which are the parts of one bill.
        download_bill_list: Vec<EncryptedBillFile> = Form::List(EncryptedBillFile::SHAPE);
    }
}

object! {
    /// An encrypted certificate.
    EncryptedCertificate {
        /// `AEAD_AES_256_GCM`.
        algorithm: Option<String> = Form::Text(32);
        /// The nonce, 12 bytes.
        nonce: String = Form::Text(32);
        /// `certificate`.
        associated_data: Option<String> = Form::Text(16);
        /// Base64, with the tag of 16 bytes at its end.
        ciphertext: String = Form::Text(1_048_576);
    }
}

object! {
    /// A platform certificate, encrypted with the APIv3 key.
    CertificateEntry {
        /// The serial of the certificate.
        serial_no: String = Form::Of(Kind::Identifier);
        /// From when it signs (RFC 3339).
        effective_time: Option<String> = Form::Time;
        /// Until when it signs (RFC 3339).
        expire_time: Option<String> = Form::Time;
        /// The certificate.
        encrypt_certificate: EncryptedCertificate = Form::Object(EncryptedCertificate::SHAPE);
    }
}

object! {
    /// The platform certificates, as WeChat answers them.
    CertificateList {
        /// The certificates. Before a change there are several.
        data: Needed<CertificateEntry> = Form::List(CertificateEntry::SHAPE);
    }
}
