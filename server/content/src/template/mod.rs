//! Templates: what may stand in them, and how they are rendered.
//!
//! They are Jinja templates with the dangerous and the useless left out. [`scan`] lets through printing and `if`, the
//! filters of [`FILTERS`], and nothing else: no loops, no assignments, no calls, no attributes, no arithmetic. So a
//! template can reach the values of one person and nothing of the server, and its work is bounded by its length; fuel
//! bounds it once more.

mod lookup;
mod scan;

use std::{borrow::Cow, collections::BTreeSet, sync::Arc};

use domain::content::ContentProblem;
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value,
    escape_formatter, filters,
};

pub(crate) use lookup::{LinkAddress, Lookup};
pub(crate) use scan::{Names, Piece, escape_braces, pieces};

use crate::RenderError;

/// Filters that templates may use.
pub(crate) const FILTERS: [&str; 9] = [
    "default",
    "d",
    "upper",
    "lower",
    "title",
    "capitalize",
    "trim",
    "truncate",
    "replace",
];
/// Ours alone: makes a value a part of an address.
pub(crate) const URL_FILTER: &str = "__url";
/// Work one rendering may do. One unit pays for an instruction or for 64 bytes.
const FUEL: u64 = 150_000;
/// Deepest nesting.
const RECURSION: usize = 64;
/// What an absent value is taken for while the other absent ones are looked for.
const STAND_IN: &str = "x";

/// The templates of one content, by field.
pub(crate) struct Templates {
    env: Environment<'static>,
}

impl std::fmt::Debug for Templates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Templates")
    }
}

/// One of them; most have no placeholder and are done.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// Without any tag.
    Fixed(Arc<str>),
    /// Rendered for each person; the field's name.
    Rendered(String),
}

impl Default for Part {
    fn default() -> Self {
        Self::Fixed(Arc::from(""))
    }
}

impl Templates {
    pub(crate) fn new() -> Self {
        let mut env = Environment::empty();
        env.set_auto_escape_callback(|name| {
            if name == "html" {
                AutoEscape::Html
            } else {
                AutoEscape::None
            }
        });
        // A condition on a value that isn't there is false, and printing it is an error: see `print` and `text_of`.
        env.set_undefined_behavior(UndefinedBehavior::Lenient);
        env.set_formatter(print);
        env.set_fuel(Some(FUEL));
        env.set_recursion_limit(RECURSION);
        env.add_filter("default", filters::default);
        env.add_filter("d", filters::default);
        env.add_filter("upper", |value: &Value| Ok(text_of(value)?.to_uppercase()));
        env.add_filter("lower", |value: &Value| Ok(text_of(value)?.to_lowercase()));
        env.add_filter("title", |value: &Value| Ok(filters::title(text_of(value)?)));
        env.add_filter("capitalize", |value: &Value| {
            Ok(capitalize(&text_of(value)?))
        });
        env.add_filter("trim", |value: &Value| {
            Ok(text_of(value)?.trim().to_owned())
        });
        env.add_filter("truncate", truncate);
        env.add_filter("replace", replace);
        env.add_filter(URL_FILTER, |value: &Value| Ok(url_part(&text_of(value)?)));
        env.add_test("defined", |value: &Value| !value.is_undefined());
        env.add_test("undefined", |value: &Value| value.is_undefined());
        env.add_test("startingwith", |value: &Value, start: &str| {
            value.as_str().is_some_and(|text| text.starts_with(start))
        });
        env.add_test("endingwith", |value: &Value, end: &str| {
            value.as_str().is_some_and(|text| text.ends_with(end))
        });
        Self { env }
    }

    /// Adds the template of a field. `source` has been through [`pieces`].
    pub(crate) fn add(&mut self, field: &str, source: String) -> Result<Part, ContentProblem> {
        if !source.contains("{{") && !source.contains("{%") {
            return Ok(Part::Fixed(source.into()));
        }
        self.env
            .add_template_owned(field.to_owned(), source)
            .map_err(|error| ContentProblem {
                field: field.to_owned(),
                message: syntax_message(&error),
            })?;
        Ok(Part::Rendered(field.to_owned()))
    }

    /// Renders a part. Names without a value are added to `missing`; the text is then of no use.
    pub(crate) fn render(
        &self,
        part: &Part,
        lookup: &Arc<Lookup>,
        missing: &mut BTreeSet<String>,
    ) -> Result<String, RenderError> {
        let field = match part {
            Part::Fixed(text) => return Ok(text.to_string()),
            Part::Rendered(field) => field,
        };
        let broken = |what| RenderError::Broken {
            field: field.clone(),
            what,
        };
        let template = self
            .env
            .get_template(field)
            .map_err(|_| broken("there is no such template"))?;
        loop {
            let error = match template.render(Value::from_dyn_object(lookup.clone())) {
                Ok(text) => return Ok(text),
                Err(error) => error,
            };
            // The error doesn't say which value was undefined: it was the last one that was asked for in vain. It
            // gets a stand-in, so that the next round finds the next one.
            let name = lookup.last_absent();
            match (error.kind(), name) {
                (ErrorKind::UndefinedError, Some(name)) if !lookup.stands_in(&name) => {
                    lookup.stand_in(&name, STAND_IN);
                    missing.insert(match name.as_str() {
                        "__u" => "unsubscribe_url".to_owned(),
                        "__v" => "preferences_url".to_owned(),
                        _ => name,
                    });
                }
                (kind, _) => return Err(broken(what_happened(kind))),
            }
        }
    }
}

/// In a sentence, without values.
fn what_happened(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::OutOfFuel => "the template does too much",
        ErrorKind::UndefinedError => "a value is missing",
        ErrorKind::TooManyArguments | ErrorKind::MissingArgument => {
            "a filter has the wrong number of arguments"
        }
        _ => "a filter or comparison doesn't fit its value",
    }
}

fn syntax_message(error: &Error) -> String {
    let line = error.line().unwrap_or(1);
    let detail = error.detail().unwrap_or("this can't be understood");
    format!("Line {line}: {detail}.")
}

/// Prints a value, escaped where it is HTML. What isn't there can't be printed.
fn print(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    if value.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    escape_formatter(out, state, value)
}

/// The text a filter works on.
fn text_of(value: &Value) -> Result<Cow<'_, str>, Error> {
    if value.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    Ok(value
        .as_str()
        .map_or_else(|| Cow::Owned(value.to_string()), Cow::Borrowed))
}

/// The first letter large, the others small.
fn capitalize(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first
            .to_uppercase()
            .chain(letters.as_str().to_lowercase().chars())
            .collect()
    })
}

/// Cuts a text to so many characters, the ending included.
fn truncate(value: &Value, length: usize, end: Option<&str>) -> Result<String, Error> {
    let text = text_of(value)?;
    if text.chars().count() <= length {
        return Ok(text.into_owned());
    }
    let end = end.unwrap_or("...");
    let kept = length.saturating_sub(end.chars().count());
    let mut cut: String = text.chars().take(kept).collect();
    cut.truncate(cut.trim_end().len());
    cut.push_str(end);
    Ok(cut)
}

fn replace(value: &Value, from: &str, to: &str) -> Result<String, Error> {
    let text = text_of(value)?;
    let grows = text.len().saturating_mul(to.len().saturating_add(1));
    if from.is_empty() || grows > 100_000 {
        return Err(Error::from(ErrorKind::InvalidOperation));
    }
    Ok(text.replace(from, to))
}

/// Percent-encodes everything but letters, digits and `-._~`.
fn url_part(text: &str) -> String {
    use std::fmt::Write;
    let mut part = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            part.push(char::from(byte));
        } else {
            // Writing to a string doesn't fail.
            let _ = write!(part, "%{byte:02X}");
        }
    }
    part
}
