//! npm's MJML compiler in QuickJS: without files and network, and within limits of memory, stack and time.

use std::{
    io::Read,
    time::{Duration, Instant},
};

use domain::content::HTML_BYTES_MAX;
use flate2::read::ZlibDecoder;
use rquickjs::{CatchResultExt, CaughtError, Context, Ctx, Function, Object, Runtime};
use serde::Deserialize;

/// The bundle of npm's `mjml-browser`, packed by `build.rs`.
static BUNDLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/mjml.js.z"));
/// Most memory of one engine, in bytes; loading takes about 20 MB.
const MEMORY_MAX: usize = 128 << 20;
/// Most stack of the interpreter, in bytes. Worker threads have [`STACK_BYTES`].
const SCRIPT_STACK_MAX: usize = 1 << 20;
/// Stack of a worker thread, in bytes.
pub(super) const STACK_BYTES: usize = 8 << 20;
/// Longest time for one source.
pub(super) const TIME_MAX: Duration = Duration::from_secs(5);
/// Longest HTML, in UTF-16 units: nothing longer is sent.
const HTML_LENGTH_MAX: usize = 2 * HTML_BYTES_MAX;

/// A remark of the compiler's validator on what it made HTML of.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(super) struct Remark {
    /// Line from 1; 0 where it isn't known.
    pub(super) line: u32,
    /// The compiler's sentence.
    pub(super) message: String,
    /// Name of the element.
    pub(super) element: String,
}

/// What the compiler makes of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Made {
    pub(super) html: String,
    pub(super) remarks: Vec<Remark>,
}

/// Why the compiler makes nothing of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum EngineError {
    /// It isn't MJML, or has no body.
    Malformed,
    /// The compiler stumbles over it, in its own words.
    Refused(String),
    /// Memory ran out.
    Memory,
    /// The stack ran out.
    Stack,
    /// Time ran out.
    Time,
    /// The HTML has more than [`HTML_LENGTH_MAX`] units.
    Length,
    /// The engine itself doesn't work.
    Broken,
    /// Too many sources wait.
    Busy,
}

impl EngineError {
    /// The error of an exception. Time is told by the clock: an interrupt looks like others to some callers.
    fn of(error: &CaughtError<'_>, deadline: Instant) -> Self {
        if Instant::now() >= deadline {
            return Self::Time;
        }
        let message = match error {
            CaughtError::Exception(exception) => exception.message().unwrap_or_default(),
            CaughtError::Error(rquickjs::Error::Allocation) => return Self::Memory,
            CaughtError::Value(value) if value.is_null() || value.is_undefined() => {
                return Self::Memory;
            }
            _ => return Self::Broken,
        };
        match message.as_str() {
            "out of memory" => Self::Memory,
            text if text.contains("stack") => Self::Stack,
            _ => Self::Refused(message),
        }
    }
}

/// An interpreter with the compiler loaded. Stays on the thread that made it.
pub(super) struct Engine {
    context: Context,
    runtime: Runtime,
    /// Whether it has compiled something already.
    pub(super) is_used: bool,
    /// Whether the last source changed what the next one would meet.
    pub(super) is_spoiled: bool,
}

impl Engine {
    /// Loads the compiler, which takes a tenth of a second.
    pub(super) fn load() -> Result<Self, EngineError> {
        let mut bundle = Vec::with_capacity(1_400_000);
        ZlibDecoder::new(BUNDLE)
            .read_to_end(&mut bundle)
            .map_err(|_| EngineError::Broken)?;
        let runtime = Runtime::new().map_err(|_| EngineError::Broken)?;
        runtime.set_memory_limit(MEMORY_MAX);
        runtime.set_max_stack_size(SCRIPT_STACK_MAX);
        let context = Context::full(&runtime).map_err(|_| EngineError::Broken)?;
        context
            .with(|ctx| {
                ctx.eval::<(), _>(include_str!("prelude.js"))?;
                ctx.eval::<(), _>(bundle)?;
                ctx.eval::<(), _>(include_str!("compile.js"))
            })
            .map_err(|_| EngineError::Broken)?;
        Ok(Self {
            context,
            runtime,
            is_used: false,
            is_spoiled: false,
        })
    }

    /// The HTML of a source. After an error other than `Malformed` and `Length` the engine is to be replaced.
    pub(super) fn compile(&mut self, source: &str) -> Result<Made, EngineError> {
        let deadline = Instant::now() + TIME_MAX;
        self.runtime
            .set_interrupt_handler(Some(Box::new(move || Instant::now() >= deadline)));
        let made = self.context.with(|ctx| {
            run(&ctx, source)
                .catch(&ctx)
                .map_err(|error| EngineError::of(&error, deadline))
        });
        self.is_used = true;
        let made = made?;
        self.is_spoiled = !made.clean;
        if made.malformed {
            return Err(EngineError::Malformed);
        }
        if made.length > HTML_LENGTH_MAX {
            return Err(EngineError::Length);
        }
        Ok(Made {
            html: made.html,
            remarks: serde_json::from_str(&made.remarks).unwrap_or_default(),
        })
    }
}

/// What the script answers.
struct Answer {
    html: String,
    /// UTF-16 units of the HTML.
    length: usize,
    /// JSON.
    remarks: String,
    malformed: bool,
    clean: bool,
}

fn run(ctx: &Ctx<'_>, source: &str) -> rquickjs::Result<Answer> {
    let compile: Function<'_> = ctx.globals().get("compileMjml")?;
    let names_ubuntu = source.to_ascii_lowercase().contains("ubuntu");
    let made: Object<'_> = compile.call((source, names_ubuntu, HTML_LENGTH_MAX as f64))?;
    Ok(Answer {
        html: made.get("html")?,
        length: made.get::<_, f64>("length")? as usize,
        remarks: made.get("remarks")?,
        malformed: made.get("malformed")?,
        clean: made.get("clean")?,
    })
}
