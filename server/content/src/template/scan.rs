//! Reads a template's tags, lets through what is allowed, and notes the placeholders.

use std::collections::BTreeMap;

use super::FILTERS;

/// Longest tag, in bytes.
const TAG_BYTES_MAX: usize = 500;
/// Words that are no placeholders.
const WORDS: [&str; 13] = [
    "and", "or", "not", "is", "in", "if", "else", "true", "false", "none", "True", "False", "None",
];
const TESTS: [&str; 4] = ["defined", "undefined", "startingwith", "endingwith"];

/// A stretch of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Stands as it is.
    Text(&'a str),
    /// `{{ … }}`: the whole tag, and what is inside it.
    Print { tag: &'a str, inside: &'a str },
    /// `{% … %}`.
    Block(&'a str),
}

/// Names of placeholders; true when it may be without a value.
pub(crate) type Names = BTreeMap<String, bool>;

/// What is wrong, and in which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    pub(crate) line: usize,
    pub(crate) message: String,
}

impl Trouble {
    /// For people.
    pub(crate) fn sentence(&self) -> String {
        format!("Line {}: {}", self.line, self.message)
    }
}

/// The pieces of a template, in order. Comments are left out.
pub(crate) fn pieces<'a>(source: &'a str, names: &mut Names) -> Result<Vec<Piece<'a>>, Trouble> {
    let mut found = Vec::new();
    let mut open_conditions = 0_usize;
    let (mut start, mut at) = (0, 0);
    while let Some(next) = source.get(at..).and_then(|rest| rest.find('{')) {
        let open = at + next;
        let rest = &source[open..];
        let trouble = |message: String| Trouble {
            line: source[..open].matches('\n').count() + 1,
            message,
        };
        let end = match rest.as_bytes().get(1) {
            Some(b'{') => tag_end(rest, "}}"),
            Some(b'%') => tag_end(rest, "%}"),
            Some(b'#') => match rest.find("#}") {
                Some(end) => Some(end + 2),
                None => {
                    at = open + 2;
                    continue;
                }
            },
            _ => {
                at = open + 1;
                continue;
            }
        };
        let Some(end) = end else {
            return Err(trouble("a tag is opened and not closed.".to_owned()));
        };
        if start < open {
            found.push(Piece::Text(&source[start..open]));
        }
        let tag = &rest[..end];
        let inside = tag
            .get(2..tag.len() - 2)
            .unwrap_or_default()
            .trim_start_matches(['-', '+'])
            .trim_end_matches(['-', '+'])
            .trim();
        if tag.len() > TAG_BYTES_MAX && !tag.starts_with("{#") {
            return Err(trouble(format!(
                "a tag is longer than {TAG_BYTES_MAX} characters."
            )));
        }
        if tag.starts_with("{{") {
            read_expression(inside, open_conditions > 0, names).map_err(trouble)?;
            found.push(Piece::Print { tag, inside });
        } else if tag.starts_with("{%") {
            read_block(inside, &mut open_conditions, names).map_err(trouble)?;
            found.push(Piece::Block(tag));
        }
        (start, at) = (open + end, open + end);
    }
    if start < source.len() {
        found.push(Piece::Text(&source[start..]));
    }
    Ok(found)
}

/// Where a tag ends; a quoted text inside it may hold anything.
fn tag_end(rest: &str, close: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut at = 2;
    let mut quote = None;
    while at < bytes.len() {
        let byte = bytes[at];
        match quote {
            Some(_) if byte == b'\\' => at += 1,
            Some(open) if byte == open => quote = None,
            Some(_) => {}
            None if byte == b'"' || byte == b'\'' => quote = Some(byte),
            None if bytes[at..].starts_with(close.as_bytes()) => return Some(at + 2),
            None => {}
        }
        at += 1;
    }
    None
}

fn read_block(inside: &str, open: &mut usize, names: &mut Names) -> Result<(), String> {
    let word_end = inside
        .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .unwrap_or(inside.len());
    let (word, condition) = inside.split_at(word_end);
    match word {
        "if" => {
            *open += 1;
            read_expression(condition, true, names)
        }
        "elif" => read_expression(condition, true, names),
        "else" if condition.trim().is_empty() => Ok(()),
        "endif" if condition.trim().is_empty() => {
            *open = open.saturating_sub(1);
            Ok(())
        }
        "for" => Err("loops can't be used: every value is a text.".to_owned()),
        _ => Err(format!(
            "“{word}” can't be used; there are if, elif, else and endif."
        )),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    Literal,
    Sign(&'a str),
}

fn read_expression(inside: &str, is_conditional: bool, names: &mut Names) -> Result<(), String> {
    let tokens = tokens(inside)?;
    if tokens.is_empty() {
        return Err("a tag is empty; write a name, such as {{ name }}.".to_owned());
    }
    let count = |word| {
        tokens
            .iter()
            .filter(|token| **token == Token::Word(word))
            .count()
    };
    let has_inline_if = count("if") > 0;
    if count("if") != count("else") {
        return Err("an if inside {{ }} needs an else.".to_owned());
    }
    // Depth of the brackets of filters, inside which names are fallbacks.
    let mut argument_depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        let after = tokens.get(at + 1);
        let word = match token {
            Token::Word(word) => *word,
            Token::Sign("(")
                if argument_depth > 0
                    || matches!(before, Some(Token::Word(word)) if FILTERS.contains(word)) =>
            {
                argument_depth += 1;
                continue;
            }
            Token::Sign(")") => {
                argument_depth = argument_depth.saturating_sub(1);
                continue;
            }
            _ => continue,
        };
        if !is_placeholder(&tokens, at, word, argument_depth > 0)? {
            continue;
        }
        let is_excused = matches!(after, Some(Token::Word("or" | "is")))
            || after == Some(&Token::Sign("|"))
                && matches!(tokens.get(at + 2), Some(Token::Word("default" | "d")));
        let is_optional = is_conditional || is_excused || argument_depth > 0 || has_inline_if;
        let known = names.entry(word.to_owned()).or_insert(true);
        *known = *known && is_optional;
    }
    Ok(())
}

/// Whether the word there names a value; filters, tests, and what the language has of its own don't.
fn is_placeholder(
    tokens: &[Token<'_>],
    at: usize,
    word: &str,
    is_argument: bool,
) -> Result<bool, String> {
    let before = at.checked_sub(1).and_then(|at| tokens.get(at));
    let after = tokens.get(at + 1);
    let known = |what: &str, all: &[&str]| {
        if all.contains(&word) {
            Ok(false)
        } else {
            Err(format!(
                "there is no {what} “{word}”; there are {}.",
                all.join(", ")
            ))
        }
    };
    if before == Some(&Token::Sign("|")) {
        return known("filter", &FILTERS);
    }
    if is_test(tokens, at) {
        return known("test", &TESTS);
    }
    if WORDS.contains(&word) {
        return Ok(false);
    }
    if after == Some(&Token::Sign("(")) {
        return Err(format!("“{word}(…)” is not known here."));
    }
    if word.starts_with("__") {
        return Err(format!("“{word}” begins with two underscores."));
    }
    // `default(value="x")`: the name of an argument.
    Ok(!(is_argument && after == Some(&Token::Sign("="))))
}

/// Whether the word there is the name of a test: after `is`, or `is not`.
fn is_test(tokens: &[Token<'_>], at: usize) -> bool {
    let word_before = |back: usize| at.checked_sub(back).and_then(|at| tokens.get(at));
    match word_before(1) {
        Some(Token::Word("is")) => tokens.get(at) != Some(&Token::Word("not")),
        Some(Token::Word("not")) => word_before(2) == Some(&Token::Word("is")),
        _ => false,
    }
}

fn tokens(inside: &str) -> Result<Vec<Token<'_>>, String> {
    const SIGNS: [&str; 15] = [
        "==", "!=", "<=", ">=", "<", ">", "|", "(", ")", ",", "=", "[", "]", ":", " ",
    ];
    let mut found = Vec::new();
    let mut rest = inside.trim();
    while let Some(first) = rest.chars().next() {
        let length = if first.is_ascii_alphabetic() || first == '_' {
            let end = rest
                .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
                .unwrap_or(rest.len());
            found.push(Token::Word(&rest[..end]));
            end
        } else if first.is_ascii_digit() {
            found.push(Token::Literal);
            rest.find(|letter: char| !letter.is_ascii_digit())
                .unwrap_or(rest.len())
        } else if first == '"' || first == '\'' {
            found.push(Token::Literal);
            literal_end(rest).ok_or("a quoted text is not closed.")?
        } else if first.is_whitespace() {
            first.len_utf8()
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            found.push(Token::Sign(sign));
            sign.len()
        } else if first == '.' {
            return Err("write the name alone, such as {{ city }}, without a dot.".to_owned());
        } else {
            return Err(format!("“{first}” can't be used inside a tag."));
        };
        rest = &rest[length..];
    }
    Ok(found)
}

fn literal_end(rest: &str) -> Option<usize> {
    let mut letters = rest.char_indices();
    let (_, quote) = letters.next()?;
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' {
            letters.next();
        } else if letter == quote {
            return Some(at + letter.len_utf8());
        }
    }
    None
}

/// Text as a template that prints just it: no brace of it opens a tag.
pub(crate) fn escape_braces(text: &str, into: &mut String) {
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '{' && matches!(letters.peek(), None | Some('{' | '%' | '#')) {
            into.push_str("{{ \"{\" }}");
        } else {
            into.push(letter);
        }
    }
}
