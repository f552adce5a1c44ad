//! Marks that messengers draw: placeholders, and the bold, italic, struck and fixed text of WhatsApp.

/// How a piece of text is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// As it is.
    Plain,
    /// Something is filled in here.
    Placeholder,
    /// Between `*`.
    Bold,
    /// Between `_`.
    Italic,
    /// Between `~`.
    Struck,
    /// Between three backticks.
    Fixed,
}

/// A text by pieces, with its placeholders told apart.
pub(crate) fn placeholders(text: &str) -> Vec<(Mark, String)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, inside, after)) = cut(rest) {
        push(&mut pieces, Mark::Plain, before);
        push(&mut pieces, Mark::Placeholder, inside);
        rest = after;
    }
    push(&mut pieces, Mark::Plain, rest);
    pieces
}

/// The first placeholder, with what is before and after it.
fn cut(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find("{{")?;
    let end = start + text.get(start..)?.find("}}")? + 2;
    Some((text.get(..start)?, text.get(start..end)?, text.get(end..)?))
}

/// A WhatsApp text by pieces. A mark holds where it clings to its words on both sides, within a line.
pub(crate) fn whatsapp(text: &str) -> Vec<(Mark, String)> {
    let mut pieces = Vec::new();
    let mut plain = 0;
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        let Some(letter) = rest.chars().next() else {
            break;
        };
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let is_free = before.is_none_or(|letter| !letter.is_alphanumeric());
        match marked(rest).filter(|_| is_free) {
            Some((mark, inner, length)) => {
                push(
                    &mut pieces,
                    Mark::Plain,
                    text.get(plain..at).unwrap_or_default(),
                );
                push(&mut pieces, mark, inner);
                at += length;
                plain = at;
            }
            None => at += letter.len_utf8(),
        }
    }
    push(
        &mut pieces,
        Mark::Plain,
        text.get(plain..).unwrap_or_default(),
    );
    pieces
}

/// The marked text at the beginning of another, and how much of it that is.
fn marked(text: &str) -> Option<(Mark, &str, usize)> {
    const MARKS: [(&str, Mark); 4] = [
        ("```", Mark::Fixed),
        ("*", Mark::Bold),
        ("_", Mark::Italic),
        ("~", Mark::Struck),
    ];
    let (sign, mark) = MARKS.into_iter().find(|(sign, _)| text.starts_with(sign))?;
    let rest = text.get(sign.len()..)?;
    let end = rest.find(sign)?;
    let inner = rest.get(..end)?;
    let after = rest.get(end + sign.len()..)?.chars().next();
    let clings = !inner.is_empty()
        && !inner.starts_with(char::is_whitespace)
        && !inner.ends_with(char::is_whitespace)
        && (mark == Mark::Fixed || !inner.contains('\n'))
        && after.is_none_or(|letter| !letter.is_alphanumeric());
    clings.then_some((mark, inner, end + 2 * sign.len()))
}

fn push(pieces: &mut Vec<(Mark, String)>, mark: Mark, text: &str) {
    if !text.is_empty() {
        pieces.push((mark, text.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(pieces: &[(Mark, &str)]) -> Vec<(Mark, String)> {
        pieces
            .iter()
            .map(|(mark, text)| (*mark, (*text).to_owned()))
            .collect()
    }

    #[test]
    fn placeholders_stand_out() {
        assert_eq!(
            placeholders("Hi {{ name }}, é{{x}}"),
            owned(&[
                (Mark::Plain, "Hi "),
                (Mark::Placeholder, "{{ name }}"),
                (Mark::Plain, ", é"),
                (Mark::Placeholder, "{{x}}"),
            ])
        );
        assert_eq!(placeholders("{{ open"), owned(&[(Mark::Plain, "{{ open")]));
    }

    #[test]
    fn marks_cling_to_their_words() {
        assert_eq!(
            whatsapp("*Ünly* today: _20% off_, ~30 €~ ```CODE```"),
            owned(&[
                (Mark::Bold, "Ünly"),
                (Mark::Plain, " today: "),
                (Mark::Italic, "20% off"),
                (Mark::Plain, ", "),
                (Mark::Struck, "30 €"),
                (Mark::Plain, " "),
                (Mark::Fixed, "CODE"),
            ])
        );
        for plain in [
            "2 * 3 * 4",
            "snake_case_name",
            "*open",
            "* a *",
            "*a\nb*",
            "**",
            "*é",
            "",
        ] {
            let whole = [(Mark::Plain, plain)];
            let pieces = if plain.is_empty() {
                &whole[1..]
            } else {
                &whole
            };
            assert_eq!(whatsapp(plain), owned(pieces), "{plain}");
        }
    }
}
