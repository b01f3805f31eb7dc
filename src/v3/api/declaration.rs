//! What an API's declaration contains, and the macros that make structs, shapes and documentation from it.

use super::form::Shape;

/// What [`prepare`](super::prepare) and [`complete`](super::complete) know of one API.
#[derive(Debug)]
pub struct Declaration {
    /// The name of the call, for example `jsapiOrder`.
    pub name: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The call of a merchant for itself.
    pub direct: Side,
    /// The call of a service provider for a sub-merchant. Without paths the provider calls as any merchant.
    pub partner: Side,
    /// What becomes uncertain when no answer comes.
    pub effect: Effect,
    /// Whether the request may be sent again if an earlier attempt may have arrived.
    pub repeatable: bool,
    /// The parameters that have a value if they are missing.
    pub defaults: &'static [(&'static str, &'static str)],
    /// The parameters that a client may fill in from its own options.
    pub configured: &'static [&'static str],
    /// A request needs at least one of these.
    pub any_of: &'static [&'static str],
    /// Whether a request may have only one of `any_of`.
    pub only_one: bool,
    /// Members that need others.
    pub requires: &'static [Requirement],
    /// The parameters that the answer must repeat, as pairs of their path in the request and in the answer.
    pub echoes: &'static [(&'static str, &'static str)],
    /// The parameters that the answer must repeat if it has them, as in `echoes`.
    pub echoes_if_present: &'static [(&'static str, &'static str)],
    /// What the answer needs.
    pub needed: &'static [Needs],
    /// What each entry of a list of the answer needs.
    pub needed_of_each: &'static [(&'static str, &'static [Needs])],
    /// The lists of the answer that must not be empty, and the fault of an empty one.
    pub filled: &'static [(&'static str, &'static str)],
    /// Codes of WeChat whose advice is another one for this call.
    pub advice: &'static [(&'static [&'static str], &'static str)],
    /// The parameters, without the ids of the merchant.
    pub request: &'static Shape,
    /// The answer. One without members has no body.
    pub answer: &'static Shape,
    /// What a client makes of the answer.
    pub reads: Reads,
}

/// The members that an object needs if it has a certain word: the word's path, the word, and their paths.
pub type Needs = (&'static str, &'static str, &'static [&'static str]);

/// A call, as a merchant for itself or a service provider makes it.
#[derive(Clone, Copy, Debug)]
pub struct Side {
    /// Templates of the path. The first one whose parameters are all there is taken.
    pub paths: &'static [&'static str],
    /// The parameters that the merchant's configuration fills in. They go to the path, else to the query of a GET or to the body.
    pub ids: &'static [&'static str],
    /// The ids that the answer must repeat.
    pub repeats: &'static [&'static str],
    /// The paths of members that only the other side has, and what to send in their place.
    pub refuses: &'static [(&'static str, &'static str)],
    /// The paths of members of which one is needed.
    pub any_of: &'static [&'static str],
}

/// The side of an API without ids.
pub(crate) const SIDE: Side = Side { paths: &[], ids: &[], repeats: &[], refuses: &[], any_of: &[] };

/// A member that needs others, if it has a certain word.
#[derive(Clone, Copy, Debug)]
pub struct Requirement {
    /// The path of the member.
    pub member: &'static str,
    /// Its word; any value if it is empty.
    pub word: &'static str,
    /// The names of what it needs, at the top of the request or among the ids.
    pub needs: &'static [&'static str],
}

/// What a client of the npm package makes of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// Its JSON.
    Json,
    /// A bill, downloaded from the address in the answer.
    Bill,
    /// An encrypted bill in parts, each downloaded from its own address.
    EncryptedBill,
    /// Platform certificates, decrypted and checked.
    Certificates,
}

impl Declaration {
    /// Whether a success has a body to read.
    #[must_use]
    pub const fn has_answer(&self) -> bool {
        !self.answer.members.is_empty()
    }
}

/// What a call does, for the question whether money may have moved (错误码 by operation).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: a query.
    Query,
    /// An order, which nobody has paid yet.
    Order,
    /// A close, which may have come before a payment.
    Close,
    /// Money: a refund, a payment by code, or its reversal.
    Money,
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
    /// What the call does.
    pub about: &'static str,
}

/// Declares an object of requests or answers: a Rust struct and its shape, with the same sentences.
macro_rules! object {
    (
        $(#[doc = $about:literal])*
        $name:ident { $($(#[doc = $doc:literal])* $field:ident: $type:ty = $form:expr;)* }
    ) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
        #[serde(default)]
        pub struct $name {
            $($(#[doc = $doc])* #[serde(skip_serializing_if = "Member::is_absent")] pub $field: $type,)*
        }

        impl Member for $name {
            const REQUIRED: bool = true;
        }

        impl Shaped for $name {
            const SHAPE: &'static Shape = &Shape {
                name: stringify!($name),
                about: concat!($($about, "\n"),*),
                members: &[$(Field {
                    name: $crate::v3::api::declaration::plain(stringify!($field)), form: $form, required: <$type as Member>::REQUIRED,
                    about: concat!($($doc, "\n"),*),
                }),*],
            };
        }
    };
}

/// Declares one API: its request and its answer as objects, and the row that everything else is made from.
macro_rules! api {
    (
        $(#[doc = $about:literal])*
        $request:ident => $answer:ty;
        title: $title:literal, page: $page:literal, method: $method:literal, effect: $effect:ident,
        $(fact: $fact:ident = $value:expr,)*
        request { $($request_body:tt)* }
    ) => {
        #[allow(unused_imports, reason = "not every API has every kind of member")]
        use $crate::v3::api::{
            declaration::{Declaration, Documentation, Effect, ORDINARY, Reads, Requirement, SIDE, Side, object},
            form::{Field, Form, Member, Needed, Shape, Shaped},
            objects::*,
        };

        object! { $(#[doc = $about])* $request { $($request_body)* } }

        impl $crate::v3::api::Call for $request {
            type Answer = $answer;
            const API: &'static Declaration = DECLARATION;
        }

        /// The row that `prepare` and `complete` read.
        pub(crate) const DECLARATION: &Declaration = &Declaration {
            name: {
                const NAME: [u8; stringify!($request).len()] = $crate::v3::api::declaration::call_name(stringify!($request));
                match std::str::from_utf8(&NAME) {
                    Ok(name) => name,
                    Err(_) => "",
                }
            },
            method: $method,
            effect: Effect::$effect,
            request: <$request as Shaped>::SHAPE,
            answer: <$answer as Shaped>::SHAPE,
            $($fact: $value,)*
            ..ORDINARY
        };

        /// The sentences of the declaration.
        pub(crate) const DOCUMENTATION: Documentation =
            Documentation { declaration: DECLARATION, title: $title, page: $page, about: concat!($($about, "\n"),*) };
    };
}

/// What most APIs are.
pub(crate) const ORDINARY: Declaration = Declaration {
    name: "",
    method: "",
    direct: SIDE,
    partner: SIDE,
    effect: Effect::Query,
    repeatable: true,
    defaults: &[],
    configured: &[],
    any_of: &[],
    only_one: false,
    requires: &[],
    echoes: &[],
    echoes_if_present: &[],
    needed: &[],
    needed_of_each: &[],
    filled: &[],
    advice: &[],
    request: EMPTY,
    answer: EMPTY,
    reads: Reads::Json,
};

const EMPTY: &Shape = &Shape { name: "", about: "", members: &[] };

/// A name without the mark of a raw identifier, which `type` needs in Rust.
pub(crate) const fn plain(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', rest @ ..] => match std::str::from_utf8(rest) {
            Ok(name) => name,
            Err(_) => name,
        },
        _ => name,
    }
}

/// The name of a call: that of its request, which begins small.
pub(crate) const fn call_name<const LENGTH: usize>(request: &str) -> [u8; LENGTH] {
    let mut name = [0; LENGTH];
    name.copy_from_slice(request.as_bytes());
    if let Some(first) = name.first_mut() {
        first.make_ascii_lowercase();
    }
    name
}

/// The list of the APIs: modules, re-exports, the rows and the sentences.
macro_rules! apis {
    ($($module:ident,)*) => {
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

pub(crate) use {api, apis, object};
