//! A call by its own types: a request as a struct, and its answer as another.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::answer::Answer;
use super::declaration::Declaration;
use super::exchange::prepare;
use super::request::Request;
use crate::error::{Error, ErrorKind};
use crate::v3::json::{Json, Limits, read_json};
use crate::v3::merchant::Merchant;

/// The struct of a request, such as [`OrderQuery`](super::OrderQuery).
pub trait Call: Serialize {
    /// The struct of the answer.
    type Answer: DeserializeOwned;

    /// The declaration of the API.
    const API: &'static Declaration;

    /// Makes the request: checks every member, adds the ids, and writes path and JSON.
    ///
    /// # Errors
    /// As [`prepare`].
    fn prepare(&self, merchant: &Merchant) -> Result<Request, Error> {
        let text = serde_json::to_vec(self)
            .map_err(|error| Error::new(ErrorKind::Internal, format!("the request cannot be written: {error}")))?;
        let params =
            read_json(&text, Limits::PARAMS, "params").map_err(|error| Error::param("params", error.message()))?;
        prepare(Self::API, merchant, &params)
    }

    /// Reads a judged answer. Members that WeChat does not document stay in the JSON alone.
    ///
    /// # Errors
    /// `ERR_MISMATCH` for a list whose items have another form than WeChat documents.
    fn read(answer: &Answer) -> Result<Self::Answer, Error> {
        let fault = |error: serde_json::Error| {
            Error::mismatch(Self::API.name, format_args!("another answer than WeChat documents: {error}"))
        };
        serde_json::from_slice(&serde_json::to_vec(&without_nulls(answer)).map_err(fault)?).map_err(fault)
    }
}

/// `null` counts as absent.
fn without_nulls(value: &Json) -> Json {
    match value {
        Json::Object(members) => {
            let kept = members.iter().filter(|(_, value)| *value != Json::Null);
            Json::Object(kept.map(|(name, value)| (name.clone(), without_nulls(value))).collect())
        }
        Json::List(values) => Json::List(values.iter().map(without_nulls).collect()),
        other => other.clone(),
    }
}
