//! What an API's declaration holds, and the macros that make structs, table row and documentation out of it.

use crate::field::Kind;
use crate::sign::SignType;

/// What [`prepare`](crate::prepare) and [`complete`](crate::complete) know of one API.
#[derive(Debug)]
pub struct Declaration {
    /// The name of the call, for example `unifiedOrder`.
    pub name: &'static str,
    /// The path on WeChat's host.
    pub path: &'static str,
    /// Whether the call needs the merchant's certificate.
    pub certificate: bool,
    /// The one way of signing that this API takes, where it is not the merchant's choice.
    pub sign_type: Option<SignType>,
    /// Whether a successful answer is signed.
    pub answer_signed: bool,
    /// What belongs together among the parameters.
    pub rules: &'static [Rule],
    /// Which parameters the answer must repeat.
    pub echoes: &'static [Echo],
    /// The parameters, without the ones that every API has.
    pub request: &'static [Field],
    /// The members of the answer, without the ones that every answer has.
    pub answer: &'static [Field],
}

/// One field of a request or an answer.
#[derive(Debug)]
pub struct Field {
    /// WeChat's name.
    pub name: &'static str,
    /// Which texts it may hold.
    pub kind: Kind,
    /// Whether it has to be there.
    pub required: bool,
}

/// What belongs together among the parameters of a request.
#[derive(Debug)]
pub enum Rule {
    /// At least one of these is given.
    AnyOf(&'static [&'static str]),
    /// When the first has this value, the last has to be given.
    When(&'static str, &'static str, &'static str),
}

/// A parameter that the answer repeats: where it does not, the answer is about something else.
#[derive(Debug)]
pub enum Echo {
    /// Every successful answer holds it.
    Always(&'static str),
    /// The answer may leave it out.
    WherePresent(&'static str),
}

/// The sentences of one API's declaration, for the types and tables that are made from it.
#[derive(Debug)]
pub struct Documentation {
    /// The declaration that it describes.
    pub declaration: &'static Declaration,
    /// WeChat's Chinese title.
    pub title: &'static str,
    /// WeChat's page.
    pub page: &'static str,
    /// The name of the request in Rust and TypeScript.
    pub request_type: &'static str,
    /// The name of the answer in Rust and TypeScript.
    pub answer_type: &'static str,
    /// What the call does.
    pub about: &'static str,
    /// One text for each parameter, in the declaration's order.
    pub request: &'static [&'static str],
    /// One text for each member of the answer, in the declaration's order.
    pub answer: &'static [&'static str],
}

/// Declares one API: a request and an answer as Rust structs, and the row and the sentences that everything else is made from.
macro_rules! api {
    (
        $(#[doc = $about:literal])*
        $request:ident => $answer:ident;
        title: $title:literal, page: $page:literal, name: $name:literal, path: $path:literal,
        certificate: $certificate:literal, sign_type: $sign_type:expr, answer_signed: $answer_signed:literal,
        rules: $rules:expr, echoes: $echoes:expr,
        request { $($(#[doc = $request_doc:literal])* $request_field:ident: $request_type:ty = $request_kind:expr;)* }
        answer { $($(#[doc = $answer_doc:literal])* $answer_field:ident: $answer_type:ty = $answer_kind:expr;)* }
    ) => {
        #[allow(unused_imports, reason = "not every API has rules, echoes and a forced way of signing")]
        use $crate::{api::{Declaration, Documentation, Echo, Field, Request, Rule}, field::{Kind, Member}, Error, Merchant, Params, SignType};

        #[doc = concat!($title, ", <", $page, ">")]
        #[doc = ""]
        $(#[doc = $about])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $request { $($(#[doc = $request_doc])* pub $request_field: $request_type,)* }

        #[doc = concat!("The verified answer to [`", stringify!($request), "`].")]
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $answer {
            $($(#[doc = $answer_doc])* pub $answer_field: $answer_type,)*
            /// Every field as text, the undocumented ones included.
            pub fields: Params<'static>,
        }

        /// The row that `prepare` and `complete` read.
        pub(crate) const DECLARATION: &Declaration = &Declaration {
            name: $name,
            path: $path,
            certificate: $certificate,
            sign_type: $sign_type,
            answer_signed: $answer_signed,
            rules: $rules,
            echoes: $echoes,
            request: &[$(Field {
                name: stringify!($request_field), kind: $request_kind, required: <$request_type as Member>::REQUIRED,
            }),*],
            answer: &[$(Field {
                name: stringify!($answer_field), kind: $answer_kind, required: <$answer_type as Member>::REQUIRED,
            }),*],
        };

        /// The sentences of the declaration.
        pub(crate) const DOCUMENTATION: Documentation = Documentation {
            declaration: DECLARATION,
            title: $title,
            page: $page,
            request_type: stringify!($request),
            answer_type: stringify!($answer),
            about: concat!($($about, "\n"),*),
            request: &[$(concat!($($request_doc, "\n"),*)),*],
            answer: &[$(concat!($($answer_doc, "\n"),*)),*],
        };

        impl $request {
            /// Makes the request: checked, complete and signed. The nonce comes from [`nonce`](crate::nonce).
            ///
            /// # Errors
            /// `ERR_PARAM` with the field that is missing or malformed.
            pub fn prepare(&self, merchant: &Merchant, nonce: &str) -> Result<Request, Error> {
                let members = [$((stringify!($request_field), self.$request_field.write())),*];
                let given = members.into_iter().filter_map(|(name, value)| value.map(|value| (name, value)));
                $crate::prepare(DECLARATION, merchant, Params::from_pairs(given)?, nonce)
            }
        }

        impl $answer {
            /// Judges the answer to a request: parsed, verified and about what was asked.
            ///
            /// # Errors
            /// See [`complete`](crate::complete).
            pub fn complete(request: &Request, merchant: &Merchant, body: &[u8]) -> Result<Self, Error> {
                let fields = $crate::complete(DECLARATION, merchant, &request.asked, body)?.into_owned();
                $(let Some($answer_field) = Member::read(fields.text(stringify!($answer_field))) else {
                    return Err(Error::mismatch(stringify!($answer_field), "the answer lacks it, or it is malformed"));
                };)*
                Ok(Self { $($answer_field,)* fields })
            }
        }
    };
}

/// The list of the APIs: modules, re-exports, the rows and the sentences.
macro_rules! apis {
    ($($module:ident::$request:ident,)*) => {
        $(mod $module;)*
        $(pub use $module::*;)*

        /// Every API.
        pub const ALL: &[&Declaration] = &[$($module::DECLARATION),*];

        /// The sentences of every API's declaration.
        #[must_use]
        pub fn documentation() -> &'static [Documentation] {
            &[$($module::DOCUMENTATION),*]
        }
    };
}

pub(crate) use {api, apis};
