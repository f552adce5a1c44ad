//! Compiles all `.mjml` files of a folder and prints what became of each and how long it took. With a second folder, the
//! HTML is written there, to be compared with what npm's `mjml` makes.
//!
//! ```text
//! cargo run --release -p content --example mjml FOLDER [OUT]
//! ```

use std::{
    env,
    error::Error,
    fs,
    io::{self, Write},
    path::PathBuf,
    time::Instant,
};

use content::{CompileOptions, Compiled, mjml};
use domain::content::{Content, EmailContent};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let folder = arguments.next().ok_or("which folder?")?;
    let out = arguments.next();
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "mjml"))
        .collect();
    files.sort();
    let mut print = io::stdout().lock();
    let (mut made, mut sent) = (0, 0);
    for path in &files {
        let source = fs::read_to_string(path)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let began = Instant::now();
        let result = mjml(&source);
        let took = began.elapsed();
        let words = match result {
            Ok(compiled) => {
                made += 1;
                if let Some(out) = &out {
                    fs::write(out.join(format!("{name}.html")), &compiled.html)?;
                }
                let content = Content::Email(EmailContent {
                    subject: "s".to_owned(),
                    mjml: source,
                    ..EmailContent::default()
                });
                match Compiled::new(&content, &CompileOptions::default()) {
                    Ok(_) => {
                        sent += 1;
                        format!(
                            "{} bytes, {} remarks",
                            compiled.html.len(),
                            compiled.notes.len()
                        )
                    }
                    Err(problems) => problems
                        .into_iter()
                        .map(|problem| problem.message)
                        .collect::<Vec<_>>()
                        .join(" "),
                }
            }
            Err(error) => error.into_problem().message,
        };
        writeln!(print, "{name}: {took:?}: {words}")?;
    }
    writeln!(
        print,
        "{} files, {made} compiled, {sent} can be sent",
        files.len()
    )?;
    Ok(())
}
