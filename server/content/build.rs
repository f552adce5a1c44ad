//! Packs npm's MJML compiler, which `frontend/package-lock.json` names, for the crate to embed.

use std::{
    env,
    error::Error,
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use flate2::{Compression, write::ZlibEncoder};

/// Where npm puts it, seen from this package, which is where cargo runs this.
const BUNDLE: &str = "../../frontend/node_modules/mjml-browser/lib/index.js";

fn main() -> Result<(), Box<dyn Error>> {
    writeln!(io::stdout(), "cargo::rerun-if-changed={BUNDLE}")?;
    let source =
        fs::read(BUNDLE).map_err(|error| format!("{BUNDLE}: {error}; run .ci/setup.sh first"))?;
    let folder = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    let packed = File::create(Path::new(&folder).join("mjml.js.z"))?;
    let mut packed = ZlibEncoder::new(packed, Compression::best());
    packed.write_all(&source)?;
    packed.finish()?;
    Ok(())
}
