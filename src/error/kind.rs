//! The kinds of errors with their codes, and the outcomes of a call.

/// Declares the kinds of errors: name, code, outcome, and its doc comment, which TypeScript gets too.
macro_rules! error_kinds {
    ($($(#[doc = $about:literal])* $kind:ident $code:literal $outcome:ident;)*) => {
        /// What went wrong, as a stable code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorKind { $($(#[doc = $about])* $kind,)* }

        /// Every kind of error, with its meaning.
        pub const ERROR_KINDS: &[(ErrorKind, &str)] = &[$((ErrorKind::$kind, concat!($($about, "\n"),*))),*];

        impl ErrorKind {
            /// The code that JavaScript sees, for example `ERR_PARAM`.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$kind => $code,)* }
            }

            pub(super) const fn outcome(self) -> Outcome {
                match self { $(Self::$kind => Outcome::$outcome,)* }
            }
        }
    };
}

error_kinds! {
    /// A parameter is missing or malformed; nothing was sent.
    Param "ERR_PARAM" NotSent;
    /// The configuration cannot work; nothing was sent.
    Config "ERR_CONFIG" NotSent;
    /// The body is not the flat XML of the protocol.
    Xml "ERR_XML" Unknown;
    /// The body is not the JSON of APIv3.
    Json "ERR_JSON" Unknown;
    /// The signature is missing or wrong: trust nothing in the message.
    Signature "ERR_SIGNATURE" Unknown;
    /// The message is genuine, but another merchant, order or amount is in it, or it is of another kind.
    Mismatch "ERR_MISMATCH" Unknown;
    /// Encrypted data cannot be decrypted with this key.
    Decrypt "ERR_DECRYPT" Unknown;
    /// The answer has an HTTP status other than 200, or is larger than any answer can be. A request cannot carry a notice.
    Http "ERR_HTTP" Unknown;
    /// WeChat refused the request and did not process it (`return_code` is `FAIL`).
    Refused "ERR_REFUSED" Rejected;
    /// WeChat processed the request, and it failed (`result_code` is `FAIL`; an `errcode` of the log-in).
    Failed "ERR_FAILED" Unknown;
    /// The text is not a complete bill. If it is cut off, malformed or over a limit, `outcome` is `unknown`.
    /// If WeChat sent a message instead of a bill, `outcome` is `rejected`, and `return_msg` is WeChat's words.
    /// Then `err_code` is `NO_BILL_EXIST` (an empty day is no failure), or `BILL_CREATING`, or WeChat's own code, such as `20001`.
    /// At `BILL_CREATING` ask again after 10:00 Beijing time.
    Bill "ERR_BILL" Unknown;
    /// The library itself failed, or the host has no random numbers. In JavaScript the next call gets a fresh wasm instance.
    Internal "ERR_INTERNAL" NotSent;
}

/// May money have moved?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// No: the request was not sent.
    NotSent,
    /// No: WeChat said that it did nothing.
    Rejected,
    /// Perhaps: query the order first. Repeat the call only with the same numbers.
    Unknown,
}

impl Outcome {
    /// The word that JavaScript sees: `not-sent`, `rejected` or `unknown`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not-sent",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
        }
    }
}
