//! Sensitive members: what a request has to encrypt, and where an answer has something to decrypt.

use super::exchange::Request;
use super::form::{Form, Shape};
use crate::error::{Error, ErrorKind};
use crate::v3::json::Json;

/// The place of an encrypted text in the JSON of a request. No member can have it: WeChat refuses characters outside the BMP.
pub const SECRET_MARK: char = '\u{10ffff}';

/// The longest text that an RSA key of 2048 bits encrypts with OAEP and SHA-1, in bytes.
pub(crate) const SECRET_BYTES: usize = 214;

/// Moves the sensitive texts out of an object, and puts a mark in the place of each.
pub(super) fn taken_out(shape: &Shape, value: &mut Json, secrets: &mut Vec<String>) {
    let Json::Object(members) = value else { return };
    for (name, value) in members {
        match (shape.member(name).map(|field| field.form), value) {
            (Some(Form::Secret), Json::Text(text)) => {
                secrets.push(std::mem::replace(text, SECRET_MARK.to_string()));
            }
            (Some(Form::Object(inner)), value) => taken_out(inner, value, secrets),
            (Some(Form::List(inner)), Json::List(items)) => {
                items.iter_mut().for_each(|item| taken_out(inner, item, secrets));
            }
            _ => {}
        }
    }
}

/// The places of encrypted texts in an answer, such as `download_bill_list/0/encrypt_key`.
#[must_use]
pub fn secret_places(shape: &Shape, answer: &Json) -> Vec<String> {
    let mut places = Vec::new();
    put_places(shape, answer, "", &mut places);
    places
}

fn put_places(shape: &Shape, value: &Json, path: &str, places: &mut Vec<String>) {
    for field in shape.members {
        let Some(value) = value.get(field.name) else { continue };
        let place = [path, field.name].concat();
        match (field.form, value) {
            (Form::Secret, Json::Text(_)) => places.push(place),
            (Form::Object(inner), value) => put_places(inner, value, &(place + "/"), places),
            (Form::List(inner), Json::List(items)) => {
                for (index, item) in items.iter().enumerate() {
                    put_places(inner, item, &format!("{place}/{index}/"), places);
                }
            }
            _ => {}
        }
    }
}

impl Request {
    /// Encrypts the sensitive texts, and writes them into the body. Name the key in `Wechatpay-Serial`.
    ///
    /// `encrypt` returns base64 of RSAES-OAEP with SHA-1.
    ///
    /// # Errors
    /// Those of `encrypt`.
    pub fn seal(mut self, mut encrypt: impl FnMut(&str) -> Result<String, Error>) -> Result<Self, Error> {
        let mut pieces = self.body.split(SECRET_MARK);
        let mut body = pieces.next().unwrap_or_default().to_owned();
        for (piece, secret) in pieces.zip(&self.secrets) {
            body.push_str(&encrypt(secret)?);
            body.push_str(piece);
        }
        self.body = body;
        self.secrets.clear();
        Ok(self)
    }

    /// Refuses a request whose sensitive texts are not encrypted yet.
    pub(crate) fn check_sealed(&self) -> Result<(), Error> {
        if self.secrets.is_empty() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Param,
            "the request has sensitive members; call seal first, with a key of WeChat Pay",
        ))
    }
}
