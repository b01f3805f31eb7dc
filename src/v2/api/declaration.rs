//! The declaration of an API, and the macros that make structs, table row and documentation from it.

use crate::field::Kind;
use crate::v2::sign::SignType;

/// The facts of one API for [`prepare`](crate::prepare) and [`complete`](crate::complete).
#[derive(Debug)]
pub struct Declaration {
    /// The name of the call, for example `unifiedOrder`.
    pub name: &'static str,
    /// The path on WeChat's host.
    pub path: &'static str,
    /// The WeChat service of the path.
    pub base: Base,
    /// The format of the answer.
    pub reads: Reads,
    /// The required parameters that a client may fill in from its configuration.
    pub configured: &'static [&'static str],
    /// Whether the call needs the merchant's certificate.
    pub certificate: bool,
    /// Whether the request may be repeated after an uncertain attempt: twice has the same effect as once.
    pub repeatable: bool,
    /// A field, and the other path if that field is present: item-level refunds have their own path.
    pub path_with: Option<(&'static str, &'static str)>,
    /// The only sign type of this API, if the merchant cannot choose.
    pub sign_type: Option<SignType>,
    /// Whether `appid` and `sign_type` are sent; the exchange of the sandbox key has neither.
    pub common: bool,
    /// Whether a successful answer is signed.
    pub answer_signed: bool,
    /// The rules for parameters that depend on each other.
    pub rules: &'static [Rule],
    /// The parameters that the answer must repeat.
    pub echoes: &'static [Echo],
    /// The parameters, without the ones that every API has.
    pub request: &'static [Field],
    /// The members of the answer, without the ones that every answer has. A bill has no members, since it is not XML.
    pub answer: &'static [Field],
    /// The numbered members of the answer, as lists.
    pub families: &'static [Family],
    /// Whether the call moves money at once or back.
    pub moves_money: bool,
}

/// The WeChat service of an API's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// WeChat Pay.
    Pay,
    /// The exchange of the sandbox's key. An older sandbox has another path, which the client's configuration sets.
    Sandbox,
}

/// The format of an API's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// As the fields of an XML message.
    Fields,
    /// As a bill: lines of cells.
    Bill,
    /// As comments of payers: an offset, and lines of comments.
    Comments,
}

/// Numbered fields (`coupon_id_0`, `coupon_id_1`) as one list of objects.
#[derive(Debug)]
pub struct Family {
    /// The list's name: ours, since WeChat has none.
    pub name: &'static str,
    /// The members of each item.
    pub item: &'static Item,
}

/// A family of numbered fields.
#[derive(Debug)]
pub struct Item {
    /// The name in Rust and TypeScript.
    pub name: &'static str,
    /// Its description.
    pub about: &'static str,
    /// The prefixes of those fields that have a meaning. No other text of an answer may look like such a field.
    pub prefixes: &'static [&'static str],
    /// Its fields, without their numbers.
    pub members: &'static [Field],
    /// One text for each field.
    pub documentation: &'static [&'static str],
    /// Lists within it, whose fields carry two numbers.
    pub families: &'static [Family],
}

/// One field of a request or an answer.
#[derive(Debug)]
pub struct Field {
    /// WeChat's name.
    pub name: &'static str,
    /// The texts that it may contain.
    pub kind: Kind,
    /// Whether it is required.
    pub required: bool,
}

/// A rule for parameters of a request that depend on each other.
#[derive(Debug)]
pub enum Rule {
    /// At least one of these is required.
    AnyOf(&'static [&'static str]),
    /// When the first has this value, one of the last is required.
    When(&'static str, &'static str, &'static [&'static str]),
}

/// A parameter that the answer repeats. An answer with another value is about something else.
#[derive(Debug)]
pub enum Echo {
    /// Every successful answer contains it.
    Always(&'static str),
    /// The answer may leave it out.
    WherePresent(&'static str),
    /// One of the answer's numbered fields of this name contains it.
    Listed(&'static str),
}

/// The sentences of one API's declaration, for the types and tables made from it.
#[derive(Debug)]
pub struct Documentation {
    /// The declaration.
    pub declaration: &'static Declaration,
    /// WeChat's Chinese title.
    pub title: &'static str,
    /// WeChat's page.
    pub page: &'static str,
    /// The name of the request in Rust and TypeScript.
    pub request_type: &'static str,
    /// The name of the answer in Rust and TypeScript.
    pub answer_type: &'static str,
    /// The description of the call.
    pub about: &'static str,
    /// One text for each parameter, in the declaration's order.
    pub request: &'static [&'static str],
    /// One text for each member of the answer, in the declaration's order.
    pub answer: &'static [&'static str],
    /// One text for each list of the answer, in the declaration's order.
    pub families: &'static [&'static str],
}

/// Declares one API: request and answer as Rust structs, and the row and sentences of everything else.
macro_rules! api {
    (
        $(#[doc = $about:literal])*
        $request:ident => $answer:ident;
        title: $title:literal, page: $page:literal, path: $path:literal,
        $(fact: $fact:ident = $value:expr,)*
        request { $($(#[doc = $request_doc:literal])* $request_field:ident: $request_type:ty = $request_kind:expr;)* }
        answer { $($(#[doc = $answer_doc:literal])* $answer_field:ident: $answer_type:ty = $answer_kind:expr;)* }
        $(families { $($(#[doc = $family_doc:literal])* $family:ident: $item:ty;)* })?
    ) => {
        #[allow(unused_imports, reason = "not every API has rules, echoes, lists and oddities")]
        use $crate::{
            error::Error,
            field::{Kind, Member},
            v2::{
                api::{
                    Base, Declaration, Documentation, Echo, Family, Field, Reads, Request, Rule,
                    declaration::{ORDINARY, call_name},
                    items::*,
                },
                merchant::Merchant,
                params::Params,
                sign::SignType,
                words::*,
            },
        };

        #[doc = concat!($title, ", <", $page, ">")]
        #[doc = ""]
        $(#[doc = $about])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $request { $($(#[doc = $request_doc])* pub $request_field: $request_type,)* }

        #[doc = concat!("The verified answer to [`", stringify!($request), "`].")]
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $answer {
            $($(#[doc = $answer_doc])* pub $answer_field: $answer_type,)*
            $($($(#[doc = $family_doc])* pub $family: Vec<$item>,)*)?
            /// Every field as text, the undocumented ones included.
            pub fields: Params<'static>,
        }

        /// The row for `prepare` and `complete`.
        pub(crate) const DECLARATION: &Declaration = &Declaration {
            name: {
                const NAME: [u8; stringify!($request).len()] = call_name(stringify!($request));
                match std::str::from_utf8(&NAME) {
                    Ok(name) => name,
                    Err(_) => "",
                }
            },
            path: $path,
            request: &[$(Field {
                name: stringify!($request_field), kind: $request_kind, required: <$request_type as Member>::REQUIRED,
            }),*],
            answer: &[$(Field {
                name: stringify!($answer_field), kind: $answer_kind, required: <$answer_type as Member>::REQUIRED,
            }),*],
            families: &[$($(Family { name: stringify!($family), item: <$item as Indexed>::ITEM }),*)?],
            $($fact: $value,)*
            ..ORDINARY
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
            families: &[$($(concat!($($family_doc, "\n"),*)),*)?],
        };

        impl $request {
            /// Makes the request: checked, complete and signed. The nonce comes from [`nonce`](crate::nonce).
            ///
            /// # Errors
            /// `ERR_PARAM` with the field that is missing or malformed.
            pub fn prepare(&self, merchant: &Merchant, nonce: &str) -> Result<Request, Error> {
                let members: Vec<(&str, Option<String>)> = vec![$((stringify!($request_field), self.$request_field.write())),*];
                let given = members.into_iter().filter_map(|(name, value)| value.map(|value| (name, value)));
                $crate::v2::api::prepare(DECLARATION, merchant, Params::from_pairs(given)?, nonce)
            }
        }

        impl $answer {
            /// Judges the answer to a request: parsed, verified and about what was asked.
            ///
            /// # Errors
            /// See [`complete`](crate::complete).
            pub fn complete(request: &Request, merchant: &Merchant, body: &[u8]) -> Result<Self, Error> {
                let fields = $crate::v2::api::complete(DECLARATION, merchant, &request.asked, body)?.into_owned();
                $(let Some($answer_field) = Member::read(fields.text(stringify!($answer_field))) else {
                    return Err(Error::mismatch(stringify!($answer_field), "the answer lacks it, or it is malformed; query the order before anything else"));
                };)*
                Ok(Self { $($answer_field,)* $($($family: <$item as Indexed>::list(&fields, "")?,)*)? fields })
            }
        }
    };
}

/// The name of a call: that of its request, with a small first letter.
pub(crate) const fn call_name<const LENGTH: usize>(request: &str) -> [u8; LENGTH] {
    let mut name = [0; LENGTH];
    name.copy_from_slice(request.as_bytes());
    if let Some(first) = name.first_mut() {
        first.make_ascii_lowercase();
    }
    name
}

/// The default of an API: signed with the merchant's sign type, without a certificate.
pub(crate) const ORDINARY: Declaration = Declaration {
    name: "",
    path: "",
    base: Base::Pay,
    reads: Reads::Fields,
    configured: &[],
    certificate: false,
    repeatable: true,
    path_with: None,
    sign_type: None,
    common: true,
    answer_signed: true,
    rules: &[],
    echoes: &[],
    request: &[],
    answer: &[],
    families: &[],
    moves_money: false,
};

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
