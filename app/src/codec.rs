//! How answers travel inside the page, and what forms say.

use leptos::server::codee::{Decoder, Encoder};
use serde::{Serialize, de::DeserializeOwned};

/// JSON that is read from bytes, as the answers of server functions are.
///
/// The codec a `Resource` has by default reads from text, which is another reader to `serde_json`: the browser would
/// get the decoder of every type twice, some 30 kB after compression.
#[derive(Clone, Copy, Debug)]
pub struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Self::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, Self::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}

/// A text as HTML, for the inside of a `<textarea>`: what stands there as a child, the server writes as it is.
#[must_use]
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Names and texts of a form, as browsers encode them (`application/x-www-form-urlencoded`).
pub fn form_pairs(text: &str) -> impl Iterator<Item = (String, String)> + '_ {
    text.split('&').filter_map(|pair| {
        let (name, text) = pair.split_once('=')?;
        Some((decode(name), decode(text)))
    })
}

/// Undoes the encoding of forms.
fn decode(text: &str) -> String {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' => decoded.push(b' '),
            b'%' => {
                let mut digit = || char::from(bytes.next().unwrap_or(b'0')).to_digit(16);
                let (high, low) = (digit().unwrap_or(0), digit().unwrap_or(0));
                decoded.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
            }
            _ => decoded.push(byte),
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}
