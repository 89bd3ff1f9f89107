//! The formats of signatures, and what each of them signs and sends, in one table.

use crate::policy::mark::Mark;

/// A format of signatures, named after whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// The Standard Webhooks specification.
    StandardWebhooks,
    /// GitHub.
    Github,
    /// Facebook, and Meta's other services.
    Facebook,
    /// Zalo Official Accounts.
    Zalo,
    /// Stripe.
    Stripe,
    /// Slack's Events API.
    Slack,
    /// Shopify.
    Shopify,
    /// Twilio.
    Twilio,
    /// Square.
    Square,
    /// Mailgun.
    Mailgun,
    /// WebSub, of the W3C. The header names the hash function: signed with SHA-256, and accepted with each that it allows.
    Websub,
    /// Dropbox.
    Dropbox,
    /// Notion.
    Notion,
}

/// What a format signs and sends.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its name in a scenario.
    pub name: &'static str,
    /// The headers that it adds: names in lower case and what they carry, in the order in which they are sent.
    pub headers: &'static [(&'static str, Value)],
    /// What stands before the code in the signature.
    pub prefix: &'static str,
    /// Length of the code: 64 in hexadecimal and 44 in base64 with SHA-256, 28 in base64 with SHA-1.
    pub code_bytes: usize,
    /// What is under the signature.
    pub signs: &'static [Part],
    /// Where the time of signing stands.
    pub timestamp: Option<Timestamp>,
    /// What a receiver can tell a replay by.
    pub id: Option<Id>,
    /// The age up to which the provider's own receivers accept a signature; none where they look at no time.
    pub tolerance_s: Option<u64>,
    /// Whether a receiver with a tolerance also refuses timestamps that are later than now by more than it.
    pub refuses_future: bool,
    /// What the rule rests on.
    pub mark: Mark,
    /// Where it is written.
    pub source: &'static str,
}

/// What a header carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// The delivery's id.
    Id,
    /// Seconds of Unix time.
    Timestamp,
    /// The prefix and the code.
    Signature,
    /// `t=TIMESTAMP,`, the prefix and the code.
    StampedSignature,
}

/// A part of a message that is under its signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The id.
    Id,
    /// The time of signing.
    Timestamp,
    /// The whole URL.
    Url,
    /// The bytes of the body.
    Body,
    /// The sorted parameters of a form; of any other body its hash, which the URL carries.
    FormOrHash,
}

/// Where a signature has its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timestamp {
    /// In a header, in seconds.
    Header,
    /// In the body, in seconds.
    BodySeconds,
    /// In the body, in milliseconds.
    BodyMillis,
}

/// The id by which a receiver can tell a replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Id {
    /// It is under the signature.
    Signed,
    /// It is not: who records a delivery can send it again under another id.
    Unsigned,
}

/// What most formats share: a header with a code over the body, without time and id.
const OF_THE_BODY: Rule = Rule {
    name: "",
    headers: &[],
    prefix: "",
    code_bytes: 44,
    signs: &[Part::Body],
    timestamp: None,
    id: None,
    tolerance_s: None,
    refuses_future: false,
    mark: Mark::Documented,
    source: "",
};

impl Rule {
    /// The header that carries it.
    pub fn header(&self, value: Value) -> Option<&'static str> {
        self.headers.iter().find(|(_, carries)| *carries == value).map(|(name, _)| *name)
    }
}

impl Format {
    /// Every format, the default first.
    pub const ALL: [Self; 13] = [
        Self::StandardWebhooks,
        Self::Github,
        Self::Facebook,
        Self::Zalo,
        Self::Stripe,
        Self::Slack,
        Self::Shopify,
        Self::Twilio,
        Self::Square,
        Self::Mailgun,
        Self::Websub,
        Self::Dropbox,
        Self::Notion,
    ];

    /// The format with that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.rule().name == name)
    }

    /// What it signs and sends.
    pub const fn rule(self) -> Rule {
        match self {
            Self::StandardWebhooks => Rule {
                name: "standard-webhooks",
                headers: &[
                    ("webhook-id", Value::Id),
                    ("webhook-timestamp", Value::Timestamp),
                    ("webhook-signature", Value::Signature),
                ],
                prefix: "v1,",
                signs: &[Part::Id, Part::Timestamp, Part::Body],
                timestamp: Some(Timestamp::Header),
                id: Some(Id::Signed),
                tolerance_s: Some(300),
                refuses_future: true,
                source: "standard-webhooks/standard-webhooks spec/standard-webhooks.md; the tolerance is that of its libraries",
                ..OF_THE_BODY
            },
            Self::Github => Rule {
                name: "github",
                headers: &[("x-github-delivery", Value::Id), ("x-hub-signature-256", Value::Signature)],
                prefix: "sha256=",
                code_bytes: 64,
                id: Some(Id::Unsigned),
                source: "docs.github.com, Validating webhook deliveries",
                ..OF_THE_BODY
            },
            Self::Facebook => Rule {
                name: "facebook",
                headers: &[("x-hub-signature-256", Value::Signature)],
                prefix: "sha256=",
                code_bytes: 64,
                source: "developers.facebook.com, Graph API, Webhooks: Getting started",
                ..OF_THE_BODY
            },
            Self::Zalo => Rule {
                name: "zalo",
                headers: &[("x-zevent-signature", Value::Signature)],
                prefix: "mac=",
                code_bytes: 64,
                signs: &[Part::Body, Part::Timestamp],
                timestamp: Some(Timestamp::BodyMillis),
                refuses_future: true,
                mark: Mark::ThirdParty,
                source: "zaloplatform/zalo-java-sdk MacUtils.buildMac; header and prefix from those who use it, and not settled",
                ..OF_THE_BODY
            },
            Self::Stripe => Rule {
                name: "stripe",
                headers: &[("stripe-signature", Value::StampedSignature)],
                prefix: "v1=",
                code_bytes: 64,
                signs: &[Part::Timestamp, Part::Body],
                timestamp: Some(Timestamp::Header),
                tolerance_s: Some(300),
                mark: Mark::Source,
                source: "stripe/stripe-python stripe/_webhook.py",
                ..OF_THE_BODY
            },
            Self::Slack => Rule {
                name: "slack",
                headers: &[
                    ("x-slack-request-timestamp", Value::Timestamp),
                    ("x-slack-signature", Value::Signature),
                ],
                prefix: "v0=",
                code_bytes: 64,
                signs: &[Part::Timestamp, Part::Body],
                timestamp: Some(Timestamp::Header),
                tolerance_s: Some(300),
                refuses_future: true,
                mark: Mark::Source,
                source: "slackapi/python-slack-sdk slack_sdk/signature/__init__.py",
                ..OF_THE_BODY
            },
            Self::Shopify => Rule {
                name: "shopify",
                headers: &[("x-shopify-webhook-id", Value::Id), ("x-shopify-hmac-sha256", Value::Signature)],
                id: Some(Id::Unsigned),
                source: "shopify.dev, Verify webhook deliveries",
                ..OF_THE_BODY
            },
            Self::Twilio => Rule {
                name: "twilio",
                headers: &[("x-twilio-signature", Value::Signature)],
                code_bytes: 28,
                signs: &[Part::Url, Part::FormOrHash],
                mark: Mark::Source,
                source: "twilio/twilio-python twilio/request_validator.py",
                ..OF_THE_BODY
            },
            Self::Square => Rule {
                name: "square",
                headers: &[("x-square-hmacsha256-signature", Value::Signature)],
                signs: &[Part::Url, Part::Body],
                mark: Mark::Source,
                source: "square/square-python-sdk tests/integration/test_webhooks_helper.py",
                ..OF_THE_BODY
            },
            Self::Mailgun => Rule {
                name: "mailgun",
                code_bytes: 64,
                signs: &[Part::Timestamp, Part::Id],
                timestamp: Some(Timestamp::BodySeconds),
                refuses_future: true,
                id: Some(Id::Signed),
                source: "documentation.mailgun.com, Securing webhooks",
                ..OF_THE_BODY
            },
            Self::Websub => Rule {
                name: "websub",
                headers: &[("x-hub-signature", Value::Signature)],
                prefix: "sha256=",
                code_bytes: 64,
                source: "w3c/websub index.html, Authenticated content distribution",
                ..OF_THE_BODY
            },
            Self::Dropbox => Rule {
                name: "dropbox",
                headers: &[("x-dropbox-signature", Value::Signature)],
                code_bytes: 64,
                source: "dropbox.com/developers/reference/webhooks",
                ..OF_THE_BODY
            },
            Self::Notion => Rule {
                name: "notion",
                headers: &[("x-notion-signature", Value::Signature)],
                prefix: "sha256=",
                code_bytes: 64,
                mark: Mark::ThirdParty,
                source: "third-party surveys of webhook providers",
                ..OF_THE_BODY
            },
        }
    }
}
