//! A diagnosis: the signed text, the fields, and the causes, the best first.

/// The language of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// 简体中文.
    Chinese,
}

/// Why a signature is wrong.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnosis {
    /// Whether the signature of the message is right.
    pub is_right: bool,
    /// The text that is signed, without a key. For APIv3 with its line feeds.
    pub signed_text: String,
    /// The fields of the message, in its order.
    pub fields: Vec<Field>,
    /// The right signature, which [`explain_signature`](super::explain_signature) alone shows: its caller has the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub right_signature: Option<String>,
    /// The causes, the best first. Empty if the signature is right.
    pub causes: Vec<Cause>,
}

/// A field of the message, and whether it is signed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Field {
    /// The name.
    pub name: String,
    /// The value. That of a signature or a key is left out.
    pub value: String,
    /// Whether it is part of the signed text.
    pub is_signed: bool,
    /// Why it is not signed, or what is odd in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// One explanation.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cause {
    /// The name of the mistake.
    pub code: &'static str,
    /// Whether a recomputation reproduces the signature, or the data proves it.
    pub is_certain: bool,
    /// What was done wrong.
    pub message: String,
    /// What to do.
    pub fix: String,
    /// The further mistakes, where several combine.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<&'static str>,
}
