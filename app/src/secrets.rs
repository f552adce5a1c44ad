//! What is never shown again.

use domain::carrier::Protocol;

/// Whether a field of a form holds what is never shown: a password, or a secret of an account at a carrier.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    if matches!(name, "current" | "new" | "code") || name.contains("password") {
        return true;
    }
    let inner = name
        .strip_prefix("fields[")
        .and_then(|name| name.strip_suffix(']'));
    inner.is_some_and(|inner| {
        let mut fields = Protocol::ALL.iter().flat_map(|protocol| protocol.fields());
        fields.any(|field| field.is_secret && field.name == inner)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::Typed;

    #[test]
    fn no_secret_comes_back() {
        let typed = Typed::of_form(
            "name=T&fields%5Bauth_token%5D=s3cret&fields[account_sid]=AC1&current=a&new=b&password=c&code=123456&at=",
            is_secret,
        );
        let left: Vec<_> = typed.iter().collect();
        assert_eq!(
            left,
            [("name", "T"), ("fields[account_sid]", "AC1"), ("at", "")]
        );
        for protocol in Protocol::ALL {
            for field in protocol.fields() {
                let name = format!("fields[{}]", field.name);
                assert!(!field.is_secret || is_secret(&name), "{name}");
            }
        }
    }
}
